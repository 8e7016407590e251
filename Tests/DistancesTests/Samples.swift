import Distances
import Random

/// Uniform numbers in -1..<1 from a seed (SplitMix64).
struct Noise {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func next() -> Float { random.nextFloat() }
}

extension FeatureMatrix {
  /// Correlated features: a random mixing of uniform noise, plus a mean.
  static func random(rows: Int, columns: Int, seed: UInt64, mean: Float = 0, scale: Float = 1) -> FeatureMatrix {
    var noise = Noise(seed: seed)
    var values = (0..<rows * columns).map { _ in noise.next() }
    for row in 0..<rows {
      for column in 0..<columns {
        let previous = column > 0 ? values[row * columns + column - 1] : 0
        values[row * columns + column] =
          0.6 * previous + scale * values[row * columns + column] / Float(1 + column % 7)
      }
    }
    return FeatureMatrix(rows: rows, columns: columns, values: values.map { $0 + mean })
  }

  /// 2·D rows `mean ± spread[i] · eᵢ`: the mean is exact, the covariance diag(2 · spread² / (2·D - ddof)).
  static func axes(mean: [Float], spread: [Float]) -> FeatureMatrix {
    var values: [Float] = []
    for axis in spread.indices {
      for sign: Float in [1, -1] {
        var row = mean
        row[axis] += sign * spread[axis]
        values += row
      }
    }
    return FeatureMatrix(rows: 2 * spread.count, columns: spread.count, values: values)
  }
}
