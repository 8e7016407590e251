import Files
import Foundation

/// stdout: results. What cannot be written ends the program with an error, so that a full disk never loses a score with
/// status 0.
enum Output {
  static func print(_ text: String, terminator: String = "\n") {
    let text =
      isatty(1) == 1 ? Colour.painted(ControlCharacters.spelled(text + terminator), on: 1) : text + terminator
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EAGAIN {
          var wait = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
          _ = poll(&wait, 1, -1)
          continue
        }
        // As in `vidmetrics runs | head`: whoever read has seen enough, and the program ends as others do.
        if errno == EPIPE { Interruption.end(by: SIGPIPE) }
        Terminal.write("error: the result cannot be written: \(systemMessage())\n")
        exit(Exit.usageOrInput)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Words about files that a command writes: on stderr where one of them is stdout, which then holds nothing else.
  static func say(_ text: String, besides files: [String?]) {
    if files.contains(where: { $0.map(WholeFile.isStandardOutput) ?? false }) {
      Terminal.write(text + "\n")
    } else {
      print(text)
    }
  }
}
