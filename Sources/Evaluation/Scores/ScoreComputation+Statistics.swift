import Distances
import MetricCatalog
import Scores

// Scores of what was made of features: statistics and moments.
extension ScoreComputation {
  /// nil where both sets have features.
  func statisticsScores(_ metric: Metric) throws -> [ScoreRecord]? {
    guard let a = try statistics(real), let b = try statistics(fake), real.isStatistics || fake.isStatistics else {
      return nil
    }
    let distance = FrechetMetric(fields, threads: request.threads)
    let result = try distance.distance.between(a, b)
    let empty = FeatureSet(
      features: FeatureMatrix(rows: 0, columns: samples.columns, values: []), rows: [], recipe: [:])
    return [
      try score(
        metric.name, value: result.value * distance.scale, real: empty, fake: empty,
        ranks: (result.rankA, result.rankB),
        warnings: unsaidStatistics + [real, fake].compactMap(Self.published)
          + request.honesty.notDone(for: "statistics"))
    ]
  }

  private var unsaidStatistics: [ScoreWarning] {
    let isUnsaid = [real, fake].contains { side in if case .statistics = side.stored { true } else { false } }
    guard isUnsaid else { return [] }
    return [
      ScoreWarning(
        code: "from-statistics",
        text:
          "means and covariances do not say what they were computed from: whether they fit this protocol is yours "
          + "to know")
    ]
  }

  /// Whose set a published one is.
  private static func published(_ side: SampleSide) -> ScoreWarning? {
    guard let set = side.published, let card = set.card else { return nil }
    let place = card.url.map { " at \($0)" } ?? ""
    let listing = set.listing.isEmpty ? "unknown" : String(set.listing.prefix(19))
    return ScoreWarning(
      code: "published-set",
      text:
        "the \(side.role.rawValue) set is `\(card.title)`, published as moments\(place): "
        + "\(count(set.videosThere, "video")), listing \(listing); none of them was seen here")
  }

  private func statistics(_ side: SampleSide) throws -> FeatureStatistics? {
    if case .moments(_, let moments) = side.stored { return try moments.statistics(ddof: fields.ddof) }
    if case .statistics(let statistics) = side.stored {
      guard statistics.columns == samples.columns else {
        throw EvaluationError.otherColumns(
          path: side.path, columns: statistics.columns, wanted: samples.columns, metric: settled.metric)
      }
      return statistics
    }
    guard real.isStatistics || fake.isStatistics else { return nil }
    return try FeatureStatistics(side.features(samples.parts[0], round: 0, samples).features, ddof: fields.ddof)
  }
}
