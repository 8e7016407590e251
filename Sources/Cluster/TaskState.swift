import Evaluation
import Files
import Foundation
import Scores
import Synchronization

/// What a task is at, in a file that it writes every few seconds: `status` knows from it, whoever has started the task.
struct TaskState: Sendable, Equatable, Codable {
  enum Ending: String, Sendable, Codable {
    /// All of its shards are there.
    case done
    /// A signal stopped it, and what it had done is kept.
    case stopped
    case failed
  }

  var task: Int
  var host: String?
  /// Of the host.
  var process: Int
  /// As the scheduler calls it.
  var job: String?
  /// Times in seconds since 1970.
  var started: Double
  var updated: Double
  /// `reading`, `computing`.
  var stage: String
  var part: String
  var done: Int
  var total: Int
  var ending: Ending?
  /// Of an ending that is not `done`.
  var message: String?

  /// A task that has not been heard of for so long is not at work any more.
  static let silence: TimeInterval = 120

  func isRunning(at now: Date) -> Bool { ending == nil && now.timeIntervalSince1970 - updated < Self.silence }
}

/// Writes the state of a task while it works, and passes on what it hears.
final class TaskReporter: ExtractionProgress {
  private let file: String
  private let next: any ExtractionProgress
  private let state: Mutex<TaskState>

  private static let pause: TimeInterval = 10

  init(_ job: JobFolder, task: Int, environment: [String: String], next: any ExtractionProgress) {
    file = job.stateFile(task)
    self.next = next
    let now = Date().timeIntervalSince1970
    let host = RunRecord.Circumstances.ofThisMachine(version: "", isa: "").host
    let scheduler =
      environment["SLURM_JOB_ID"].map { id in
        environment["SLURM_ARRAY_JOB_ID"].map { "\($0)_\(environment["SLURM_ARRAY_TASK_ID"] ?? "")" } ?? id
      } ?? environment["JOB_NAME"]
    state = Mutex(
      TaskState(
        task: task, host: host, process: Int(getpid()), job: scheduler, started: now, updated: now, stage: "starting",
        part: "", done: 0, total: 0))
    change { _ in }
  }

  func begins(part: String) { change { ($0.part, $0.stage, $0.done, $0.total) = (part, "starting", 0, 0) } }

  func ends(_ ending: TaskState.Ending, message: String?) {
    change { ($0.ending, $0.message) = (ending, message) }
  }

  func begin(_ stage: ExtractionStage, total: Int) {
    let word =
      switch stage {
      case .reading: "reading"
      case .computing: "computing"
      case .measuring, .stepping, .resampling: "measuring"
      }
    change { ($0.stage, $0.done, $0.total) = (word, 0, total) }
    next.begin(stage, total: total)
  }

  func advance(to done: Int) {
    state.withLock { state in
      state.done = done
      if Date().timeIntervalSince1970 - state.updated > Self.pause { write(&state) }
    }
    next.advance(to: done)
  }

  func end() { next.end() }

  private func change(_ body: (inout TaskState) -> Void) {
    state.withLock { state in
      body(&state)
      write(&state)
    }
  }

  /// A state that cannot be written is not worth ending the work for.
  private func write(_ state: inout TaskState) {
    state.updated = Date().timeIntervalSince1970
    guard let text = try? JSONValue(state).text() else { return }
    try? WholeFile.write(text + "\n", to: file)
  }
}
