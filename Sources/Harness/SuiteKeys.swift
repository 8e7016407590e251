import MetricCatalog
import Yams

/// One mapping of a suite file: its keys are all known, and each value is read once with its line.
struct SuiteKeys {
  let file: String
  /// What the mapping is, in the words of a message: `a generator`.
  let owner: String
  let line: Int
  private let values: [String: (line: Int, node: Node)]
  /// As the file has them.
  let order: [String]

  /// - Parameter known: nil lets all keys pass: they are names.
  /// - Throws: `HarnessError.wrongType`, `.unknownKey`, `.duplicate`.
  init(_ node: Node, file: String, owner: String, key: String, known: [String]?) throws {
    self.file = file
    self.owner = owner
    line = node.mark?.line ?? 1
    guard let mapping = node.mapping else {
      throw HarnessError.wrongType(Place(file: file, line: line), key: key, expected: "a mapping of keys and values")
    }
    var values: [String: (line: Int, node: Node)] = [:]
    var order: [String] = []
    for (name, value) in mapping {
      let place = Place(file: file, line: name.mark?.line ?? line)
      guard let text = name.scalar?.string else {
        throw HarnessError.wrongType(place, key: key, expected: "a mapping with texts for keys")
      }
      if let known, !known.contains(text) {
        throw HarnessError.unknownKey(
          place, key: text, of: owner, nearest: NearestName.of(text, among: known), known: known)
      }
      values[text] = (place.line ?? line, value)
      order.append(text)
    }
    self.values = values
    self.order = order
  }

  var place: Place { Place(file: file, line: line) }

  func place(_ key: String) -> Place { Place(file: file, line: values[key]?.line ?? line) }

  func has(_ key: String) -> Bool { values[key] != nil }

  /// The first of the keys that is there.
  func first(_ keys: [String]) -> String? { keys.first { has($0) } }

  func node(_ key: String) -> Node? { values[key]?.node }

  func required(_ key: String) throws -> Node {
    guard let node = node(key) else { throw HarnessError.missingKey(place, key: key, of: owner) }
    return node
  }

  func text(_ key: String) throws -> String? {
    guard let node = node(key) else { return nil }
    return try text(node, key)
  }

  func text(_ node: Node, _ key: String) throws -> String {
    guard let scalar = node.scalar, !scalar.string.isEmpty, node.tag != .init(.null) else {
      throw wrong(key, "a text", node)
    }
    return scalar.string.hasSuffix("\n") ? String(scalar.string.dropLast()) : scalar.string
  }

  func requiredText(_ key: String) throws -> String { try text(try required(key), key) }

  func integer(_ key: String, from least: Int) throws -> Int? {
    guard let node = node(key) else { return nil }
    return try integer(node, key, from: least)
  }

  func integer(_ node: Node, _ key: String, from least: Int) throws -> Int {
    guard let text = node.scalar?.string, let value = Int(text) else { throw wrong(key, "a whole number", node) }
    guard value >= least else {
      throw HarnessError.badValue(
        Place(file: file, line: node.mark?.line ?? line), key: key, value: text, expected: "\(least) or more")
    }
    return value
  }

  func flag(_ key: String) throws -> Bool {
    guard let node = node(key) else { return false }
    switch node.scalar?.string {
    case "true": return true
    case "false": return false
    default: throw wrong(key, "`true` or `false`", node)
    }
  }

  /// A list; a single value is a list of one.
  func list(_ key: String) throws -> [Node]? {
    guard let node = node(key) else { return nil }
    if let sequence = node.sequence {
      guard !sequence.isEmpty else { throw wrong(key, "a list with something in it", node) }
      return Array(sequence)
    }
    return [node]
  }

  func texts(_ key: String) throws -> [String]? { try list(key)?.map { try text($0, key) } }

  func wrong(_ key: String, _ expected: String, _ node: Node? = nil) -> HarnessError {
    .wrongType(Place(file: file, line: node?.mark?.line ?? place(key).line), key: key, expected: expected)
  }
}
