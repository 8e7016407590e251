import Foundation
import Networks
import Synchronization
import Tensors
import Video

/// Decodes and resizes on some threads while teams of others run the network, joined by a `ClipQueue`.
struct ClipPipeline {
  private let extraction: Extraction
  private let videos: [WantedVideo]
  private let clips: [Extraction.Clip]
  private let missing: Int
  /// Videos in order, each with the clips that are missing of it.
  private let jobs: [Job]

  private struct Job: Sendable {
    let video: Int
    var clips: [Int]
  }

  /// Each decoder holds a clip (9.6 MB at 16 frames), and this many keep any network busy. There are two at least, so that
  /// one long video does not hold up the others, unless the memory is for fewer.
  private static let mostDecoders = 16

  struct Outcome: Sendable {
    var features: [Int: [Float]] = [:]
    var failures: [(video: Int, error: any Error)] = []
  }

  init(extraction: Extraction, videos: [WantedVideo], clips: [Extraction.Clip], missing: [Int]) {
    self.extraction = extraction
    self.videos = videos
    self.clips = clips
    self.missing = missing.count
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
    let (total, noun) = (
      jobs.flatMap(\.clips).reduce(0) { $0 + extraction.samples(clips[$1]) },
      extraction.noun(jobs.flatMap(\.clips).lazy.map { clips[$0] })
    )
    let networks = NetworksInUse(clips: clips, of: jobs.flatMap(\.clips), sources: extraction.sources) {
      videos[$0].video.facts
    }
    let values = networks.values
    let teams = ComputeTeams.sharing(
      threads: extraction.threads, clips: missing, memory: networks.memory + 4 * values,
      available: extraction.memory.ofNetworks)
    let decoding = jobs.map { job in
      let windows = Set(job.clips.map { clips[$0].window }).sorted { ($0.start, $0.last) < ($1.start, $1.last) }
      let video = videos[job.video].video
      return video.facts.memory(reading: windows, holdsFloats: video.item.holdsFloats)
    }.sorted(by: >)
    func need(_ decoders: Int) -> MemoryNeed {
      var need = MemoryNeed()
      need.add(
        "\(decoders) \(decoders == 1 ? "video" : "videos") being decoded",
        decoding.prefix(decoders).reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 })
      let slots = slots(decoders, teams.count, networks)
      need.add("\(slots) clips on their way", slots * values * 4)
      need.add(
        "\(teams.count) \(teams.count == 1 ? "network" : "networks") side by side", teams.count * networks.memory)
      return need
    }
    var decoders = min(max(2, extraction.threads / 4), Self.mostDecoders, jobs.count)
    while decoders > 1, need(decoders).total > extraction.memory.bytes { decoders -= 1 }
    try extraction.memory.demand(need(decoders))
    let extractors = try networks.extractors(teams: teams)
    let queue = ClipQueue(
      slots: slots(decoders, extractors.count, networks), values: values, decoders: decoders,
      receivers: extractors.count)
    start(decoders, on: queue, stopsAtFailure: stopsAtFailure)

    extraction.progress.begin(.computing(cached: cached, noun: noun, plan: framePlan), total: total)
    defer { extraction.progress.end() }
    let state = Mutex(Computation())
    let threads = DispatchGroup()
    for team in extractors.dropFirst() {
      threads.enter()
      Self.startThread {
        compute(with: team, from: queue, state)
        threads.leave()
      }
    }
    compute(with: extractors[0], from: queue, state)
    threads.wait()

    let end = state.withLock { $0 }
    if end.isInterrupted {
      throw EvaluationError.interrupted(done: end.done, total: total, noun: noun, kept: extraction.cache != nil)
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

  /// How many clips lie between decoders and teams: one for each that fills or takes one. A network of clips copies its clip
  /// first of all and then needs it no more; one of frames holds it nearly all the time, so there is one more.
  private func slots(_ decoders: Int, _ teams: Int, _ networks: NetworksInUse) -> Int {
    max(decoders, teams) + (networks.sources.contains { extraction.sources[$0].network.isPerFrame } ? 1 : 0)
  }

  /// nil where no metric takes every frame.
  private var framePlan: FramePlan? {
    guard !extraction.everyFrame.isEmpty else { return nil }
    var (frames, others, videos) = (0, 0, 0)
    for job in jobs {
      let own = job.clips.filter { extraction.sources[clips[$0].source].network.isPerFrame }
      let inVideo = own.reduce(0) { $0 + extraction.samples(clips[$1]) }
      frames += inVideo
      videos += min(4, inVideo)
      others += job.clips.count - own.count
    }
    return FramePlan(metrics: extraction.everyFrame, frames: frames, atFour: others + videos)
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
    with extractors: [Int: any FeatureExtractor], from queue: ClipQueue, _ state: borrowing Mutex<Computation>
  ) {
    while let event = queue.next() {
      switch event {
      case .failed(let video, let error): state.withLock { $0.outcome.failures.append((video, error)) }
      case .clip(let clip, let slot):
        var isHeld = true
        func giveBack() {
          if isHeld { queue.giveBack(slot) }
          isHeld = false
        }
        if extraction.isInterrupted() {
          state.withLock { $0.isInterrupted = true }
          queue.close()
        } else if state.withLock({ $0.error == nil && !$0.isInterrupted }) {
          do {
            guard let extractor = extractors[clips[clip].source] else { preconditionFailure("a clip of no network") }
            let features = try extractor.features(
              of: slot.buffer.pointer, frames: clips[clip].window.count, shape: slot.shape, whenRead: giveBack)
            extraction.cache?.store(features, clips[clip].key)
            state.withLock { state in
              state.outcome.features[clip] = features
              state.done += extraction.samples(clips[clip])
              extraction.progress.advance(to: state.done)
            }
          } catch let error as NetworkError where error.isOfFrames {
            // The video is one that the network cannot see; others of the set may be such that it can.
            let video = clips[clip].video
            let failure = EvaluationError.notForNetwork(name: videos[video].video.item.name, reason: "\(error)")
            state.withLock { state in
              if !state.outcome.failures.contains(where: { $0.video == video }) {
                state.outcome.failures.append((video, failure))
              }
            }
          } catch {
            state.withLock { state in state.error = state.error ?? error }
            queue.close()
          }
        }
        giveBack()
      }
    }
  }

  /// Decoders claim videos in order. After a failure no further video is claimed, and those already claimed are finished, so
  /// that the first failure in order is found whatever the number of decoders.
  private func start(_ decoders: Int, on queue: ClipQueue, stopsAtFailure: Bool) {
    let progress = DecodingProgress()
    let (jobs, videos, clips, sources) = (jobs, videos, clips, extraction.sources)
    for _ in 0..<decoders {
      Self.startThread {
        while let index = progress.claim(jobs.count), !queue.isClosed {
          let job = jobs[index]
          do {
            try Self.decode(videos[job.video], job.clips, clips, sources, into: queue)
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

  /// One pass over a video; a window that several networks want is decoded once.
  private static func decode(
    _ wanted: WantedVideo, _ missing: [Int], _ clips: [Extraction.Clip], _ sources: [FeatureSource],
    into queue: ClipQueue
  ) throws {
    let (item, stamp) = (wanted.video.item, wanted.video.stamp)
    var windows: [FrameWindow] = []
    var takers: [FrameWindow: [Int]] = [:]
    for clip in missing {
      if takers[clips[clip].window] == nil { windows.append(clips[clip].window) }
      takers[clips[clip].window, default: []].append(clip)
    }
    do {
      try item.read(windows) { index, frames in
        for clip in takers[windows[index]] ?? [] {
          guard let slot = queue.takeSlot() else { throw Closed() }
          do {
            let preprocessing = sources[clips[clip].source].preprocessing
            slot.shape = preprocessing.shape(height: frames.height, width: frames.width)
            guard slot.shape.values * frames.count <= slot.buffer.count else {
              throw EvaluationError.changedWhileRead(name: item.name)
            }
            try preprocessing.apply(frames, of: item, into: slot.buffer.pointer)
            // The features are kept under the digest of the content that was surveyed.
            guard item.stamp() == stamp else { throw EvaluationError.changedWhileRead(name: item.name) }
          } catch {
            queue.giveBack(slot)
            throw error
          }
          queue.send(.clip(clip, slot))
        }
      }
    } catch is Closed {
      return
    }
  }

  /// Ends the reading of a video that nobody waits for.
  private struct Closed: Error {}
}

/// The networks that missing clips need: sources with the same network and clip length share one.
private struct NetworksInUse {
  /// Sources with a missing clip, by rising index.
  let sources: [Int]
  private let all: [FeatureSource]
  /// For each network, the sources that it serves.
  private var users: [(source: Int, servedSources: [Int])] = []
  /// Of the frames that each source makes.
  private var shapes: [Int: Set<FrameShape>] = [:]

  /// - Parameter facts: of a video.
  init(
    clips: [Extraction.Clip], of missing: [Int], sources all: [FeatureSource], facts: (_ video: Int) -> VideoFacts
  ) {
    self.all = all
    sources = Set(missing.map { clips[$0].source }).sorted()
    for clip in missing.map({ clips[$0] }) {
      shapes[clip.source, default: []].insert(all[clip.source].shape(of: facts(clip.video)))
    }
    var places: [String: Int] = [:]
    for source in sources {
      let identity = all[source].network.identity + "\n\(all[source].frames)"
      if let place = places[identity] {
        users[place].servedSources.append(source)
      } else {
        places[identity] = users.count
        users.append((source, [source]))
      }
    }
  }

  /// Floats of the largest clip.
  var values: Int {
    shapes.map { source, shapes in all[source].frames * (shapes.map(\.values).max() ?? 0) }.max() ?? 0
  }

  /// Bytes of one team.
  var memory: Int {
    users.reduce(0) { sum, user in
      let served = user.servedSources.reduce(into: Set<FrameShape>()) { $0.formUnion(shapes[$1] ?? []) }
      return sum + all[user.source].network.memory(frames: all[user.source].frames, shapes: served)
    }
  }

  /// For each team, the extractor of each source.
  func extractors(teams: ComputeTeams) throws -> [[Int: any FeatureExtractor]] {
    var result = [[Int: any FeatureExtractor]](repeating: [:], count: teams.count)
    for (source, served) in users {
      let own = try all[source].network.extractors(frames: all[source].frames, teams: teams)
      for (team, extractor) in own.enumerated() { for source in served { result[team][source] = extractor } }
    }
    return result
  }
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
