import Files
import Video
import Vocabulary

/// What scoring needs to know of a video before it is decoded. Unknown is nil.
public struct VideoFacts: Sendable, Equatable {
  /// `sha256:` and the digits of the content's digest.
  public var digest: String
  public var width: Int
  public var height: Int
  public var frameCount: Int
  public var frameRate: Double?
  public var codec: String
  public var colourRange: String?
  public var colourMatrix: String?
  public var isLossless: Bool?
  /// The least and the greatest value of an array.
  public var values: ClosedRange<Float>?
  /// What is odd about the video, in words; empty if nothing is.
  public var oddities = ""

  package init(
    digest: String, width: Int, height: Int, frameCount: Int, frameRate: Double?, codec: String, colourRange: String?,
    colourMatrix: String?, isLossless: Bool?
  ) {
    self.digest = digest
    self.width = width
    self.height = height
    self.frameCount = frameCount
    self.frameRate = frameRate
    self.codec = codec
    self.colourRange = colourRange
    self.colourMatrix = colourMatrix
    self.isLossless = isLossless
  }

  init(_ item: VideoItem) throws {
    let info = try item.info()
    width = info.width
    height = info.height
    frameCount = info.frameCount
    frameRate = info.frameRate
    codec = info.codec
    colourRange = info.colourRange
    colourMatrix = info.colourMatrix
    isLossless = info.isLossless
    oddities = info.problems.map { "\($0)" }.joined(separator: "; ")
    let content = try item.content()
    values = content.values
    digest = content.digest.description
  }
}

// As lines `key=value`, for the memo.
extension VideoFacts {
  private static let head = "vidmetrics video 4, decoding \(PipelineVersions.current.decoding), \(decoderVersion)"

  package func encoded(stamp: String) -> [UInt8] {
    var lines = [Self.head, stamp, digest, "\(width)", "\(height)", "\(frameCount)", codec]
    lines.append(frameRate.map { "\($0)" } ?? "")
    lines.append(colourRange ?? "")
    lines.append(colourMatrix ?? "")
    lines.append(isLossless.map { "\($0)" } ?? "")
    lines.append(oddities)
    lines += [values?.lowerBound, values?.upperBound].map { $0.map { "\($0)" } ?? "" }
    return Array(lines.map(Self.escaped).joined(separator: "\n").utf8)
  }

  /// nil unless the bytes are what `encoded(stamp:)` writes for this stamp.
  init?(encoded bytes: [UInt8], stamp: String) {
    // Splitting bytes is a tenth of the work of splitting characters, and this is done for each video of a set.
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count == 14, lines[0].elementsEqual(Self.head.utf8), lines[1].elementsEqual(Self.escaped(stamp).utf8)
    else { return nil }
    func text(_ line: Int) -> String { String(decoding: lines[line], as: UTF8.self) }
    func filled(_ line: Int) -> String? { lines[line].isEmpty ? nil : text(line) }
    guard let width = Int(text(3)), let height = Int(text(4)), let frameCount = Int(text(5)) else { return nil }
    digest = text(2)
    self.width = width
    self.height = height
    self.frameCount = frameCount
    codec = text(6)
    frameRate = filled(7).flatMap { Double($0) }
    colourRange = filled(8)
    colourMatrix = filled(9)
    isLossless = filled(10).flatMap { Bool($0) }
    oddities = text(11)
    if let low = filled(12).flatMap({ Float($0) }), let high = filled(13).flatMap({ Float($0) }), low <= high {
      values = low...high
    }
  }

  /// File names may hold line breaks.
  private static func escaped(_ text: String) -> String {
    text.utf8.contains(UInt8(ascii: "\n"))
      ? text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n") : text
  }
}

/// Facts about videos, remembered by what the file system says of their files (path, size, times, inode), so that a second
/// run need not open and read them again.
package struct VideoMemo: Sendable {
  let folder: CacheFolder

  package init(folder: CacheFolder) { self.folder = folder }

  private static let kind = "videos"

  package func facts(stamp: String) -> VideoFacts? {
    folder.read(Self.kind, SHA256.digest(of: stamp)).flatMap { VideoFacts(encoded: $0, stamp: stamp) }
  }

  package func store(_ facts: VideoFacts, stamp: String) {
    folder.write(Self.kind, SHA256.digest(of: stamp), facts.encoded(stamp: stamp))
  }
}
