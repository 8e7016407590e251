import Evaluation
import Foundation
import Harness
import History

/// Keeps the scores of a command in the history.
struct Recorder {
  let path: String
  let labels: RunLabels

  /// Looks whether scores can be kept, before the long work.
  ///
  /// - Returns: nil where nothing is to be kept.
  /// - Throws: `HistoryError`.
  init?(_ options: RecordOptions) throws {
    guard !options.noRecord else { return nil }
    path = options.database.path
    labels = options.labels
    try HistoryStore.checkIsWritable(path: path)
  }

  /// The run's id, or why it was not kept.
  func record(_ document: ScoreDocument) -> Result<String, any Error> {
    Result {
      let run = Run(document: document, labels: labels)
      try HistoryStore(path: path).record(run)
      if Terminal.isInteractive { Terminal.write("run \(run.id) in \(path)\n") }
      return run.id
    }
  }
}
