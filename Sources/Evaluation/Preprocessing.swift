import Kernels
import MetricCatalog
import Tensors
import Video

/// From frames to the network's input, as the fields of a protocol say.
struct Preprocessing: Sendable {
  private let fields: ProtocolFields
  private let side: Int
  /// Everything that decides how a clip's values come about, for the key of its features.
  let identity: String

  init(_ fields: ProtocolFields, side: Int) {
    self.fields = fields
    self.side = side
    identity =
      "range=\(fields.valueRange) resize=\(fields.resize.rawValue) crop=\(fields.crop.rawValue) "
      + "loader=\(fields.loaderResize.rawValue)-\(fields.loaderResolution) side=\(side)"
  }

  /// Writes a clip as [T][side][side][3].
  ///
  /// - Throws: `ResizeError`, or `EvaluationError.frameSize` for frames that would need a resize and get none.
  func apply(_ frames: Frames, of item: VideoItem, into clip: UnsafeMutablePointer<Float>) throws {
    if fields.resize == .none, frames.width != side || frames.height != side {
      throw EvaluationError.frameSize(name: item.name, width: frames.width, height: frames.height, side: side)
    }
    try Resize(mode: mode, crop: crop(of: item), size: side).apply(frames: frames, range: item.valueRange, into: clip)
  }

  private var mode: Kernels.ResizeMode {
    switch fields.resize {
    case .tf1Bilinear: .tf1Bilinear
    case .halfPixelBilinear: .halfPixelBilinear
    case .alignCornersBilinear: .alignCornersBilinear
    case .antialiasBilinear: .antialiasBilinear
    case .none: .identity
    }
  }

  /// Rows of arrays have passed the published program's loader.
  private func crop(of item: VideoItem) -> Crop {
    if fields.loaderResize != .none, !item.isArrayRow { return .loader(resolution: fields.loaderResolution) }
    return fields.crop == .center ? .shortSideCentre : .none
  }
}

extension ProtocolFields {
  /// The sampler of the real or the fake videos.
  func sampler(offset: ClipOffset) -> ClipSampler {
    let count: ClipSampler.ClipCount =
      switch clips {
      case .one: .one
      case .all: .all
      case .count(let count): .count(count)
      }
    let place: ClipSampler.Offset =
      switch offset {
      case .start: .start
      case .center: .center
      case .random: .random
      }
    return ClipSampler(
      frames: frames, stride: stride, clips: count, offset: place, seed: UInt64(seed), skipFirst: skipFirst)
  }
}
