import Vocabulary

/// Which part of a resized frame is kept: the resized size and the window in it, for each axis.
struct ResizeGeometry {
  struct Axis {
    /// Samples read.
    let input: Int
    /// Samples of the whole resized axis.
    let output: Int
    /// Samples kept of those.
    let window: Range<Int>
  }

  let vertical: Axis
  let horizontal: Axis

  /// Both axes become `size` long, whatever the aspect ratio.
  init(height: Int, width: Int, stretchedTo size: Int) {
    vertical = Axis(input: height, output: size, window: 0..<size)
    horizontal = Axis(input: width, output: size, window: 0..<size)
  }

  /// The short side becomes `size` long, and the middle of the other is kept. The product is float64 before it is rounded
  /// up, as in Python: 60 · (224 / 30) is 449 there, not 448.
  init(height: Int, width: Int, shortSideTo size: Int) {
    let scale = Double(size) / Double(min(height, width))
    func axis(_ input: Int, isShort: Bool) -> Axis {
      let output = isShort ? size : Int((Double(input) * scale).rounded(.up))
      let start = (output - size) / 2
      return Axis(input: input, output: output, window: start..<start + size)
    }
    vertical = axis(height, isShort: height < width)
    horizontal = axis(width, isShort: height >= width)
  }
}

extension ResizeGeometry {
  /// As `shortSideTo`, with torchvision's roundings. Source: torchvision 0.29.2 `transforms/functional.py`
  /// `_compute_resized_output_size`, `center_crop`.
  ///
  /// - Parameter kept: the side of the square that is cut out of the middle; `size` by default.
  init(height: Int, width: Int, torchvisionShortSideTo size: Int, kept: Int? = nil) {
    let kept = kept ?? size
    func axis(_ input: Int) -> Axis {
      let output = Self.torchvision(input, shortSide: min(height, width), to: size)
      let start = Int((Double(output - kept) / 2).rounded(.toNearestOrEven))
      return Axis(input: input, output: output, window: start..<start + kept)
    }
    vertical = axis(height)
    horizontal = axis(width)
  }

  /// The short side becomes `size` long, with torchvision's roundings, and all is kept.
  init(height: Int, width: Int, wholeWithShortSide size: Int) {
    func axis(_ input: Int) -> Axis {
      let output = Self.torchvision(input, shortSide: min(height, width), to: size)
      return Axis(input: input, output: output, window: 0..<output)
    }
    vertical = axis(height)
    horizontal = axis(width)
  }

  /// Each axis becomes as long as it is said.
  init(height: Int, width: Int, to size: (height: Int, width: Int)) {
    vertical = Axis(input: height, output: size.height, window: 0..<size.height)
    horizontal = Axis(input: width, output: size.width, window: 0..<size.width)
  }

  /// Both axes by the factor that brings one side down to `size`, if it is longer, in float64 and rounded down as in Python:
  /// 512 / 561 · 561 is 511 there. Source: VBench `vbench/imaging_quality.py` `transform`.
  ///
  /// - Parameter kept: of a frame that is made smaller, the middle so long and so wide; nil for all of it.
  init(height: Int, width: Int, down side: Int, to size: Int, kept: Int? = nil) {
    let scale = Double(size) / Double(side)
    func axis(_ input: Int) -> Axis {
      guard side > size else { return Axis(input: input, output: input, window: 0..<input) }
      let output = max(Int(scale * Double(input)), 1)
      guard let kept, output > kept else { return Axis(input: input, output: output, window: 0..<output) }
      let start = Int((Double(output - kept) / 2).rounded(.toNearestOrEven))
      return Axis(input: input, output: output, window: start..<start + kept)
    }
    vertical = axis(height)
    horizontal = axis(width)
  }

  private static func torchvision(_ input: Int, shortSide: Int, to size: Int) -> Int {
    input == shortSide ? size : Int(Double(size * input) / Double(shortSide))
  }
}

/// The part of a frame that a resize reads.
struct ResizeRegion {
  let top: Int
  let left: Int
  let height: Int
  let width: Int
}

extension ResizeRegion {
  /// The largest region of this aspect ratio in the middle of a frame.
  init(height: Int, width: Int, aspectWidth: Int, aspectHeight: Int) {
    let isTooWide = width * aspectHeight > height * aspectWidth
    self.width = isTooWide ? max(height * aspectWidth / aspectHeight, 1) : width
    self.height = isTooWide ? height : max(width * aspectHeight / aspectWidth, 1)
    top = (height - self.height) / 2
    left = (width - self.width) / 2
  }
}

/// The two samples that each output sample lies between, and how far it is on the way.
struct BilinearTaps {
  let low: [Int]
  let high: [Int]
  /// 0 at `low`, 1 at `high`.
  let fraction: [Float]

  init(_ axis: ResizeGeometry.Axis, mode: ResizeMode) {
    let last = axis.input - 1
    let aligned = axis.output > 1 ? Float(last) / Float(axis.output - 1) : 0
    let scale = mode == .alignCornersBilinear ? aligned : Float(axis.input) / Float(axis.output)
    // PyTorch's build fuses the product with -½: one rounding, which float64 gives on every processor.
    let sources = axis.window.map { index in
      mode == .halfPixelBilinear
        ? max(Float(Double(scale) * (Double(index) + 0.5) - 0.5), 0) : scale * Float(index)
    }
    low = sources.map { min(Int($0), last) }
    high = low.map { min($0 + 1, last) }
    fraction = zip(sources, low).map { min(max($0 - Float($1), 0), 1) }
  }
}

/// The weights of PyTorch's antialiased resizes: for each output sample a run of input samples.
///
/// Source: pytorch `aten/src/ATen/native/cpu/UpSampleKernel.cpp`; types as there (float32, the ½ in float64).
struct AntialiasTaps {
  let start: [Int]
  let count: [Int]
  /// `stride` weights for each output sample.
  let weights: [Float]
  let stride: Int

  enum Filter {
    case triangle
    /// a = -½.
    case cubic

    /// Samples that it reaches on either side.
    fileprivate var reach: Float { self == .triangle ? 1 : 2 }

    fileprivate func weight(_ distance: Float) -> Float {
      let x = abs(distance)
      switch self {
      case .triangle: return max(1 - x, 0)
      case .cubic:
        if x < 1 { return ((-0.5 + 2) * x - (-0.5 + 3)) * x * x + 1 }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0
      }
    }
  }

  init(_ axis: ResizeGeometry.Axis, _ filter: Filter) {
    let scale = Float(axis.input) / Float(axis.output)
    let support = filter.reach * max(scale, 1)
    let inverse: Float = scale >= 1 ? 1 / scale : 1
    let stride = Int(support.rounded(.up)) * 2 + 1
    var starts: [Int] = []
    var counts: [Int] = []
    var weights: [Float] = []
    for index in axis.window {
      let centre = Float(Double(scale) * (Double(index) + 0.5))
      let start = max(Int(Double(centre - support) + 0.5), 0)
      let count = min(min(Int(Double(centre + support) + 0.5), axis.input) - start, stride)
      var run = (0..<count).map { offset in
        let distance = Float((Double(Float(offset + start) - centre) + 0.5) * Double(inverse))
        return filter.weight(distance)
      }
      let total = run.reduce(0, +)
      if total != 0 { run = run.map { $0 / total } }
      starts.append(start)
      counts.append(count)
      weights += run + [Float](repeating: 0, count: stride - count)
    }
    (start, count, self.weights, self.stride) = (starts, counts, weights, stride)
  }
}
