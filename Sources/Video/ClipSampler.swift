import Random
import Vocabulary

/// A clip at a fixed place in time: frames `start`, `start + stride`, ..., `count` of them, or frames that are listed.
public struct FrameWindow: Hashable, Sendable {
  public let start: Int
  public let count: Int
  /// 0 for listed frames.
  public let stride: Int
  /// Rising, and a frame may stand there several times; nil where start, count and stride say it all.
  public let listed: [Int]?

  public init(start: Int, count: Int, stride: Int = 1) {
    self.start = start
    self.count = count
    self.stride = stride
    listed = nil
  }

  /// Frames by index, from small to large; a frame may stand there several times. Frames at one step of at least 1 make
  /// the same window as `init(start:count:stride:)`.
  public init(frames: [Int]) {
    let step = frames.count > 1 ? frames[1] - frames[0] : 1
    let isEven = step >= 1 && frames.indices.dropFirst().allSatisfy { frames[$0] - frames[$0 - 1] == step }
    start = frames.first ?? 0
    count = frames.count
    stride = isEven ? step : 0
    listed = isEven ? nil : frames
  }

  /// The index in the video of the window's frame number `place`.
  public func frame(_ place: Int) -> Int { listed?[place] ?? start + place * stride }

  /// The index of the window's last frame.
  public var last: Int { listed?.last ?? start + (count - 1) * stride }
}

/// Which clips of a video are scored.
///
/// A clip is `frames` frames at a step of `stride`: it spans (frames − 1)·stride + 1 frames of the video, and a video
/// of exactly that many frames (after `skipFirst`) has exactly one clip. With S possible starts:
///
/// - `.count(n)` cuts the starts into n equal parts, part i being ⌊i·S/n⌋ ..< ⌊(i+1)·S/n⌋, and takes one clip of each:
///   the part's first start, its middle one (the lower of two), or one drawn at random, as `offset` says. Fewer starts
///   than n is an error: no clip is ever taken twice.
/// - `.one` is `.count(1)`.
/// - `.even` is one clip of `frames` frames spread evenly over the video after `skipFirst`, first and last included:
///   NumPy's `linspace(0, T - 1, frames, dtype=int)`. In a shorter video the last frame is repeated. `stride` and
///   `offset` play no part. Source: LFDM `DM/datasets_mug.py` l.284-287.
/// - `.all` takes consecutive clips that share no frame, from `skipFirst` on; `offset` plays no part, and frames after
///   the last whole clip are left over.
/// - With `shortestVideo` `.wholeStrides` a video of fewer than frames · stride frames has no clip; a longer one has the same
///   clips as without. It says nothing of `.even`.
///
/// A draw depends on `seed` and the name of the video alone, not on order or on other videos.
public struct ClipSampler: Hashable, Sendable {
  public var frames: Int
  public var stride: Int
  public var clips: ClipSelection
  public var offset: ClipOffset
  public var seed: UInt64
  public var skipFirst: Int
  public var shortestVideo: ShortestVideo

  public init(
    frames: Int, stride: Int = 1, clips: ClipSelection = .one, offset: ClipOffset = .start, seed: UInt64 = 0,
    skipFirst: Int = 0, shortestVideo: ShortestVideo = .clip
  ) {
    self.frames = frames
    self.stride = stride
    self.clips = clips
    self.offset = offset
    self.seed = seed
    self.skipFirst = skipFirst
    self.shortestVideo = shortestVideo
  }

  /// The windows of a video of `frameCount` frames, by rising start.
  ///
  /// - Throws: `VideoError.clip(.tooShort)`, `.tooFewStarts`, `.badSampler`.
  public func windows(frameCount: Int, videoName: String) throws -> [FrameWindow] {
    if clips == .even { return [try evenWindow(frameCount: frameCount, videoName: videoName)] }
    let span = try checkedSpan()
    let least =
      switch shortestVideo {
      case .clip: span
      case .wholeStrides: span.addingReportingOverflow(stride - 1).overflow ? .max : span + stride - 1
      }
    let (needed, overflow) = least.addingReportingOverflow(skipFirst)
    guard !overflow, frameCount >= needed else {
      throw VideoError.clip(
        .tooShort(
          name: videoName, wanted: overflow ? .max : needed, found: frameCount, frames: frames, stride: stride,
          skipFirst: skipFirst))
    }
    let starts = frameCount - skipFirst - span + 1
    switch clips {
    case .all:
      return Swift.stride(from: skipFirst, through: frameCount - span, by: span).map { window(at: $0) }
    case .one, .even: return try spread(1, over: starts, videoName)
    case .count(let count): return try spread(count, over: starts, videoName)
    }
  }

  private func evenWindow(frameCount: Int, videoName: String) throws -> FrameWindow {
    _ = try checkedSpan()
    let length = frameCount - skipFirst
    guard length >= 1 else {
      throw VideoError.clip(
        .tooShort(
          name: videoName, wanted: skipFirst + 1, found: frameCount, frames: frames, stride: stride,
          skipFirst: skipFirst))
    }
    // NumPy multiplies the place by the step and cuts the fraction off.
    let step = frames > 1 ? Double(length - 1) / Double(frames - 1) : 0
    return FrameWindow(
      frames: (0..<frames).map { place in
        if length < frames { return skipFirst + min(place, length - 1) }
        return skipFirst + (place == frames - 1 && frames > 1 ? length - 1 : Int(Double(place) * step))
      })
  }

  private func window(at start: Int) -> FrameWindow { FrameWindow(start: start, count: frames, stride: stride) }

  private func checkedSpan() throws -> Int {
    for (field, value, least) in [("frames", frames, 1), ("stride", stride, 1), ("skip-first", skipFirst, 0)]
    where value < least {
      throw VideoError.clip(.badSampler(field: field, value: value, least: least))
    }
    if case .count(let count) = clips, count < 1 {
      throw VideoError.clip(.badSampler(field: "clips", value: count, least: 1))
    }
    let (steps, overflow) = (frames - 1).multipliedReportingOverflow(by: stride)
    return overflow || steps == .max ? .max : steps + 1
  }

  private func spread(_ count: Int, over starts: Int, _ videoName: String) throws -> [FrameWindow] {
    guard count <= starts else { throw VideoError.clip(.tooFewStarts(name: videoName, clips: count, starts: starts)) }
    var generator = SplitMix64(seed: seed, name: videoName)
    return (0..<count).map { part in
      let low = Self.cut(part, of: count, starts)
      let length = Self.cut(part + 1, of: count, starts) - low
      let step =
        switch offset {
        case .start: 0
        case .center: (length - 1) / 2
        case .random: Int(generator.next(below: UInt64(length)))
        }
      return window(at: skipFirst + low + step)
    }
  }

  /// ⌊part·starts/count⌋ without overflow.
  private static func cut(_ part: Int, of count: Int, _ starts: Int) -> Int {
    let (quotient, remainder) = starts.quotientAndRemainder(dividingBy: count)
    let product = part.multipliedFullWidth(by: remainder)
    return part * quotient + count.dividingFullWidth(product).quotient
  }
}
