import Foundation
import Testing
import Video

@Suite struct ArchiveTests {
  static let archives = ["stored.zip", "deflated.zip", "plain.tar", "packed.tar.gz"]

  @Test(arguments: archives) func sameVideosAsOutside(_ name: String) throws {
    let set = try VideoSet.open(Fixture.path("archives/" + name))
    #expect(set.videos.map(\.name) == ["a", "b/untagged.mp4", "c/uint8.npy[0]", "c/uint8.npy[1]"])
    #expect(set.kind == "arrays + frame folders + videos in " + (name.hasSuffix("zip") ? "zip" : "tar"))
    #expect(
      set.ignored.map { "\($0.name): \($0.reason)" } == [
        "../out.mp4: its name leads out of the archive", "__MACOSX/._a: hidden",
        "a/notes.txt: not a video, picture or array by its name",
        "b/inner.zip: an archive or a file of tensors inside of an archive",
      ])
    let (video, array) = (try Fixture.video("untagged.mp4"), try Fixture.video("arrays/uint8.npy"))
    #expect(try set.videos[1].all().bytes == video.all().bytes)
    #expect(try set.videos[1].contentDigest() == video.contentDigest())
    #expect(try set.videos[2].all().bytes == array.all().bytes)
    #expect(try set.videos[2].contentDigest() == array.contentDigest())
    // Frames in natural order: frame2 is rgb.png, frame10 is rgba.png, which hold the same colours.
    let frames = try set.videos[0].all()
    #expect(frames.count == 2)
    #expect(Array(frames.bytes.prefix(13 * 17 * 3)) == Array(frames.bytes.suffix(13 * 17 * 3)))
  }

  /// Unpacking leaves the last member of a name.
  @Test func membersOfOneName() throws {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    for (place, fixture) in ["bt709.mp4", "untagged.mp4"].enumerated() {
      try folder.copy(fixture, as: "\(place)/v.mp4")
    }
    process.arguments = [
      "-c", "tar cf two.tar -C 0 v.mp4 && tar rf two.tar -C 1 ./v.mp4", "sh",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    let set = try VideoSet.open(folder.path + "/two.tar")
    #expect(set.videos.map(\.name) == ["v.mp4"])
    #expect(try set.videos[0].contentDigest() == Fixture.video("untagged.mp4").contentDigest())
    #expect(set.ignored.map { "\($0.name): \($0.reason)" } == ["v.mp4: a later member has this name"])
    #expect(set.videos[0].stamp()?.contains("|1|") == true)
  }

  /// A WebDataset: a folder of tars, or a table of them. The tar's name is the first part of a video's.
  @Test func archivesOfOneSet() throws {
    let folder = try TemporaryFolder()
    for name in ["shards/000.tar", "shards/more/001.tar"] { try folder.copy("archives/plain.tar", as: name) }
    let names = ["a", "b/untagged.mp4", "c/uint8.npy[0]", "c/uint8.npy[1]"]
    let set = try VideoSet.open(folder.path + "/shards")
    #expect(set.videos.map(\.name) == ["000.tar", "more/001.tar"].flatMap { tar in names.map { tar + "/" + $0 } })
    #expect(set.kind == "arrays + frame folders + videos in archives")
    #expect(set.ignored.contains { $0.name == "more/001.tar/b/inner.zip" })
    let some = VideoSetOptions(filter: NameFilter(include: ["000.tar/*/*.mp4"]))
    #expect(try VideoSet.open(folder.path + "/shards", options: some).videos.map(\.name) == ["000.tar/b/untagged.mp4"])
    try folder.write("set.csv", Data("path,class\nshards/000.tar,x\n".utf8))
    let listed = try VideoSet.open(folder.path + "/set.csv")
    #expect(listed.videos.map(\.name) == names.map { "shards/000.tar/" + $0 })
    #expect(listed.videos.allSatisfy { $0.labels == ["class": "x"] })
    // Beside videos an archive is left alone.
    try folder.copy("sixteen.gif", as: "shards/v.gif")
    #expect(try VideoSet.open(folder.path + "/shards").videos.map(\.name) == ["v.gif"])
  }

  @Test(arguments: archives) func noPrefixPassesForTheWhole(_ name: String) throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("archives/" + name)))
    let folder = try TemporaryFolder()
    // Behind its first block of zeros a tar has only more of them.
    let end = name == "plain.tar" ? (whole.lastIndex { $0 != 0 } ?? 0) + 1 : whole.count
    for part in stride(from: 0, to: end, by: end / 17) {
      try folder.write("x/" + name, whole.prefix(part))
      #expect("first \(part) bytes") {
        let set = try VideoSet.open(folder.path + "/x/" + name)
        for video in set.videos { _ = try video.all() }
      } throws: { isOurs($0) }
    }
  }

  @Test func flippedBytesNeverTrap() throws {
    let folder = try TemporaryFolder()
    for name in Self.archives {
      let whole = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("archives/" + name)))
      for place in stride(from: 0, to: whole.count, by: 97) {
        var data = whole
        data[place] ^= 0xFF
        try folder.write(name, data)
        guard let set = try? VideoSet.open(folder.path + "/" + name) else { continue }
        for video in set.videos { _ = try? video.all() }
      }
    }
  }
}
