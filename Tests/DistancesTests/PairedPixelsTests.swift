import Distances
import Testing

@Suite struct PairedPixelsTests {
  struct Pixels: Decodable {
    let frames: Int
    let height: Int
    let width: Int
    let psnr: [Double]
    let ssim: [Double]
    let nearPsnr: [Double]
    let nearSsim: [Double]
    let flickering: Double
  }

  /// The generator of the recipe: grey levels.
  private func levels(_ golden: Pixels, seed: UInt64) -> [Int] {
    var state = seed
    return (0..<golden.frames * golden.height * golden.width * 3).map { index in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Int((state >> 33) % 256) + index / 3 % golden.width * 3) % 256
    }
  }

  private func clip(_ levels: [Int]) -> [Float] { levels.map { Float($0) / 255 } }

  @Test("against the definitions in NumPy and SciPy: pixels.py")
  func parity() throws {
    let golden = try Golden.read("pixels", as: Pixels.self)
    let (first, second) = (levels(golden, seed: 1), levels(golden, seed: 2))
    let near = zip(first, second).map { (9 * $0 + $1) / 10 }
    let pixels = PairedPixels(frames: golden.frames, height: golden.height, width: golden.width)
    let (a, b) = (clip(first), clip(second))
    for (values, expected) in [
      (try pixels.psnr(a, b), golden.psnr), (try pixels.ssim(a, b), golden.ssim),
      (try pixels.psnr(clip(near), a), golden.nearPsnr), (try pixels.ssim(clip(near), a), golden.nearSsim),
      ([try pixels.temporalFlickering(a)], [golden.flickering]),
    ] {
      #expect(values.count == expected.count)
      for (value, wanted) in zip(values, expected) { #expect(abs(value - wanted) < 1e-12 * max(1, abs(wanted))) }
    }
  }

  @Test("black against white: common_metrics_on_video_quality's 9.999e-5 and 0")
  func blackAndWhite() throws {
    let pixels = PairedPixels(frames: 2, height: 16, width: 20)
    let black = [Float](repeating: 0, count: 2 * 16 * 20 * 3)
    let white = black.map { _ in Float(1) }
    for value in try pixels.ssim(black, white) { #expect(relative(value, 1e-4 / 1.0001) < 1e-10) }
    #expect(try pixels.psnr(black, white) == [0, 0])
    #expect(try pixels.psnr(white, white) == [100, 100])
    for value in try pixels.ssim(white, white) { #expect(abs(value - 1) < 1e-12) }
    #expect(try pixels.temporalFlickering(white) == 1)
    #expect(try pixels.temporalFlickering(Array(black.prefix(960)) + Array(white.prefix(960))) == 0)
  }

  @Test("a known error: 0.5 everywhere is 6.02 dB, half of the pixels 9.03 dB")
  func knownError() throws {
    let pixels = PairedPixels(frames: 1, height: 2, width: 2)
    let grey = [Float](repeating: 0.5, count: 12)
    #expect(abs(try pixels.psnr(grey, [Float](repeating: 0, count: 12))[0] - 6.020_599_913_279_624) < 1e-12)
    let half = (0..<12).map { Float($0 < 6 ? 0.5 : 0) }
    #expect(abs(try pixels.psnr(grey, half)[0] - 9.030_899_869_919_436) < 1e-12)
  }

  @Test func messages() {
    let pixels = PairedPixels(frames: 1, height: 10, width: 30)
    let frame = [Float](repeating: 0, count: 900)
    #expect(message { _ = try pixels.psnr(frame, [0]) } == "1 values are not 1 frames of 10 × 30 × 3")
    #expect(
      message { _ = try pixels.ssim(frame, frame) }
        == "frames of 10 × 30 are smaller than SSIM's window of 11 × 11")
    #expect(message { _ = try pixels.temporalFlickering(frame) } == "1 frame: at least 2 are needed")
  }
}
