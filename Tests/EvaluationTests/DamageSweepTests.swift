import Distances
import Evaluation
import Files
import Foundation
import Tensors
import Testing
import Video
import Weights

/// Every reader of files against what goes wrong with files: each is refused with its name and a reason, never read as
/// something else.
///
/// A new reader is a line of `readers`.
struct DamageSweepTests {
  /// What is done to a sound file.
  enum Damage: String, CaseIterable {
    case truncated
    /// One bit.
    case flipped
    /// The content of another kind of file.
    case otherContent = "other content"
    case empty
    case webPage = "web page"
  }

  struct Reader: CustomTestStringConvertible, Sendable {
    /// Of a fixture below `Fixtures/golden`; empty for what `written(_:)` makes.
    let fixture: String
    /// What it is called here, below the folder that is read; by default as the fixture.
    var name: String?
    /// What cannot be seen, and why.
    var unseen: [Damage: String] = [:]
    /// A place whose checksum is kept, as a share of the file.
    var content = 0.5
    var read: @Sendable (String) throws -> Void = DamageSweepTests.readVideos

    var file: String { String((name ?? fixture).split(separator: "/").last ?? "") }
    var isTable: Bool { fixture.isEmpty && Table.endings.contains { file.hasSuffix("." + $0) } }
    var testDescription: String { name ?? fixture }
  }

  private static let noChecksum = "the format has no checksum"

  static let videos: [Reader] = [
    // Containers
    Reader(fixture: "video/bt709.mp4", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/yuv444.mkv", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/altref.webm", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/odd.avi", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/theora.ogv"),
    Reader(fixture: "video/raw.y4m", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/sixteen.gif", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/animations/opaque.webp", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/animations/transparent.apng"),
    // Pictures
    Reader(fixture: "video/pictures/rgb.png", name: "v/1.png"),
    Reader(fixture: "video/pictures/420.jpg", name: "v/1.jpg", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/pictures/lossy.webp", name: "v/1.webp", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/pictures/rgb.bmp", name: "v/1.bmp", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/pictures/lzw.tif", name: "v/1.tif", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/pictures/rgb.ppm", name: "v/1.ppm", unseen: [.flipped: noChecksum]),
    // Arrays
    Reader(fixture: "video/arrays/uint8.npy", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/arrays/deflated.npz"),
    Reader(fixture: "video/arrays/stored.npz"),
    Reader(fixture: "video/arrays/one.pt", content: 0.45),
    Reader(fixture: "", name: "videos.safetensors", unseen: [.flipped: noChecksum]),
    // Archives
    Reader(fixture: "video/archives/deflated.zip", content: 0.25),
    Reader(fixture: "video/archives/stored.zip", content: 0.25),
    Reader(fixture: "video/archives/plain.tar", unseen: [.flipped: "a tar's checksums are of its headers"]),
    Reader(fixture: "video/archives/packed.tar.gz"),
  ]

  static let others: [Reader] = [
    // Features
    Reader(fixture: "features/foreign.safetensors", unseen: [.flipped: noChecksum], read: readFeatures),
    Reader(fixture: "features/rows.npy", unseen: [.flipped: noChecksum], read: readFeatures),
    Reader(fixture: "features/compressed.npz", read: readFeatures),
    Reader(fixture: "features/float32.npz", read: readFeatures),
    // Weights
    Reader(fixture: "weights/piergiaj.pt", read: readCheckpoint),
    Reader(fixture: "weights/hassony.torchscript.pt", read: readCheckpoint),
    Reader(fixture: "weights/hassony.legacy.pth", unseen: [.flipped: noChecksum], read: readCheckpoint),
    Reader(fixture: "weights/piergiaj.safetensors", unseen: [.flipped: noChecksum], read: readCheckpoint),
  ]

  /// Tables have neither an end nor a checksum.
  static let tables: [Reader] = ["set.csv", "set.tsv", "set.jsonl"].map { name in
    Reader(
      fixture: "", name: name,
      unseen: [.truncated: "a text has no end", .flipped: noChecksum, .empty: "a table of no rows"],
      read: { _ = try Table($0) })
  }

  @Test(arguments: videos + others + tables) func whatIsDamagedIsRefused(_ reader: Reader) throws {
    let folder = try TemporaryFolder()
    let sound = Self.sound(reader)
    #expect(throws: Never.self) { try reader.read(try Self.write(sound, reader, folder)) }
    var refused = 0
    for damage in Damage.allCases where reader.unseen[damage] == nil {
      for (index, bytes) in Self.damaged(
        sound, damage, content: reader.content, isText: reader.isTable
      ).enumerated() {
        do {
          try reader.read(try Self.write(bytes, reader, folder))
          Issue.record("\(reader.file), \(damage.rawValue) \(index): read without a word")
        } catch {
          Self.expectReason(error, of: reader)
          refused += 1
        }
      }
    }
    #expect(refused > 3)
    print("\(reader.file): \(refused) damaged files refused")
  }

  /// What has the ending of another format is refused, or read as what it is: the same frames.
  @Test(arguments: videos) func aWrongEndingDeceivesNobody(_ reader: Reader) throws {
    let sound = Self.sound(reader)
    let place = try TemporaryFolder()
    let frames = try Self.frames(try Self.write(sound, reader, place))
    var (refused, read) = (0, 0)
    for other in Self.videos + Self.tables where other.file != reader.file {
      let folder = try TemporaryFolder()
      let path = try Self.write(sound, other, folder)
      do {
        if other.isTable { try other.read(path) }
        #expect(try !other.isTable && Self.frames(path) == frames, "\(reader.file) named \(other.file)")
        read += 1
      } catch {
        Self.expectReason(error, of: other)
        refused += 1
      }
    }
    #expect(refused > 3)
    print("\(reader.file) under another ending: \(refused) refused, \(read) read as what they are")
  }

  /// The file and what is wrong with it.
  private static func expectReason(_ error: any Error, of reader: Reader) {
    let text = "\(error)"
    #expect(text.contains(reader.file) && text.count > reader.file.count + 12, "\(text)")
  }

  private static func sound(_ reader: Reader) -> [UInt8] {
    reader.fixture.isEmpty ? written(reader.file) : fixture(reader.fixture)
  }

  /// - Returns: the path, of a file called as the reader's.
  private static func write(_ bytes: [UInt8], _ reader: Reader, _ folder: TemporaryFolder) throws -> String {
    let path = folder.path + "/" + (reader.name ?? reader.file)
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private static func damaged(_ sound: [UInt8], _ damage: Damage, content: Double, isText: Bool) -> [[UInt8]] {
    switch damage {
    case .truncated: return [1, sound.count / 4, sound.count / 2, sound.count * 5 / 8].map { Array(sound.prefix($0)) }
    case .flipped:
      var bytes = sound
      bytes[Int(Double(sound.count) * content)] ^= 4
      return [bytes]
    case .otherContent:
      let others: [[UInt8]] = [
        [0x1F, 0x8B, 8, 0] + [UInt8](repeating: 7, count: 2000),
        Array("%PDF-1.7\n".utf8) + [UInt8](repeating: 0, count: 900),
        [UInt8](repeating: 0, count: 3000),
        Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n".utf8),
      ]
      return others
    case .empty: return [[]]
    case .webPage:
      return [
        "<!DOCTYPE html>\n<html><body>404</body></html>",
        "\n<html lang=en>\n" + String(repeating: "<p>x</p>", count: 900),
      ]
      .map { Array($0.utf8) }
    }
  }

  private static func written(_ name: String) -> [UInt8] {
    switch name.split(separator: ".").last {
    case "safetensors":
      let header = Array(#"{"v":{"dtype":"U8","shape":[2,6,5,3],"data_offsets":[0,180]}}"#.utf8)
      let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
      return length + header + (0..<180).map { UInt8($0) }
    case "jsonl": return Array("{\"path\": \"a.mp4\"}\n".utf8)
    case "tsv": return Array("path\tclass\na.mp4\tx\n".utf8)
    default: return Array("path,class\na.mp4,x\n".utf8)
    }
  }

  private static func fixture(_ name: String) -> [UInt8] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return FileManager.default.contents(atPath: root.path + "/Fixtures/golden/" + name).map { Array($0) } ?? []
  }

  // MARK: Readers

  private static func readVideos(_ path: String) throws { _ = try frames(path) }

  /// Of the set that a file is, or the folder that holds it where it is a frame.
  private static func frames(_ path: String) throws -> [String] {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    return try VideoSet.open(folder.lastPathComponent == "v" ? folder.path : path).videos.map { video in
      let count = try video.info().frameCount
      _ = try video.content()
      var text = ""
      try video.read([FrameWindow(start: 0, count: count)]) { _, frames in text = "\(frames)" }
      return text
    }.sorted()
  }

  private static func readFeatures(_ path: String) throws { _ = try FeatureFile.read(path) }

  private static func readCheckpoint(_ path: String) throws { _ = try CheckpointFile(path) }
}
