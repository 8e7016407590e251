import Evaluation
import Foundation
import Harness
import History
import Scores

/// Keeps the scores of a command in the history.
struct Recorder {
  let path: String
  /// Looks whether scores can be kept, before the long work.
  ///
  /// - Returns: nil where nothing is to be kept.
  /// - Throws: `HistoryError`.
  init?(_ options: RecordOptions) throws {
    guard !options.noRecord else { return nil }
    path = options.database.path
    try HistoryStore.checkIsWritable(path: path)
  }

  /// - Throws: `HistoryError`.
  func record(_ run: RunRecord) throws {
    try HistoryStore(path: path).record(run)
    if Terminal.isInteractive { Terminal.write("run \(run.id) in \(path)\n") }
  }
}
