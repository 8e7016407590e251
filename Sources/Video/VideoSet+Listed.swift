import Files
import Tensors

/// What a listing says of one video: enough to find it again, and to tell another file in its place, without listing the set.
public struct ListedVideo: Sendable, Equatable {
  /// In its set.
  public var name: String
  /// As the file system or an archive's index lists them.
  public var bytes: Int
  public var isArrayRow: Bool
  public var isArray: Bool
  public var holdsFloats: Bool
  public var valueRange: ValueRange
  /// What a manifest says of it.
  public var labels: [String: String]

  public init(
    name: String, bytes: Int, isArrayRow: Bool = false, isArray: Bool = false, holdsFloats: Bool = false,
    valueRange: ValueRange = .byte, labels: [String: String] = [:]
  ) {
    self.name = name
    self.bytes = bytes
    self.isArrayRow = isArrayRow
    self.isArray = isArray
    self.holdsFloats = holdsFloats
    self.valueRange = valueRange
    self.labels = labels
  }
}

extension VideoItem {
  public var listed: ListedVideo {
    ListedVideo(
      name: name, bytes: listedSize, isArrayRow: isArrayRow, isArray: isArray, holdsFloats: holdsFloats,
      valueRange: valueRange, labels: labels)
  }

  /// A video of which nothing but its listing is at hand: reading it is an error.
  public init(_ listed: ListedVideo) {
    self.init(
      name: listed.name, isArrayRow: listed.isArrayRow, holdsFloats: listed.holdsFloats, valueRange: listed.valueRange,
      labels: listed.labels, source: ListingEntry(bytes: listed.bytes, isArray: listed.isArray))
  }
}

/// A video that is known by its listing alone.
struct ListingEntry: VideoSource {
  let bytes: Int
  let isArray: Bool

  var stamp: String? { nil }
  var listedSize: Int { bytes }

  func info(_ name: String) throws -> VideoInfo { throw unread(name) }
  func contentDigest(_ name: String) throws -> Digest { throw unread(name) }
  func read(_ name: String, into assembler: WindowAssembler) throws { throw unread(name) }

  private func unread(_ name: String) -> FilesError {
    .unreadable(path: name, reason: "its listing alone is at hand, and not the video")
  }
}

extension VideoSet {
  /// A set as its listing says it.
  ///
  /// - Parameter path: as errors and documents name it.
  public init(path: String, kind: String, listed: [ListedVideo], ignored: [IgnoredFile]) {
    self.init(
      path: path, kind: kind, videos: listed.map { VideoItem($0) }, ignored: ignored, unfittingPatterns: [])
  }

  /// The videos of these names alone, in the order of the names. Each is looked for at its place: a folder of a million videos
  /// is not listed for a few of them. A name that nothing has any more is left out.
  ///
  /// Names are those that `open` with the same options has given.
  ///
  /// - Throws: as `open`.
  /// - Complexity: O(names), plus the index of every archive and the header of every array that is among them; a manifest is
  ///   read whole.
  public static func open(_ path: String, only names: [String], options: VideoSetOptions = VideoSetOptions()) throws
    -> VideoSet
  {
    guard let status = FileStatus(path) else { throw VideoError.set(.missing(path: path)) }
    var scan = SetScan(path: path, options: options)
    if status.kind == .folder, !(names.count == 1 && names[0] == lastComponent(path)) {
      try scan.find(names)
    } else if status.kind == .file, MediaKind(path) == .manifest {
      try scan.manifest(only: Set(names))
    } else {
      // One file, or one folder of frames.
      let whole = try open(path, options: options)
      scan.items = whole.videos
    }
    let found = Dictionary(scan.items.map { ($0.name, $0) }) { first, _ in first }
    return VideoSet(
      path: path, kind: scan.kinds.sorted().joined(separator: " + "), videos: names.compactMap { found[$0] },
      ignored: [], unfittingPatterns: [])
  }
}

extension SetScan {
  /// Videos of a folder by their names.
  fileprivate mutating func find(_ names: [String]) throws {
    var opened: Set<String> = []
    for name in names {
      // `clips.tar/a/b.mp4` and `a.npy[3]`: the file is opened once for all that it holds.
      let file = VideoItem.row(name)?.file ?? name
      let bundle = bundle(of: file) ?? file
      guard opened.insert(bundle).inserted else { continue }
      let place = path + "/" + bundle
      guard let status = FileStatus(place) else { continue }
      guard status.kind == .file else {
        var below = SetScan(path: place, options: options)
        _ = try below.folder()
        items += below.items.filter { $0.name == VideoSet.lastComponent(place) }.map { $0.named(bundle, labels: [:]) }
        continue
      }
      switch Self.kind(bundle, .file(path: place)) {
      case .archive: try nested(place, name: bundle)
      case .array, .tensors: try array(.file(path: place), name: bundle)
      case .video: video(.file(path: place), name: bundle)
      case .image: image(.file(path: place), file: place, name: bundle)
      case .poses where options.isOfPoses: pose(.file(path: place), name: bundle)
      case .manifest, .poses, nil: continue
      }
    }
  }

  /// The archive on disk that a name leads into; nil where it leads into none.
  private func bundle(of name: String) -> String? {
    var above = ""
    for part in name.split(separator: "/").dropLast() {
      above += (above.isEmpty ? "" : "/") + part
      if MediaKind(String(part)) == .archive, FileStatus(path + "/" + above)?.kind == .file { return above }
    }
    return nil
  }
}
