import Kernels
import MetricCatalog
import Networks
import Tensors
import Video

/// From frames to the network's input, as the fields of a protocol say. A change of code that changes a value raises
/// `PipelineVersions.current.preprocessing`.
struct Preprocessing: Sendable {
  private let fields: ProtocolFields
  private let side: Int

  /// - Parameter set: whose frames they are; a loader may be that of real videos alone.
  init(_ fields: ProtocolFields, of set: SetRole, side: Int) {
    self.fields = fields.holding(for: set)
    self.side = side
  }

  /// Height and width of what becomes of a frame.
  func shape(height: Int, width: Int) -> FrameShape {
    guard let crop = wholeCrop else { return FrameShape(height: side, width: side) }
    let result = Resize(mode: fields.resize, crop: crop, size: side).result(height: height, width: width)
    return FrameShape(height: result.height, width: result.width)
  }

  /// Writes a clip as [T][height][width][3] of `shape(height:width:)`.
  ///
  /// - Throws: `ResizeError`, or `EvaluationError.frameSize` for frames that would need a resize and get none.
  func apply(_ frames: Frames, of item: VideoItem, into clip: UnsafeMutablePointer<Float>) throws {
    if fields.resize == .none, frames.width != side || frames.height != side {
      throw EvaluationError.frameSize(name: item.name, width: frames.width, height: frames.height, side: side)
    }
    try Resize(mode: fields.resize, crop: crop(of: item), size: side, scaling: fields.inputScaling).apply(
      frames: frames, range: item.valueRange, into: clip)
  }

  private var loader: LoaderStage? {
    let isAntialiased: Bool
    switch fields.loaderResize {
    case .none: return nil
    case .antialiasBilinear: isAntialiased = true
    case .halfPixelBilinear: isAntialiased = false
    }
    return LoaderStage(
      isAntialiased: isAntialiased, resolution: fields.loaderResolution, crop: fields.loaderCrop,
      floats: fields.loaderFloats)
  }

  /// Rows of arrays have passed the published program's loader.
  private func crop(of item: VideoItem) -> Crop {
    if case .ratio(let width, let height) = fields.aspectCrop { return .aspect(width: width, height: height) }
    if !item.isArrayRow, let loader { return .loader(loader) }
    switch fields.crop {
    case .none: return .none
    case .center: return .shortSideCentre
    case .torchvisionCenter: return .torchvisionCentre(short: fields.resizeSide > 0 ? fields.resizeSide : nil)
    case .shortSide, .longSideAtMost, .shortSideAtMost, .shortSideAtMostCenter, .whole: return wholeCrop ?? .none
    }
  }

  /// Of the crops that keep frames of other shapes than the network's square.
  private var wholeCrop: Crop? {
    switch fields.crop {
    case .none, .center, .torchvisionCenter: nil
    case .shortSide: .shortSide
    case .longSideAtMost: .longSideAtMost
    case .shortSideAtMost: .shortSideAtMost(isCentred: false)
    case .shortSideAtMostCenter: .shortSideAtMost(isCentred: true)
    case .whole: .whole
    }
  }
}
