import Synchronization

/// The moments of a set's samples. Features are never all in memory: a few blocks of videos are extracted at a time.
struct BlockwiseMoments {
  let pass: ExtractionPass
  let plan: SamplePlan
  let progress: ProgressOfParts
  /// Of the whole set.
  let listing: String

  /// 128 MB; of a few million frames of one video there may be more.
  private static let valuesAtATime = 32 << 20

  /// One of the protocols.
  private struct Wanted {
    let rule: SampleRule
    let source: Int
    let columns: Int
  }

  /// - Parameters:
  ///   - sides: one of them: videos of whole blocks, planned.
  ///   - recipes: of each protocol's features.
  /// - Returns: nil where a protocol takes nothing of the videos.
  func run(_ sides: inout [SampleSide], recipes: [[String: String]]) throws -> (
    moments: [MomentsSet], computed: Int, cached: Int
  )? {
    guard let side = sides.first, let videos = side.videos else { return nil }
    let wanted = plan.samples.compactMap { samples -> Wanted? in
      guard let part = samples.parts.first, let rule = part.rules(side.role).first,
        let source = part.taken(side.role)?.source
      else { return nil }
      return Wanted(rule: rule, source: source, columns: samples.columns)
    }
    guard wanted.count == plan.samples.count else { return nil }
    var found = zip(wanted, recipes).map { wanted, recipe in
      MomentsSet(
        videos: videos.featureOrigin.videos, columns: wanted.columns, listing: listing, recipe: recipe)
    }
    let samples = videos.items.indices.map { item in
      wanted.map { videos.count($0.rule, source: $0.source, items: item..<item + 1) }
    }
    let counts = samples.map { $0.reduce(0, +) }
    progress.total = counts.reduce(0, +)
    let values = samples.map { zip($0, wanted).reduce(0) { $0 + $1.0 * $1.1.columns } }
    var (computed, cached) = (0, 0)
    for items in Self.groups(values) {
      let extracted = try pass.extract(&sides, plan, items: items)
      (computed, cached) = (computed + extracted.computed, cached + extracted.cached)
      guard let videos = sides[0].videos else { break }
      for (index, wanted) in wanted.enumerated() {
        let features = videos.features(wanted.rule, source: wanted.source, columns: wanted.columns, items: items)
        var ends = [0]
        for start in stride(from: items.lowerBound, to: items.upperBound, by: MomentsSet.videosOfBlock) {
          let block = start..<min(start + MomentsSet.videosOfBlock, items.upperBound)
          ends.append(ends[ends.count - 1] + videos.count(wanted.rule, source: wanted.source, items: block))
        }
        precondition(ends.last == features.rows.count, "BlockwiseMoments: a row for each sample")
        try found[index].add(
          features.features, fromBlock: (videos.first + items.lowerBound) / MomentsSet.videosOfBlock,
          rows: zip(ends, ends.dropFirst()).map { $0..<$1 }, threads: pass.threads)
      }
      sides[0].forget(items: items)
      progress.finished(counts[items].reduce(0, +))
    }
    let skipped = sides[0].videos?.featureOrigin.skipped ?? []
    for index in found.indices { found[index].skipped = skipped }
    return (found, computed, cached)
  }

  /// Runs of whole blocks whose features are in memory together.
  ///
  /// - Parameter values: of each video.
  private static func groups(_ values: [Int]) -> [Range<Int>] {
    var (groups, start, held) = ([Range<Int>](), 0, 0)
    for first in stride(from: 0, to: values.count, by: MomentsSet.videosOfBlock) {
      let own = values[first..<min(first + MomentsSet.videosOfBlock, values.count)].reduce(0, +)
      if first > start, held + own > valuesAtATime {
        groups.append(start..<first)
        (start, held) = (first, 0)
      }
      held += own
    }
    if start < values.count { groups.append(start..<values.count) }
    return groups
  }
}

/// Work that is done part by part, told of as one.
final class ProgressOfParts: ExtractionProgress {
  private struct State {
    var total = 0
    var done = 0
    /// Of the part that is at work, what was there before.
    var cached = 0
    var hasBegun = false
  }

  private let whole: any ExtractionProgress
  private let state = Mutex(State())

  init(_ whole: any ExtractionProgress) { self.whole = whole }

  /// Samples of all parts.
  var total: Int {
    get { state.withLock { $0.total } }
    set { state.withLock { $0.total = newValue } }
  }

  func begin(_ stage: ExtractionStage, total: Int) {
    guard case .computing(let cached, let noun, _) = stage else { return whole.begin(stage, total: total) }
    let isFirst = state.withLock { state in
      state.cached = cached
      defer { state.hasBegun = true }
      return !state.hasBegun
    }
    if isFirst { whole.begin(.computing(cached: 0, noun: noun, plan: nil), total: self.total) }
  }

  func advance(to done: Int) {
    whole.advance(to: state.withLock { $0.hasBegun ? $0.done + $0.cached + done : done })
  }

  func end() {
    if !state.withLock({ $0.hasBegun }) { whole.end() }
  }

  /// A part of so many samples.
  func finished(_ samples: Int) {
    let isAll = state.withLock { state in
      state.done += samples
      state.cached = 0
      return state.done >= state.total
    }
    if isAll { whole.end() }
  }
}
