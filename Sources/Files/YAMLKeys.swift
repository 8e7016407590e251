import Yams

/// One mapping of a YAML file: all of its keys are known, and each value is read with the line it stands in.
public struct YAMLKeys {
  public let file: String
  /// What the mapping is, in the words of a message: `a generator`.
  public let owner: String
  public let line: Int
  /// As the file has them.
  public let order: [String]
  private let values: [String: (line: Int, node: Node)]

  /// The mapping that a whole file is.
  ///
  /// - Throws: `YAMLError`.
  public init(file: String, text: String, owner: String, known: [String]?) throws {
    try self.init(YAMLKeys.root(text, file: file), file: file, owner: owner, key: "top level", known: known)
  }

  /// - Parameters:
  ///   - key: what a message calls a node that is not a mapping.
  ///   - known: nil lets all keys pass: they are names.
  /// - Throws: `YAMLError.wrongType`, `.unknownKey`.
  public init(_ node: Node, file: String, owner: String, key: String, known: [String]?) throws {
    self.file = file
    self.owner = owner
    line = node.mark?.line ?? 1
    guard let mapping = node.mapping else {
      throw YAMLError.wrongType(Place(file: file, line: line), key: key, expected: "a mapping of keys and values")
    }
    var values: [String: (line: Int, node: Node)] = [:]
    var order: [String] = []
    for (name, value) in mapping {
      let place = Place(file: file, line: name.mark?.line ?? line)
      guard let text = name.scalar?.string else {
        throw YAMLError.wrongType(place, key: key, expected: "a mapping with texts for keys")
      }
      if let known, !known.contains(text) {
        throw YAMLError.unknownKey(
          place, key: text, of: owner, nearest: NearestName.of(text, among: known), known: known)
      }
      values[text] = (place.line ?? line, value)
      order.append(text)
    }
    self.values = values
    self.order = order
  }

  /// Texts are read as what a key takes; of YAML's own types only the empty value counts.
  private static let resolver = Resolver.basic.appending(.null)

  private static func root(_ text: String, file: String) throws -> Node {
    do {
      guard let root = try Yams.compose(yaml: text, resolver) else {
        throw YAMLError.syntax(Place(file: file), reason: "the file is empty")
      }
      return root
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        throw YAMLError.syntax(Place(file: file, line: mark.line), reason: "this is not YAML: \(problem)")
      case .duplicatedKeysInMapping(let duplicates, let context):
        throw YAMLError.twice(Place(file: file, line: context.mark.line), key: duplicates.first ?? "")
      case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
        throw YAMLError.syntax(Place(file: file), reason: "this is not YAML: \(error)")
      }
    }
  }

  public var place: Place { Place(file: file, line: line) }

  public func place(_ key: String) -> Place { Place(file: file, line: values[key]?.line ?? line) }

  public func has(_ key: String) -> Bool { values[key] != nil }

  /// The first of the keys that is there.
  public func first(_ keys: [String]) -> String? { keys.first { has($0) } }

  public func node(_ key: String) -> Node? { values[key]?.node }

  public func required(_ key: String) throws -> Node {
    guard let node = node(key) else { throw YAMLError.missingKey(place, key: key, of: owner) }
    return node
  }

  /// The mapping under a key.
  public func mapping(_ key: String, owner: String, known: [String]?) throws -> YAMLKeys {
    try YAMLKeys(required(key), file: file, owner: owner, key: key, known: known)
  }

  public func text(_ key: String) throws -> String? { try node(key).map { try text($0, key) } }

  public func text(_ node: Node, _ key: String) throws -> String {
    guard let scalar = node.scalar, !scalar.string.isEmpty, node.tag != .init(.null) else {
      throw wrong(key, "a text", node)
    }
    return scalar.string.hasSuffix("\n") ? String(scalar.string.dropLast()) : scalar.string
  }

  public func requiredText(_ key: String) throws -> String { try text(required(key), key) }

  public func integer(_ key: String, from least: Int) throws -> Int? {
    try node(key).map { try integer($0, key, from: least) }
  }

  public func integer(_ node: Node, _ key: String, from least: Int) throws -> Int {
    guard let text = node.scalar?.string, let value = Int(text) else { throw wrong(key, "a whole number", node) }
    guard value >= least else {
      throw YAMLError.badValue(
        Place(file: file, line: node.mark?.line ?? line), key: key, value: text, expected: "\(least) or more")
    }
    return value
  }

  public func requiredInteger(_ key: String) throws -> Int { try integer(required(key), key, from: 0) }

  public func number(_ key: String) throws -> Double? {
    guard let text = try text(key) else { return nil }
    guard let value = Double(text), value.isFinite else { throw bad(key, text, "a number") }
    return value
  }

  public func flag(_ key: String) throws -> Bool {
    guard let node = node(key) else { return false }
    switch node.scalar?.string {
    case "true": return true
    case "false": return false
    default: throw wrong(key, "`true` or `false`", node)
    }
  }

  /// A list with something in it; a single value is a list of one.
  public func oneOrMore(_ key: String) throws -> [Node]? {
    guard let node = node(key) else { return nil }
    guard let sequence = node.sequence else { return [node] }
    guard !sequence.isEmpty else { throw wrong(key, "a list with something in it", node) }
    return Array(sequence)
  }

  public func texts(_ key: String) throws -> [String]? { try oneOrMore(key)?.map { try text($0, key) } }

  /// A list, which may be empty.
  public func requiredList(_ key: String) throws -> [Node] {
    let node = try required(key)
    guard let sequence = node.sequence else { throw wrong(key, "a list", node) }
    return Array(sequence)
  }

  public func requiredTexts(_ key: String) throws -> [String] {
    try requiredList(key).map { node in
      guard let scalar = node.scalar else { throw wrong(key, "a list of texts", node) }
      return scalar.string
    }
  }

  public func wrong(_ key: String, _ expected: String, _ node: Node? = nil) -> YAMLError {
    .wrongType(Place(file: file, line: node?.mark?.line ?? place(key).line), key: key, expected: expected)
  }

  public func bad(_ key: String, _ value: String, _ expected: String) -> YAMLError {
    .badValue(place(key), key: key, value: value, expected: expected)
  }
}
