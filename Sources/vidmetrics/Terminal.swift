import ArgumentParser
import Files
import Foundation
import Synchronization

/// stderr: messages and progress. What stderr does not take (it is closed, its disk is full, nobody
/// reads it) is dropped: the work and the exit status are the same.
enum Terminal {
  /// A message. Names in it may come from files: control characters are spelled, so that none moves the cursor.
  static func write(_ text: String) { put(Colour.painted(ControlCharacters.spelled(text), on: 2)) }

  /// What `--quiet` leaves out: all but errors.
  ///
  /// - Parameter isLine: otherwise it moves the cursor, and holds no name of a file.
  static func note(_ text: String, isLine: Bool = true) {
    guard !isQuiet.load(ordering: .relaxed) else { return }
    if isLine { write(text) } else { put(text) }
  }

  static let isQuiet = Atomic<Bool>(false)

  /// Letters of a line; 80 where nobody knows.
  static var width: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

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

/// The colour of words at the beginning of a line that say how things are, where a terminal shows it and NO_COLOR
/// (https://no-color.org) is not set.
enum Colour: String {
  case red = "31"
  case green = "32"
  case yellow = "33"
  case faint = "2"

  private static let words: [(word: String, colour: Colour)] = [
    ("error:", .red), ("warning:", .yellow), ("hint:", .faint), ("failed:", .red), ("passed", .green), ("worse", .red),
    ("not shown", .yellow), ("not comparable", .yellow),
  ]

  static func painted(_ text: String, on descriptor: Int32) -> String {
    guard isShown(descriptor) else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard let (word, colour) = words.first(where: { line.hasPrefix($0.word) }) else { return String(line) }
      return "\u{1b}[\(colour.rawValue)m\(word)\u{1b}[0m\(line.dropFirst(word.count))"
    }.joined(separator: "\n")
  }

  private static func isShown(_ descriptor: Int32) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(descriptor) == 1 && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }
}

/// Of every command that works for long.
struct QuietOption: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say nothing on stderr but errors.") var quiet = false

  /// From here on.
  func apply() { if quiet { Terminal.isQuiet.store(true, ordering: .relaxed) } }
}
