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

  /// - Parameter result: of which features and pictures are kept beside the history.
  /// - Throws: `HistoryError`, `FilesError.unwritable`.
  func record(_ run: inout RunRecord, keeping result: EvaluationResult) throws {
    try HistoryStore(path: path).record(&run, keeping: result.features, result.previews)
    if Terminal.isInteractive { Terminal.note("run \(run.id) in \(path)\n") }
  }
}
