import History
import Scores

/// Wilson's interval of a share.
///
/// Wilson 1927, doi:10.1080/01621459.1927.10502953, equation 8, without correction for continuity.
enum BinomialInterval {
  /// - Parameters:
  ///   - share: from 0 to 1.
  ///   - count: of how many.
  /// - Returns: 95 %, as shares.
  static func wilson(share: Double, count: Double) -> (low: Double, high: Double) {
    let z = 1.959963984540054
    let square = z * z / count
    let centre = (share + square / 2) / (1 + square)
    let half = z / (1 + square) * (share * (1 - share) / count + square / (4 * count)).squareRoot()
    // At the ends the two terms are equal; rounding must not say otherwise.
    return (share == 0 ? 0 : max(0, centre - half), share == 1 ? 1 : min(1, centre + half))
  }

  /// In percent.
  static func percent(share: Double, count: Double) -> ScoreInterval {
    let (low, high) = wilson(share: share, count: count)
    return ScoreInterval(low: 100 * low, high: 100 * high, level: 0.95, resamples: nil, method: "wilson")
  }
}
