import Video

/// What tells which video of one set belongs to which of the other.
public enum PairRule: Sendable, Equatable {
  /// The same path below the set, whatever the ending.
  case stem
  /// The same text where the pattern matches the path: its first group, or all of it.
  case regex(String)
  /// The same place in natural order.
  case order

  /// - Parameter text: `stem`, `regex:PATTERN` or `order`; nil for anything else.
  public init?(_ text: String) {
    switch text {
    case "stem": self = .stem
    case "order": self = .order
    default:
      guard text.hasPrefix("regex:"), text.count > "regex:".count else { return nil }
      self = .regex(String(text.dropFirst("regex:".count)))
    }
  }

  /// What such a text is, in the words of a message.
  public static let expected = "stem, order or regex:PATTERN"

  /// - Throws: `EvaluationError.badPattern`.
  public func validate() throws { if case .regex(let text) = self { _ = try NamePattern(text) } }
}

/// What videos of two sets have in common, so that one is found by the other's name: by `stem`, the path below the set
/// without its extension. Rows of arrays: the number of the row where the set is one array, the array's name where that has
/// one row, else both.
struct PairNames {
  private let setIsArray: Bool
  private let rows: [String: Int]
  /// Where the rule is not `stem`.
  private var given: [String: String]?

  /// - Parameters:
  ///   - names: of all videos of the set.
  ///   - path: the set's.
  init(_ names: [String], path: String) {
    rows = Dictionary(names.compactMap { VideoItem.row($0)?.file }.map { ($0, 1) }, uniquingKeysWith: +)
    let file = path.split(separator: "/").last.map(String.init)
    setIsArray = rows.count == 1 && rows.keys.first == file
  }

  /// - Parameter other: the set with the other halves of the pairs; two sets of one video each are a pair whatever their names.
  /// - Throws: `EvaluationError.badPattern`, `.patternTooSlow`, `.noPairText`, `.pairCounts`.
  init(_ set: VideoSet, with other: VideoSet, by rule: PairRule) throws {
    let names = set.videos.map(\.name)
    self.init(names, path: set.path)
    switch rule {
    case .stem: if set.isOneVideo, other.isOneVideo { given = Dictionary(names.map { ($0, "the video") }) { $1 } }
    case .order:
      guard set.videos.count == other.videos.count else {
        throw EvaluationError.pairCounts(
          first: set.path, videos: set.videos.count, second: other.path, otherVideos: other.videos.count)
      }
      given = Dictionary(names.enumerated().map { ($1, "\($0 + 1)") }) { $1 }
    case .regex(let text):
      let pattern = try NamePattern(text)
      given = [:]
      for name in names {
        guard let found = try pattern.text(in: name), !found.isEmpty else {
          throw EvaluationError.noPairText(name: name, path: set.path, pattern: text)
        }
        given?[name] = found
      }
    }
  }

  subscript(name: String) -> String {
    if let given { return given[name] ?? name }
    guard let (file, row) = VideoItem.row(name) else { return VideoItem.stem(of: name) }
    if setIsArray { return row }
    return VideoItem.stem(of: file) + (rows[file] == 1 ? "" : row)
  }
}
