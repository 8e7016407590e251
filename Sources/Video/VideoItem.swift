import Files
import Synchronization
import Tensors

/// What a video of any kind can do; one type for each kind of source.
protocol VideoSource: Sendable {
  func info(_ name: String) throws -> VideoInfo
  func contentDigest(_ name: String) throws -> Digest
  /// The digest, and what else is learned where all of the content is read.
  func content(_ name: String) throws -> VideoContent
  var stamp: String? { get }
  /// Bytes, as the file system or an archive's index lists them; 0 for what is not there.
  var listedSize: Int { get }
  /// How many frames have alpha below its largest value somewhere, found by decoding where there is alpha at all.
  func transparentFrames(_ name: String) throws -> Int
  /// One pass over the video; gives frames to `assembler` by rising index, and returns early when the video ends before
  /// the last one that is needed.
  func read(_ name: String, into assembler: WindowAssembler) throws
}

extension VideoSource {
  func content(_ name: String) throws -> VideoContent {
    VideoContent(digest: try contentDigest(name), values: nil)
  }
  func transparentFrames(_ name: String) throws -> Int { 0 }
}

/// One video of a set. Values of this type may be used from several threads at once.
public struct VideoItem: Sendable {
  /// Unique in the set, relative to it: "classA/v1.mp4", "a.npy[3]", "x.zip/clips/b.mp4".
  public let name: String
  /// A row of a .npy/.npz array: its T is a clip length by itself.
  public let isArrayRow: Bool
  /// A row of a float array, whose range the user has named.
  public let holdsFloats: Bool
  /// `.byte` for everything that holds uint8, which is all but float arrays.
  public let valueRange: ValueRange
  /// What a manifest says of the video beside its path: columns by name.
  public let labels: [String: String]

  /// A video of an array: no decoder takes part in reading it.
  public var isArray: Bool { source is ArrayRow || (source as? ListingEntry)?.isArray == true }

  let source: any VideoSource
  private let memo = Memo()

  private final class Memo: Sendable {
    let info = Mutex<VideoInfo?>(nil)
  }

  init(
    name: String, isArrayRow: Bool = false, holdsFloats: Bool = false, valueRange: ValueRange = .byte,
    labels: [String: String] = [:], source: any VideoSource
  ) {
    self.name = name
    self.isArrayRow = isArrayRow
    self.holdsFloats = holdsFloats
    self.valueRange = valueRange
    self.labels = labels
    self.source = source
  }

  /// The same video as a manifest names it.
  func named(_ name: String, labels: [String: String]) -> VideoItem {
    VideoItem(
      name: name, isArrayRow: isArrayRow, holdsFloats: holdsFloats, valueRange: valueRange, labels: labels,
      source: source)
  }

  /// The name without the extension of a video, array, picture or file of poses.
  public var stem: String { Self.stem(of: name) }

  /// A name without the extension of a video, array, picture or file of poses.
  public static func stem(of name: String) -> String {
    guard [.video, .array, .tensors, .image, .poses].contains(MediaKind(name)), let dot = name.lastIndex(of: ".") else {
      return name
    }
    return String(name[..<dot])
  }

  /// `a.npy` and `[3]` of `a.npy[3]`; nil for what is no row of an array.
  package static func row(_ name: String) -> (file: String, row: String)? {
    guard name.hasSuffix("]"), let bracket = name.lastIndex(of: "[") else { return nil }
    let file = String(name[..<bracket])
    return [.array, .tensors].contains(MediaKind(file)) ? (file, String(name[bracket...])) : nil
  }

  /// `a/clips.tar` of `a/clips.tar/b.mp4`; nil for what lies in none of several archives.
  package static func archive(_ name: String) -> Substring? {
    for slash in name.indices where name[slash] == "/" && MediaKind(String(name[..<slash])) == .archive {
      return name[..<slash]
    }
    return nil
  }

  /// Size, length, rate and coding; found once, then remembered.
  ///
  /// The length is exact: containers whose packets are frames are counted packet by packet, others by a decoding pass
  /// that leaves out the inverse transform and the loop filter. Decoding checks it again.
  ///
  /// - Throws: `VideoError` for what cannot be opened, is truncated, or is a frame folder with pictures of several
  ///   sizes; whether an encoded video changes its size is found when it is read.
  public func info() throws -> VideoInfo {
    if let known = memo.info.withLock({ $0 }) { return known }
    let found = try source.info(name)
    memo.info.withLock { $0 = found }
    return found
  }

  /// How many frames are transparent somewhere. Decodes the video if it has alpha.
  public func transparentFrames() throws -> Int { try source.transparentFrames(name) }

  /// SHA-256 of the bytes that hold this video.
  ///
  /// Video files: the file's bytes. Frame folders: the number of frames, then each frame file's length and bytes in
  /// natural order (names do not count). Array rows: element type, [T, H, W, C], and the elements in that order.
  public func contentDigest() throws -> Digest { try source.contentDigest(name) }

  /// The digest, and the least and the greatest value of an array's video. Reads all of it.
  public func content() throws -> VideoContent { try source.content(name) }

  /// Bytes that hold the video, without opening it; 0 for what is not there.
  public var listedSize: Int { source.listedSize }

  /// path|size|mtime|ctime|inode (and |member, |row) of what is behind the video, times in nanoseconds: a key for
  /// remembering the digest. nil if unknown.
  public func stamp() -> String? { source.stamp }

  /// Reads `windows` in one pass and calls `body` with each one's index and frames, in the order of `windows`, as
  /// soon as it is complete.
  ///
  /// Windows may overlap. Decoding stops after the last frame that a window needs; with windows by rising start, only
  /// those that a frame is still missing of are held. Frames are never repeated or left out to fit a rate.
  ///
  /// - Throws: `VideoError.clip(.badWindow)`, `.endsEarly` when the video has fewer frames, `.undecodable`, ...; what `body`
  ///   throws.
  public func read(_ windows: [FrameWindow], _ body: (Int, Frames) throws -> Void) throws {
    guard !windows.isEmpty else { return }
    try withoutActuallyEscaping(body) { body in
      let assembler = try WindowAssembler(windows, name: name, deliver: body)
      try source.read(name, into: assembler)
      try assembler.finish()
    }
  }
}
