import Files
import Foundation

/// Keeps what a command writes to one stream, within a limit: the beginning is written to the file at once, of the rest the end
/// is held, and how much lies between is said.
struct GeneratorLog {
  /// Bytes of the beginning, and of the end.
  static let (head, tail) = (8 << 20, 1 << 20)

  private let descriptor: Int32
  private var room: Int
  private var end: [UInt8] = []
  private var dropped = 0

  /// Adds to the file, which is made if it is not there. What it holds already counts.
  ///
  /// - Throws: `FilesError.unwritable`.
  init(_ path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FilesError.unwritable(path: path, reason: systemMessage()) }
    room = max(0, Self.head - (FileStatus(path)?.size ?? 0))
  }

  mutating func take(_ bytes: ArraySlice<UInt8>) {
    let first = bytes.prefix(room)
    put(first)
    room -= first.count
    end += bytes.dropFirst(first.count)
    // Seldom, and much at a time.
    if end.count > 2 * Self.tail { drop() }
  }

  private mutating func drop() {
    let count = end.count - Self.tail
    guard count > 0 else { return }
    dropped += count
    end.removeFirst(count)
  }

  mutating func finish() {
    drop()
    if dropped > 0 { put(Array("\n[vidmetrics: \(dropped) bytes are left out here]\n".utf8)[...]) }
    put(end[...])
    close(descriptor)
  }

  /// What the disk does not take is lost: a log is no reason to end a generator.
  private func put(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}

/// Reads both streams of a command into their logs, on a thread of its own, so that the command never waits for long.
final class LogReader: Sendable {
  /// What the command writes to.
  let output: Int32
  let errors: Int32
  private let streams: (Int32, Int32)
  private let logs: (GeneratorLog, GeneratorLog)
  /// The reader ends when nothing more comes after this pipe is closed: a process that left the group may hold the streams
  /// for ever.
  private let stop: (read: Int32, write: Int32)

  /// - Throws: `FilesError.unwritable`, `.notStarted`.
  init(output: String, errors: String) throws {
    logs = (try GeneratorLog(output), try GeneratorLog(errors))
    let (first, second) = (try ChildProcess.pipe(for: "/bin/sh"), try ChildProcess.pipe(for: "/bin/sh"))
    stop = try ChildProcess.pipe(for: "/bin/sh")
    (self.output, self.errors) = (first.write, second.write)
    streams = (first.read, second.read)
  }

  /// To be called when the command has been started, or could not be.
  func begin() -> Task<Void, Never> {
    close(output)
    close(errors)
    return Task {
      await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          self.read()
          continuation.resume()
        }
      }
    }
  }

  /// Says that the command has ended; what it has written is still read.
  func end() { close(stop.write) }

  private func read() {
    var logs = [logs.0, logs.1]
    var waits = [streams.0, streams.1, stop.read].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var isEnding = false
    // What a pipe can hold, of both: whoever still writes is none of the command's.
    var left = 2 << 20
    while left > 0, waits[0].fd >= 0 || waits[1].fd >= 0 {
      let ready = poll(&waits, nfds_t(waits.count), isEnding ? 0 : -1)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { break }
      for index in 0..<2 where waits[index].revents != 0 {
        let count = Foundation.read(waits[index].fd, &buffer, buffer.count)
        if isEnding { left -= max(count, 0) }
        if count > 0 { logs[index].take(buffer[..<count]) } else if count == 0 { waits[index].fd = -1 }
      }
      if waits[2].revents != 0 { (isEnding, waits[2].fd) = (true, -1) }
    }
    for index in 0..<2 { logs[index].finish() }
    for end in [streams.0, streams.1, stop.read] { close(end) }
  }
}
