import Foundation
import Synchronization
import Tensors
import Video

/// Decodes and resizes on some threads while teams of others run the network, joined by a `ClipQueue`.
struct ClipPipeline {
  private let extraction: Extraction
  private let videos: [PlannedVideo]
  private let clips: [Extraction.Clip]
  private let missing: Int
  private let frames: Int
  /// Videos in order, each with the clips that are missing of it.
  private let jobs: [Job]

  private struct Job: Sendable {
    let video: Int
    var clips: [Int]
  }

  /// Each decoder holds a clip (9.6 MB at 16 frames), and this many keep any network busy. There are two at least, so that
  /// one long video does not hold up the others.
  private static let mostDecoders = 16

  struct Outcome: Sendable {
    var features: [Int: [Float]] = [:]
    var failures: [(video: Int, error: any Error)] = []
  }

  init(extraction: Extraction, videos: [PlannedVideo], clips: [Extraction.Clip], missing: [Int], frames: Int) {
    self.extraction = extraction
    self.videos = videos
    self.clips = clips
    self.missing = missing.count
    self.frames = frames
    var jobs: [Job] = []
    for clip in missing {
      if jobs.last?.video == clips[clip].video {
        jobs[jobs.count - 1].clips.append(clip)
      } else {
        jobs.append(Job(video: clips[clip].video, clips: [clip]))
      }
    }
    self.jobs = jobs
  }

  /// Computes all missing clips; a video that fails keeps none of them.
  func run(stopsAtFailure: Bool, cached: Int) throws -> Outcome {
    let network = extraction.network
    let teams = ComputeTeams.sharing(
      threads: extraction.threads, clips: missing,
      memory: network.memory(frames: frames) + 4 * frames * network.side * network.side * 3,
      available: ComputeTeams.availableMemory)
    let extractors = try network.extractors(frames: frames, teams: teams)
    let decoders = min(max(2, extraction.threads / 4), Self.mostDecoders, jobs.count)
    let queue = ClipQueue(
      slots: decoders + extractors.count + 1, values: frames * network.side * network.side * 3, decoders: decoders,
      receivers: extractors.count)
    start(decoders, on: queue, stopsAtFailure: stopsAtFailure)

    extraction.progress.begin(.computing(cached: cached), total: missing)
    defer { extraction.progress.end() }
    let state = Mutex(Computation())
    let threads = DispatchGroup()
    for extractor in extractors.dropFirst() {
      threads.enter()
      Self.startThread {
        compute(with: extractor, from: queue, state)
        threads.leave()
      }
    }
    compute(with: extractors[0], from: queue, state)
    threads.wait()

    let end = state.withLock { $0 }
    if end.isInterrupted {
      throw EvaluationError.interrupted(done: end.done, total: missing, kept: extraction.cache != nil)
    }
    if let error = end.error { throw error }
    var outcome = end.outcome
    outcome.failures.sort { $0.video < $1.video }
    // Which later videos had been claimed is a matter of timing.
    if stopsAtFailure { outcome.failures = Array(outcome.failures.prefix(1)) }
    for failure in outcome.failures {
      for clip in jobs.first(where: { $0.video == failure.video })?.clips ?? [] { outcome.features[clip] = nil }
    }
    return outcome
  }

  /// What the teams have done so far.
  private struct Computation: Sendable {
    var outcome = Outcome()
    var done = 0
    var error: (any Error)?
    var isInterrupted = false
  }

  /// One team's work: clips from the queue until there are no more.
  private func compute(
    with extractor: any FeatureExtractor, from queue: ClipQueue, _ state: borrowing Mutex<Computation>
  ) {
    while let event = queue.next() {
      switch event {
      case .failed(let video, let error): state.withLock { $0.outcome.failures.append((video, error)) }
      case .clip(let clip, let slot):
        if extraction.isInterrupted() {
          state.withLock { $0.isInterrupted = true }
          queue.close()
        } else if state.withLock({ $0.error == nil && !$0.isInterrupted }) {
          do {
            let features = try extractor.features(of: slot.buffer.pointer)
            extraction.cache?.store(features, clips[clip].key)
            state.withLock { state in
              state.outcome.features[clip] = features
              state.done += 1
              extraction.progress.advance(to: state.done)
            }
          } catch {
            state.withLock { state in state.error = state.error ?? error }
            queue.close()
          }
        }
        queue.giveBack(slot)
      }
    }
  }

  /// Decoders claim videos in order. After a failure no further video is claimed, and those already claimed are finished, so
  /// that the first failure in order is found whatever the number of decoders.
  private func start(_ decoders: Int, on queue: ClipQueue, stopsAtFailure: Bool) {
    let progress = DecodingProgress()
    let (jobs, videos, clips, preprocessing) = (jobs, videos, clips, extraction.preprocessing)
    for _ in 0..<decoders {
      Self.startThread {
        while let index = progress.claim(jobs.count), !queue.isClosed {
          let job = jobs[index]
          do {
            try Self.decode(videos[job.video], job.clips, clips, preprocessing, into: queue)
          } catch {
            if stopsAtFailure { progress.stop() }
            queue.send(.failed(video: job.video, error))
          }
        }
        queue.decoderIsDone()
      }
    }
  }

  private static func startThread(_ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.stackSize = 8 << 20
    thread.start()
  }

  private static func decode(
    _ video: PlannedVideo, _ wanted: [Int], _ clips: [Extraction.Clip], _ preprocessing: Preprocessing,
    into queue: ClipQueue
  ) throws {
    do {
      try video.item.read(wanted.map { clips[$0].window }) { index, frames in
        guard let slot = queue.takeSlot() else { throw Closed() }
        do {
          try preprocessing.apply(frames, of: video.item, into: slot.buffer.pointer)
          // The features are kept under the digest of the content that was surveyed.
          guard video.item.stamp() == video.stamp else { throw EvaluationError.changedWhileRead(name: video.item.name) }
        } catch {
          queue.giveBack(slot)
          throw error
        }
        queue.send(.clip(wanted[index], slot))
      }
    } catch is Closed {
      return
    }
  }

  /// Ends the reading of a video that nobody waits for.
  private struct Closed: Error {}
}

/// Which video is decoded next.
private final class DecodingProgress: Sendable {
  private let state = Mutex((next: 0, isStopped: false))

  func claim(_ count: Int) -> Int? {
    state.withLock { state in
      guard !state.isStopped, state.next < count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }

  func stop() { state.withLock { $0.isStopped = true } }
}
