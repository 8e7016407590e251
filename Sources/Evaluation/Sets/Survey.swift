import Synchronization
import Threads
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
    let done = Atomic<Int>(0)
    let results = parallelMap(items.count, threads: threads, isInterrupted: isInterrupted) { index in
      let result = Result { try survey(items[index]) }
      report(done.wrappingAdd(1, ordering: .relaxed).newValue)
      return result
    }
    guard let results else { throw EvaluationError.interruptedReading }
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
