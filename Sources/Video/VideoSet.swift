import Files
import Tensors

/// How a set is read.
public struct VideoSetOptions: Sendable, Equatable {
  /// What the numbers of arrays mean: needed for float arrays; uint8 arrays are 0..255 and accept nothing else.
  /// Encoded videos and pictures are 0..255 whatever stands here.
  public var valueRange: ValueRange?
  /// Each picture is an image by itself, and no folder of pictures is a video: for metrics of frames.
  public var picturesAreImages: Bool
  /// The set holds the pictures that videos were made from: those right below its path, and those that a manifest names,
  /// are images by themselves; a folder of pictures below it still is a video.
  public var isOfInputs: Bool
  /// The set holds, in the place of videos, files with the poses of their cameras, and nothing else counts.
  public var isOfPoses: Bool
  /// The column of a manifest that holds the paths; nil for `path`, or `file_name` where there is none.
  public var pathColumn: String?
  /// Which files are meant.
  public var filter: NameFilter
  /// The axes of arrays; nil for those of the only layout that fits.
  public var layout: ArrayLayout?

  public init(
    valueRange: ValueRange? = nil, picturesAreImages: Bool = false, isOfInputs: Bool = false, isOfPoses: Bool = false,
    pathColumn: String? = nil, filter: NameFilter = NameFilter(), layout: ArrayLayout? = nil
  ) {
    self.valueRange = valueRange
    self.picturesAreImages = picturesAreImages
    self.isOfInputs = isOfInputs
    self.isOfPoses = isOfPoses
    self.pathColumn = pathColumn
    self.filter = filter
    self.layout = layout
  }
}

/// A set of videos: a folder of video files, a folder of frame folders, classes above either (any depth), one video
/// file, a .npy/.npz array, tensors in a .safetensors or .pt, a .zip/.tar of these, or a manifest: a .csv, .tsv or .jsonl that names videos and what
/// belongs to them.
///
/// Rules: a folder that directly holds pictures is one video made of frames, and holds nothing else that could be a
/// video. Each row of an array [N,T,H,W,3] is a video; an array [T,H,W,3] is one, and so is each of several in one file.
/// Files that are none of these, hidden
/// files and archives inside of a set are left alone and listed in `ignored`. A link that leads nowhere is what its
/// name says, so that using it says what is wrong. Nothing is decoded when a set is opened.
public struct VideoSet: Sendable {
  public let path: String
  /// "videos", "frame folders", "images", "arrays", "camera poses", several of these joined by " + "; archives add " in zip" or " in tar", manifests
  /// " of a manifest".
  public let kind: String
  /// In natural order of their names (`NaturalOrder`).
  public let videos: [VideoItem]
  /// Files that are no videos, by name relative to the set, in natural order.
  public let ignored: [IgnoredFile]
  /// Patterns of `VideoSetOptions.filter` that fit none of its files.
  public let unfittingPatterns: Set<String>

  public struct IgnoredFile: Hashable, Sendable {
    public let name: String
    public let reason: String

    public init(name: String, reason: String) {
      self.name = name
      self.reason = reason
    }

    /// What file managers and archivers leave behind, and names that begin with a point.
    public var isHidden: Bool { reason == Self.hidden }
    /// What `VideoSetOptions.filter` leaves out.
    public var isFiltered: Bool { reason == Self.filtered }

    static let hidden = "hidden"
    static let filtered = "left out by --include or --exclude"
  }

  /// Finds the videos of the set at `path`.
  ///
  /// - Throws: `VideoError.set(.missing)`, `.emptySet`, `.nothingMeant`, `.mixedFolder`, what `SetDoubts` finds, `FilesError`, or what is wrong
  ///   with an array's header.
  /// - Complexity: O(files · log files) plus the header of every array and the index of an archive. Compressed tars
  ///   and compressed arrays are unpacked to an unlinked temporary file.
  public static func open(_ path: String, options: VideoSetOptions = VideoSetOptions()) throws -> VideoSet {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.reversed().drop { $0 == "/" }.reversed()) : path
    guard let status = FileStatus(path) else { throw VideoError.set(.missing(path: path)) }
    var scan = SetScan(path: path, options: options)
    var suffix = ""
    switch status.kind {
    case .folder: suffix = try scan.folder()
    case .other: throw VideoError.set(.unknownKind(path: path))
    case .file where options.isOfPoses: suffix = try scan.poseFile()
    case .file:
      let kind = SetScan.kind(path, .file(path: path))
      let isOneFile = [.video, .image, .array].contains(kind) && !MediaKind.isContainer(path)
      if isOneFile, !scan.takes(Self.lastComponent(path)) { break }
      switch kind {
      case .archive: suffix = " in " + (try scan.archive())
      case .manifest:
        try scan.manifest()
        suffix = " of a manifest"
      case .array, .tensors: try scan.array(.file(path: path), name: lastComponent(path))
      case .image:
        guard options.isOfInputs else { throw VideoError.set(.loneImage(path: path)) }
        scan.image(.file(path: path), file: path, name: lastComponent(path))
      case .video: scan.video(.file(path: path), name: lastComponent(path))
      case .poses, nil: throw VideoError.set(.unknownKind(path: path))
      }
    }
    let ignored = scan.ignored.sorted { NaturalOrder.precedes($0.name, $1.name) }
    guard !scan.items.isEmpty else {
      let left = ignored.filter(\.isFiltered)
      if options.isOfPoses, left.isEmpty { throw VideoError.poses(.emptySet(path: path, ignored: ignored.count)) }
      throw VideoError.set(
        left.isEmpty
          ? .emptySet(path: path, ignored: ignored.count)
          : .nothingMeant(path: path, filter: options.filter, files: left.count, first: left[0].name))
    }
    if !suffix.hasSuffix("manifest"), !options.filter.meansAll { try SetDoubts.check(scan.items, path: path) }
    let items = scan.items.sorted { NaturalOrder.precedes($0.name, $1.name) }
    return VideoSet(
      path: path, kind: scan.kinds.sorted().joined(separator: " + ") + suffix,
      videos: items, ignored: ignored, unfittingPatterns: scan.unfittingPatterns)
  }

  /// Whether the path is that of one video: a file, or a folder of frames.
  public var isOneVideo: Bool { videos.count == 1 && videos[0].name == Self.lastComponent(path) }

  /// Whether a manifest names the videos.
  public var isOfManifest: Bool { kind.hasSuffix(" of a manifest") }

  /// The pictures, or the first frames of videos, that a column of this manifest names for its videos: a set of inputs whose
  /// items are called as those videos. Paths are relative to the manifest, and several videos may have one input.
  ///
  /// - Throws: `VideoError.set(.manifest)`, and what is wrong with an array's header.
  public func inputs(column: String, options: VideoSetOptions) throws -> VideoSet {
    let columns = Set(videos.flatMap(\.labels.keys))
    guard columns.contains(column) else {
      let known = (["path"] + columns.sorted()).map { "`\($0)`" }.joined(separator: ", ")
      throw VideoError.set(.manifest(path: path, line: nil, reason: "it has no column `\(column)`, but \(known)"))
    }
    var scan = SetScan(path: path, options: options)
    for video in videos {
      guard let place = video.labels[column] else {
        throw VideoError.set(.manifest(path: path, line: nil, reason: "`\(column)` of `\(video.name)` is empty"))
      }
      try scan.single(place, name: video.name, labels: [:]) {
        VideoError.set(.manifest(path: path, line: nil, reason: "`\(column)` of `\(video.name)`: \($0)"))
      }
    }
    return VideoSet(path: path, kind: "images of a manifest", videos: scan.items, ignored: [], unfittingPatterns: [])
  }

  static func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
