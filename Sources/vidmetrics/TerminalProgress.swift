import Evaluation
import Foundation
import Scores
import Synchronization

/// How far the work is, how fast, how long still, on stderr: one line that is written again and again where a person looks on,
/// and a line of its own every half minute where nobody does.
final class TerminalProgress: ExtractionProgress {
  private struct State {
    var stage = ExtractionStage.reading
    var total = 0
    var done = 0
    var begin = ContinuousClock().now
    var shown: ContinuousClock.Instant?
    /// Letters on the line.
    var width = 0
    /// Tells stages apart; odd while one is at work.
    var turn = 0
  }

  private let state = Mutex(State())
  private let isOnTerminal = Terminal.isInteractive
  /// Between two lines.
  private var pause: Duration { isOnTerminal ? .milliseconds(200) : .seconds(30) }

  func begin(_ stage: ExtractionStage, total: Int) {
    if case .computing(_, _, let plan?) = stage, plan.frames > 4 * plan.atFour {
      Terminal.note(
        "\(Words.list(plan.metrics)) \(plan.metrics.count == 1 ? "takes" : "take") every frame: \(plan.frames) of \(total) "
          + "network runs; `--set samples=4` makes it \(plan.atFour)\n")
    }
    let turn = state.withLock { state in
      // Half a minute runs on from stage to stage: none of many short ones has a line of its own.
      let shown = isOnTerminal ? nil : state.shown ?? ContinuousClock().now
      state = State(stage: stage, total: total, shown: shown, width: state.width, turn: state.turn + 1)
      return state.turn
    }
    if isOnTerminal { advance(to: 0) }
    // A stage of few long steps is heard of, too.
    Task.detached { [self] in
      while state.withLock({ $0.turn == turn }) {
        try? await Task.sleep(for: .milliseconds(500))
        state.withLock { if $0.turn == turn { show(&$0) } }
      }
    }
  }

  func advance(to done: Int) {
    state.withLock { state in
      state.done = done
      show(&state)
    }
  }

  private func show(_ state: inout State) {
    let now = ContinuousClock().now
    if let shown = state.shown, now - shown < pause { return }
    state.shown = now
    let line = Self.line(state.stage, done: state.done, total: state.total, elapsed: now - state.begin)
    guard isOnTerminal else { return Terminal.note(line + "\n") }
    let fitting = String(line.prefix(max(20, Terminal.width - 1)))
    let padding = String(repeating: " ", count: max(0, state.width - fitting.count))
    state.width = fitting.count
    Terminal.note("\r" + fitting + padding, isLine: false)
  }

  func end() {
    state.withLock { state in
      if isOnTerminal { Terminal.note("\r" + String(repeating: " ", count: state.width) + "\r", isLine: false) }
      state.width = 0
      state.turn += 1
    }
  }

  private static func line(_ stage: ExtractionStage, done: Int, total: Int, elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    var line: String
    switch stage {
    case .reading: line = "reading \(done)/\(total) videos"
    case .computing(let cached, let noun, _):
      line = "computing \(done)/\(total) \(noun)" + (cached > 0 ? " (\(cached) more from the cache)" : "")
    case .measuring(let title):
      line = "measuring \(title)" + (total > 1 ? ", \(done + 1) of \(total) scores" : "")
      return seconds > 1 ? line + ", for " + time(seconds) : line
    case .stepping(let title, let noun): line = "measuring \(title), \(done)/\(total) \(noun)"
    case .resampling(let title): line = "interval of \(title), \(done)/\(total) resamples"
    }
    // Some work has no steps to count.
    guard done > 0 else { return seconds > 1 ? line + ", for " + time(seconds) : line }
    guard seconds > 0.5 else { return line }
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
