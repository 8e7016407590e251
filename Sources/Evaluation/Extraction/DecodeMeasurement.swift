import MetricCatalog
import Networks
import Tensors
import Video

/// What happens to a set of videos before the network, with its time: the clips that the default protocol takes are
/// decoded and brought to I3D's size, on the calling thread.
package final class DecodeMeasurement {
  package let clips: Int
  package var videos: Int { planned.count }

  private let planned: [(item: VideoItem, windows: [FrameWindow])]
  private let preprocessing: Preprocessing
  private let buffer: FloatBuffer

  /// Opens every video.
  ///
  /// - Throws: `VideoError` for what cannot be opened or is too short, `EvaluationError.networkRange`.
  package init(path: String, frames: Int, valueRange: ValueRange?) throws {
    let preset = try EvaluationProtocol.named(EvaluationProtocol.defaultName(metric: "fvd") ?? "")
    let fields = try preset.overriding("frames", with: "\(frames)").fields
    let sampler = fields.sampler(offset: fields.offsetReal, seed: fields.seed)
    planned = try VideoSet.open(path, options: VideoSetOptions(valueRange: valueRange)).videos.map { item in
      guard item.valueRange != .network else {
        throw EvaluationError.networkRange(name: item.name, range: item.valueRange.rawValue)
      }
      return (item, try sampler.windows(frameCount: item.info().frameCount, videoName: item.name))
    }
    clips = planned.reduce(0) { $0 + $1.windows.count }
    preprocessing = Preprocessing(fields, of: .real, side: I3D.side)
    buffer = FloatBuffer(zeros: frames * I3D.side * I3D.side * 3)
  }

  /// Decodes and resizes all clips once.
  package func run() throws -> (decoding: Duration, resizing: Duration) {
    let clock = ContinuousClock()
    let begin = clock.now
    var resizing = Duration.zero
    for video in planned {
      try video.item.read(video.windows) { _, frames in
        resizing += try clock.measure { try preprocessing.apply(frames, of: video.item, into: buffer.pointer) }
      }
    }
    return (clock.now - begin - resizing, resizing)
  }
}
