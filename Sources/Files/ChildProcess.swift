import CProcesses
import Foundation

/// A program that runs beside this one.
///
/// Unless it leads a group of its own it stays in this program's, so that Ctrl-C ends both. It inherits no descriptor but
/// those that it is given, neither this program's nor what this program was given by its own parent: whoever waits for the end
/// of such a pipe would wait for the child.
package struct ChildProcess: Sendable {
  package let id: pid_t

  package enum Ending: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)
  }

  /// Starts a program. Of the descriptors, nil is /dev/null.
  ///
  /// - Parameters:
  ///   - arguments: the program's path first.
  ///   - folder: where it works; nil: where this program does.
  /// - Throws: `FilesError.notStarted`.
  package init(
    _ arguments: [String], in folder: String? = nil, leadsGroup: Bool = false, input: Int32? = nil,
    output: Int32? = nil, errors: Int32? = nil
  ) throws {
    let program = arguments.first ?? ""
    #if canImport(Darwin)
      var (actions, attributes): (posix_spawn_file_actions_t?, posix_spawnattr_t?) = (nil, nil)
    #else
      var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    for (number, descriptor) in [input, output, errors].enumerated() {
      if let descriptor {
        posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
      } else {
        posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", number == 0 ? O_RDONLY : O_WRONLY, 0)
      }
    }
    for name in (try? FileStatus.names(in: "/dev/fd")) ?? [] {
      guard let descriptor = Int32(name), descriptor > 2, fcntl(descriptor, F_GETFD) == 0 else { continue }
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
    if leadsGroup {
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
      posix_spawnattr_setpgroup(&attributes, 0)
    }
    var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for argument in vector { free(argument) } }
    var id: pid_t = 0
    let failure = posix_spawn(&id, program, &actions, &attributes, &vector, environ)
    guard failure == 0 else { throw FilesError.notStarted(program: program, reason: systemMessage(failure)) }
    self.id = id
  }

  /// Waits for its end, once.
  package func wait() -> Ending {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }

  /// Two ends of a pipe that no other child inherits.
  ///
  /// - Throws: `FilesError.notStarted`.
  package static func pipe(for program: String) throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    #if canImport(Darwin)
      let failed = Foundation.pipe(&ends) != 0
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #else
      let failed = pipe2(&ends, O_CLOEXEC) != 0
    #endif
    if failed { throw FilesError.notStarted(program: program, reason: systemMessage()) }
    return (ends[0], ends[1])
  }
}

extension ChildProcess {
  /// The program that a name stands for; `searchPath` is a PATH.
  package static func executable(_ name: String, in searchPath: String) -> String? {
    searchPath.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// Runs a program to its end and reads what it says, both streams in one, line by line; the exit status, or 128 and the
  /// signal that ended it.
  ///
  /// - Parameter tick: called about once a second while nothing is said.
  /// - Throws: `FilesError.notStarted`.
  package static func run(_ arguments: [String], tick: (() -> Void)? = nil, line: (String) -> Void) throws -> Int32 {
    let (read, write) = try pipe(for: arguments.first ?? "")
    defer { close(read) }
    let child: ChildProcess
    do {
      defer { close(write) }
      child = try ChildProcess(arguments, output: write, errors: write)
    }
    readLines(from: read, tick, line)
    switch child.wait() {
    case .exited(let status): return status
    case .signalled(let signal): return 128 + signal
    }
  }

  /// What a program writes to stdout; nil where it cannot be started or ends with another status than 0.
  package static func output(of arguments: [String]) -> String? {
    guard let (read, write) = try? pipe(for: arguments.first ?? "") else { return nil }
    defer { close(read) }
    let child = try? ChildProcess(arguments, output: write)
    close(write)
    guard let child else { return nil }
    var lines: [String] = []
    readLines(from: read, nil) { lines.append($0) }
    return child.wait() == .exited(0) ? lines.joined(separator: "\n") : nil
  }

  /// Of longer lines, the first 4096 bytes.
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
