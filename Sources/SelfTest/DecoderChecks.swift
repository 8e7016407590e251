import Files
import Foundation
import Tensors
import Video

/// Small files inside the binary, held to the pixels that other programs decode from them, and a picture that is written
/// and read again.
public enum DecoderChecks {
  static let group = "decoder"

  /// JPEG: libavcodec's inverse transform runs over rows first, libjpeg's over columns; the tests' bound, in grey levels.
  private static let jpegBound = 3.0

  private static let samples: [(what: String, file: String, golden: String, bytes: [UInt8])] = [
    ("H.264, 4:2:0", "bt709.mp4", "bt709.mp4", PackageResources.bt709_mp4),
    ("H.264, 4:4:4", "yuv444.mkv", "yuv444.mkv", PackageResources.yuv444_mkv),
    ("VP8", "altref.webm", "altref.webm", PackageResources.altref_webm),
    ("PNG, 16 bits", "rgb16.png", "pictures/rgb16.png", PackageResources.rgb16_png),
    ("PNG, palette", "palette.png", "pictures/palette.png", PackageResources.palette_png),
    ("JPEG", "yuv444.jpg", "pictures/444.jpg", PackageResources.yuv444_jpg),
  ]

  /// - Parameter folder: for the files; there is nothing in it of that name.
  public static func checks(folder: String) -> [Check] {
    samples.map { sample in
      let golden = try? Golden.files()[sample.golden]
      return check(group, sample.what, golden.map { String($0.reference.prefix { $0 != " " }) } ?? "") {
        guard let golden else { return .failed("there is no golden value of \(sample.golden)") }
        let found = try pixels(of: sample.bytes, as: sample.file, in: folder)
        if let rgb = golden.rgb.flatMap({ Data(base64Encoded: $0) }) {
          return .distance(measured: largest([UInt8](rgb), found), allowed: jpegBound)
        }
        return .text(
          expected: String(golden.sha256.prefix(12)),
          measured: String(found.withUnsafeBytes { SHA256.digest(of: $0) }.hex.prefix(12)))
      }
    } + [
      check(group, "PNG, written here", "what was written") {
        let picture = Picture(width: 48, height: 32, pixels: (0..<48 * 32 * 3).map { UInt8($0 * 31 & 255) })
        let found = try pixels(of: PictureEncoder.png(picture), as: "written.png", in: folder)
        return .distance(measured: largest(picture.pixels, found), allowed: 0)
      }
    ]
  }

  /// Every frame of a set of one file, one after the other.
  private static func pixels(of bytes: [UInt8], as name: String, in folder: String) throws -> [UInt8] {
    let set = "\(folder)/\(name).set"
    try WholeFile.makeFolder(set + "/v")
    try write(bytes, to: "\(set)/v/\(name)")
    let video = try VideoSet.open(set).videos[0]
    var all: [UInt8] = []
    try video.read([FrameWindow(start: 0, count: video.info().frameCount)]) { _, frames in
      if case .bytes(let bytes) = frames.samples { all += bytes }
    }
    return all
  }

  private static func largest(_ a: [UInt8], _ b: [UInt8]) -> Double {
    guard a.count == b.count else { return .infinity }
    return Double(zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0)
  }
}
