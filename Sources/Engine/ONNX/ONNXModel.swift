/// A model in the making: nodes and constants of ONNX's graph, operator set 17 (onnx.proto of ONNX 1.12).
struct ONNXModel {
  enum Attribute {
    case integer(Int)
    case integers([Int])
    case float(Float)
    case text(String)
  }

  /// The element types that are used, by their numbers in `TensorProto.DataType`.
  enum Element: Int {
    case float = 1
    case integer = 7
  }

  private var graph = ProtocolBufferWriter()
  private var names = 0

  init(name: String) { graph.text(2, name) }

  /// Adds a node with one output, whose name it returns.
  mutating func node(_ type: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [], name: String? = nil)
    -> String
  {
    let output = name ?? freshName(type)
    graph.message(1) { node in
      for input in inputs { node.text(1, input) }
      node.text(2, output)
      node.text(3, output)
      node.text(4, type)
      for (key, value) in attributes { node.message(5, Self.attribute(key, value)) }
    }
    return output
  }

  private static func attribute(_ key: String, _ value: Attribute) -> ProtocolBufferWriter {
    var writer = ProtocolBufferWriter()
    writer.text(1, key)
    switch value {
    case .float(let number):
      writer.float(2, number)
      writer.integer(20, 1)
    case .text(let text):
      writer.text(4, text)
      writer.integer(20, 3)
    case .integer(let number):
      writer.integer(3, number)
      writer.integer(20, 2)
    case .integers(let numbers):
      for number in numbers { writer.integer(8, number) }
      writer.integer(20, 7)
    }
    return writer
  }

  mutating func constant(_ values: [Float], _ shape: [Int], name: String? = nil) -> String {
    let name = name ?? freshName("constant")
    graph.message(5) { tensor in
      for side in shape { tensor.integer(1, side) }
      tensor.integer(2, Element.float.rawValue)
      tensor.text(8, name)
      values.withUnsafeBytes { tensor.data(9, $0) }
    }
    return name
  }

  mutating func constant(_ values: [Int]) -> String {
    let name = freshName("constant")
    graph.message(5) { tensor in
      tensor.integer(1, values.count)
      tensor.integer(2, Element.integer.rawValue)
      tensor.text(8, name)
      values.map(Int64.init).withUnsafeBytes { tensor.data(9, $0) }
    }
    return name
  }

  mutating func input(_ name: String, _ element: Element, _ shape: [Int]) {
    graph.message(11, Self.value(name, element, shape))
  }
  mutating func output(_ name: String, _ shape: [Int]) { graph.message(12, Self.value(name, .float, shape)) }

  /// Of any number of items.
  private static func value(_ name: String, _ element: Element, _ shape: [Int]) -> ProtocolBufferWriter {
    var value = ProtocolBufferWriter()
    value.text(1, name)
    value.message(2) { type in
      type.message(1) { tensor in
        tensor.integer(1, element.rawValue)
        tensor.message(2) { sides in
          sides.message(1) { $0.text(2, "N") }
          for side in shape { sides.message(1) { $0.integer(1, side) } }
        }
      }
    }
    return value
  }

  private mutating func freshName(_ type: String) -> String {
    names += 1
    return "\(type)_\(names)"
  }

  /// The file's bytes.
  func bytes(producer: String) -> [UInt8] {
    var model = ProtocolBufferWriter()
    model.integer(1, 8)
    model.text(2, producer)
    model.message(7, graph)
    model.message(8) { operators in
      operators.text(1, "")
      operators.integer(2, 17)
    }
    return model.bytes
  }
}
