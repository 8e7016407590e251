import Files

/// Reads one pickle as data.
///
/// The machine knows a closed list of instructions (`PickleInstruction`) and of names (`PickleGlobal`); what is on
/// neither is refused by name, before anything is built from it. Nothing is ever executed or imported. Work and memory
/// are bounded by the size of the file and by `maximumInstructions`.
struct PickleMachine {
  /// A weights file of a few hundred tensors has some ten thousand instructions.
  static let maximumInstructions = 1_000_000

  var nodes: [PickleNode] = []
  var cursor: ByteCursor
  let acceptsTorchScript: Bool
  /// Elements and bytes copied so far.
  var copied = 0
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  init(_ bytes: ByteSlice, at position: Int = 0, acceptsTorchScript: Bool = false) {
    cursor = ByteCursor(bytes, at: position)
    self.acceptsTorchScript = acceptsTorchScript
  }

  var path: String { cursor.bytes.label }

  /// Runs to STOP and returns what the pickle is; `cursor` is left behind it.
  mutating func run() throws -> PickleValue {
    for _ in 0..<Self.maximumInstructions {
      let position = cursor.position
      let code = try cursor.integer(UInt8.self, "a pickle instruction")
      guard let instruction = PickleInstruction(rawValue: code) else {
        throw WeightsError.refusedInstruction(path: path, name: PickleInstruction.name(of: code), at: position)
      }
      if instruction == .stop { return try pop() }
      try perform(instruction)
    }
    throw FilesError.malformed(
      path: path,
      .oversized(
        part: "the number of pickle instructions", claimed: Self.maximumInstructions + 1,
        limit: Self.maximumInstructions))
  }

  private mutating func perform(_ instruction: PickleInstruction) throws {
    switch instruction {
    case .protocolVersion, .frame, .stop: try skipHeader(instruction)
    case .mark: marks.append(stack.count)
    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .integer1, .integer2, .integer4, .long1, .float8: try pushNumber(instruction)
    case .shortString, .string, .shortBytes, .bytes, .bytes8, .byteArray8: try pushBytes(instruction)
    case .shortUnicode, .unicode, .unicode8: try pushText(instruction)
    case .emptyTuple: push(.tuple, [])
    case .tuple1: push(.tuple, try pop(count: 1))
    case .tuple2: push(.tuple, try pop(count: 2))
    case .tuple3: push(.tuple, try pop(count: 3))
    case .tuple: push(.tuple, try popToMark())
    case .emptyList: push(.list, [])
    case .emptyDictionary: push(.dictionary, [])
    case .append:
      let values = try pop(count: 1)
      try extend(with: values, dictionary: false)
    case .appends:
      let values = try popToMark()
      try extend(with: values, dictionary: false)
    case .setItem:
      let values = try pop(count: 2)
      try extend(with: values, dictionary: true)
    case .setItems:
      let values = try popToMark()
      try extend(with: values, dictionary: true)
    case .put1: memo[Int(try cursor.integer(UInt8.self, "a memo index"))] = try top()
    case .put4: memo[Int(try cursor.integer(UInt32.self, "a memo index"))] = try top()
    case .memoize: memo[memo.count] = try top()
    case .get1: try recall(Int(cursor.integer(UInt8.self, "a memo index")))
    case .get4: try recall(Int(cursor.integer(UInt32.self, "a memo index")))
    case .global:
      let module = try text(cursor.line(limit: 1024, "a module name"))
      try pushGlobal(module: module, name: text(cursor.line(limit: 1024, "a name in a module")))
    case .stackGlobal:
      let names = try pop(count: 2)
      guard case .text(let module) = names[0], case .text(let name) = names[1] else { throw nonsense("a name") }
      try pushGlobal(module: module, name: name)
    case .reduce:
      let pair = try pop(count: 2)
      let arguments = try items(of: pair[1])
      stack.append(try reduce(pair[0], arguments: arguments))
    case .newObject:
      let pair = try pop(count: 2)
      guard case .global(.torchScriptClass(let name)) = pair[0] else { throw nonsense("a new object") }
      push(.record(className: name), [])
    case .build:
      let state = try pop()
      let object = try top()
      try build(object, state: state)
    case .persistentId:
      let identifier = try pop()
      push(.storage(try storage(identifier)), [])
    }
  }

  // Stack

  private mutating func pop() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else { throw nonsense("the pickle's stack") }
    return value
  }

  private mutating func pop(count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw nonsense("the pickle's stack") }
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    return values
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw nonsense("the pickle's stack") }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  private func top() throws -> PickleValue {
    guard let value = stack.last else { throw nonsense("the pickle's stack") }
    return value
  }

  private mutating func recall(_ index: Int) throws {
    guard let value = memo[index] else { throw nonsense("a memo index") }
    stack.append(value)
  }

  mutating func node(_ kind: PickleNode.Kind, _ items: [PickleValue] = []) -> PickleValue {
    nodes.append(PickleNode(kind, items))
    return .node(nodes.count - 1)
  }

  private mutating func push(_ kind: PickleNode.Kind, _ items: [PickleValue]) { stack.append(node(kind, items)) }

  private func extend(with values: [PickleValue], dictionary: Bool) throws {
    guard case .node(let index) = try top() else { throw nonsense("a container") }
    switch nodes[index].kind {
    case .dictionary where dictionary && values.count.isMultiple(of: 2), .list where !dictionary:
      nodes[index].items.append(contentsOf: values)
    default: throw nonsense("a container")
    }
  }

  // Plain values

  private mutating func skipHeader(_ instruction: PickleInstruction) throws {
    if instruction == .frame {
      _ = try cursor.length(UInt64.self, of: "a pickle frame")
    } else {
      let version = try cursor.integer(UInt8.self, "the pickle protocol")
      guard version <= 5 else { throw nonsense("the pickle protocol") }
    }
  }

  private mutating func pushNumber(_ instruction: PickleInstruction) throws {
    switch instruction {
    case .integer1: stack.append(.integer(Int(try cursor.integer(UInt8.self, "an integer"))))
    case .integer2: stack.append(.integer(Int(try cursor.integer(UInt16.self, "an integer"))))
    case .integer4: stack.append(.integer(Int(try cursor.integer(Int32.self, "an integer"))))
    case .long1:
      let count = Int(try cursor.integer(UInt8.self, "an integer"))
      let bytes = try cursor.take(count, "an integer").array()
      guard count <= 8 else { return stack.append(.number) }
      var value = (bytes.last ?? 0) >= 0x80 ? -1 : 0
      for byte in bytes.reversed() { value = value << 8 | Int(byte) }
      stack.append(.integer(value))
    default:
      _ = try cursor.take(8, "a float")
      stack.append(.number)
    }
  }

  private mutating func pushBytes(_ instruction: PickleInstruction) throws {
    let part = "a byte string"
    let count =
      switch instruction {
      case .shortString, .shortBytes: try cursor.length(UInt8.self, of: part)
      case .string, .bytes: try cursor.length(UInt32.self, of: part)
      default: try cursor.length(UInt64.self, of: part)
      }
    stack.append(.bytes(try cursor.take(count, part)))
  }

  private mutating func pushText(_ instruction: PickleInstruction) throws {
    let part = "a text"
    let count =
      switch instruction {
      case .shortUnicode: try cursor.length(UInt8.self, of: part)
      case .unicode: try cursor.length(UInt32.self, of: part)
      default: try cursor.length(UInt64.self, of: part)
      }
    stack.append(.text(try text(cursor.take(count, part))))
  }

  private mutating func pushGlobal(module: String, name: String) throws {
    guard let global = PickleGlobal(module: module, name: name, acceptsTorchScript: acceptsTorchScript) else {
      throw WeightsError.refusedGlobal(path: path, name: "\(module).\(name)")
    }
    stack.append(.global(global))
  }

  private func text(_ bytes: ByteSlice) throws -> String {
    guard let text = bytes.text() else { throw nonsense("a text") }
    return text
  }

  func nonsense(_ part: String) -> FilesError {
    .malformed(path: path, .nonsense(part: part, at: cursor.position))
  }
}
