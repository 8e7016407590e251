import Foundation
import Testing
import Video

@Suite struct BrokenVideoTests {
  @Test func truncatedFilesAreFoundBeforeDecoding() {
    #expect(
      message { _ = try Fixture.video("truncated.mp4").info() }
        == "`truncated.mp4` is truncated: 6271 bytes expected, 3762 found")
    #expect(
      message { _ = try Fixture.video("truncated.gif").info() }
        == "`truncated.gif` is truncated: it ends without its end mark")
  }

  @Test(arguments: [
    "untagged.mp4", "vfr.mkv", "odd.avi", "sixteen.gif", "altref.webm", "theora.ogv", "raw.y4m",
    "animations/transparent.apng",
  ])
  func noPrefixOfAFilePassesForTheWhole(_ name: String) throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: Fixture.path(name)))
    let folder = try TemporaryFolder()
    for part in stride(from: 0, to: whole.count, by: whole.count / 23) {
      try folder.write(name.split(separator: "/").last.map(String.init) ?? name, whole.prefix(part))
      #expect {
        let video = try VideoSet.open(folder.path).videos[0]
        let frames = try video.info().frameCount
        try video.read([FrameWindow(start: 0, count: frames)]) { _, _ in }
      } throws: { isOurs($0) }
    }
  }

  @Test func damageInTheMiddleNamesTheFrame() throws {
    let text = message { _ = try Fixture.video("damaged.mp4").all() }
    #expect(text?.hasPrefix("cannot decode `damaged.mp4` at frame ") == true, "\(text ?? "decoded")")
  }

  @Test func otherContentUnderTheNameOfAVideo() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.mp4", Data(repeating: 65, count: 5000))
    try folder.write("b.mp4")
    let videos = try VideoSet.open(folder.path).videos
    #expect(
      message { _ = try videos[0].info() }?
        .hasPrefix("cannot decode `a.mp4`: Invalid data found when processing input") == true)
    #expect(message { _ = try videos[1].info() }?.hasPrefix("`b.mp4` is empty, not a video\nhint: ") == true)
  }

  @Test func picturesThatAreCutShortOrNotPictures() throws {
    let png = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("pictures/rgb.png")))
    let jpeg = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("pictures/444.jpg")))
    let cases = [
      ("v.png", png.prefix(100), "cannot decode `v/v.png`: "), ("v.jpg", jpeg.prefix(700), "`v/v.jpg` is truncated: "),
      ("w.png", Data("text".utf8), "`v/w.png` is a short text that begins with `text`, not a PNG, "),
    ]
    for (name, data, beginning) in cases {
      let one = try TemporaryFolder()
      try one.write("v/" + name, data)
      let video = try VideoSet.open(one.path).videos[0]
      let text = message { try video.read([FrameWindow(start: 0, count: 1)]) { _, _ in } }
      #expect(text?.hasPrefix(beginning) == true, "\(text ?? "decoded")")
    }
  }
}
