import CProcesses
import Files
import Foundation

/// A shell command as a child process with a group of its own, its words in files.
struct GeneratorProcess: Sendable {
  /// For `/bin/sh -c`.
  let command: String
  /// Where it works.
  let folder: String
  /// What the command's placeholders stand for, see `CommandTemplate.environment`.
  var environment: [String: String?] = [:]
  /// Files that stdout and stderr are added to, within the limits of `GeneratorLog`.
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
  /// - Throws: `HarnessError.cannotStart`, `FilesError.unwritable`.
  func run() async throws -> Outcome {
    let logs = try LogReader(output: output, errors: errors)
    let begin = ContinuousClock().now
    let started = Result { try start(logs) }
    let reading = logs.begin()
    let (child, watched): (ChildProcess, ChildGuard?)
    do { (child, watched) = try started.get() } catch {
      logs.end()
      await reading.value
      throw HarnessError.cannotStart(command: command, reason: "\(error)")
    }
    // The shell's own memory is the least that is seen of a command that is quick.
    let seen = await watch(child.id, since: begin, peak: ProcessGroup.peakMemory(of: child.id))
    watched?.release()
    logs.end()
    await reading.value
    let ending: Ending =
      switch child.wait() {
      case .exited(let code): seen.ending ?? .exited(code)
      case .signalled(let code): seen.ending ?? .signalled(code)
      }
    return Outcome(ending: ending, seconds: (seen.ended - begin).inSeconds, peakMemory: seen.peakMemory)
  }

  private func start(_ logs: LogReader) throws -> (ChildProcess, ChildGuard?) {
    let (ready, go) = try ChildProcess.pipe(for: "/bin/sh")
    // The end that is read is held until the word is written: writing to nobody would end this program.
    defer { for end in [ready, go] { close(end) } }
    let child = try ChildProcess(
      ["/bin/sh", "-c", Self.start + command], in: folder, environment: environment, leadsGroup: true, input: ready,
      output: logs.output, errors: logs.errors)
    let watched = ChildGuard(of: child, isGroup: true)
    if let groupFile { ProcessGroup(id: child.id)?.write(to: groupFile) }
    _ = write(go, "\n", 1)
    return (child, watched)
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
      await Pause.milliseconds(pause)
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
    while ProcessGroup.hasOthers(than: group), (clock.now - begin).inSeconds < Self.grace {
      await Pause.milliseconds(20)
    }
    kill(-group, SIGKILL)
  }
}

/// Waits without holding a thread, and to its end when the task is cancelled: only an ended child lets its watcher return.
enum Pause {
  static func milliseconds(_ count: Int) async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(count)) { continuation.resume() }
    }
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
