/// The positions that are added to a vision transformer's tokens: a tensor [tokens][C], or what is interpolated from it.
public struct Positions: Hashable, Sendable {
  public let name: String
  /// Patches along a side that the tensor is for, and that there are; nil where every token has its row.
  public let grids: Grids?

  public struct Grids: Hashable, Sendable {
    public let stored: Int
    public let wanted: Int
  }

  public init(_ name: String) {
    self.name = name
    grids = nil
  }

  /// With one row before the patches, for a class token.
  public init(_ name: String, stored: Int, wanted: Int) {
    self.name = name
    grids = stored == wanted ? nil : Grids(stored: stored, wanted: wanted)
  }

  func parameter(tokens: Int, channels: Int) -> Parameter {
    Parameter(name, [grids.map { 1 + $0.stored * $0.stored } ?? tokens, channels], .offset)
  }

  /// [tokens][C]
  func values(tokens: Int, channels: Int, _ parameters: some Parameters) throws -> [Float] {
    let values = try parameters.values(parameter(tokens: tokens, channels: channels))
    return grids.map { values.interpolated(from: $0.stored, to: $0.wanted, width: channels) } ?? values
  }
}

extension [Float] {
  /// Positions [1 + from²][C] for another grid, [1 + to²][C], as DINOv2 does it
  /// (dinov2/models/vision_transformer.py, `interpolate_pos_encoding`, offset 0.1, no antialiasing): bicubic with A = -0.75,
  /// pixel centres at one half, and a scale of (to + 0.1) / from.
  fileprivate func interpolated(from: Int, to: Int, width: Int) -> [Float] {
    let step = Double(from) / (Double(to) + 0.1)
    let taps = (0..<to).map { index -> [(place: Int, weight: Double)] in
      let centre = (Double(index) + 0.5) * step - 0.5
      let first = centre.rounded(.down)
      let part = centre - first
      return (-1...2).map { tap in
        (Swift.min(Swift.max(Int(first) + tap, 0), from - 1), cubic(part - Double(tap)))
      }
    }
    var result = [Float](self[..<width])
    result.reserveCapacity((1 + to * to) * width)
    for y in taps {
      for x in taps {
        var sum = [Double](repeating: 0, count: width)
        for row in y {
          for column in x {
            let weight = row.weight * column.weight
            let start = (1 + row.place * from + column.place) * width
            for channel in 0..<width { sum[channel] += weight * Double(self[start + channel]) }
          }
        }
        result += sum.map(Float.init)
      }
    }
    return result
  }
}

/// Keys' cubic convolution kernel with A = -0.75.
private func cubic(_ x: Double) -> Double {
  let (a, t) = (-0.75, abs(x))
  if t <= 1 { return ((a + 2) * t - (a + 3)) * t * t + 1 }
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0
}
