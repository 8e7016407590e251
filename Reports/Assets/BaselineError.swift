/// What can be wrong with published rows: facts; `description` writes the words.
public enum BaselineError: Error, Equatable, CustomStringConvertible {
  case unknown(name: String, nearest: String?, known: [String])
  case unreadable(file: String, reason: String)
  case unknownKey(file: String, line: Int, key: String, nearest: String?)
  case missingKey(file: String, line: Int, key: String)
  case badValue(file: String, line: Int, key: String, value: String, allowed: String)
  case twice(file: String, line: Int, method: String, score: String)

  public var description: String {
    switch self {
    case .unknown(let name, let nearest, let known):
      let hint = nearest.map { "did you mean `\($0)`?" } ?? "there are \(known.joined(separator: ", "))"
      return "there are no published rows `\(name)`\nhint: \(hint)"
    case .unreadable(let file, let reason): return "\(file): \(reason)"
    case .unknownKey(let file, let line, let key, let nearest):
      return "\(file), line \(line): unknown key `\(key)`" + (nearest.map { "\nhint: did you mean `\($0)`?" } ?? "")
    case .missingKey(let file, let line, let key): return "\(file), line \(line): the key `\(key)` is missing"
    case .badValue(let file, let line, let key, let value, let allowed):
      return "\(file), line \(line): `\(value)` is not a value of `\(key)`: \(allowed) is expected"
    case .twice(let file, let line, let method, let score):
      return "\(file), line \(line): `\(method)` has two values of \(score)"
    }
  }
}
