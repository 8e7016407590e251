import Foundation
import Kernels
import Tensors
import Testing
import Vocabulary

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

  @Test("black stays black and white white", arguments: ResizeMode.allCases, InputScaling.allCases)
  func constants(mode: ResizeMode, scaling: InputScaling) throws {
    let size = mode == .none ? 20 : 28
    let white: Float = scaling == .tensorflow ? 127 / 128 : 1
    let black: Float = scaling == .unit ? 0 : -1
    // Normalised float32 weights add up to 1 within 1 ulp a tap.
    let bound: Float =
      switch mode {
      case .antialiasBilinear: 4e-7
      case .torchBicubic, .torchAntialiasBicubic: 2e-6
      case .halfPixelBilinear, .tf1Bilinear, .alignCornersBilinear, .pilBicubic, .pilBicubicBytes, .none: 0
      }
    for (range, samples) in [(ValueRange.byte, [Float(0), 255]), (.unit, [0, 1]), (.symmetric, [-1, 1])] {
      for (sample, wanted) in zip(samples, [black, white]) {
        let frames = Frames(
          count: 1, height: 20, width: 20, samples: .floats([Float](repeating: sample, count: 1200)))
        let values = try resized(Resize(mode: mode, size: size, scaling: scaling), frames, range: range)
        #expect(values.allSatisfy { abs($0 - wanted) <= bound }, "\(range.rawValue)")
      }
    }
  }

  /// Half way between two samples PyTorch's kernel is 19, 19, -3 and -3 of 32, and nothing is cut off.
  @Test func theCubicKernelOfPyTorch() throws {
    func row(_ values: [Float]) throws -> [Float] {
      let line = Frames(count: 1, height: 1, width: values.count, samples: .floats(values.flatMap { [$0, $0, $0] }))
      return try firstRow(.torchBicubic, line, size: 4)
    }
    #expect(try row([0, 0, 0, 128, 0, 0, 0, 0]) == [0, 76, -12, 0])
    #expect(try row([0, 0, 0, 0, 128, 128, 128, 128]) == [0, -12, 140, 128])
  }

  /// At a quarter and three quarters of the way the kernel is 111, 29, -9 and -3 of 128.
  @Test func cubicKernelAndWhatIsCutOff() throws {
    func row(_ values: [Float], size: Int) throws -> [Float] {
      let line = Frames(count: 1, height: 1, width: values.count, samples: .floats(values.flatMap { [$0, $0, $0] }))
      let resized = try resized(Resize(mode: .pilBicubic, size: size, scaling: .tensorflow), line, range: .byte)
      return (0..<size).map { resized[$0 * 3] * 128 + 128 }
    }
    let spike = try row([64, 64, 64, 64, 192, 64, 64, 64, 64, 64], size: 20)
    #expect(Array(spike[5..<13]) == [61, 55, 93, 175, 175, 93, 55, 61])
    let edge = try row([0, 0, 0, 0, 255, 255, 255, 255], size: 16)
    #expect(edge[4..<12] == [0, 0, 0, 51.796875, 203.203125, 255, 255, 255])
    #expect(try row((0..<16).map { 10 * Float($0) }, size: 8)[3...4] == [65, 85])
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

  @Test("one picture in three value ranges gives one (x - 128) / 128", arguments: ResizeMode.allCases)
  func tensorflowScaling(mode: ResizeMode) throws {
    let bytes = generated(height: 9, width: 9)
    let resize = Resize(mode: mode, size: mode == .none ? 9 : 7, scaling: .tensorflow)
    let wanted = try resized(resize, frames(bytes, height: 9, width: 9), range: .byte)
    let symmetric = try resized(Resize(mode: mode, size: resize.size), frames(bytes, height: 9, width: 9), range: .byte)
    // Float32 weights that are not those of powers of two.
    let bound: Float = mode == .torchBicubic || mode == .torchAntialiasBicubic ? 1e-6 : 4e-7
    #expect(largestDifference(symmetric.map { (127.5 * $0 - 0.5) / 128 }, wanted) < bound)
    if mode == .none { #expect(wanted == bytes.map { (Float($0) - 128) / 128 }) }
    let unit = bytes.map { Float($0) / 255 }
    let fraction = Resize(mode: mode, size: resize.size, scaling: .unit)
    let values = try resized(fraction, frames(bytes, height: 9, width: 9), range: .byte)
    #expect(largestDifference(symmetric.map { ($0 + 1) / 2 }, values) < bound)
    for (samples, range) in [(unit, ValueRange.unit), (unit.map { 2 * $0 - 1 }, .symmetric)] {
      let source = Frames(count: 1, height: 9, width: 9, samples: .floats(samples))
      #expect(largestDifference(try resized(resize, source, range: range), wanted) < bound, "\(range.rawValue)")
    }
  }

  @Test("a crop to an aspect ratio is the resize of the middle", arguments: ResizeMode.allCases)
  func aspect(mode: ResizeMode) throws {
    // Frame, aspect ratio, and what is kept: top, left, height, width.
    let cases = [
      ((16, 26), (2, 1), (1, 0, 13, 26)), ((13, 20), (1, 1), (0, 3, 13, 13)), ((20, 13), (1, 1), (3, 0, 13, 13)),
      ((13, 13), (1, 1), (0, 0, 13, 13)), ((9, 20), (4, 3), (0, 4, 9, 12)), ((20, 9), (4, 3), (7, 0, 6, 9)),
    ]
    for ((height, width), (wide, high), (top, left, keptHeight, keptWidth)) in cases {
      guard mode != .none || keptHeight == keptWidth else { continue }
      let bytes = generated(height: height, width: width)
      let rows = (top..<top + keptHeight).map { bytes[($0 * width + left) * 3..<($0 * width + left + keptWidth) * 3] }
      let resize = Resize(mode: mode, size: 13, scaling: .tensorflow)
      let wanted = try resized(
        resize, frames(rows.flatMap { $0 }, height: keptHeight, width: keptWidth), range: .byte)
      let cropping = Resize(mode: mode, crop: .aspect(width: wide, height: high), size: 13, scaling: .tensorflow)
      let source = frames(bytes, height: height, width: width)
      #expect(try resized(cropping, source, range: .byte) == wanted, "\(width)×\(height) to \(wide):\(high)")
      let floats = Frames(count: 1, height: height, width: width, samples: .floats(bytes.map { Float($0) }))
      #expect(try resized(cropping, floats, range: .byte) == wanted, "\(width)×\(height) to \(wide):\(high)")
    }
  }

  @Test("cd-fvd's loader gives the same for bytes and for 0..1")
  func loaderValueRanges() throws {
    let bytes = generated(height: 9, width: 14)
    let resize = Resize(
      mode: .halfPixelBilinear, crop: .loader(LoaderStage(isAntialiased: true, resolution: 6)), size: 7)
    let wanted = try resized(resize, frames(bytes, height: 9, width: 14), range: .byte)
    let source = Frames(count: 1, height: 9, width: 14, samples: .floats(bytes.map { Float($0) / 255 }))
    #expect(try resized(resize, source, range: .unit) == wanted)
  }

  @Test("range `network` copies")
  func network() throws {
    let values = (0..<96).map { (index: Int) -> Float in 0.37 * Float(index) }
    let source = Frames(count: 2, height: 4, width: 4, samples: .floats(values))
    for crop in [Crop.none, .shortSideCentre, .aspect(width: 2, height: 1)] {
      let resize = Resize(mode: .tf1Bilinear, crop: crop, size: 4, scaling: .tensorflow)
      #expect(try resized(resize, source, range: .network) == values)
    }
  }

  @Test("a chosen frame in a padded buffer is the same, and the padding stays")
  func stridesAndSelection() throws {
    let source = Frames(
      count: 3, height: 6, width: 5,
      samples: .bytes([1, 2, 3].flatMap { generated(height: 6, width: 5, seed: $0) }))
    for mode in [ResizeMode.halfPixelBilinear, .antialiasBilinear, .pilBicubic] {
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
      message(Resize(mode: .none), small, .byte) == """
        frames are 4×3, the network takes 224×224, and `resize` is `none`
        hint: give frames of 224×224, or name another resize mode
        """)
    #expect(
      message(Resize(mode: .tf1Bilinear), small, .network) == """
        frames are 4×3, the network takes 224×224, and value range `network` takes frames as they are
        hint: give frames of 224×224, or name another value range
        """)
    #expect(
      message(Resize(mode: .none, crop: .aspect(width: 1, height: 1), size: 4), small, .byte)?
        .hasPrefix("frames are 4×3, the network takes 4×4") == true)
    #expect(message(Resize(mode: .tf1Bilinear), empty, .byte) == "frames of 4×0 have no pixels")
    #expect(message(Resize(mode: .tf1Bilinear, size: 0), small, .byte) == "frames cannot be resized to 0×0")
    #expect(
      message(Resize(mode: .tf1Bilinear, crop: .loader(LoaderStage(isAntialiased: true, resolution: -1))), small, .byte)
        == "frames cannot be resized to -1×-1")
    #expect(
      message(Resize(mode: .tf1Bilinear, crop: .aspect(width: 2, height: 0)), small, .byte)
        == "frames cannot be cropped to the aspect ratio 2:0")
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

/// Against PyTorch, a NumPy transcription of TensorFlow 1, clean-fid's and torch-fidelity's own code:
/// `Fixtures/golden/resize/resize.py`.
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

  static let resizes: [String: (ResizeMode, Crop, InputScaling)] = [
    "half-pixel": (.halfPixelBilinear, .none, .symmetric), "tf1": (.tf1Bilinear, .none, .symmetric),
    "align-corners": (.alignCornersBilinear, .none, .symmetric), "antialias": (.antialiasBilinear, .none, .symmetric),
    "short side: VideoGPT": (.halfPixelBilinear, .shortSideCentre, .symmetric),
    "loader 16: cd-fvd": (.halfPixelBilinear, .loader(LoaderStage(isAntialiased: true, resolution: 16)), .symmetric),
    "loader 128: cd-fvd": (.halfPixelBilinear, .loader(LoaderStage(isAntialiased: true, resolution: 128)), .symmetric),
    "half-pixel: pytorch-fid": (.halfPixelBilinear, .none, .symmetric),
    "tf1: torch-fidelity": (.tf1Bilinear, .none, .tensorflow),
    "PIL bicubic: clean-fid": (.pilBicubic, .none, .tensorflow),
    "2:1, PIL bicubic": (.pilBicubic, .aspect(width: 2, height: 1), .tensorflow),
  ]
  /// Whose arithmetic is followed operation by operation.
  static let exact: Set = ["tf1", "tf1: torch-fidelity", "PIL bicubic: clean-fid", "2:1, PIL bicubic"]

  /// The largest difference measured over whole frames, up to 480×270, is 3.6e-7.
  @Test func parity() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("Fixtures/golden/resize/resize.json"))
    let cases = try JSONDecoder().decode(Golden.self, from: data).cases
    #expect(Set(cases.map(\.method)) == Set(ResizeParityTests.resizes.keys))
    for golden in cases {
      let (mode, crop, scaling) = try #require(ResizeParityTests.resizes[golden.method])
      let (height, width) = (golden.height, golden.width)
      let bytes = generated(height: height, width: width, seed: UInt64(height + width))
      let values = try resized(
        Resize(mode: mode, crop: crop, size: golden.size, scaling: scaling),
        frames(bytes, height: height, width: width), range: .byte)
      let name = "\(golden.method), \(width)×\(height) to \(golden.size)"
      let sampled = stride(from: 0, to: values.count, by: golden.step).map { values[$0] }
      #expect(sampled.count == golden.values.count, "\(name)")
      #expect(largestDifference(sampled, golden.values) < 1e-6, "\(name)")
      if ResizeParityTests.exact.contains(golden.method) { #expect(sampled == golden.values, "\(name)") }
      let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
      #expect(abs(mean - golden.mean) < 1e-6, "\(name)")
    }
  }
}

/// Against the loaders of VideoGPT and TATS, LVDM and cd-fvd, every byte: `Fixtures/golden/resize/loader.py`.
@Suite struct LoaderTests {
  struct Golden: Decodable { let cases: [Case] }

  struct Case: Decodable {
    let loader: String
    let height: Int
    let width: Int
    let resolution: Int
    /// Of 32 bits, over all bytes.
    let fnv1a: UInt32
    let step: Int
    let values: [Int]
  }

  static let stages: [String: @Sendable (Int) -> LoaderStage] = [
    "VideoGPT": { LoaderStage(isAntialiased: false, resolution: $0, floats: .centred) },
    "LVDM": { LoaderStage(isAntialiased: false, resolution: $0, crop: .torchvisionCenter, floats: .symmetric) },
    "LVDM, antialiased": {
      LoaderStage(isAntialiased: true, resolution: $0, crop: .torchvisionCenter, floats: .symmetric)
    },
    "cd-fvd": { LoaderStage(isAntialiased: true, resolution: $0) },
  ]

  private func bytes(_ stage: LoaderStage, _ frames: Frames, _ range: ValueRange) throws -> [UInt8] {
    let resize = Resize(mode: .halfPixelBilinear, crop: .loader(stage), size: stage.resolution, scaling: .unit)
    return try resized(resize, frames, range: range).map { UInt8(($0 * 255).rounded()) }
  }

  @Test func parity() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("Fixtures/golden/resize/loader.json"))
    let cases = try JSONDecoder().decode(Golden.self, from: data).cases
    #expect(Set(cases.map(\.loader)) == Set(Self.stages.keys))
    for golden in cases {
      let make = try #require(Self.stages[golden.loader])
      let stage = make(golden.resolution)
      let source = generated(
        height: golden.height, width: golden.width, seed: UInt64(golden.height + golden.width))
      let loaded = try bytes(stage, frames(source, height: golden.height, width: golden.width), .byte)
      let name = "\(golden.loader), \(golden.width)×\(golden.height) to \(golden.resolution)"
      #expect(stride(from: 0, to: loaded.count, by: golden.step).map { Int(loaded[$0]) } == golden.values, "\(name)")
      #expect(loaded.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 } == golden.fnv1a, "\(name)")
      let floats = Frames(
        count: 1, height: golden.height, width: golden.width, samples: .floats(source.map { Float($0) / 255 }))
      #expect(try bytes(stage, floats, .unit) == loaded, "\(name)")
    }
  }

  /// Bytes to floats and back without a resize: what each program loses of the 256 levels.
  @Test func levels() throws {
    let levels = (0..<256).flatMap { [UInt8($0), UInt8($0), UInt8($0)] }
    let source = frames(levels, height: 16, width: 16)
    for (floats, lower) in [(LoaderFloats.unit, 0...0), (.centred, 1...63), (.symmetric, 1...63)] {
      let loaded = try bytes(LoaderStage(isAntialiased: false, resolution: 16, floats: floats), source, .byte)
      let wanted = levels.map { floats != .unit && lower.contains(Int($0)) ? $0 - 1 : $0 }
      #expect(loaded == wanted, "\(floats)")
    }
  }
}

/// Against torchvision's transforms of PIL images, to the bit: `Fixtures/golden/resize/torchvision_resize.py`.
@Suite struct TorchvisionResizeTests {
  @Test func parity() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("Fixtures/golden/resize/torchvision.json"))
    let cases = try JSONDecoder().decode(ResizeParityTests.Golden.self, from: data).cases
    #expect(cases.count == 18)
    for golden in cases {
      let (height, width) = (golden.height, golden.width)
      let bytes = generated(height: height, width: width, seed: UInt64(height + width))
      let crop = golden.method == "squash" ? Crop.none : .torchvisionCentre()
      let resize = Resize(mode: .pilBicubicBytes, crop: crop, size: golden.size, scaling: .unit)
      let values = try resized(resize, frames(bytes, height: height, width: width), range: .byte)
      let sampled = stride(from: 0, to: values.count, by: golden.step).map { values[$0] }
      let name = "\(golden.method), \(width)×\(height) to \(golden.size)"
      #expect(sampled == golden.values.map { $0 / 255 }, "\(name)")
      let mean = values.reduce(0) { $0 + Double(($1 * 255).rounded()) } / Double(values.count)
      #expect(abs(mean - golden.mean) < 1e-9, "\(name)")
      // Of floats the bytes that they stand for.
      let floats = Frames(count: 1, height: height, width: width, samples: .floats(bytes.map { Float($0) / 255 }))
      #expect(try resized(resize, floats, range: .unit) == values, "\(name)")
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
