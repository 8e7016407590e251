import Files
import Foundation
import Testing
import Video

/// Sets by the names that a listing has given, each looked for at its place.
@Suite struct ListedTests {
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/golden/video").path

  /// Folders with classes, archives, arrays; one archive, one array, one folder of frames; a manifest.
  @Test(arguments: [
    "../../clips/real", "arrays/uint8.npy", "archives", "archives/plain.tar", "raw.y4m",
    "archives/stored.zip",
  ])
  func namesFindWhatAListingHas(set: String) throws {
    let path = Self.golden + "/" + set
    let whole = try VideoSet.open(path)
    let names = whole.videos.map(\.name)
    let found = try VideoSet.open(path, only: names)
    #expect(found.videos.map(\.listed) == whole.videos.map(\.listed))
    #expect(try found.videos.map { try $0.contentDigest() } == whole.videos.map { try $0.contentDigest() })
    let some = names.enumerated().filter { $0.offset % 3 == 1 }.map(\.element)
    #expect(try VideoSet.open(path, only: some).videos.map(\.name) == some)
    #expect(try VideoSet.open(path, only: ["nothing.mp4"] + some).videos.map(\.name) == some)
  }

  @Test func manifestsAndFolders() throws {
    let folder = NSTemporaryDirectory() + "/vidmetrics-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let manager = FileManager.default
    for name in ["a", "b/c"] {
      try manager.createDirectory(atPath: "\(folder)/frames/\(name)", withIntermediateDirectories: true)
      for frame in 0..<3 {
        try manager.copyItem(
          atPath: Self.golden + "/pictures/rgb.png", toPath: "\(folder)/frames/\(name)/\(frame).png")
      }
    }
    try "path,prompt\n\(Self.golden)/raw.y4m,one\nframes/a,two\n\(Self.golden)/archives/plain.tar,three\n".write(
      toFile: folder + "/set.csv", atomically: true, encoding: .utf8)
    for set in ["frames", "frames/a", "set.csv"] {
      let whole = try VideoSet.open(folder + "/" + set)
      let names = whole.videos.map(\.name)
      let found = try VideoSet.open(folder + "/" + set, only: names)
      #expect(!names.isEmpty)
      #expect(found.videos.map(\.listed) == whole.videos.map(\.listed))
      let last = try #require(names.last)
      #expect(try VideoSet.open(folder + "/" + set, only: [last]).videos.map(\.name) == [last])
    }
  }

  @Test func aListingAloneCannotBeRead() throws {
    let item = VideoItem(ListedVideo(name: "a.mp4", bytes: 5))
    #expect(throws: FilesError.unreadable(path: "a.mp4", reason: "its listing alone is at hand, and not the video")) {
      _ = try item.info()
    }
    #expect(item.listed == ListedVideo(name: "a.mp4", bytes: 5))
  }
}
