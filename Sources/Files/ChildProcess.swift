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
  ///   - environment: variables that differ from this program's; nil: not there.
  /// - Throws: `FilesError.notStarted`.
  package init(
    _ arguments: [String], in folder: String? = nil, environment: [String: String?] = [:], leadsGroup: Bool = false,
    input: Int32? = nil, output: Int32? = nil, errors: Int32? = nil
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
    // What this program ignores for itself, a child does not: `yes | head` ends.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (leadsGroup ? POSIX_SPAWN_SETPGROUP : 0)
    posix_spawnattr_setflags(&attributes, Int16(flags))
    if leadsGroup { posix_spawnattr_setpgroup(&attributes, 0) }
    var variables = environment.isEmpty ? [:] : ProcessInfo.processInfo.environment
    for (name, value) in environment { variables[name] = value }
    let (vector, settings) = (CStrings(arguments), CStrings(variables.map { "\($0)=\($1)" }))
    var id: pid_t = 0
    let failure = posix_spawn(
      &id, program, &actions, &attributes, vector.pointers, environment.isEmpty ? environ : settings.pointers)
    guard failure == 0 else { throw FilesError.notStarted(program: program, reason: systemMessage(failure)) }
    self.id = id
  }

  /// A list of texts as C has it, while it lives.
  private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
      count = texts.count
      pointers = .allocate(capacity: count + 1)
      for (index, text) in texts.enumerated() { pointers[index] = strdup(text) }
      pointers[count] = nil
    }

    deinit {
      for index in 0..<count { free(pointers[index]) }
      pointers.deallocate()
    }
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
  /// The program that a name stands for; `searchPath` is a PATH. Entries that depend on the working folder are left out: what
  /// lies there is data.
  package static func executable(_ name: String, in searchPath: String) -> String? {
    searchPath.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
      .first { access($0, X_OK) == 0 }
  }

  /// Runs a program to its end and reads what it says, both streams in one, line by line; the exit status, or 128 and the
  /// signal that ended it. It ends with this program.
  ///
  /// - Parameters:
  ///   - folder: where it works; nil: where this program does.
  ///   - tick: called about once a second while nothing is said.
  /// - Throws: `FilesError.notStarted`.
  package static func run(
    _ arguments: [String], in folder: String? = nil, tick: (() -> Void)? = nil, line: (String) -> Void
  ) throws -> Int32 {
    let (read, write) = try pipe(for: arguments.first ?? "")
    defer { close(read) }
    let child: ChildProcess
    do {
      defer { close(write) }
      child = try ChildProcess(arguments, in: folder, output: write, errors: write)
    }
    let watched = ChildGuard(of: child, isGroup: false)
    readLines(from: read, tick, line)
    watched?.release()
    switch child.wait() {
    case .exited(let status): return status
    case .signalled(let signal): return 128 + signal
    }
  }

  /// What a program writes to stdout; nil where it cannot be started or ends with a status that is not allowed.
  package static func output(
    of arguments: [String], environment: [String: String?] = [:], allowing statuses: Set<Int32> = [0]
  ) -> String? {
    guard let (read, write) = try? pipe(for: arguments.first ?? "") else { return nil }
    defer { close(read) }
    let child = try? ChildProcess(arguments, environment: environment, output: write)
    close(write)
    guard let child else { return nil }
    var lines: [String] = []
    readLines(from: read, nil) { lines.append($0) }
    guard case .exited(let status) = child.wait(), statuses.contains(status) else { return nil }
    return lines.joined(separator: "\n")
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
