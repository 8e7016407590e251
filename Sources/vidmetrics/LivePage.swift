import Foundation
import Harness
import History
import Reporting
import Scores
import Synchronization

/// A page that is written anew as scores arrive, and loads itself again for as long as somebody writes it.
struct LivePage {
  /// Seconds after which a page that is followed loads itself again.
  static let reload = 5
  /// The page stops to load itself when its time is three times as old (`report.js`): its program was killed.
  static let pulse = Duration.seconds(60)

  var report: Report
  /// The file of the history.
  let history: String

  /// One writer at a time: a page that is renewed is read before.
  private static let turn = Mutex(())

  /// Writes it; without any number yet there is nothing to write.
  func write(_ runs: [RunRecord]) throws {
    let files = KeptFiles(of: history)
    var report = report
    report.isLive = true
    try Self.turn.withLock { _ in
      do {
        try report.write(runs, by: files.differences(), files: files, version: Version.text)
      } catch ReportError.nothingToShow {}
    }
  }

  /// Says on the page that it is still written. What cannot be read or written now is tried again.
  func beat() {
    Self.turn.withLock { _ in
      for file in report.files where file.format == .html { HTMLWriter.renew(file.path) }
    }
  }

  /// The page as it stays.
  func finished() -> LivePage {
    var last = self
    last.report.reload = nil
    return last
  }
}
