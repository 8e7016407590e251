import Files

/// What a pickle builds: plain values, and numbers of nodes for everything that can hold other values.
///
/// Nodes are kept in one flat table, so that a file that nests a million lists, or a list in itself, costs no stack.
package enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// A number that no weights file needs to be read (a float, an integer of more than 64 bits).
  case number
  case text(String)
  case bytes(ByteSlice)
  case global(PickleGlobal)
  case node(Int)
}

/// Something that holds values.
package final class PickleNode {
  package enum Kind {
    case tuple
    case list
    /// `items` alternate keys and values.
    case dictionary
    /// An instance of a `__torch__` class: inert; `items` is its state, a dictionary of attributes, once that has arrived.
    case record(className: String)
    case elementType(code: String, order: String)
    /// A NumPy array: nil until its state has arrived.
    case array(StoredTensor?)
    case storage(TorchStorage)
    case tensor(TorchTensor)
  }

  package var kind: Kind
  package var items: [PickleValue]

  package init(_ kind: Kind, _ items: [PickleValue] = []) {
    self.kind = kind
    self.items = items
  }
}

/// A storage as a pickle names it; its bytes are elsewhere in the file.
package struct TorchStorage {
  package let type: ElementType
  package let key: String
  package let count: Int
}

/// A view of a storage: shape and strides in elements.
package struct TorchTensor {
  package let storage: TorchStorage
  package let offset: Int
  package let shape: [Int]
  package let strides: [Int]
}

/// The closed list of names that a pickle may ask for. Each stands for data; none is a function that is called.
package enum PickleGlobal: Equatable {
  case numpyReconstruct
  case numpyArray
  case numpyElementType
  case numpyScalar
  case numpyFromBuffer
  case codecsEncode
  case orderedDictionary
  case rebuildTensor
  case rebuildParameter
  case storage(ElementType)
  /// `build_intlist` and its kind: the list that it is given.
  case torchScriptList
  /// `restore_type_tag`: the object that it is given.
  case torchScriptTag
  case torchScriptClass(String)

  package init?(module: String, name: String, acceptsTorchScript: Bool) {
    switch "\(module).\(name)" {
    case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct": self = .numpyReconstruct
    case "numpy.ndarray": self = .numpyArray
    case "numpy.dtype": self = .numpyElementType
    case "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar": self = .numpyScalar
    case "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer": self = .numpyFromBuffer
    case "_codecs.encode": self = .codecsEncode
    case "collections.OrderedDict": self = .orderedDictionary
    case "torch._utils._rebuild_tensor_v2": self = .rebuildTensor
    case "torch._utils._rebuild_parameter": self = .rebuildParameter
    case "torch.DoubleStorage": self = .storage(.float64)
    case "torch.FloatStorage": self = .storage(.float32)
    case "torch.HalfStorage": self = .storage(.float16)
    case "torch.BFloat16Storage": self = .storage(.bfloat16)
    case "torch.LongStorage": self = .storage(.int64)
    case "torch.IntStorage": self = .storage(.int32)
    case "torch.ShortStorage": self = .storage(.int16)
    case "torch.CharStorage": self = .storage(.int8)
    case "torch.ByteStorage": self = .storage(.uint8)
    case "torch.BoolStorage": self = .storage(.bool)
    case "torch.jit._pickle.build_intlist", "torch.jit._pickle.build_doublelist", "torch.jit._pickle.build_boollist",
      "torch.jit._pickle.build_tensorlist":
      guard acceptsTorchScript else { return nil }
      self = .torchScriptList
    case "torch.jit._pickle.restore_type_tag":
      guard acceptsTorchScript else { return nil }
      self = .torchScriptTag
    default:
      guard acceptsTorchScript, module == "__torch__" || module.hasPrefix("__torch__.") else { return nil }
      self = .torchScriptClass("\(module).\(name)")
    }
  }
}
