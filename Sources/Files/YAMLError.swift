/// A place in a file of text: `suite.yaml:8`.
public struct Place: Sendable, Equatable, CustomStringConvertible {
  public var file: String
  /// From 1.
  public var line: Int?

  public init(file: String, line: Int? = nil) {
    self.file = file
    self.line = line
  }

  public var description: String { line.map { "\(file):\($0)" } ?? file }
}

/// What can be wrong with a YAML file whose keys are all known.
public enum YAMLError: Error, Equatable, Sendable, CustomStringConvertible {
  case syntax(Place, reason: String)
  case twice(Place, key: String)
  case unknownKey(Place, key: String, of: String, nearest: String?, known: [String])
  case missingKey(Place, key: String, of: String)
  case wrongType(Place, key: String, expected: String)
  case badValue(Place, key: String, value: String, expected: String)

  public var description: String {
    switch self {
    case .syntax(let place, let reason): return "\(place): \(reason)"
    case .twice(let place, let key): return "\(place): there are two keys `\(key)`"
    case .unknownKey(let place, let key, let owner, let nearest, let known):
      let hint = nearest.map { "did you mean `\($0)`?" } ?? "the keys of \(owner) are \(known.joined(separator: ", "))"
      return "\(place): \(owner) has no key `\(key)`\nhint: \(hint)"
    case .missingKey(let place, let key, let owner): return "\(place): \(owner) needs the key `\(key)`"
    case .wrongType(let place, let key, let expected): return "\(place): `\(key)` is not \(expected)"
    case .badValue(let place, let key, let value, let expected):
      return "\(place): `\(value)` is not a value of `\(key)`: \(expected) is expected"
    }
  }
}
