import Evaluation
import Files
import Foundation
import Scores
import Synchronization

/// stderr: messages, and progress where a person looks on. What stderr does not take (it is closed, its disk is full, nobody
/// reads it) is dropped: the work and the exit status are the same.
enum Terminal {
  /// A message. Names in it may come from files: control characters are spelled, so that none moves the cursor.
  static func write(_ text: String) { put(ControlCharacters.spelled(text)) }

  /// As it is.
  fileprivate static func put(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(2, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      // Somebody made it non-blocking, and it is full: a moment later it may not be.
      if count < 0, errno == EAGAIN {
        var wait = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
        if poll(&wait, 1, 1000) > 0 { continue }
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  static var isInteractive: Bool { isatty(2) == 1 }
}

/// One line on stderr that is written again and again: how far, how fast, how long still.
final class TerminalProgress: ExtractionProgress {
  private struct State {
    var stage = ExtractionStage.reading
    var total = 0
    var begin = ContinuousClock().now
    var shown: ContinuousClock.Instant?
    var width = 0
  }

  private let state = Mutex(State())

  func begin(_ stage: ExtractionStage, total: Int) {
    state.withLock { $0 = State(stage: stage, total: total) }
    advance(to: 0)
  }

  func advance(to done: Int) {
    state.withLock { state in
      let now = ContinuousClock().now
      if let shown = state.shown, now - shown < .milliseconds(200), done < state.total { return }
      state.shown = now
      let line = Self.line(state.stage, done: done, total: state.total, elapsed: now - state.begin)
      let padding = String(repeating: " ", count: max(0, state.width - line.count))
      state.width = line.count
      Terminal.put("\r" + line + padding)
    }
  }

  func end() {
    state.withLock { Terminal.put("\r" + String(repeating: " ", count: $0.width) + "\r") }
  }

  private static func line(_ stage: ExtractionStage, done: Int, total: Int, elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    var line: String
    switch stage {
    case .reading: line = "reading \(done)/\(total) videos"
    case .computing(let cached, let noun):
      line = "computing \(done)/\(total) \(noun)" + (cached > 0 ? " (\(cached) more from the cache)" : "")
    }
    guard done > 0, seconds > 0.5 else { return line }
    let rate = Double(done) / seconds
    line += ", " + fixed(rate, digits: rate < 10 ? 2 : 0) + " a second"
    return line + ", " + time(Double(total - done) / rate) + " left"
  }

  /// `8 s`, `2 min 05 s`, `1 h 20 min`.
  static func time(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(.up), 1e9))
    if whole < 60 { return "\(whole) s" }
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
    return "\(whole / 3600) h \(two(whole / 60 % 60)) min"
  }
}
