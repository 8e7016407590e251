import Tensors

/// One picture of packed RGB bytes, rows from above.
public struct Picture: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// height × width × 3.
  public private(set) var pixels: [UInt8]

  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == width * height * 3, "Picture: H×W×3 bytes are needed")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// One colour everywhere.
  public init(width: Int, height: Int, grey: UInt8) {
    self.init(width: width, height: height, pixels: Array(repeating: grey, count: width * height * 3))
  }

  /// A frame as it is looked at; floats are brought to 0...255, and what is `.network` is taken for -1...1.
  public init(_ frames: Frames, index: Int, range: ValueRange) {
    let size = frames.height * frames.width * 3
    let place = index * size..<(index + 1) * size
    let bytes: [UInt8]
    switch frames.samples {
    case .bytes(let all): bytes = Array(all[place])
    case .floats(let all):
      let (scale, shift): (Float, Float) =
        switch range {
        case .unit: (255, 0)
        case .symmetric, .network: (127.5, 127.5)
        case .byte: (1, 0)
        }
      bytes = all[place].map { UInt8(max(0, min(255, ($0 * scale + shift).rounded()))) }
    }
    self.init(width: frames.width, height: frames.height, pixels: bytes)
  }

  /// A frame of numbers in 0...255, [H][W][3].
  public init(levels: [Float], height: Int, width: Int) {
    self.init(width: width, height: height, pixels: levels.map { UInt8(max(0, min(255, $0.rounded()))) })
  }

  /// Every colour brought towards white; 1: as it is, 0: white. A flow in Middlebury's colours becomes that of a wheel whose full
  /// colour stands for 1 / `share` as much.
  public func faded(to share: Double) -> Picture {
    share == 1
      ? self
      : Picture(width: width, height: height, pixels: pixels.map { UInt8((255 - share * Double(255 - $0)).rounded()) })
  }

  /// The mean of the pixels that lie under each target pixel, with shares at the edges; larger pictures repeat pixels.
  public func resized(width: Int, height: Int) -> Picture {
    precondition(width > 0 && height > 0, "Picture: a size is needed")
    if width == self.width, height == self.height { return self }
    let across = Self.shares(from: self.width, to: width)
    let down = Self.shares(from: self.height, to: height)
    var narrow = [Float](repeating: 0, count: self.height * width * 3)
    for y in 0..<self.height {
      for x in 0..<width {
        for (from, share) in across[x] {
          let (source, target) = ((y * self.width + from) * 3, (y * width + x) * 3)
          for channel in 0..<3 { narrow[target + channel] += share * Float(pixels[source + channel]) }
        }
      }
    }
    var result = [UInt8](repeating: 0, count: width * height * 3)
    var row = [Float](repeating: 0, count: width * 3)
    for y in 0..<height {
      for index in row.indices { row[index] = 0 }
      for (from, share) in down[y] {
        for index in row.indices { row[index] += share * narrow[from * width * 3 + index] }
      }
      for index in row.indices { result[y * width * 3 + index] = UInt8(max(0, min(255, row[index].rounded()))) }
    }
    return Picture(width: width, height: height, pixels: result)
  }

  /// Not higher than `height`, the aspect kept.
  public func fitted(height most: Int) -> Picture {
    guard height > most else { return self }
    return resized(width: max(1, (width * most + height / 2) / height), height: most)
  }

  /// For each target pixel the source pixels under it with their shares, which add up to 1.
  private static func shares(from: Int, to: Int) -> [[(Int, Float)]] {
    let step = Double(from) / Double(to)
    return (0..<to).map { place in
      if step <= 1 { return [(min(from - 1, Int((Double(place) + 0.5) * step)), 1)] }
      let (low, high) = (Double(place) * step, Double(place + 1) * step)
      return (Int(low)..<min(from, Int(high.rounded(.up)))).map { source in
        let part = min(high, Double(source + 1)) - max(low, Double(source))
        return (source, Float(part / step))
      }
    }
  }

  /// Two pictures of one width, the other one below.
  public func above(_ other: Picture) -> Picture {
    Picture(width: width, height: height + other.height, pixels: pixels + other.pixels)
  }

  /// Pictures beside each other with a gap between them, top edges aligned.
  public static func beside(_ pictures: [Picture], gap: Int, grey: UInt8 = 255) -> Picture {
    let height = pictures.map(\.height).max() ?? 1
    let width = pictures.map(\.width).reduce(0, +) + gap * max(0, pictures.count - 1)
    var sheet = Picture(width: max(1, width), height: height, grey: grey)
    var left = 0
    for picture in pictures {
      for y in 0..<picture.height {
        let target = (y * sheet.width + left) * 3
        let source = y * picture.width * 3
        sheet.pixels.replaceSubrange(
          target..<target + picture.width * 3, with: picture.pixels[source..<source + picture.width * 3])
      }
      left += picture.width + gap
    }
    return sheet
  }
}
