import Tensors
import Vocabulary

/// Frames to the network's input: float32, size×size, in the range that `scaling` names.
///
/// The samples are cut if the crop says so, resized as they are and then mapped. For [-1, 1], one rounding a step: bytes
/// by 2x/255 - 1, `0..1` by 2x - 1, `-1..1` unchanged. TensorFlow's FVD and TATS do it in that order; VideoGPT,
/// common_metrics_on_video_quality, StyleGAN-V and pytorch-fid scale first, which moves a value by at most 4e-7 (measured).
public struct Resize: Sendable, Equatable {
  /// No frame and no resized frame may have a longer side.
  public static let largestSide = 1 << 20

  public let mode: ResizeMode
  public let crop: Crop
  /// Width and height of the result; of crops that keep a frame's shape what a side of it becomes.
  public let size: Int
  public let scaling: InputScaling

  public init(mode: ResizeMode, crop: Crop = .none, size: Int = 224, scaling: InputScaling = .symmetric) {
    self.mode = mode
    self.crop = crop
    self.size = size
    self.scaling = scaling
  }

  /// Height and width of what becomes of a frame.
  public func result(height: Int, width: Int) -> (height: Int, width: Int) {
    guard min(height, width) > 0, let geometry = wholeGeometry(height: height, width: width) else {
      return (size, size)
    }
    return (geometry.vertical.window.count, geometry.horizontal.window.count)
  }

  /// Of the crops that keep frames of other shapes than the network's square.
  private func wholeGeometry(height: Int, width: Int) -> ResizeGeometry? {
    switch crop {
    case .shortSide: ResizeGeometry(height: height, width: width, wholeWithShortSide: size)
    case .longSideAtMost: ResizeGeometry(height: height, width: width, down: max(height, width), to: size)
    case .shortSideAtMost(let isCentred):
      ResizeGeometry(
        height: height, width: width, down: min(height, width), to: size, kept: isCentred ? size : nil)
    case .whole: ResizeGeometry(height: height, width: width, to: (height, width))
    case .none, .shortSideCentre, .torchvisionCentre, .loader, .aspect: nil
    }
  }

  /// Writes the frames of `selection` (all by default) as T×size×size×3 to `output`; of crops that keep a frame's
  /// shape in the height and width that `result` says.
  ///
  /// - Parameters:
  ///   - range: what the numbers mean; with `.network` they are copied, neither cut nor scaled, and must have the size.
  ///   - rowStride: floats from one output row to the next, 3·width by default; what lies between is left alone.
  ///   - frameStride: floats from one output frame to the next, `rowStride`·height by default.
  ///
  /// Throws `ResizeError`. Each frame depends on itself alone, so callers may share a clip among threads. O(pixels).
  public func apply(
    frames: Frames, only selection: Range<Int>? = nil, range: ValueRange, into output: UnsafeMutablePointer<Float>,
    rowStride: Int? = nil, frameStride: Int? = nil
  ) throws {
    let selection = selection ?? 0..<frames.count
    precondition(selection.lowerBound >= 0 && selection.upperBound <= frames.count, "Resize: no such frames")
    let made = result(height: frames.height, width: frames.width)
    let row = rowStride ?? 3 * made.width
    let target = ResizeTarget(size: size, rowStride: row, scaling: ResizeScaling(range, to: scaling))
    let kept = try region(of: frames, range: range)
    let plan = plan(height: kept.height, width: kept.width, range: range)
    let frameValues = frames.height * frames.width * 3
    let corner = (kept.top * frames.width + kept.left) * 3
    func source(_ samples: ResizeSource.Samples) -> ResizeSource {
      ResizeSource(samples: samples, rowStride: frames.width * 3, count: kept.width * 3)
    }
    for (index, frame) in selection.enumerated() {
      let result = output + index * (frameStride ?? row * made.height)
      switch frames.samples {
      case .bytes(let bytes):
        bytes.withUnsafeBufferPointer {
          guard let base = $0.baseAddress else { return }
          plan.run(source(.bytes(base + frame * frameValues + corner)), into: result, target: target)
        }
      case .floats(let floats):
        floats.withUnsafeBufferPointer {
          guard let base = $0.baseAddress else { return }
          plan.run(source(.floats(base + frame * frameValues + corner)), into: result, target: target)
        }
      }
    }
  }

  /// What the resize reads of each frame.
  private func region(of frames: Frames, range: ValueRange) throws -> ResizeRegion {
    let (width, height) = (frames.width, frames.height)
    guard size > 0 && size <= Resize.largestSide else { throw ResizeError.invalidSize(size) }
    if case .loader(let stage) = crop {
      let resolution = stage.resolution
      guard resolution > 0 && resolution <= Resize.largestSide else { throw ResizeError.invalidSize(resolution) }
    }
    if case .torchvisionCentre(let short?) = crop {
      guard short >= size, short <= Resize.largestSide else { throw ResizeError.invalidSize(short) }
    }
    if case .aspect(let width, let height) = crop {
      guard min(width, height) > 0 && max(width, height) <= Resize.largestSide else {
        throw ResizeError.invalidAspect(width: width, height: height)
      }
    }
    guard width > 0 && height > 0 else { throw ResizeError.emptyFrames(width: width, height: height) }
    guard max(width, height) <= Resize.largestSide else { throw ResizeError.tooLarge(width: width, height: height) }
    var kept = ResizeRegion(top: 0, left: 0, height: height, width: width)
    if case .aspect(let wide, let high) = crop, range != .network {
      kept = ResizeRegion(height: height, width: width, aspectWidth: wide, aspectHeight: high)
    }
    let mustMatch = mode == .none || range == .network
    guard !mustMatch || (kept.width == size && kept.height == size) else {
      throw ResizeError.wrongSize(
        width: width, height: height, size: size, reason: range == .network ? .networkRange : .noResize)
    }
    return kept
  }

  private func plan(height: Int, width: Int, range: ValueRange) -> any ResizePlan {
    if mode == .none || range == .network { return CopyPlan(height: height, width: width) }
    switch crop {
    case .none, .aspect:
      return stage(ResizeGeometry(height: height, width: width, stretchedTo: size), range: range)
    case .shortSideCentre:
      return stage(ResizeGeometry(height: height, width: width, shortSideTo: size), range: range)
    case .torchvisionCentre(let short):
      return stage(
        ResizeGeometry(height: height, width: width, torchvisionShortSideTo: short ?? size, kept: size), range: range)
    case .shortSide, .longSideAtMost, .shortSideAtMost, .whole:
      guard let geometry = wholeGeometry(height: height, width: width) else {
        preconditionFailure("Resize: this crop has a shape")
      }
      return stage(geometry, range: range)
    case .loader(let loader):
      let square = ResizeGeometry(height: loader.resolution, width: loader.resolution, stretchedTo: size)
      return LoaderPlan(
        loader, height: height, width: width, then: stage(square, range: .byte), range: range,
        scaling: ResizeScaling(.byte, to: scaling))
    }
  }

  private func stage(_ geometry: ResizeGeometry, range: ValueRange) -> any ResizePlan {
    switch mode {
    case .antialiasBilinear: AntialiasPlan(geometry, .triangle)
    case .torchAntialiasBicubic: AntialiasPlan(geometry, .cubic)
    case .torchBicubic: TorchBicubicPlan(geometry)
    case .pilBicubic: BicubicPlan(geometry, range: range)
    case .pilBicubicBytes: BicubicBytesPlan(geometry, range: range, scaling: ResizeScaling(.byte, to: scaling))
    case .halfPixelBilinear, .tf1Bilinear, .alignCornersBilinear, .none: BilinearPlan(geometry, mode: mode)
    }
  }
}
