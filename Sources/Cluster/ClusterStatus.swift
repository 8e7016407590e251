import Files
import Foundation
import Scores

/// How far a job is, read from its folder alone: whoever runs its tasks, and whatever became of them.
public struct ClusterStatus: Sendable, Equatable, Codable {
  public static let schema = "vidmetrics.cluster-status/1"

  public var schema = Self.schema
  public var job: String
  public var tasks: Int
  public var parts: Int
  public var partsDone: Int
  public var videos: Int
  public var videosDone: Int
  public var running: [Task]
  /// Tasks with something left to do that are not at work.
  public var missing: [Task]
  public var skipped: [Skipped]
  /// Parts that are there and cannot be used.
  public var damaged: [Damaged]
  /// Until the last task is done, at the rate so far; nil where nothing is at work or was done.
  public var secondsLeft: Double?
  /// The run of the scores; nil until they are collected.
  public var run: String?

  public struct Task: Sendable, Equatable, Codable {
    public enum State: String, Sendable, Codable {
      case running
      /// A signal stopped it, and what it had done is kept.
      case stopped
      case failed
      /// It was at work and has not been heard of for a while: its machine or its process is gone.
      case lost
      /// It has not begun.
      case waiting
    }

    /// From 0, as arrays count.
    public var task: Int
    public var state: State
    /// The parts that it has left to do.
    public var parts: [String]
    public var host: String?
    /// As the scheduler calls it.
    public var schedulerJob: String?
    public var stage: String?
    public var done: Int?
    public var total: Int?
    /// The last that it said; nil where it said nothing.
    public var last: String?
  }

  public struct Damaged: Sendable, Equatable, Codable {
    public var part: String
    /// With the way out.
    public var reason: String
  }

  public struct Skipped: Sendable, Equatable, Codable {
    public var part: String
    public var video: String
    public var reason: String
  }
}

extension ClusterStatus {
  /// - Throws: `ClusterError`, `FilesError`.
  public init(of job: JobFolder, at now: Date = Date()) throws {
    let (plan, digest) = try job.plan()
    let done = job.done(plan)
    var (partsDone, videosDone, seconds, skipped, damaged) = (0, 0, 0.0, [Skipped](), [Damaged]())
    for (set, own) in zip(plan.own, done) {
      for shard in own.indices where own[shard] {
        let record: PartRecord
        do {
          guard let found = try job.record(set, shard, plan: digest) else { continue }
          record = found
        } catch {
          damaged.append(Damaged(part: job.partName(set, shard), reason: "\(error)"))
          continue
        }
        partsDone += 1
        videosDone += set.shards[shard].videos
        seconds += record.seconds
        skipped += record.skipped.map {
          Skipped(part: job.partName(set, shard), video: $0.name, reason: $0.reason)
        }
      }
    }
    var (running, missing) = ([Task](), [Task]())
    for task in job.missing(plan) {
      let own = try Self.task(task, job, plan, done, now)
      if own.state == .running { running.append(own) } else { missing.append(own) }
    }
    let videos = plan.own.reduce(0) { $0 + $1.videos }
    let left = videos - videosDone
    let isAtWork = !running.isEmpty && videosDone > 0
    self.init(
      job: job.path, tasks: plan.tasks, parts: done.reduce(0) { $0 + $1.count },
      partsDone: partsDone, videos: videos, videosDone: videosDone, running: running, missing: missing,
      skipped: skipped, damaged: damaged,
      secondsLeft: isAtWork ? seconds / Double(videosDone) * Double(left) / Double(running.count) : nil,
      run: try (JobFolder.read(job.collectedFile) as ClusterCollection.Collected?)?.run)
  }

  private static func task(_ task: Int, _ job: JobFolder, _ plan: ClusterPlan, _ done: [[Bool]], _ now: Date) throws
    -> Task
  {
    let parts = zip(plan.own, done).compactMap { set, own in
      task < own.count && !own[task] ? job.partName(set, task) : nil
    }
    guard let state: TaskState = (try? JobFolder.read(job.stateFile(task))) ?? nil else {
      return Task(task: task, state: .waiting, parts: parts, last: job.lastWords(of: task))
    }
    let word: Task.State
    switch state.ending {
    case .stopped: word = .stopped
    case .failed: word = .failed
    // It ended well, and a part was taken away since.
    case .done: word = .waiting
    case nil: word = state.isRunning(at: now) ? .running : .lost
    }
    let isAtWork = word == .running
    return Task(
      task: task, state: word, parts: parts, host: state.host, schedulerJob: state.job,
      stage: isAtWork ? state.stage : nil, done: isAtWork ? state.done : nil, total: isAtWork ? state.total : nil,
      last: isAtWork ? nil : job.lastWords(of: task))
  }

  /// For people. Ends with a line break.
  public var text: String {
    var lines = [
      "\(partsDone) of \(count(parts, "part")) done, \(videosDone) of \(count(videos, "video"))"
        + (secondsLeft.map { ", about \(Self.time($0)) left" } ?? "")
    ]
    let shown = 20
    func list(_ title: String, _ rows: [[String]]) {
      guard !rows.isEmpty else { return }
      lines.append("\(title)  \(rows.count)")
      lines += TextTable.text(rows.prefix(shown).map { ["  " + $0[0]] + $0.dropFirst() })
        .split(separator: "\n").map(String.init)
      if rows.count > shown { lines.append("  and \(rows.count - shown) more") }
    }
    list(
      "running",
      running.map { task in
        [
          "task \(task.task)", task.parts.joined(separator: ", "), task.host ?? "",
          "\(task.stage ?? "") \(task.done ?? 0)/\(task.total ?? 0)",
        ]
      })
    list(
      "missing",
      missing.map { task in
        ["task \(task.task)", task.parts.joined(separator: ", "), task.state.rawValue, task.last ?? ""]
      })
    list("damaged", damaged.map { [$0.part, $0.reason.split(separator: "\n").first.map(String.init) ?? ""] })
    list("skipped", skipped.map { [$0.video, $0.part, $0.reason.split(separator: "\n").first.map(String.init) ?? ""] })
    lines.append(run.map { "collected as run \($0)" } ?? "not collected")
    return lines.joined(separator: "\n") + "\n"
  }

  /// `40 s`, `12 min`, `3 h 20 min`.
  private static func time(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 1), 1e9))
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60 + 1) min" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }
}
