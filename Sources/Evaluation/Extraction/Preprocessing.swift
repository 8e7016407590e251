import Kernels
import MetricCatalog
import Tensors
import Video

/// From frames to the network's input, as the fields of a protocol say. A change of code that changes a value raises
/// `PipelineVersions.current.preprocessing`.
struct Preprocessing: Sendable {
  private let fields: ProtocolFields
  private let side: Int

  init(_ fields: ProtocolFields, side: Int) {
    self.fields = fields
    self.side = side
  }

  /// Writes a clip as [T][side][side][3].
  ///
  /// - Throws: `ResizeError`, or `EvaluationError.frameSize` for frames that would need a resize and get none.
  func apply(_ frames: Frames, of item: VideoItem, into clip: UnsafeMutablePointer<Float>) throws {
    if fields.resize == .none, frames.width != side || frames.height != side {
      throw EvaluationError.frameSize(name: item.name, width: frames.width, height: frames.height, side: side)
    }
    try Resize(mode: mode, crop: crop(of: item), size: side, scaling: scaling).apply(
      frames: frames, range: item.valueRange, into: clip)
  }

  private var mode: Kernels.ResizeMode {
    switch fields.resize {
    case .tf1Bilinear: .tf1Bilinear
    case .halfPixelBilinear: .halfPixelBilinear
    case .alignCornersBilinear: .alignCornersBilinear
    case .antialiasBilinear: .antialiasBilinear
    case .pilBicubic: .pilBicubic
    case .pilBicubicBytes: .pilBicubicBytes
    case .none: .identity
    }
  }

  private var scaling: Kernels.InputScaling {
    switch fields.inputScaling {
    case .symmetric: .symmetric
    case .tensorflow: .tensorflow
    case .unit: .unit
    }
  }

  /// Rows of arrays have passed the published program's loader.
  private func crop(of item: VideoItem) -> Crop {
    if case .ratio(let width, let height) = fields.aspectCrop { return .aspect(width: width, height: height) }
    if fields.loaderResize != .none, !item.isArrayRow { return .loader(resolution: fields.loaderResolution) }
    switch fields.crop {
    case .none: return .none
    case .center: return .shortSideCentre
    case .torchvisionCenter: return .torchvisionCentre
    }
  }
}
