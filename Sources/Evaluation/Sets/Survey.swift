import Dispatch
import Synchronization
import Video

/// A video with its facts, and what the file system said of it when they were learned.
struct SurveyedVideo: Sendable {
  let item: VideoItem
  let facts: VideoFacts
  let stamp: String?
}

/// Learns the facts of many videos before the long work: opens, counts and digests each one that the memo does not know.
struct Survey: Sendable {
  let memo: VideoMemo?
  let threads: Int
  /// Asked between videos.
  var isInterrupted: @Sendable () -> Bool = { false }

  /// One result for each video, in order, whatever the number of threads.
  ///
  /// - Throws: `EvaluationError.interruptedReading`.
  func run(_ items: [VideoItem], report: @Sendable (Int) -> Void) throws -> [Result<SurveyedVideo, any Error>] {
    let found = Mutex([Result<SurveyedVideo, any Error>?](repeating: nil, count: items.count))
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, max(items.count, 1))) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < items.count, !isInterrupted() else { return }
        let result = Result { try survey(items[index]) }
        found.withLock { $0[index] = result }
        report(done.wrappingAdd(1, ordering: .relaxed).newValue)
      }
    }
    let results = found.withLock { $0 }.compactMap { $0 }
    guard results.count == items.count else { throw EvaluationError.interruptedReading }
    return results
  }

  private func survey(_ item: VideoItem) throws -> SurveyedVideo {
    let stamp = item.stamp()
    if let memo, let stamp, let known = memo.facts(stamp: stamp) {
      return SurveyedVideo(item: item, facts: known, stamp: stamp)
    }
    let facts = try VideoFacts(item)
    guard item.stamp() == stamp else { throw EvaluationError.changedWhileRead(name: item.name) }
    if let memo, let stamp { memo.store(facts, stamp: stamp) }
    return SurveyedVideo(item: item, facts: facts, stamp: stamp)
  }
}
