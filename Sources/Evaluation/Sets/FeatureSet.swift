import Distances
import Video
import Vocabulary

/// Features of one set with where each row comes from: what every distribution metric is computed from, and what a feature
/// file holds.
///
/// Rows are in canonical order: videos in natural order of their names, the clips of a video by rising start. The order
/// does not depend on how the work was shared out, so merged parts give the bits of the whole.
public struct FeatureSet: Sendable, Equatable {
  /// What one row was computed from.
  public struct Row: Sendable, Hashable, Codable {
    /// The video's name in its set.
    public var video: String
    /// `sha256:` and the digits of the video's content; empty if unknown.
    public var digest: String
    /// First frame, number of frames, and step of the clip. A row of a per-frame network has count 1.
    public var start: Int
    public var count: Int
    public var stride: Int

    public init(video: String, digest: String, start: Int, count: Int, stride: Int) {
      self.video = video
      self.digest = digest
      self.start = start
      self.count = count
      self.stride = stride
    }
  }

  /// N×D, a row for each of `rows`.
  public var features: FeatureMatrix
  public var rows: Rows
  /// The protocol fields that decide a feature (network, preprocessing, sampling), as names and values of
  /// `FieldDefinition`; empty if unknown.
  public var recipe: [String: String]
  /// Which part of which set this is; nil if unknown.
  public var origin: FeatureOrigin?

  public init(features: FeatureMatrix, rows: [Row], recipe: [String: String], origin: FeatureOrigin? = nil) {
    self.init(features: features, rows: Rows(rows), recipe: recipe, origin: origin)
  }

  init(features: FeatureMatrix, rows: Rows, recipe: [String: String], origin: FeatureOrigin? = nil) {
    precondition(features.rows == rows.count, "FeatureSet: each row of the matrix comes from somewhere")
    self.features = features
    self.rows = rows
    self.recipe = recipe
    self.origin = origin
  }

  /// The first rows; of a file nothing is copied.
  func firstRows(_ count: Int) -> FeatureSet {
    if count == rows.count { return self }
    return FeatureSet(features: features.first(count), rows: rows.first(count), recipe: recipe)
  }

  /// The rows of the first videos.
  func first(_ limit: Limit) -> FeatureSet {
    guard let most = limit.maximum, rows.videos > most else { return self }
    var seen: Set<String> = []
    let end = rows.firstIndex { seen.insert($0.video).inserted && seen.count > most } ?? rows.count
    return firstRows(end)
  }
}

extension FeatureSet {
  /// The rows of a set: in an array, or in the text of a file, from which each is read when it is asked for.
  public struct Rows: Sendable, RandomAccessCollection, MutableCollection {
    private enum Storage: Sendable {
      case array([Row])
      /// The first so many of a table.
      case text(RowsText.Table, count: Int)
      /// `row 0`, `row 1`, ...: of features of which nothing else is known.
      case numbered(Int)
    }

    private var storage: Storage

    public init(_ rows: [Row]) { storage = .array(rows) }
    init(_ table: RowsText.Table) { storage = .text(table, count: table.count) }
    init(numbered count: Int) { storage = .numbered(count) }

    public var startIndex: Int { 0 }
    public var endIndex: Int {
      switch storage {
      case .array(let rows): rows.count
      case .text(_, let count), .numbered(let count): count
      }
    }

    public subscript(index: Int) -> Row {
      get {
        precondition(index >= 0 && index < endIndex, "FeatureSet.Rows: no such row")
        switch storage {
        case .array(let rows): return rows[index]
        case .text(let table, _): return table.row(index)
        case .numbered: return Row(video: "row \(index)", digest: "", start: 0, count: 0, stride: 0)
        }
      }
      set {
        var rows = Array(self)
        storage = .array([])
        rows[index] = newValue
        storage = .array(rows)
      }
    }

    /// The text of a row in a file, behind what is there.
    func appendText(of index: Int, to text: inout [UInt8]) {
      if case .text(let table, _) = storage { return table.append(index, to: &text) }
      RowsText.append(self[index], to: &text)
    }

    func first(_ count: Int) -> Rows {
      var copy = self
      switch storage {
      case .array(let rows): copy.storage = .array(Array(rows.prefix(count)))
      case .text(let table, let all): copy.storage = .text(table, count: Swift.min(count, all))
      case .numbered(let all): copy.storage = .numbered(Swift.min(count, all))
      }
      return copy
    }

    /// How many different videos they are of.
    public var videos: Int {
      switch storage {
      case .numbered(let count): return count
      case .text(let table, let count):
        if let known = table.videos(first: count) { return known }
      case .array: break
      }
      return Set(map(\.video)).count
    }

    /// Whether nothing is known of them.
    var areNumbered: Bool { if case .numbered = storage { true } else { false } }

    /// Whether they are in canonical order; false also where that is not known without looking.
    var areKnownInOrder: Bool { if case .text(let table, _) = storage { table.isInOrder } else { false } }
  }
}

extension FeatureSet.Rows: Equatable {
  public static func == (a: Self, b: Self) -> Bool { a.count == b.count && a.elementsEqual(b) }
}

extension FeatureSet.Row {
  /// The canonical order.
  static func precedes(_ a: Self, _ b: Self) -> Bool {
    a.video == b.video
      ? (a.start, a.count, a.stride) < (b.start, b.count, b.stride) : NaturalOrder.precedes(a.video, b.video)
  }

  /// Whether both are of one clip.
  static func areOfOneClip(_ a: Self, _ b: Self) -> Bool {
    a.video == b.video && (a.start, a.count, a.stride) == (b.start, b.count, b.stride)
  }
}
