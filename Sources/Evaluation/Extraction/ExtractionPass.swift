import MetricCatalog
import Video

/// The stages between opened sets and their features, for one set or two.
struct ExtractionPass {
  let cache: CacheFolder?
  let threads: Int
  let memory: MemoryAllowance
  let skipsUnusable: Bool
  let progress: any ExtractionProgress
  let isInterrupted: @Sendable () -> Bool
  /// Titles of the metrics that look at every frame.
  var everyFrame: [String] = []

  /// How many networks compute side by side in one decoding pass; more of them take a pass each so many.
  private static let networksInOnePass = 4

  /// Opens, counts and digests every video.
  func survey(_ sides: inout [SampleSide]) throws {
    let own = sides.indices.filter { !sides[$0].isGathered }
    let items = own.flatMap { sides[$0].items }
    guard !items.isEmpty else { return }
    progress.begin(.reading, total: items.count)
    defer { progress.end() }
    let survey = Survey(
      memo: cache.map { VideoMemo(folder: $0) }, threads: threads, isInterrupted: isInterrupted)
    var results = try survey.run(items) { [progress] in progress.advance(to: $0) }[...]
    for index in own {
      let count = sides[index].items.count
      sides[index].take(Array(results.prefix(count)))
      results = results.dropFirst(count)
    }
  }

  /// Rows of arrays are clips by themselves: their length is the clip length of all sets.
  func withArrayLength(_ wanted: RequestedScore, _ sides: [SampleSide]) throws -> RequestedScore {
    let fields = wanted.evaluationProtocol.fields
    guard !wanted.framesAreGiven, wanted.evaluationProtocol.definition.sample == .clip, fields.clips != .even,
      fields.series == .none
    else { return wanted }
    let found = try sides.compactMap { try $0.arrayFrames(fields, skipsUnusable: skipsUnusable) }
    guard let first = found.first else { return wanted }
    if let other = found.first(where: { $0.frames != first.frames }) {
      throw EvaluationError.arrayLengthsDiffer(
        first: first.name, frames: first.frames, second: other.name, otherFrames: other.frames)
    }
    var settled = wanted
    settled.evaluationProtocol = try wanted.evaluationProtocol.overriding("frames", with: "\(first.frames)")
    return settled
  }

  /// Decodes and computes what is not in the cache.
  ///
  /// - Parameter items: of each side, the videos that are looked at; nil: all.
  func extract(
    _ sides: inout [SampleSide], _ plan: SamplePlan, items: Range<Int>? = nil
  ) throws -> (computed: Int, cached: Int) {
    var counts = (computed: 0, cached: 0)
    for side in sides.indices { try sides[side].takeGathered(plan) }
    let extraction = Extraction(
      sources: plan.sources, cache: cache.map { FeatureCache(folder: $0) }, threads: threads, memory: memory,
      progress: progress, isInterrupted: isInterrupted, everyFrame: everyFrame)
    for start in stride(from: 0, to: plan.sources.count, by: Self.networksInOnePass) {
      let sources = Set(start..<min(start + Self.networksInOnePass, plan.sources.count))
      let wanted = sides.indices.flatMap { side in
        sides[side].wanted(plan, only: sources, items: items).map { (side: side, item: $0.item, video: $0.video) }
      }
      let outcome = try extraction.run(wanted.map(\.video), stopsAtFailure: !skipsUnusable)
      counts.computed += outcome.computed
      counts.cached += outcome.cached
      for (video, features) in zip(wanted, outcome.features) {
        if let features { sides[video.side].take(features, of: video.video.clips, item: video.item, plan) }
      }
      for side in sides.indices {
        let failures = outcome.failures.filter { wanted[$0.video].side == side }
        try sides[side].drop(
          failures.map { (wanted[$0.video].item, $0.error) }, skipsUnusable: skipsUnusable)
      }
    }
    return counts
  }
}
