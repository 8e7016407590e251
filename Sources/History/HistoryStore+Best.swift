extension HistoryStore {
  /// The run whose score is the best of those that can be compared with this one; of equals the oldest.
  ///
  /// - Parameters:
  ///   - id: a run that does not count, such as the score's own.
  ///   - isWanted: what else must hold of a score.
  /// - Returns: nil where nothing compares.
  /// - Throws: `HistoryError`.
  public func best(
    comparableWith score: RunScore, besides id: String? = nil, where isWanted: (RunScore) -> Bool = { _ in true }
  ) throws -> (run: Run, score: RunScore)? {
    var filter = RunFilter()
    filter.metric = score.metric
    filter.origin = .measured
    var best: (run: Run, score: RunScore)?
    for run in try runs(filter, detail: .scores).reversed() where run.id != id {
      for candidate in run.scores where candidate.isComparable(with: score) && isWanted(candidate) {
        let isBetter =
          best.map { score.direction == .lower ? candidate.value < $0.score.value : candidate.value > $0.score.value }
          ?? true
        if isBetter { best = (run, candidate) }
      }
    }
    guard let best else { return nil }
    // With all its parts.
    let whole = try run(best.run.id)
    let place = best.run.scores.firstIndex(of: best.score) ?? 0
    return (whole, whole.scores[place])
  }
}
