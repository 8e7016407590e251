import Tensors
import Vocabulary

/// What a published program's loader does to frames before anything else sees them: the short side becomes `resolution` long,
/// the middle is kept, and the floats of the resize are truncated to bytes.
///
/// Sources: content-debiased-fvd `cdfvd/utils/data_utils.py` `preprocess`, `cdfvd/fvd.py` `compute_real_stats` (antialiased,
/// `unit`); VideoGPT `videogpt/data.py` `preprocess`, `scripts/compute_fvd.py` `eval_fvd`, and TATS `tats/data.py`,
/// `scripts/sample_vqgan_transformer_short_videos.py` (not antialiased, `centred`); LVDM `lvdm/data/frame_dataset.py`,
/// `scripts/eval_cal_fvd_kvd.py` `run` with torchvision 0.10 (not antialiased, torchvision's crop, `symmetric`).
public struct LoaderStage: Sendable, Equatable {
  /// Whether the resize is `ResizeMode.antialiasBilinear`, or else `.halfPixelBilinear`.
  public let isAntialiased: Bool
  /// Pixels of a side of the square.
  public let resolution: Int
  public let crop: LoaderCrop
  public let floats: LoaderFloats

  public init(isAntialiased: Bool, resolution: Int, crop: LoaderCrop = .center, floats: LoaderFloats = .unit) {
    self.isAntialiased = isAntialiased
    self.resolution = resolution
    self.crop = crop
    self.floats = floats
  }

  fileprivate func plan(height: Int, width: Int) -> any LoaderResizePlan {
    let geometry =
      switch crop {
      case .center: ResizeGeometry(height: height, width: width, shortSideTo: resolution)
      case .torchvisionCenter: ResizeGeometry(height: height, width: width, torchvisionShortSideTo: resolution)
      }
    return isAntialiased ? AntialiasPlan(geometry, .triangle) : PyTorchBilinearPlan(geometry)
  }
}

/// A resize whose input rows can be changed before they are used.
protocol LoaderResizePlan: ResizePlan {
  /// - Parameter prepare: sees each input row before it is used.
  func run(
    _ source: ResizeSource, into output: UnsafeMutablePointer<Float>, target: ResizeTarget,
    prepare: (UnsafeMutablePointer<Float>, Int) -> Void)
}

extension LoaderResizePlan {
  /// The input rows from one on, each resized horizontally: rows×count floats and one more, since pixels are moved four floats
  /// at a time.
  ///
  /// - Parameters:
  ///   - count: floats of a resized row.
  ///   - resize: from an input row to a resized one.
  func rows(
    _ rows: Range<Int>, of source: ResizeSource, count: Int, prepare: (UnsafeMutablePointer<Float>, Int) -> Void,
    resize: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> FloatBuffer {
    let row = FloatBuffer(zeros: source.count + 1)
    let resized = FloatBuffer(zeros: rows.count * count + 1)
    for (place, index) in rows.enumerated() {
      source.read(row: index, into: row.pointer)
      prepare(row.pointer, source.count)
      resize(row.pointer, resized.pointer + place * count)
    }
    return resized
  }

  func run(_ source: ResizeSource, into output: UnsafeMutablePointer<Float>, target: ResizeTarget) {
    run(source, into: output, target: target) { _, _ in }
  }
}

/// A loader, then a second resize of its bytes.
struct LoaderPlan: ResizePlan {
  private let stage: LoaderStage
  private let loader: any LoaderResizePlan
  private let next: any ResizePlan
  private let range: ValueRange
  private let scaling: ResizeScaling

  /// - Parameter scaling: of the bytes between the stages.
  init(
    _ stage: LoaderStage, height: Int, width: Int, then next: any ResizePlan, range: ValueRange, scaling: ResizeScaling
  ) {
    self.stage = stage
    loader = stage.plan(height: height, width: width)
    self.next = next
    self.range = range
    self.scaling = scaling
  }

  func run(_ source: ResizeSource, into output: UnsafeMutablePointer<Float>, target: ResizeTarget) {
    let row = stage.resolution * 3
    let square = FloatBuffer(zeros: stage.resolution * row)
    let inner = ResizeTarget(size: stage.resolution, rowStride: row, scaling: .unchanged)
    loader.run(source, into: square.pointer, target: inner) { toFloats($0, count: $1) }
    toBytes(square.pointer, count: square.count)
    let bytes = ResizeTarget(size: target.size, rowStride: target.rowStride, scaling: scaling)
    next.run(
      ResizeSource(samples: .floats(square.pointer), rowStride: row, count: row), into: output, target: bytes)
  }

  /// One rounding a step, as the programs' tensors have it.
  private func toFloats(_ row: UnsafeMutablePointer<Float>, count: Int) {
    switch range {
    case .byte: for index in 0..<count { row[index] /= 255 }
    case .symmetric: for index in 0..<count { row[index] = (row[index] + 1) / 2 }
    case .unit, .network: break
    }
    switch stage.floats {
    case .unit, .centred: break
    case .symmetric: for index in 0..<count { row[index] = (row[index] - 0.5) / 0.5 }
    }
  }

  private func toBytes(_ values: UnsafeMutablePointer<Float>, count: Int) {
    switch stage.floats {
    case .unit: for index in 0..<count { values[index] *= 255 }
    case .centred: for index in 0..<count { values[index] = ((values[index] - 0.5) + 0.5) * 255 }
    case .symmetric: for index in 0..<count { values[index] = (values[index] + 1) * 255 / 2 }
    }
    for index in 0..<count { values[index] = min(max(values[index], 0), 255).rounded(.towardZero) }
  }
}

/// `F.interpolate(mode="bilinear", align_corners=False)` to the bit: positions have a rounding for the product and one for the
/// difference, and each sum is the second tap's product, rounded, to which the first tap's is added with one rounding (float64
/// holds it exactly). A truncation to bytes follows, where a last bit can become a grey level.
///
/// Source: pytorch `aten/src/ATen/native/cpu/UpSampleKernel.cpp`, `upsample_generic_Nd_kernel_impl`; the roundings are those of
/// PyTorch's builds with AVX2 and AVX-512, measured.
struct PyTorchBilinearPlan: LoaderResizePlan {
  private struct Taps {
    var low: [Int] = []
    var high: [Int] = []
    /// Of `low`.
    var first: [Float] = []
    /// Of `high`.
    var second: [Float] = []

    init(_ axis: ResizeGeometry.Axis) {
      let scale = Float(axis.input) / Float(axis.output)
      for index in axis.window {
        let product = scale * (Float(index) + 0.5)
        let position = max(product - 0.5, 0)
        let low = min(Int(position), axis.input - 1)
        let fraction = min(max(position - Float(low), 0), 1)
        self.low.append(low)
        high.append(min(low + 1, axis.input - 1))
        first.append(1 - fraction)
        second.append(fraction)
      }
    }
  }

  private let vertical: Taps
  private let horizontal: Taps

  init(_ geometry: ResizeGeometry) {
    vertical = Taps(geometry.vertical)
    horizontal = Taps(geometry.horizontal)
  }

  func run(
    _ source: ResizeSource, into output: UnsafeMutablePointer<Float>, target: ResizeTarget,
    prepare: (UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    let count = horizontal.low.count * 3
    let firstRow = vertical.low[0]
    let resized = rows(
      firstRow..<vertical.high[vertical.high.count - 1] + 1, of: source, count: count, prepare: prepare,
      resize: resizeRow)
    for index in vertical.low.indices {
      let result = output + index * target.rowStride
      let upper = resized.pointer + (vertical.low[index] - firstRow) * count
      let lower = resized.pointer + (vertical.high[index] - firstRow) * count
      let (first, second) = (Double(vertical.first[index]), vertical.second[index])
      for column in 0..<count {
        result[column] = Float(Double(upper[column]) * first + Double(lower[column] * second))
      }
      target.scaling.apply(result, count: count)
    }
  }

  private func resizeRow(_ row: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>) {
    let (samples, pixels) = (UnsafeRawPointer(row), UnsafeMutableRawPointer(result))
    for x in horizontal.low.indices {
      let left = samples.loadUnaligned(fromByteOffset: horizontal.low[x] &* 12, as: SIMD4<Float>.self)
      let right = samples.loadUnaligned(fromByteOffset: horizontal.high[x] &* 12, as: SIMD4<Float>.self)
      let second = SIMD4<Double>(right * horizontal.second[x])
      let value = SIMD4<Float>(SIMD4<Double>(left) * Double(horizontal.first[x]) + second)
      pixels.storeBytes(of: value, toByteOffset: x &* 12, as: SIMD4<Float>.self)
    }
  }
}
