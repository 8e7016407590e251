import Synchronization
import Tensors
import Threads

/// What is in a set, and what about it could change or stop a score: the data of `inspect`.
public struct SetReport: Sendable {
  /// One video: what is known of it, or why it cannot be read.
  public struct Entry: Sendable {
    public let name: String
    public let info: VideoInfo?
    /// The message of what stops a run at this video: unreadable, or too short for the clips that are wanted.
    public let failure: String?
    /// `.unreadable` or `.tooShort` where there is a failure.
    public let failureCode: Problem.Code?
    /// The least and the greatest value of an array's video.
    public let values: ClosedRange<Float>?
    /// Clips that would be scored; nil if no sampler was given or the video fails.
    public let clips: Int?
  }

  /// How many videos share a value.
  public struct Share: Hashable, Sendable {
    public let value: String
    public let videos: Int
  }

  public struct Problem: Hashable, Sendable {
    public enum Code: String, Sendable {
      case unreadable, gaps
      case tooShort = "too-short"
      case mixedSizes = "mixed-sizes"
      case mixedRates = "mixed-rates"
      case variableRate = "variable-rate"
      case untaggedColour = "untagged-colour"
      case mixedColour = "mixed-colour"
      case mixedLoss = "mixed-loss"
      case highDynamicRange = "high-dynamic-range"
      case narrowRange = "narrow-range"
      case transparent
    }

    public let code: Code
    public let text: String
    /// The videos that have it, in the set's order.
    public let videos: [String]
  }

  public let path: String
  public let kind: String
  public let ignored: [VideoSet.IgnoredFile]
  public let entries: [Entry]
  public let problems: [Problem]
  /// The least and the greatest value of all arrays.
  public let values: ClosedRange<Float>?

  /// Sizes, lengths in frames, frame rates and codings, the most frequent first.
  public var sizes: [Share] { shares { "\($0.size)" } }
  public var lengths: [Share] { shares { "\($0.frameCount)" } }
  public var rates: [Share] { shares { Self.rate($0) } }
  public var codings: [Share] { shares { $0.codec + ($0.pixelFormat.map { " " + $0 } ?? "") } }
  public var colours: [Share] {
    shares { "range \($0.colourRange ?? "untagged"), matrix \($0.colourMatrix ?? "untagged")" }
  }
  public var totalFrames: Int { entries.reduce(0) { $0 + ($1.info?.frameCount ?? 0) } }

  /// Looks at every video of `set`, `threads` at a time.
  ///
  /// - Parameters:
  ///   - sampler: the clips that are wanted, to find videos that are too short for them.
  ///   - progress: called with the number of videos done, from any thread, one call at a time.
  public init(
    _ set: VideoSet, sampler: ClipSampler? = nil, threads: Int = 1,
    progress: @Sendable (Int) -> Void = { _ in }
  ) {
    let done = Mutex(0)
    entries = parallelMap(set.videos.count, threads: threads) { index in
      let entry = Self.inspect(set.videos[index], sampler)
      done.withLock { done in
        done += 1
        progress(done)
      }
      return entry
    }
    path = set.path
    kind = set.kind
    ignored = set.ignored
    let found = entries.compactMap(\.values)
    let values = found.map(\.lowerBound).min().flatMap { low in found.map(\.upperBound).max().map { low...$0 } }
    self.values = values
    let range = set.videos.first(where: \.isArray)?.valueRange ?? .byte
    var problems = Self.problems(entries)
    if let values, let doubt = range.doubt(of: values) {
      problems.append(
        Problem(
          code: .narrowRange,
          text: "arrays that are read as \(range.rawValue) hold \(values.lowerBound)..\(values.upperBound): \(doubt)",
          videos: entries.filter { $0.values != nil }.map(\.name)))
    }
    self.problems = problems
  }

  private static func inspect(_ video: VideoItem, _ sampler: ClipSampler?) -> Entry {
    var info: VideoInfo?
    do {
      var known = try video.info()
      let transparent = try video.transparentFrames()
      if transparent > 0 { known.problems.append(.transparent(frames: transparent)) }
      info = known
      let values = video.isArray ? try video.content().values : nil
      let clips = try sampler?.windows(frameCount: known.frameCount, videoName: video.name).count
      return Entry(name: video.name, info: info, failure: nil, failureCode: nil, values: values, clips: clips)
    } catch {
      let code: Problem.Code = if case .clip = error as? VideoError { .tooShort } else { .unreadable }
      return Entry(name: video.name, info: info, failure: "\(error)", failureCode: code, values: nil, clips: nil)
    }
  }

  private static func rate(_ info: VideoInfo) -> String {
    guard let rate = info.frameRate else { return "none" }
    let rounded = (rate * 1000).rounded() / 1000
    let text = rounded == rounded.rounded() && rounded < 1e9 ? "\(Int(rounded))" : "\(rounded)"
    return text + (info.isVariableFrameRate == true ? " (variable)" : "")
  }

  private func shares(_ value: (VideoInfo) -> String) -> [Share] { Self.shares(entries, value) }

  private static func shares(_ entries: [Entry], _ value: (VideoInfo) -> String) -> [Share] {
    var counts: [String: Int] = [:]
    for entry in entries { if let info = entry.info { counts[value(info), default: 0] += 1 } }
    return counts.map { Share(value: $0.key, videos: $0.value) }
      .sorted { ($1.videos, $0.value) < ($0.videos, $1.value) }
  }

  private static func problems(_ entries: [Entry]) -> [Problem] {
    var problems: [Problem] = []
    let add = { (code: Problem.Code, text: String, videos: [Entry]) in
      guard !videos.isEmpty else { return }
      problems.append(Problem(code: code, text: text, videos: videos.map(\.name)))
    }
    let mixture = { (shares: [Share]) in shares.map { "\($0.value) (\($0.videos))" }.joined(separator: ", ") }
    let having = { (test: (VideoInfo) -> Bool) in entries.filter { $0.info.map(test) ?? false } }

    add(.unreadable, "cannot be read", entries.filter { $0.failureCode == .unreadable })
    add(.tooShort, "too short for the clips that are wanted", entries.filter { $0.failureCode == .tooShort })
    add(.gaps, "numbers are missing among the frames", having { $0.problems.contains(where: \.isGap) })
    let sizes = shares(entries) { "\($0.size)" }
    if sizes.count > 1 { add(.mixedSizes, "sizes differ: " + mixture(sizes), having { _ in true }) }
    let rates = shares(entries.filter { $0.info?.frameRate != nil }, rate)
    if rates.count > 1 { add(.mixedRates, "frame rates differ: " + mixture(rates), having { $0.frameRate != nil }) }
    add(.variableRate, "the time between frames varies", having { $0.isVariableFrameRate == true })
    add(
      .untaggedColour, "no colour matrix is tagged; BT.601 is assumed",
      having { $0.colourMatrix == nil && $0.hasLumaAndChroma })
    let colours = shares(entries.filter { $0.info?.hasLumaAndChroma == true }) {
      ($0.colourMatrix ?? "untagged") + " " + ($0.colourRange ?? "untagged")
    }
    if colours.count > 1 {
      add(.mixedColour, "colour tags differ: " + mixture(colours), having(\.hasLumaAndChroma))
    }
    let (lossy, lossless) = (having { $0.isLossless == false }, having { $0.isLossless == true })
    if !lossy.isEmpty, !lossless.isEmpty {
      add(.mixedLoss, "some are lossy (\(lossy.count)), others lossless (\(lossless.count))", lossy)
    }
    add(
      .highDynamicRange, "high dynamic range, read without tone mapping",
      having { $0.problems.contains(where: \.isHDR) })
    add(.transparent, "alpha is dropped", having { $0.problems.contains(where: \.isAlpha) })
    return problems
  }
}

extension VideoInfo {
  /// Whether the pixels are stored as luma and chroma, so that a matrix decides their colours.
  var hasLumaAndChroma: Bool {
    guard let pixelFormat else { return false }
    return ["yuv", "nv", "p0"].contains { pixelFormat.hasPrefix($0) }
  }
}

extension VideoInfo.Problem {
  var isGap: Bool { if case .missingFrames = self { true } else { false } }
  var isAlpha: Bool {
    switch self {
    case .transparent, .alphaPlane: true
    case .missingFrames, .samePictureName, .highDynamicRange: false
    }
  }
  var isHDR: Bool { if case .highDynamicRange = self { true } else { false } }
}
