import Evaluation
import Foundation
import Harness
import History

extension StoredScores {
  /// The scores of a file that `--json` printed, or of a run of the history: what is no file is looked up.
  static func read(fileOrRun reference: String, _ database: DatabaseOption) throws -> StoredScores {
    let isFile = FileManager.default.fileExists(atPath: reference)
    guard !isFile, FileManager.default.fileExists(atPath: database.path) else { return try read(reference) }
    return try database.reading().run(reference).stored()
  }
}
