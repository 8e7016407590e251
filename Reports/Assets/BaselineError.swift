import Files

/// What can be wrong with published rows beside their keys: facts; `description` writes the words.
public enum BaselineError: Error, Equatable, CustomStringConvertible {
  case unknown(name: String, nearest: String?, known: [String])
  case twice(Place, method: String, score: String)

  public var description: String {
    switch self {
    case .unknown(let name, let nearest, let known):
      let hint = nearest.map { "did you mean `\($0)`?" } ?? "there are \(known.joined(separator: ", "))"
      return "there are no published rows `\(name)`\nhint: \(hint)"
    case .twice(let place, let method, let score): return "\(place): `\(method)` has two values of \(score)"
    }
  }
}
