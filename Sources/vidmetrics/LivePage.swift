import Foundation
import Harness
import History
import Reporting
import Scores

/// A page that is written anew as scores arrive.
struct LivePage {
  /// Seconds after which a page that is followed loads itself again.
  static let reload = 5

  var report: Report
  /// The file of the history.
  let history: String

  /// Writes it; without any number yet there is nothing to write.
  func write(_ runs: [RunRecord]) throws {
    let files = KeptFiles(of: history)
    var report = report
    report.isLive = true
    do {
      try report.write(runs, by: files.differences(), files: files, version: Version.text)
    } catch ReportError.nothingToShow {}
  }

  /// The page as it stays.
  func finished() -> LivePage {
    var last = self
    last.report.reload = nil
    return last
  }
}
