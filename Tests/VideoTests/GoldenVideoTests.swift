import Files
import Foundation
import Testing
import Video

/// Decoded pixels against those of other programs; `golden.json` names the program for each file.
@Suite struct GoldenVideoTests {
  static let videos = [
    "altref.webm", "bt2020.mp4", "bt601.mp4", "bt709-full.mp4", "bt709.mp4", "editlist.mp4", "odd.avi",
    "raw.y4m", "rotated180.mp4", "rotated270.mp4", "rotated90.mp4", "sixteen.gif", "theora.ogv", "untagged.mp4",
    "vfr.mkv", "yuv444.mkv",
  ]
  static let pngs = [
    "bilevel", "gamma", "grey-alpha", "grey", "palette-transparent", "palette", "palette2", "rgb-transparent", "rgb",
    "rgb16", "rgba",
  ].map { "pictures/\($0).png" }
  static let otherPictures = [
    "alpha.webp", "bilevel.bmp", "bilevel.pbm", "bilevel.tiff", "grey.pgm", "lossy.webp", "lzw.tif", "palette.bmp",
    "palette.tiff", "rgb.bmp", "rgb.ppm", "rgb.tiff", "rgba.tiff",
  ].map { "pictures/\($0)" }
  static let animations = ["opaque.webp", "transparent.apng", "transparent.gif", "transparent.webp"].map {
    "animations/\($0)"
  }
  static let jpegs = ["420-progressive", "420", "422", "444", "grey"].map { "pictures/\($0).jpg" }

  private func read(_ name: String) throws -> (info: VideoInfo, bytes: [UInt8]) {
    guard name.hasPrefix("pictures/") else {
      let video = try Fixture.video(name)
      return (try video.info(), try video.all().bytes)
    }
    let folder = try TemporaryFolder()
    try folder.copy(name, as: "v/" + (name as NSString).lastPathComponent)
    let video = try VideoSet.open(folder.path).videos[0]
    return (try video.info(), try video.all().bytes)
  }

  @Test(arguments: videos + pngs + otherPictures + animations) func everyByteIsTheReferences(_ name: String) throws {
    let golden = try #require(Fixture.golden[name])
    let (info, bytes) = try read(name)
    #expect(info.frameCount == golden.frames)
    #expect(info.size == FrameSize(width: golden.width, height: golden.height))
    for place in golden.pixels {
      let offset = ((place.frame * golden.height + place.y) * golden.width + place.x) * 3
      #expect(Array(bytes[offset..<offset + 3]) == place.colour, "frame \(place.frame) y \(place.y) x \(place.x)")
    }
    #expect(bytes.withUnsafeBytes { SHA256.digest(of: $0) }.hex == golden.sha256, "\(golden.reference)")
  }

  /// libavcodec's inverse transform runs over rows first, libjpeg's over columns: a difference of one in few samples,
  /// which the conversion to RGB can make 1 + 1.772 < 3. Measured over 84 pictures: at most 3, mean at most 0.12.
  @Test(arguments: jpegs) func jpegIsWithinRoundingOfPillow(_ name: String) throws {
    let golden = try #require(Fixture.golden[name])
    let wanted = [UInt8](try #require(golden.rgb.flatMap { Data(base64Encoded: $0) }))
    let bytes = try read(name).bytes
    #expect(bytes.count == wanted.count)
    let differences = zip(bytes, wanted).map { abs(Int($0) - Int($1)) }
    #expect((differences.max() ?? .max) <= 3)
    #expect(Double(differences.reduce(0, +)) / Double(wanted.count) < 0.12)
  }

  @Test func whatFilesSayOfThemselves() throws {
    let full = try Fixture.video("bt709-full.mp4").info()
    #expect([full.colourMatrix, full.colourRange] == ["bt709", "pc"])
    let untagged = try Fixture.video("untagged.mp4").info()
    #expect([untagged.colourMatrix, untagged.colourRange, untagged.pixelFormat] == [nil, nil, "yuv420p"])
    #expect(untagged.codec == "h264" && untagged.frameRate == 25 && untagged.isVariableFrameRate == false)
    #expect(untagged.isLossless == false && untagged.fileSize == 5975)
    #expect(try Fixture.video("rotated90.mp4").info().rotation == 90)
    #expect(try Fixture.video("rotated270.mp4").info().rotation == 270)
    #expect(try Fixture.video("vfr.mkv").info().isVariableFrameRate == true)
    let rate = try #require(try Fixture.video("sixteen.gif").info().frameRate)
    #expect(abs(rate - 8) < 0.2)  // GIF counts in hundredths of a second
  }
}
