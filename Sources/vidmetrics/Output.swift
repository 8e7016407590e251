import Files
import Foundation

/// stdout: results. What cannot be written ends the program with an error, so that a full disk never loses a score with
/// status 0.
enum Output {
  static func print(_ text: String, terminator: String = "\n") {
    let bytes = Array((text + terminator).utf8)
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes { write(1, $0.baseAddress.map { $0 + done }, bytes.count - done) }
      if put < 0 {
        if errno == EINTR { continue }
        Terminal.write("error: the result cannot be written: \(systemMessage())\n")
        exit(Exit.usageOrInput)
      }
      done += put
    }
  }
}
