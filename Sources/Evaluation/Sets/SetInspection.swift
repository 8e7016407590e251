import Scores
import Tensors
import Video

/// A `SetReport` as text and as JSON: what is in a set, before the long work.
public struct SetInspection: Sendable {
  private let report: SetReport

  /// - Parameter frames: the clip length that is wanted, to find videos that are too short for it.
  /// - Throws: `VideoError` for a path that is not a set, `EvaluationError.patternUnused`.
  public init(
    path: String, options: VideoSetOptions, frames: Int?, threads: Int, progress: any ExtractionProgress
  ) throws {
    let set = try VideoSet.open(path, options: options)
    if let pattern = set.unfittingPatterns.sorted().first { throw EvaluationError.patternUnused(pattern) }
    let sampler = frames.map {
      ClipSampler(frames: $0, stride: 1, clips: .one, offset: .start, seed: 0, skipFirst: 0)
    }
    progress.begin(.reading, total: set.videos.count)
    report = SetReport(set, sampler: sampler, threads: threads) { progress.advance(to: $0) }
    progress.end()
  }

  /// Videos that stop a run or are odd by themselves, then what is odd about the set.
  private var problems: [String] {
    let own = report.entries.flatMap { entry -> [String] in
      let failure = entry.failure.flatMap { $0.split(separator: "\n").first.map(String.init) }
      return (failure.map { [$0] } ?? []) + (entry.info?.problems.map { "\(entry.name): \($0)" } ?? [])
    }
    return own
      + report.problems.filter { $0.code.isOfTheSet }.map { problem in
        problem.videos.count == report.entries.count
          ? problem.text : "\(problem.text) (\(count(problem.videos.count, "video")))"
      }
  }

  /// The text for people. Ends with a line break.
  public var table: String {
    let videos = report.entries.compactMap(\.info)
    var lines = ["\(report.path)  (\(report.kind))", "videos        \(report.entries.count)"]
    if let first = report.entries.first, let last = report.entries.last, report.entries.count > 1 {
      lines.append("first, last   \(first.name), \(last.name)")
    }
    if videos.isEmpty {
      lines.append("readable      none")
    } else {
      lines.append("frames        \(report.totalFrames) in all; \(histogram(report.lengths))")
      lines.append("size          \(histogram(report.sizes))")
      lines.append("rate          \(histogram(report.rates)) frames a second")
      lines.append("coding        \(histogram(report.codings))")
      lines.append("colour        \(histogram(report.colours))")
      if let values = report.values { lines.append("values        \(values.lowerBound)..\(values.upperBound)") }
      lines.append("bytes         \(videos.reduce(0) { $0 + $1.fileSize })")
    }
    if !report.ignored.isEmpty { lines.append("left alone    \(count(report.ignored.count, "file"))") }
    lines += report.ignored.prefix(10).map { "  \($0.name): \($0.reason)" }
    if report.ignored.count > 10 { lines.append("  and \(report.ignored.count - 10) more") }
    lines.append("problems      \(problems.isEmpty ? "none" : "\(problems.count)")")
    lines += problems.map { "  \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `16 (45), 15 (1)`: values with how many videos have them, the most frequent first.
  private func histogram(_ shares: [SetReport.Share]) -> String {
    let shown = shares.prefix(6).map { "\($0.value) (\($0.videos))" }.joined(separator: ", ")
    return shares.count > 6 ? "\(shown) and \(shares.count - 6) more" : shown
  }

  /// The document of `inspect --json`, schema vidmetrics.inspection/1.
  public var json: JSONValue {
    .object([
      ("schema", .string("vidmetrics.inspection/1")),
      ("path", .string(report.path)),
      ("kind", .string(report.kind)),
      ("videos", .array(report.entries.map(\.json))),
      (
        "problems",
        .array(
          report.problems.map { problem in
            .object([
              ("code", .string(problem.code.rawValue)), ("text", .string(problem.text)),
              ("videos", .array(problem.videos.map { .string($0) })),
            ])
          })
      ),
      (
        "ignored", .array(report.ignored.map { .object([("name", .string($0.name)), ("reason", .string($0.reason))]) })
      ),
    ])
  }
}

extension SetReport.Problem.Code {
  /// Whether it is about the videos beside each other; the others are told with the video that has them.
  fileprivate var isOfTheSet: Bool {
    switch self {
    case .unreadable, .tooShort, .gaps, .highDynamicRange, .transparent: false
    case .mixedSizes, .mixedRates, .variableRate, .untaggedColour, .mixedColour, .mixedLoss, .narrowRange: true
    }
  }
}

extension SetReport.Entry {
  fileprivate var json: JSONValue {
    guard let info else { return .object([("name", .string(name)), ("error", .string(orNull: failure))]) }
    return .object([
      ("name", .string(name)),
      ("error", .string(orNull: failure)),
      ("width", .integer(info.width)),
      ("height", .integer(info.height)),
      ("frames", .integer(info.frameCount)),
      ("frame_rate", .number(orNull: info.frameRate)),
      ("variable_frame_rate", info.isVariableFrameRate.map { .bool($0) } ?? .null),
      ("codec", .string(info.codec)),
      ("pixel_format", .string(orNull: info.pixelFormat)),
      ("colour_range", .string(orNull: info.colourRange)),
      ("colour_matrix", .string(orNull: info.colourMatrix)),
      ("rotation", .integer(info.rotation)),
      ("lossless", info.isLossless.map { .bool($0) } ?? .null),
      ("bytes", .integer(info.fileSize)),
      ("problems", .array(info.problems.map { .string("\($0)") })),
    ])
  }
}
