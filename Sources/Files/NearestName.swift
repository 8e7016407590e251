/// Finds the name that somebody who mistyped probably meant.
public enum NearestName {
  /// The known name with the smallest edit distance to `name`, if it is near enough to be meant: at most a third of the
  /// longer name's letters, and at least one edit is always allowed. Case is ignored; of equals the first wins.
  ///
  /// - Complexity: O(number of known names × length²).
  public static func of(_ name: String, among known: [String]) -> String? {
    let wanted = Array(name.lowercased())
    var best: (distance: Int, name: String)?
    for candidate in known {
      let letters = Array(candidate.lowercased())
      let distance = editDistance(wanted, letters)
      let limit = max(1, max(wanted.count, letters.count) / 3)
      if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.name
  }

  /// Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, replacements and swaps of neighbours.
  package static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var twoBack: [Int] = []
    var previous = Array(0...b.count)
    for i in 0..<a.count {
      var current = [i + 1]
      current.reserveCapacity(b.count + 1)
      for j in 0..<b.count {
        let replaced = previous[j] + (a[i] == b[j] ? 0 : 1)
        var cost = min(replaced, previous[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, twoBack[j - 1] + 1) }
        current.append(cost)
      }
      twoBack = previous
      previous = current
    }
    return previous[b.count]
  }
}
