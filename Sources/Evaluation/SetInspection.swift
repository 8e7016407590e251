import Dispatch
import Synchronization
import Tensors
import Video

/// What is in a set, before the long work: every video opened and counted, none decoded for its pictures.
public struct SetInspection: Sendable {
  public struct Entry: Sendable {
    public let name: String
    /// What is known of the video, or why it cannot be read.
    public let info: Result<VideoInfo, any Error>
  }

  public let set: VideoSet
  public let entries: [Entry]

  /// - Throws: `VideoError` for a path that is no set.
  public init(path: String, valueRange: ValueRange?, threads: Int, progress: any ExtractionProgress) throws {
    set = try VideoSet.open(path, options: VideoSetOptions(valueRange: valueRange))
    let items = set.videos
    let found = Mutex([Entry?](repeating: nil, count: items.count))
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    progress.begin(.reading, total: items.count)
    DispatchQueue.concurrentPerform(iterations: min(threads, max(items.count, 1))) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < items.count else { return }
        let entry = Entry(name: items[index].name, info: Result { try items[index].info() })
        found.withLock { $0[index] = entry }
        progress.advance(to: done.wrappingAdd(1, ordering: .relaxed).newValue)
      }
    }
    progress.end()
    entries = found.withLock { $0 }.compactMap { $0 }
  }

  private var readable: [(name: String, info: VideoInfo)] {
    entries.compactMap { entry in (try? entry.info.get()).map { (entry.name, $0) } }
  }

  /// Video and what is odd or wrong with it.
  private var problems: [(name: String, text: String)] {
    entries.flatMap { entry -> [(String, String)] in
      switch entry.info {
      case .success(let info): info.problems.map { (entry.name, "\($0)") }
      case .failure(let error): [(entry.name, "\(error)".split(separator: "\n").first.map(String.init) ?? "unreadable")]
      }
    }
  }

  /// The text for people. Ends with a line break.
  public var table: String {
    let videos = readable.map(\.info)
    var lines = ["\(set.path)  (\(set.kind))", "videos        \(entries.count)"]
    if let first = entries.first, let last = entries.last, entries.count > 1 {
      lines.append("first, last   \(first.name), \(last.name)")
    }
    lines.append(
      "frames        \(videos.reduce(0) { $0 + $1.frameCount }) in all; \(histogram(videos) { "\($0.frameCount)" })")
    lines.append("size          \(histogram(videos) { "\($0.size)" })")
    lines.append(
      "rate          \(histogram(videos) { $0.frameRate.map { "\(fixed($0, digits: 3)) fps" } ?? "unknown" })")
    lines.append(
      "coding        \(histogram(videos) { [$0.codec, $0.pixelFormat].compactMap { $0 }.joined(separator: " ") })")
    lines.append(
      "colour        \(histogram(videos) { "range \($0.colourRange ?? "untagged"), matrix \($0.colourMatrix ?? "untagged")" })"
    )
    lines.append("bytes         \(videos.reduce(0) { $0 + $1.fileSize })")
    if !set.ignored.isEmpty { lines.append("left alone    \(count(set.ignored.count, "file"))") }
    lines += set.ignored.prefix(10).map { "  \($0.name): \($0.reason)" }
    if set.ignored.count > 10 { lines.append("  and \(set.ignored.count - 10) more") }
    lines.append("problems      \(problems.isEmpty ? "none" : "\(problems.count)")")
    lines += problems.map { "  \($0.name): \($0.text)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `16 (45), 15 (1)`: values with how many videos have them, the most frequent first.
  private func histogram(_ videos: [VideoInfo], _ value: (VideoInfo) -> String) -> String {
    var counts: [String: Int] = [:]
    for video in videos { counts[value(video), default: 0] += 1 }
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = sorted.prefix(6).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
    return sorted.count > 6 ? "\(shown) and \(sorted.count - 6) more" : shown
  }

  /// The document of `inspect --json`, schema vidmetrics.inspection/1.
  public var json: JSONValue {
    .object([
      ("schema", .string("vidmetrics.inspection/1")),
      ("path", .string(set.path)),
      ("kind", .string(set.kind)),
      ("videos", .array(entries.map(\.json))),
      ("ignored", .array(set.ignored.map { .object([("name", .string($0.name)), ("reason", .string($0.reason))]) })),
    ])
  }
}

extension SetInspection.Entry {
  var json: JSONValue {
    switch info {
    case .failure(let error): return .object([("name", .string(name)), ("error", .string("\(error)"))])
    case .success(let info):
      return .object([
        ("name", .string(name)),
        ("error", .null),
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
}
