import Digests
import Files
import Foundation

/// Runs a program and reads what it says, both streams in one, line by line.
///
/// The child stays in this process group, so that Ctrl-C ends both.
enum ChildProcess {
  /// The program that a name stands for; `searchPath` is a PATH.
  static func executable(_ name: String, in searchPath: String) -> String? {
    searchPath.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// The exit status; 128 and the signal when one ended it. `tick` is called about once a second while nothing is said.
  static func run(_ arguments: [String], tick: (() -> Void)? = nil, line: (String) -> Void) throws -> Int32 {
    guard let program = arguments.first else { return 127 }
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw FilesError.unreadable(path: program, reason: systemMessage()) }
    // Another child must not hold this one's pipe open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for argument in vector { free(argument) } }
    var child: pid_t = 0
    let failure = posix_spawn(&child, program, &actions, nil, &vector, environ)
    close(ends[1])
    guard failure == 0 else {
      close(ends[0])
      throw FilesError.unreadable(path: program, reason: systemMessage(failure))
    }
    readLines(from: ends[0], tick, line)
    close(ends[0])
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  private static func readLines(from descriptor: Int32, _ tick: (() -> Void)?, _ line: (String) -> Void) {
    var pending: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      if let tick {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&wait, 1, 1000) == 0 {
          tick()
          continue
        }
      }
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      for byte in buffer[..<count] {
        if byte == 10 {
          line(String(decoding: pending, as: UTF8.self))
          pending.removeAll(keepingCapacity: true)
        } else if pending.count < 4096 {
          pending.append(byte)
        }
      }
    }
    if !pending.isEmpty { line(String(decoding: pending, as: UTF8.self)) }
  }
}
