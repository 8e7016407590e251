#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where each frame of a video moves: bytes of 0 and 255, as Physics-IQ's `binary_mask_generator.py` makes them with OpenCV.
///
/// A frame becomes grey and is blurred by 5×5 binomial weights; what differs by more than `threshold` from the running average,
/// which takes `weight` of each frame, moves; an opening and a closing by 5×5 pixels take away what is smaller. The first frame
/// does not move. Every step is that of OpenCV on bytes, bit by bit.
public struct MotionMasks: Sendable {
  public let height: Int
  public let width: Int
  public var threshold = 10
  public var weight = 0.3
  private var average: [Double] = []

  public init(height: Int, width: Int) {
    precondition(height > 0 && width > 0, "MotionMasks: a frame has pixels")
    self.height = height
    self.width = width
  }

  /// - Parameter frame: H×W×3 bytes, red first.
  public mutating func next(_ frame: [UInt8]) -> [UInt8] {
    precondition(frame.count == height * width * 3, "MotionMasks: frames of one size")
    let grey = blurred(Self.grey(frame))
    guard !average.isEmpty else {
      average = grey.map { Double($0) }
      return [UInt8](repeating: 0, count: grey.count)
    }
    var moving = [UInt8](repeating: 0, count: grey.count)
    let (own, rest, threshold) = (weight, 1 - weight, Int32(threshold))
    average.withUnsafeMutableBufferPointer { average in
      for index in average.indices {
        let value = Double(grey[index]) * own + average[index] * rest
        average[index] = value
        let level = Int32(Float(value).rounded(.toNearestOrEven))
        moving[index] = abs(Int32(grey[index]) - level) > threshold ? 255 : 0
      }
    }
    let opened = extreme(extreme(moving, largest: false), largest: true)
    return extreme(extreme(opened, largest: true), largest: false)
  }

  /// OpenCV's weights of 15 bits.
  static func grey(_ frame: [UInt8]) -> [UInt8] {
    var grey = [UInt8](repeating: 0, count: frame.count / 3)
    frame.withUnsafeBufferPointer { frame in
      grey.withUnsafeMutableBufferPointer { grey in
        for index in grey.indices {
          let place = index &* 3
          let (red, green, blue) = (UInt32(frame[place]), UInt32(frame[place &+ 1]), UInt32(frame[place &+ 2]))
          grey[index] = UInt8(truncatingIfNeeded: (red &* 9798 &+ green &* 19235 &+ blue &* 3735 &+ 16384) >> 15)
        }
      }
    }
    return grey
  }

  /// 1, 4, 6, 4, 1 in both directions; beyond the edge the picture is mirrored without its last pixel.
  private func blurred(_ grey: [UInt8]) -> [UInt8] {
    var lines = [UInt16](repeating: 0, count: grey.count)
    var result = [UInt8](repeating: 0, count: grey.count)
    let (columns, rows) = (mirrored(width), mirrored(height))
    grey.withUnsafeBufferPointer { grey in
      lines.withUnsafeMutableBufferPointer { lines in
        for row in 0..<height {
          let start = row * width
          func value(_ column: Int) -> UInt16 { UInt16(grey[start &+ columns[column &+ 2]]) }
          func sum(_ column: Int) -> UInt16 {
            value(column - 2) &+ value(column + 2) &+ 4 &* (value(column - 1) &+ value(column + 1)) &+ 6
              &* value(column)
          }
          let inner = 2..<max(2, width - 2)
          for column in 0..<width where !inner.contains(column) { lines[start + column] = sum(column) }
          for column in inner {
            let place = start &+ column
            let outer = UInt16(grey[place &- 2]) &+ UInt16(grey[place &+ 2])
            let near = UInt16(grey[place &- 1]) &+ UInt16(grey[place &+ 1])
            lines[place] = outer &+ 4 &* near &+ 6 &* UInt16(grey[place])
          }
        }
        result.withUnsafeMutableBufferPointer { result in
          for row in 0..<height {
            let (a, b, c) = (rows[row] * width, rows[row + 1] * width, row * width)
            let (d, e) = (rows[row + 3] * width, rows[row + 4] * width)
            for column in 0..<width {
              let outer = UInt32(lines[a &+ column]) &+ UInt32(lines[e &+ column])
              let near = UInt32(lines[b &+ column]) &+ UInt32(lines[d &+ column])
              let sum = outer &+ 4 &* near &+ 6 &* UInt32(lines[c &+ column])
              result[c &+ column] = UInt8(truncatingIfNeeded: (sum &+ 128) >> 8)
            }
          }
        }
      }
    }
    return result
  }

  /// The places -2 ..< count + 2.
  private func mirrored(_ count: Int) -> [Int] {
    (-2..<count + 2).map { place in
      guard count > 1 else { return 0 }
      var place = place
      while place < 0 || place >= count { place = place < 0 ? -place : 2 * (count - 1) - place }
      return place
    }
  }

  /// The largest or the smallest of 5×5 values; what lies beyond the edge does not count.
  private func extreme(_ mask: [UInt8], largest: Bool) -> [UInt8] {
    var lines = [UInt8](repeating: 0, count: mask.count)
    var result = [UInt8](repeating: 0, count: mask.count)
    // Of bytes that are 0 or 255, all are and one is.
    func together(_ a: UInt8, _ b: UInt8) -> UInt8 { largest ? a | b : a & b }
    mask.withUnsafeBufferPointer { mask in
      lines.withUnsafeMutableBufferPointer { lines in
        for row in 0..<height {
          let start = row * width
          for column in 0..<width {
            var value = mask[start &+ column]
            for near in max(0, column - 2)...min(width - 1, column + 2) { value = together(value, mask[start &+ near]) }
            lines[start &+ column] = value
          }
        }
        result.withUnsafeMutableBufferPointer { result in
          for row in 0..<height {
            let start = row * width
            for column in 0..<width { result[start &+ column] = lines[start &+ column] }
            for near in max(0, row - 2)...min(height - 1, row + 2) {
              for column in 0..<width {
                result[start &+ column] = together(result[start &+ column], lines[near &* width &+ column])
              }
            }
          }
        }
      }
    }
    return result
  }
}

/// OpenCV's `resize` of bytes, bilinear: weights of 11 bits, and the roundings of its vector code.
public struct BilinearBytes: Sendable {
  private let columns: [Tap]
  private let rows: [Tap]
  private let width: Int
  private let channels: Int
  public let count: Int

  private struct Tap: Sendable {
    let first: Int
    let second: Int
    let weights: (Int32, Int32)
  }

  public init(height: Int, width: Int, channels: Int, toHeight: Int, toWidth: Int) {
    precondition(toHeight > 0 && toWidth > 0, "BilinearBytes: a picture has pixels")
    self.width = width
    self.channels = channels
    columns = Self.taps(width, toWidth)
    rows = Self.taps(height, toHeight)
    count = toHeight * toWidth * channels
  }

  private static func taps(_ count: Int, _ wanted: Int) -> [Tap] {
    let scale = Double(count) / Double(wanted)
    return (0..<wanted).map { index in
      let place = Float((Double(index) + 0.5) * scale - 0.5)
      var first = Int(place.rounded(.down))
      var share = place - Float(first)
      if first < 0 { (first, share) = (0, 0) }
      if first >= count - 1 { (first, share) = (count - 1, 0) }
      func weight(_ share: Float) -> Int32 { Int32((share * 2048).rounded(.toNearestOrEven)) }
      return Tap(first: first, second: min(first + 1, count - 1), weights: (weight(1 - share), weight(share)))
    }
  }

  public func callAsFunction(_ picture: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count)
    let line = columns.count * channels
    var kept: [(row: Int, values: [Int32])] = []
    for (index, row) in rows.enumerated() {
      kept.removeAll { $0.row != row.first && $0.row != row.second }
      for wanted in [row.first, row.second] where !kept.contains(where: { $0.row == wanted }) {
        kept.append((wanted, values(of: picture, row: wanted)))
      }
      guard let upper = kept.first(where: { $0.row == row.first })?.values,
        let lower = kept.first(where: { $0.row == row.second })?.values
      else { continue }
      let (a, b) = row.weights
      for place in 0..<line {
        let sum = ((upper[place] >> 4) &* a) >> 16 &+ ((lower[place] >> 4) &* b) >> 16
        result[index &* line &+ place] = UInt8(truncatingIfNeeded: (sum &+ 2) >> 2)
      }
    }
    return result
  }

  private func values(of picture: [UInt8], row: Int) -> [Int32] {
    var values = [Int32](repeating: 0, count: columns.count * channels)
    let start = row * width * channels
    for (index, column) in columns.enumerated() {
      for channel in 0..<channels {
        let first = Int32(picture[start &+ column.first &* channels &+ channel])
        let second = Int32(picture[start &+ column.second &* channels &+ channel])
        values[index &* channels &+ channel] = first &* column.weights.0 &+ second &* column.weights.1
      }
    }
    return values
  }
}
