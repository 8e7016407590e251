/// The positions that are added to a vision transformer's tokens: a tensor [tokens][C], or what is interpolated from it.
public struct Positions: Hashable, Sendable {
  public let name: String
  /// Patches along a side that the tensor is for, and those that there are; nil where nothing is interpolated.
  public let grids: Grids?
  /// Of patches at several scales; nil for others.
  public let scales: Scales?

  /// Patches of one frame at several scales, one scale behind the other. A patch has the row of the place that it hashes to in
  /// a square of `side` places, and that of its scale in another tensor, [scales][C] (Ke et al., "MUSIQ", ICCV 2021, sections
  /// 3.3 and 3.4). The class token has no position.
  public struct Scales: Hashable, Sendable {
    public let name: String
    public let side: Int
    public let grids: [Patches]

    /// Patches from top to bottom, and from left to right.
    public struct Patches: Hashable, Sendable {
      public let rows: Int
      public let columns: Int

      public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
      }
    }

    public init(_ name: String, side: Int, grids: [Patches]) {
      self.name = name
      self.side = side
      self.grids = grids
    }

    /// As PyTorch's nearest neighbour finds it, in float32.
    private func place(_ index: Int, of count: Int) -> Int {
      min(Int(Float(index) * (Float(side) / Float(count))), side - 1)
    }

    /// [1 + patches][C]
    func values(_ places: [Float], _ scales: [Float], channels: Int) -> [Float] {
      var result = [Float](repeating: 0, count: channels)
      for (scale, grid) in grids.enumerated() {
        for row in 0..<grid.rows {
          for column in 0..<grid.columns {
            let place = place(row, of: grid.rows) * side + place(column, of: grid.columns)
            for channel in 0..<channels {
              result.append(places[place * channels + channel] + scales[scale * channels + channel])
            }
          }
        }
      }
      return result
    }
  }

  public struct Grids: Hashable, Sendable {
    public let stored: Int
    /// Patches from top to bottom.
    public let rows: Int
    /// Patches from left to right.
    public let columns: Int
  }

  public init(_ name: String) {
    self.name = name
    (grids, scales) = (nil, nil)
  }

  /// With a class token before patches of several scales.
  public init(_ name: String, scales: Scales) {
    self.name = name
    (grids, self.scales) = (nil, scales)
  }

  /// With one row before the patches, for a class token.
  ///
  /// - Parameter isSquare: whether the frame is: another one has interpolated positions even where its patches make the
  ///   square that the tensor is for, as in DINO and DINOv2.
  public init(_ name: String, stored: Int, rows: Int, columns: Int, isSquare: Bool) {
    self.name = name
    let isAsStored = rows == stored && columns == stored && isSquare
    grids = isAsStored ? nil : Grids(stored: stored, rows: rows, columns: columns)
    scales = nil
  }

  func parameters(tokens: Int, channels: Int) -> [Parameter] {
    if let scales {
      return [
        Parameter(name, [scales.side * scales.side, channels], .offset),
        Parameter(scales.name, [scales.grids.count, channels], .offset),
      ]
    }
    return [Parameter(name, [grids.map { 1 + $0.stored * $0.stored } ?? tokens, channels], .offset)]
  }

  /// [tokens][C]
  func values(tokens: Int, channels: Int, _ parameters: some Parameters) throws -> [Float] {
    let tensors = try self.parameters(tokens: tokens, channels: channels).map(parameters.values)
    if let scales { return scales.values(tensors[0], tensors[1], channels: channels) }
    let values = tensors[0]
    return grids.map { values.interpolated($0, width: channels) } ?? values
  }
}

extension [Float] {
  /// Positions [1 + stored²][C] for another grid, [1 + rows·columns][C], as DINO and DINOv2 do it
  /// (dino/vision_transformer.py and dinov2/models/vision_transformer.py, `interpolate_pos_encoding`, offset 0.1, no
  /// antialiasing): bicubic with A = -0.75, pixel centres at one half, and a scale of (rows + 0.1) / stored, for columns alike.
  fileprivate func interpolated(_ grids: Positions.Grids, width: Int) -> [Float] {
    let from = grids.stored
    func taps(_ to: Int) -> [[(place: Int, weight: Double)]] {
      let step = Double(from) / (Double(to) + 0.1)
      return (0..<to).map { index in
        let centre = (Double(index) + 0.5) * step - 0.5
        let first = centre.rounded(.down)
        let part = centre - first
        return (-1...2).map { tap in
          (Swift.min(Swift.max(Int(first) + tap, 0), from - 1), cubic(part - Double(tap)))
        }
      }
    }
    let columns = taps(grids.columns)
    var result = [Float](self[..<width])
    result.reserveCapacity((1 + grids.rows * grids.columns) * width)
    for y in taps(grids.rows) {
      for x in columns {
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
