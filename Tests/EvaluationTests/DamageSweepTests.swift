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
    /// One bit in the middle.
    case flipped
    /// The content of another kind of file.
    case otherContent = "other content"
    case empty
    case webPage = "web page"
  }

  struct Reader: CustomTestStringConvertible, Sendable {
    /// Of a fixture below `Fixtures/golden`.
    let fixture: String
    /// What it is called here, below the folder that is read; by default as the fixture.
    var name: String?
    /// What cannot be seen, and why.
    var unseen: [Damage: String] = [:]
    var read: @Sendable (String) throws -> Void = DamageSweepTests.readVideos

    var testDescription: String { name ?? fixture }
  }

  private static let noChecksum = "the format has no checksum"

  static let readers: [Reader] = [
    // Videos
    Reader(fixture: "video/bt709.mp4", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/yuv444.mkv", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/altref.webm", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/sixteen.gif", unseen: [.flipped: noChecksum]),
    // Pictures
    Reader(fixture: "video/pictures/rgb.png", name: "v/1.png"),
    Reader(fixture: "video/pictures/420.jpg", name: "v/1.jpg", unseen: [.flipped: noChecksum]),
    // Arrays
    Reader(fixture: "video/arrays/uint8.npy", unseen: [.flipped: noChecksum]),
    Reader(fixture: "video/arrays/deflated.npz"),
    // Archives
    Reader(fixture: "video/archives/packed.tar.gz"),
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

  @Test(arguments: readers + tables) func whatIsDamagedIsRefused(_ reader: Reader) throws {
    let folder = try TemporaryFolder()
    let name = reader.name ?? reader.fixture.split(separator: "/").last.map(String.init) ?? ""
    let sound = reader.fixture.isEmpty ? Self.table(name) : Self.fixture(reader.fixture)
    let path = folder.path + "/" + name
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try Data(sound).write(to: URL(fileURLWithPath: path))
    #expect(throws: Never.self) { try reader.read(path) }
    var refused = 0
    for damage in Damage.allCases where reader.unseen[damage] == nil {
      for (index, bytes) in Self.damaged(sound, damage, isText: reader.fixture.isEmpty).enumerated() {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        do {
          try reader.read(path)
          Issue.record("\(name), \(damage.rawValue) \(index): read without a word")
        } catch {
          let text = "\(error)"
          let last = name.split(separator: "/").last.map(String.init) ?? name
          #expect(text.contains(last) && text.count > last.count + 12, "\(damage.rawValue): \(text)")
          refused += 1
        }
      }
    }
    #expect(refused > 3)
    print("\(name): \(refused) damaged files refused")
  }

  private static func damaged(_ sound: [UInt8], _ damage: Damage, isText: Bool) -> [[UInt8]] {
    switch damage {
    case .truncated: return [1, sound.count / 4, sound.count / 2, sound.count * 3 / 4].map { Array(sound.prefix($0)) }
    case .flipped:
      // The middle of all these files is content, whose checksum is kept.
      var bytes = sound
      bytes[sound.count / 2] ^= 4
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

  private static func table(_ name: String) -> [UInt8] {
    switch name.split(separator: ".").last {
    case "jsonl": Array("{\"path\": \"a.mp4\"}\n".utf8)
    case "tsv": Array("path\tclass\na.mp4\tx\n".utf8)
    default: Array("path,class\na.mp4,x\n".utf8)
    }
  }

  private static func fixture(_ name: String) -> [UInt8] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return FileManager.default.contents(atPath: root.path + "/Fixtures/golden/" + name).map { Array($0) } ?? []
  }

  // MARK: Readers

  /// The set that a file is, or the folder that holds it where it is a frame.
  private static func readVideos(_ path: String) throws {
    let isFrame = path.hasSuffix(".png") || path.hasSuffix(".jpg")
    let set = try VideoSet.open(isFrame ? URL(fileURLWithPath: path).deletingLastPathComponent().path : path)
    for video in set.videos {
      let count = try video.info().frameCount
      _ = try video.content()
      try video.read([FrameWindow(start: 0, count: count)]) { _, _ in }
    }
  }

  private static func readFeatures(_ path: String) throws { _ = try FeatureFile.read(path) }

  private static func readCheckpoint(_ path: String) throws { _ = try CheckpointFile(path) }
}
