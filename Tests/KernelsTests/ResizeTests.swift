import Foundation
import Kernels
import Tensors
import Testing

@Suite struct ResizeTests {
  // MARK: Closed forms

  /// A 1×N ramp 0, 1, 2, ... in the symmetric range, which is not scaled.
  func ramp(_ count: Int) -> Frames {
    Frames(count: 1, height: 1, width: count, samples: .floats((0..<count * 3).map { Float($0 / 3) }))
  }

  func firstRow(_ mode: ResizeMode, _ frames: Frames, size: Int) throws -> [Float] {
    let values = try resized(Resize(mode: mode, size: size), frames, range: .symmetric)
    return (0..<size).map { values[$0 * 3] }
  }

  @Test func rampsUpAndDown() throws {
    #expect(try firstRow(.halfPixelBilinear, ramp(2), size: 4) == [0, 0.25, 0.75, 1])
    #expect(try firstRow(.tf1Bilinear, ramp(2), size: 4) == [0, 0.5, 1, 1])
    #expect(try firstRow(.alignCornersBilinear, ramp(3), size: 5) == [0, 0.5, 1, 1.5, 2])
    #expect(try firstRow(.halfPixelBilinear, ramp(8), size: 4) == [0.5, 2.5, 4.5, 6.5])
    #expect(try firstRow(.tf1Bilinear, ramp(8), size: 4) == [0, 2, 4, 6])
    #expect(try firstRow(.alignCornersBilinear, ramp(8), size: 1) == [0])
    // Weights 3, 3, 1 of 7 at the edges and 1, 3, 3, 1 of 8 inside.
    let antialiased = try firstRow(.antialiasBilinear, ramp(4), size: 2)
    #expect(abs(antialiased[0] - 5 / 7) < 1e-6 && abs(antialiased[1] - (3 - 5 / 7)) < 1e-6)
  }

  @Test("black stays -1 and white 1", arguments: ResizeMode.allCases)
  func constants(mode: ResizeMode) throws {
    let size = mode == .identity ? 20 : 28
    let colours: [(UInt8, Float)] = [(0, -1), (255, 1)]
    for (byte, wanted) in colours {
      let frames = Frames(
        count: 1, height: 20, width: 20, samples: .bytes([UInt8](repeating: byte, count: 1200)))
      let values = try resized(Resize(mode: mode, size: size), frames, range: .byte)
      // Normalised float32 weights add up to 1 within 1 ulp a tap.
      let bound: Float = mode == .antialiasBilinear ? 4e-7 : 0
      #expect(values.allSatisfy { abs($0 - wanted) <= bound })
    }
  }

  // MARK: Properties

  @Test("one picture in three value ranges gives one result", arguments: [Crop.none, .shortSideCentre])
  func valueRanges(crop: Crop) throws {
    let bytes = generated(height: 9, width: 14)
    let resize = Resize(mode: .halfPixelBilinear, crop: crop, size: 7)
    let wanted = try resized(resize, frames(bytes, height: 9, width: 14), range: .byte)
    let unit = bytes.map { Float($0) / 255 }
    let symmetric = unit.map { 2 * $0 - 1 }
    let sources: [([Float], ValueRange)] = [(unit, .unit), (symmetric, .symmetric)]
    for (samples, range) in sources {
      let source = Frames(count: 1, height: 9, width: 14, samples: .floats(samples))
      #expect(largestDifference(try resized(resize, source, range: range), wanted) < 4e-7)
    }
  }

  @Test("cd-fvd's loader gives the same for bytes and for 0..1")
  func loaderValueRanges() throws {
    let bytes = generated(height: 9, width: 14)
    let resize = Resize(mode: .halfPixelBilinear, crop: .loader(resolution: 6), size: 7)
    let wanted = try resized(resize, frames(bytes, height: 9, width: 14), range: .byte)
    let source = Frames(count: 1, height: 9, width: 14, samples: .floats(bytes.map { Float($0) / 255 }))
    #expect(try resized(resize, source, range: .unit) == wanted)
  }

  @Test("range `network` copies")
  func network() throws {
    let values = (0..<96).map { (index: Int) -> Float in 0.37 * Float(index) }
    let source = Frames(count: 2, height: 4, width: 4, samples: .floats(values))
    #expect(try resized(Resize(mode: .tf1Bilinear, size: 4), source, range: .network) == values)
  }

  @Test("a chosen frame in a padded buffer is the same, and the padding stays")
  func stridesAndSelection() throws {
    let source = Frames(
      count: 3, height: 6, width: 5,
      samples: .bytes([1, 2, 3].flatMap { generated(height: 6, width: 5, seed: $0) }))
    for mode in [ResizeMode.halfPixelBilinear, .antialiasBilinear] {
      let resize = Resize(mode: mode, size: 8)
      let all = try resized(resize, source, range: .byte)
      var padded = [Float](repeating: 7, count: 2 * 300)
      try padded.withUnsafeMutableBufferPointer {
        let base = try #require($0.baseAddress)
        try resize.apply(
          frames: source, only: 1..<3, range: .byte, into: base, rowStride: 32, frameStride: 300)
      }
      for frame in 0..<2 {
        for index in 0..<300 {
          let (row, column) = (index / 32, index % 32)
          let isInside = row < 8 && column < 24
          let wanted = isInside ? all[(frame + 1) * 192 + row * 24 + column] : 7
          #expect(padded[frame * 300 + index] == wanted)
        }
      }
    }
  }

  // MARK: Messages

  @Test func messages() {
    let small = frames(generated(height: 3, width: 4), height: 3, width: 4)
    let empty = Frames(count: 1, height: 0, width: 4, samples: .bytes([]))
    #expect(
      message(Resize(mode: .identity), small, .byte) == """
        frames are 4×3, the network takes 224×224, and resize mode `identity` changes no size
        hint: give frames of 224×224, or name another resize mode
        """)
    #expect(
      message(Resize(mode: .tf1Bilinear), small, .network) == """
        frames are 4×3, the network takes 224×224, and value range `network` takes frames as they are
        hint: give frames of 224×224, or name another value range
        """)
    #expect(message(Resize(mode: .tf1Bilinear), empty, .byte) == "frames of 4×0 have no pixels")
    #expect(message(Resize(mode: .tf1Bilinear, size: 0), small, .byte) == "frames cannot be resized to 0×0")
    #expect(
      message(Resize(mode: .tf1Bilinear, crop: .loader(resolution: -1)), small, .byte)
        == "frames cannot be resized to -1×-1")
  }

  private func message(_ resize: Resize, _ frames: Frames, _ range: ValueRange) -> String? {
    do {
      _ = try resized(resize, frames, range: range)
      return nil
    } catch {
      return "\(error)"
    }
  }
}

/// Against PyTorch and a NumPy transcription of TensorFlow 1: `Fixtures/golden/resize/resize.py`.
@Suite struct ResizeParityTests {
  struct Golden: Decodable {
    let cases: [Case]
  }

  struct Case: Decodable {
    let method: String
    let height: Int
    let width: Int
    let size: Int
    let step: Int
    let mean: Double
    let values: [Float]
  }

  static let resizes: [String: (ResizeMode, Crop)] = [
    "half-pixel": (.halfPixelBilinear, .none), "tf1": (.tf1Bilinear, .none),
    "align-corners": (.alignCornersBilinear, .none), "antialias": (.antialiasBilinear, .none),
    "short side: VideoGPT": (.halfPixelBilinear, .shortSideCentre),
    "loader 16: cd-fvd": (.halfPixelBilinear, .loader(resolution: 16)),
    "loader 128: cd-fvd": (.halfPixelBilinear, .loader(resolution: 128)),
  ]

  /// The largest difference measured over whole frames, up to 480×270, is 3.6e-7.
  @Test func parity() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("Fixtures/golden/resize/resize.json"))
    let cases = try JSONDecoder().decode(Golden.self, from: data).cases
    #expect(Set(cases.map(\.method)) == Set(ResizeParityTests.resizes.keys))
    for golden in cases {
      let (mode, crop) = try #require(ResizeParityTests.resizes[golden.method])
      let (height, width) = (golden.height, golden.width)
      let bytes = generated(height: height, width: width, seed: UInt64(height + width))
      let values = try resized(
        Resize(mode: mode, crop: crop, size: golden.size), frames(bytes, height: height, width: width), range: .byte)
      let name = "\(golden.method), \(width)×\(height) to \(golden.size)"
      let sampled = stride(from: 0, to: values.count, by: golden.step).map { values[$0] }
      #expect(sampled.count == golden.values.count, "\(name)")
      #expect(largestDifference(sampled, golden.values) < 1e-6, "\(name)")
      let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
      #expect(abs(mean - golden.mean) < 1e-6, "\(name)")
    }
  }
}

private func resized(_ resize: Resize, _ frames: Frames, range: ValueRange) throws -> [Float] {
  var values = [Float](repeating: .nan, count: max(frames.count * resize.size * resize.size * 3, 1))
  try values.withUnsafeMutableBufferPointer {
    guard let base = $0.baseAddress else { return }
    try resize.apply(frames: frames, range: range, into: base)
  }
  return values
}

private func frames(_ bytes: [UInt8], height: Int, width: Int) -> Frames {
  Frames(count: 1, height: height, width: width, samples: .bytes(bytes))
}

private func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  zip(a, b).reduce(0) { abs($1.0 - $1.1).isNaN ? .infinity : max($0, abs($1.0 - $1.1)) }
}

/// The generator of the recipe.
private func generated(height: Int, width: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed
  var previous = 128
  return (0..<height * width * 3).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let fresh = Int((state >> 40) % 256)
    previous = state >> 60 != 0 ? (3 * previous + fresh) / 4 : fresh
    return UInt8(previous)
  }
}
