import MetricCatalog
import Networks
import Video
import Vocabulary

/// A network with the preprocessing before it: what turns windows of frames into rows of features.
package struct FeatureSource: Sendable {
  let network: any FeatureNetwork
  let preprocessing: Preprocessing
  /// Frames of a clip; where the network is per frame, the most frames that travel together.
  let frames: Int
  /// Everything that decides the features of given frames: all fields of this stage, the network, and the versions of the
  /// code in between.
  package let recipe: String

  /// - Parameter frames: of a clip; a network that is per frame has its own.
  package init(_ settled: EvaluationProtocol, of set: SetRole, network: any FeatureNetwork, frames: Int) {
    self.network = network
    self.frames = network.isPerFrame ? Self.framesTogether : frames
    preprocessing = Preprocessing(settled.fields, of: set, side: network.side)
    let versions = PipelineVersions.current
    recipe = """
      \(settled.featureIdentity(of: set))
      decoding \(versions.decoding), preprocessing \(versions.preprocessing) to \(network.side)
      \(network.identity)
      """
  }

  /// Frames of a per-frame network that are decoded, computed and cached together.
  static let framesTogether = 8

  /// Sources of one identity give the same features.
  var identity: String { "\(recipe)\n\(network.isPerFrame ? 0 : frames)" }

  /// What the network sees of a video's frames.
  func shape(of facts: VideoFacts) -> FrameShape { preprocessing.shape(height: facts.height, width: facts.width) }
}

/// Which samples of a video a protocol takes.
enum SampleRule: Hashable, Sendable {
  case clips(ClipSampler)
  /// Single frames: every `stride`-th after `skipFirst`, all of them or as many as `clips` says.
  case frames(ClipSampler)
  /// The first so many frames of the sampler's clips.
  case prefixes(ClipSampler, frames: Int)
  /// Every clip of the sampler's length that begins at skipFirst, skipFirst + step, ...
  case windows(ClipSampler, step: Int)
  /// The first frame of each clip behind `skipFirst`.
  case firstFrames(ClipsOfVideo, skipFirst: Int)

  /// The samples of a video of `frameCount` frames, by rising start. Single frames are windows of one.
  ///
  /// - Parameter rate: frames a second of the video.
  /// - Throws: `VideoError.clip(.tooShort)`, `.tooFewStarts`, `.badSampler`; what `ClipsOfVideo` throws.
  func windows(frameCount: Int, rate: Double?, videoName: String) throws -> [FrameWindow] {
    switch self {
    case .firstFrames(let clips, let skipFirst):
      guard frameCount > skipFirst else {
        throw VideoError.clip(
          .tooShort(
            name: videoName, wanted: skipFirst + 1, found: frameCount, frames: 1, stride: 1, skipFirst: skipFirst))
      }
      return try clips.ranges(of: videoName, frames: frameCount - skipFirst, rate: rate).map {
        FrameWindow(start: skipFirst + $0.lowerBound, count: 1)
      }
    case .clips(let sampler): return try sampler.windows(frameCount: frameCount, videoName: videoName)
    case .prefixes(let sampler, let frames):
      return try sampler.windows(frameCount: frameCount, videoName: videoName).map {
        FrameWindow(start: $0.start, count: frames, stride: $0.stride)
      }
    case .windows(let sampler, let step):
      var first = sampler
      first.clips = .one
      first.offset = .start
      _ = try first.windows(frameCount: frameCount, videoName: videoName)
      let span = (sampler.frames - 1) * sampler.stride + 1
      return Swift.stride(from: sampler.skipFirst, through: frameCount - span, by: step).map {
        FrameWindow(start: $0, count: sampler.frames, stride: sampler.stride)
      }
    case .frames(let sampler):
      // The sampler counts in steps of the stride: frame number i of its video is frame skipFirst + i·stride of ours.
      var inner = sampler
      (inner.frames, inner.stride, inner.skipFirst) = (1, 1, 0)
      let count = max(0, (frameCount - sampler.skipFirst + sampler.stride - 1) / sampler.stride)
      guard count > 0 else {
        throw VideoError.clip(
          .tooShort(
            name: videoName, wanted: sampler.skipFirst + 1, found: frameCount, frames: 1, stride: sampler.stride,
            skipFirst: sampler.skipFirst))
      }
      return try inner.windows(frameCount: count, videoName: videoName).map {
        FrameWindow(start: sampler.skipFirst + $0.start * sampler.stride, count: 1)
      }
    }
  }
}

extension ProtocolFields {
  /// The sampler of the real or the fake videos.
  func sampler(offset: ClipOffset, seed: Int) -> ClipSampler {
    ClipSampler(
      frames: frames, stride: stride, clips: clips, offset: offset, seed: UInt64(seed), skipFirst: skipFirst,
      shortestVideo: shortestVideo)
  }
}
