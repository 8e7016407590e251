/// Holm's step-down rule (1979): which of several hypotheses are rejected so that the chance of any false one stays at α.
public enum Holm {
  /// - Parameter p: one for each hypothesis.
  public static func rejected(_ p: [Double], alpha: Double) -> [Bool] {
    var rejected = [Bool](repeating: false, count: p.count)
    for (rank, place) in p.indices.sorted(by: { (p[$0], $0) < (p[$1], $1) }).enumerated() {
      guard p[place] <= alpha / Double(p.count - rank) else { break }
      rejected[place] = true
    }
    return rejected
  }
}
