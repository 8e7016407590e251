import Files
import Foundation
import Tensors
import Threads
import Video

/// From wanted clips to features: looks each clip up in the cache, decodes and computes what is missing, and gives all in
/// the order of the videos and their clips. Several networks take what they want of a video in one decoding pass.
///
/// Each clip is computed by itself, so its features are the same bits for any number of threads, any order and any state
/// of the cache. Equal clips are computed once.
struct Extraction {
  let sources: [FeatureSource]
  let cache: FeatureCache?
  let threads: Int
  let memory: MemoryAllowance
  let progress: any ExtractionProgress
  /// Asked between clips.
  let isInterrupted: @Sendable () -> Bool
  /// Titles of the metrics that look at every frame.
  var everyFrame: [String] = []

  struct Outcome {
    /// For each video, its clips' features in the order of its clips; nil for a video that could not be read.
    var features: [[[Float]]?]
    /// Videos that could not be read, by rising index.
    var failures: [(video: Int, error: any Error)] = []
    /// Samples.
    var computed = 0
    var cached = 0
  }

  /// One clip of the whole work.
  struct Clip: Sendable {
    let video: Int
    let source: Int
    let window: FrameWindow
    let key: Digest
  }

  /// - Parameter stopsAtFailure: whether the first video that cannot be read ends the work.
  /// - Throws: `EvaluationError.interrupted` and what the networks throw; failures of videos are in the outcome.
  func run(_ videos: [WantedVideo], stopsAtFailure: Bool) throws -> Outcome {
    let clips = videos.enumerated().flatMap { index, wanted in
      wanted.clips.map { clip in
        Clip(
          video: index, source: clip.source, window: clip.window,
          key: wanted.video.key(clip.window, sources[clip.source]))
      }
    }
    var features = lookUp(clips)
    var outcome = Outcome(features: [])
    outcome.cached = clips.indices.reduce(0) { $0 + (features[$1] == nil ? 0 : samples(clips[$1])) }

    var missing: [Int] = []
    var first: [Digest: Int] = [:]
    for index in clips.indices where features[index] == nil && first[clips[index].key] == nil {
      first[clips[index].key] = index
      missing.append(index)
    }
    if !missing.isEmpty {
      let pipeline = ClipPipeline(extraction: self, videos: videos, clips: clips, missing: missing)
      let computed = try pipeline.run(stopsAtFailure: stopsAtFailure, cached: outcome.cached)
      outcome.failures = computed.failures
      let twins = Dictionary(computed.failures.map { ($0.video, $0.error) }) { first, _ in first }
      outcome.computed = computed.features.keys.reduce(0) { $0 + samples(clips[$1]) }
      for index in clips.indices where features[index] == nil {
        guard let twin = first[clips[index].key] else { continue }
        features[index] = computed.features[twin]
        let video = clips[index].video
        if features[index] == nil, let error = twins[clips[twin].video],
          !outcome.failures.contains(where: { $0.video == video })
        {
          outcome.failures.append((video, error))
        }
      }
      outcome.failures.sort { $0.video < $1.video }
    }

    var next = 0
    for video in videos {
      let own = features[next..<next + video.clips.count].compactMap { $0 }
      outcome.features.append(own.count == video.clips.count ? own : nil)
      next += video.clips.count
    }
    return outcome
  }

  private func lookUp(_ clips: [Clip]) -> [[Float]?] {
    guard let cache, !clips.isEmpty else { return [[Float]?](repeating: nil, count: clips.count) }
    return parallelMap(clips.count, threads: threads) { cache.features(clips[$0].key, count: count(clips[$0])) }
  }

  /// Values of a clip's features.
  private func count(_ clip: Clip) -> Int { sources[clip.source].network.columns * samples(clip) }

  /// Rows of features: one for a clip, or one for each frame.
  func samples(_ clip: Clip) -> Int { sources[clip.source].network.isPerFrame ? clip.window.count : 1 }

  /// What the samples of those clips are called.
  func noun(_ clips: some Sequence<Clip>) -> String {
    let kinds = Set(clips.map { sources[$0.source].network.isPerFrame })
    return kinds.count > 1 ? "clips and frames" : kinds.contains(true) ? "frames" : "clips"
  }
}
