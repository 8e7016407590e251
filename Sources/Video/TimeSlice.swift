import Tensors

/// One line of pixels of a video, followed over time: what moves leaves a trace, what stands still a stripe.
///
/// Li et al., Generative Image Dynamics (CVPR 2024), Figure 7, show a column of pixels with time to the right.
public struct TimeSlice: Sendable, Equatable {
  /// The line that is followed.
  public enum Line: Sendable, Equatable {
    /// A column of pixels, x from the left; time goes to the right.
    case column(Int)
    /// A row of pixels, y from above; time goes down.
    case row(Int)
    /// The column in the middle.
    case middle
  }

  /// The line as it was found: `column 64`.
  public let line: Line
  /// A pixel wide for each frame (columns), or a pixel high (rows).
  public let picture: Picture

  /// - Parameter frames: at most so many, from the beginning; nil: all.
  /// - Throws: `VideoError`, also `.badSlice` for a line outside of the picture.
  public init(_ video: VideoItem, line: Line = .middle, frames: Int? = nil) throws {
    let info = try video.info()
    let line = line == .middle ? .column(info.width / 2) : line
    let count = min(frames ?? info.frameCount, info.frameCount)
    let (isColumn, place, limit): (Bool, Int, Int) =
      switch line {
      case .column(let x): (true, x, info.width)
      case .row(let y): (false, y, info.height)
      case .middle: (true, info.width / 2, info.width)
      }
    guard (0..<limit).contains(place) else {
      throw VideoError.picture(.badSlice(name: video.name, isColumn: isColumn, place: place, limit: limit))
    }
    let length = isColumn ? info.height : info.width
    var pixels = [UInt8](repeating: 0, count: count * length * 3)
    try video.read((0..<count).map { FrameWindow(start: $0, count: 1) }) { time, frames in
      let picture = Picture(frames, index: 0, range: video.valueRange)
      for along in 0..<length {
        let from = (isColumn ? along * picture.width + place : place * picture.width + along) * 3
        let to = (isColumn ? along * count + time : time * length + along) * 3
        for channel in 0..<3 { pixels[to + channel] = picture.pixels[from + channel] }
      }
    }
    self.line = line
    picture =
      isColumn
      ? Picture(width: count, height: length, pixels: pixels) : Picture(width: length, height: count, pixels: pixels)
  }
}

extension TimeSlice.Line: CustomStringConvertible {
  public var description: String {
    switch self {
    case .column(let x): "column \(x)"
    case .row(let y): "row \(y)"
    case .middle: "the middle column"
    }
  }
}
