import Foundation
import Testing
import Video

/// Pictures and animations that were cut short, changed or are something else: what checksums, structure and decoders report.
@Suite struct PictureDamageTests {
  private func bytes(_ fixture: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: Fixture.path(fixture))))
  }

  /// What happens to these bytes as the one frame of a video `v`: nil if they are read.
  private func reading(_ bytes: [UInt8], as name: String) throws -> String? {
    let folder = try TemporaryFolder()
    try folder.write("v/" + name, Data(bytes))
    return message {
      let video = try VideoSet.open(folder.path).videos[0]
      let frames = try video.all()
      if frames.count == 0 { throw VideoError.set(.missing(path: name)) }
    }
  }

  @Test func everyFlippedByteOfAPNGIsFound() throws {
    let whole = try bytes("pictures/rgb16.png")
    for place in whole.indices {
      var changed = whole
      changed[place] ^= 0x10
      #expect(try reading(changed, as: "f.png") != nil, "byte \(place)")
    }
    var changed = whole
    changed[whole.count - 14] ^= 1
    #expect(try reading(changed, as: "f.png") == "cannot decode `v/f.png`: libpng: IDAT: CRC error")
  }

  @Test func aFlippedByteOfAnAnimationIsFound() throws {
    var whole = try bytes("animations/transparent.apng")
    whole[whole.count / 2] ^= 1
    let folder = try TemporaryFolder()
    try folder.write("v.apng", Data(whole))
    let text = message { _ = try VideoSet.open(folder.path).videos[0].all() }
    #expect(text?.hasPrefix("cannot decode `v.apng` at frame ") == true, "\(text ?? "read")")
  }

  @Test(arguments: [
    "rgb.png", "444.jpg", "420-progressive.jpg", "lossy.webp", "alpha.webp", "rgb.bmp", "rgb.tiff", "lzw.tif",
    "rgb.ppm",
    "grey.pgm", "bilevel.pbm",
  ])
  func noPrefixOfAPicturePassesForTheWhole(_ name: String) throws {
    let whole = try bytes("pictures/" + name)
    #expect(try reading(whole, as: name) == nil)
    for count in stride(from: 0, to: whole.count - 1, by: max(1, whole.count / 60)) {
      #expect(try reading(Array(whole[..<count]), as: name) != nil, "first \(count) of \(whole.count) bytes")
    }
  }

  @Test func truncationIsInLibpngsWords() throws {
    let whole = try bytes("pictures/rgb.png")
    #expect(
      try reading(Array(whole.dropLast(12)), as: "f.png")
        == "cannot decode `v/f.png`: it is cut short (libpng: Read Error)")
  }

  /// A file that lacks its last scans, with an end mark put behind the rest.
  @Test func progressiveJPEGHasAllItsScans() throws {
    let whole = try bytes("pictures/420-progressive.jpg")
    let scans = whole.indices.dropLast().filter { whole[$0] == 0xFF && whole[$0 + 1] == 0xDA }
    #expect(scans.count > 5)
    for scan in scans.dropFirst() {
      #expect(
        try reading(whole[..<scan] + [0xFF, 0xD9], as: "f.jpg")
          == "cannot decode `v/f.jpg`: the last scans of this progressive JPEG are missing")
    }
    #expect(
      try reading(Array(whole.dropLast(2)), as: "f.jpg") == "`v/f.jpg` is truncated: it ends without its end mark")
  }

  /// 0x3B is a GIF's end mark and a byte like others inside of its blocks.
  @Test func aGIFEndsWhereItsBlocksDo() throws {
    let whole = try bytes("sixteen.gif")
    let folder = try TemporaryFolder()
    let cuts = whole.indices.dropLast().filter { whole[$0] == 0x3B }
    #expect(cuts.count > 20)
    for cut in cuts {
      try folder.write("v.gif", Data(whole[...cut]))
      #expect(
        message { _ = try VideoSet.open(folder.path).videos[0].info() }
          == "`v.gif` is truncated: it ends without its end mark", "first \(cut + 1) bytes")
    }
    try folder.write("v.gif", Data(whole + [0, 0, 0]))
    #expect(try VideoSet.open(folder.path).videos[0].info().frameCount == 16)
  }

  @Test func aSizeOfNothing() throws {
    var gif = try bytes("sixteen.gif")
    gif.replaceSubrange(6..<10, with: [0, 0, 0, 0])
    let folder = try TemporaryFolder()
    try folder.write("v.gif", Data(gif))
    let text = message { _ = try VideoSet.open(folder.path).videos[0].info() }
    #expect(text?.hasPrefix("cannot decode `v.gif`: ") == true, "\(text ?? "read")")
    var bitmap = try bytes("pictures/rgb.bmp")
    bitmap.replaceSubrange(18..<26, with: [UInt8](repeating: 0, count: 8))
    #expect(try reading(bitmap, as: "f.bmp")?.contains("Picture size 0x0 is invalid") == true)
  }

  @Test func aPictureHasALimit() throws {
    var jpeg = try bytes("pictures/444.jpg")
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(
      try reading(jpeg, as: "f.jpg")
        == "cannot decode `v/f.jpg`: its size is 65535x65535, and at most 134217728 pixels are read")
  }

  @Test func anAnimationIsNotAFrame() throws {
    #expect(
      try reading(bytes("animations/transparent.apng"), as: "f.png")
        == "`v/f.png` holds 6 PNG pictures, and a frame is one\n"
        + "hint: it is a video by itself under a name that ends in .apng")
    let folder = try TemporaryFolder()
    try folder.copy("animations/opaque.webp", as: "v/a.webp")
    try folder.copy("pictures/lossy.webp", as: "v/b.webp")
    #expect(
      message { _ = try VideoSet.open(folder.path) }?.contains("holds 1 picture beside `v/a.webp`") == true)
  }

  @Test func somethingElse() throws {
    let wanted = "a PNG, JPEG, WebP, BMP, TIFF or PNM picture"
    let again = "hint: a download or a copy went wrong: fetch the file again"
    for name in ["f.png", "f.jpg", "f.webp", "f.bmp", "f.tif", "f.ppm"] {
      #expect(
        try reading(Array("<!DOCTYPE html><title>404</title>".utf8), as: name)
          == "`v/\(name)` is a web page (HTML), not \(wanted)\n\(again)")
      #expect(try reading([], as: name) == "`v/\(name)` is empty, not \(wanted)\n\(again)")
      #expect(try reading([1, 2, 3, 0xFE], as: name) == "cannot decode `v/\(name)`: it is not \(wanted)")
      // What it is decides, not its name.
      #expect(try reading(bytes("pictures/rgb.png"), as: name) == nil)
    }
  }

  @Test func anAttachedPictureIsNotAVideo() {
    #expect(
      message { _ = try Fixture.video("cover-only.mp4").info() }
        == "`cover-only.mp4` has no video stream, only an attached picture, such as the cover of a record")
  }

  @Test func anArrayFillsItsFile() throws {
    let folder = try TemporaryFolder()
    let whole = try bytes("arrays/one.npy")
    try folder.write("v.npy", Data(whole + [0]))
    #expect(
      message { _ = try VideoSet.open(folder.path + "/v.npy") }?
        .contains("the size in bytes of an array of shape [4, 4, 5, 3] should be 240 and is 241") == true)
  }
}

/// Alpha is dropped the same way by every reader.
@Suite struct TransparencyTests {
  private static let kinds = ["apng", "gif", "webp"]

  @Test func oneAnimationInThreeFormats() throws {
    let all = try Self.kinds.map { try Fixture.video("animations/transparent.\($0)").all().bytes }
    #expect(all[0].count == 6 * 24 * 32 * 3 && all[1] == all[0] && all[2] == all[0])
    #expect(all[0].prefix(3) == [0, 0, 0])
  }

  @Test(arguments: kinds) func framesAreCounted(_ kind: String) throws {
    #expect(try Fixture.video("animations/transparent.\(kind)").transparentFrames() == 6)
    let report = SetReport(try VideoSet.open(Fixture.path("animations/transparent.\(kind)")))
    #expect(
      report.entries[0].info?.problems.map { "\($0)" } == [
        "alpha is below its largest value in 6 frames; it is dropped: a pixel keeps the colour that is stored with it, "
          + "and is black where there is none"
      ])
    #expect(report.problems.contains { $0.code == .transparent })
  }

  @Test func opaqueVideosAreNotReported() throws {
    for name in ["animations/opaque.webp", "sixteen.gif", "untagged.mp4", "yuv444.mkv"] {
      #expect(try Fixture.video(name).transparentFrames() == 0, "\(name)")
    }
  }

  @Test(arguments: [
    ("rgba.png", 1), ("grey-alpha.png", 1), ("palette-transparent.png", 1), ("rgb-transparent.png", 1),
    ("alpha.webp", 1),
    ("rgba.tiff", 1), ("rgb.png", 0), ("palette.png", 0), ("lossy.webp", 0), ("palette.bmp", 0), ("444.jpg", 0),
  ])
  func framesOfAFolder(_ name: String, _ wanted: Int) throws {
    let folder = try TemporaryFolder()
    try folder.copy("pictures/" + name, as: "v/" + name)
    #expect(try VideoSet.open(folder.path).videos[0].transparentFrames() == wanted)
  }
}
