import Distances

/// Uniform numbers in -1..<1 from a seed (SplitMix64).
struct Noise {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Float {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    mixed ^= mixed >> 31
    return Float(mixed >> 40) / Float(1 << 23) - 1
  }
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
