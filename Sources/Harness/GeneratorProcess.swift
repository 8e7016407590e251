import CProcesses
import Foundation
import Subprocess
import SystemPackage

/// A shell command as a child process with a group of its own, its words in files.
struct GeneratorProcess: Sendable {
  /// For `/bin/sh -c`.
  let command: String
  /// Where it works.
  let folder: String
  /// Files that stdout and stderr are added to.
  let output: String
  let errors: String
  /// Seconds; nil: as long as it takes.
  var timeLimit: Double?
  /// Where to write which process group is at work.
  var groupFile: String?
  let isInterrupted: @Sendable () -> Bool

  enum Ending: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)
    case timedOut
    case interrupted
  }

  struct Outcome: Sendable {
    let ending: Ending
    /// Of the wall clock, from start to end.
    let seconds: Double
    /// Largest resident set, in bytes, of one process of the command; nil where the system does not say.
    ///
    /// What the system tells at the end (`ru_maxrss` of the shell and what it waited for) is exact, but never below this
    /// program's own, in whose memory every child begins. Below it counts what was seen in /proc, at first each few and then
    /// each 50 milliseconds.
    let peakMemory: Int?
  }

  /// The shell begins when it is told to: by then a later run can find its group. If this program dies before, it ends.
  private static let start = "read -r _ || exit 125; exec </dev/null\n"

  /// How long a group may take to end after it was asked to.
  private static let grace = 2.0

  /// Runs the command to its end; what it leaves behind of its group is ended, too.
  ///
  /// - Throws: `HarnessError.cannotStart`, `.unwritable`.
  func run() async throws -> Outcome {
    let (output, errors) = (try file(output), try file(errors))
    defer {
      try? output.close()
      try? errors.close()
    }
    var platform = PlatformOptions()
    platform.processGroupID = 0
    let clock = ContinuousClock()
    let begin = clock.now
    do {
      let (ready, go) = try startPipe()
      let result = try await Subprocess.run(
        .path("/bin/sh"), arguments: ["-c", Self.start + command], workingDirectory: FilePath(folder),
        platformOptions: platform,
        input: .fileDescriptor(ready, closeAfterSpawningProcess: true),
        output: .fileDescriptor(output, closeAfterSpawningProcess: false),
        error: .fileDescriptor(errors, closeAfterSpawningProcess: false)
      ) { execution in
        let group = execution.processIdentifier.value
        if let groupFile { ProcessGroup(id: group)?.write(to: groupFile) }
        // The shell's own memory is the least that is seen of a command that is quick.
        let peak = ProcessGroup.peakMemory(of: group)
        _ = try? go.writeAll("\n".utf8)
        try? go.close()
        return await watch(group, since: begin, peak: peak)
      }
      let seen = result.closureResult
      var ending = seen.ending
      if ending == nil {
        switch result.terminationStatus {
        case .exited(let code): ending = .exited(code)
        case .signaled(let code): ending = .signalled(code)
        }
      }
      return Outcome(
        ending: ending ?? .exited(0), seconds: (seen.ended - begin).inSeconds, peakMemory: seen.peakMemory)
    } catch let error as SubprocessError {
      throw HarnessError.cannotStart(command: command, reason: "\(error)")
    }
  }

  private struct Seen: Sendable {
    /// Why it was ended; nil: it ended by itself.
    var ending: Ending?
    var peakMemory: Int?
    var ended: ContinuousClock.Instant
  }

  /// Looks on until the shell has ended, and ends it where time is up. The shell then still waits to be reaped, so its
  /// number is no other process's.
  private func watch(_ group: pid_t, since begin: ContinuousClock.Instant, peak: Int?) async -> Seen {
    let clock = ContinuousClock()
    var seen = Seen(peakMemory: peak, ended: begin)
    var asked: ContinuousClock.Instant?
    var pause = 2
    let own = vidmetrics_own_peak()
    while true {
      var peak: Int64 = -1
      let state = vidmetrics_child_has_ended(group, &peak)
      let now = clock.now
      if state != 0 {
        if own >= 0, peak > own { seen.peakMemory = max(Int(peak), seen.peakMemory ?? 0) }
        seen.ended = now
        break
      }
      if let peak = ProcessGroup.peakMemory(of: group) { seen.peakMemory = max(peak, seen.peakMemory ?? 0) }
      if let asked {
        if (now - asked).inSeconds > Self.grace { kill(-group, SIGKILL) }
      } else if isInterrupted() {
        seen.ending = .interrupted
      } else if let timeLimit, (now - begin).inSeconds > timeLimit {
        seen.ending = .timedOut
      }
      if seen.ending != nil, asked == nil {
        asked = now
        kill(-group, SIGTERM)
        kill(-group, SIGCONT)
      }
      // Sleeping must go on when the task is cancelled: only an ended child lets this function return.
      usleep(UInt32(pause) * 1000)
      pause = min(pause * 2, 50)
    }
    await endRest(of: group, graceBegan: asked)
    return seen
  }

  /// Ends what the shell left at work.
  private func endRest(of group: pid_t, graceBegan: ContinuousClock.Instant?) async {
    guard ProcessGroup.hasOthers(than: group) else { return }
    let clock = ContinuousClock()
    let begin = graceBegan ?? clock.now
    if graceBegan == nil { kill(-group, SIGTERM) }
    while ProcessGroup.hasOthers(than: group), (clock.now - begin).inSeconds < Self.grace { usleep(20_000) }
    kill(-group, SIGKILL)
  }

  /// No other child holds the end that is written to.
  private func startPipe() throws -> (read: FileDescriptor, write: FileDescriptor) {
    do {
      let ends = try FileDescriptor.pipe()
      for end in [ends.readEnd, ends.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
      return (ends.readEnd, ends.writeEnd)
    } catch {
      throw HarnessError.cannotStart(command: command, reason: "\(error)")
    }
  }

  private func file(_ path: String) throws -> FileDescriptor {
    do {
      return try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .append, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw HarnessError.unwritable(path: path, reason: "\(error)")
    }
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
