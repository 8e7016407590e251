import Evaluation
import Foundation
import History
import MetricCatalog
import Scores
import Video

/// Runs a suite: makes what is not there, scores what has no score, and goes on where one generator fails.
public struct SuiteRun: Sendable {
  public let suite: Suite
  public let options: Options

  public struct Options: Sendable {
    public enum Work: Sendable { case all, generateOnly, scoreOnly }

    public var work = Work.all
    /// The generators that are wanted; nil: all.
    public var only: [String]?
    /// So many videos of each.
    public var limit: Int?
    /// Whether to make again what is there.
    public var force = false
    public var tags: [String] = []
    public var threads = 1
    /// Generators whose commands run side by side, before the scoring; 1: each is scored before the next begins.
    public var generatorsAtOnce = 1
    public var version = ""
    /// nil: nothing is recorded.
    public var historyPath: String?
    public var environment: [String: String] = [:]
    public var usesCache = true
    public var progress: any ExtractionProgress = NoProgress()
    public var isInterrupted: @Sendable () -> Bool = { false }
    /// Says what happens, a line each.
    public var say: @Sendable (String) -> Void = { _ in }

    public init() {}

    var cache: CacheFolder? {
      usesCache ? CacheFolder(path: CacheFolder.defaultPath(environment: environment)) : nil
    }
  }

  public init(suite: Suite, options: Options) {
    self.suite = suite
    self.options = options
  }

  /// - Throws: `HarnessError.unknownGenerators`, `HistoryError` where nothing can be recorded, and the errors of weights
  ///   that are not there. What one generator does wrong is in the summary.
  public func run() async throws -> SuiteSummary {
    try ScoreRequest.check(threads: options.threads)
    let jobs = try suite.jobs(only: options.only, limit: options.limit)
    let history = try options.work == .generateOnly ? nil : options.historyPath.map { try HistoryStore(path: $0) }
    try history?.checkIsWritable()
    var summary = SuiteSummary(suite: suite.name)
    var scoring: SuiteScoring?
    if options.work != .generateOnly {
      let networks = try NetworkChoice(
        environment: options.environment, allowsOtherWeights: suite.input.allowsOtherWeights, threads: options.threads)
      // Weights that are not there are told before the first generator runs.
      for job in jobs { _ = try networks.settled(job.generator.metrics, isTable: false) }
      scoring = SuiteScoring(suite: suite, options: options, networks: networks, history: history)
    }
    let made = options.generatorsAtOnce > 1 ? await madeSideBySide(jobs) : [:]
    for (place, job) in jobs.enumerated() {
      if options.isInterrupted() { summary.wasInterrupted = true }
      if summary.wasInterrupted { break }
      await run(job, made: made[place], scoring, &summary)
      if let error = summary.fatal { throw error }
    }
    return summary
  }

  /// Outputs that are there.
  private struct Made: Sendable {
    var record: GenerationRecord?
    /// Whether they were made before.
    var wasThere = false
  }

  /// The outputs of the jobs that have commands, by their places. Jobs that share a folder are made one after another.
  private func madeSideBySide(_ jobs: [SampleJob]) async -> [Int: Result<Made, any Error>] {
    let byFolder = Dictionary(grouping: jobs.indices.filter { jobs[$0].base != nil }) { jobs[$0].base ?? "" }
    var waiting = byFolder.values.sorted { $0[0] < $1[0] }[...]
    return await withTaskGroup(of: [Int: Result<Made, any Error>].self) { group in
      var all: [Int: Result<Made, any Error>] = [:]
      func start() {
        guard let places = waiting.popFirst() else { return }
        group.addTask {
          var made: [Int: Result<Made, any Error>] = [:]
          for place in places where !options.isInterrupted() {
            do { made[place] = .success(try await outputs(jobs[place])) } catch { made[place] = .failure(error) }
          }
          return made
        }
      }
      for _ in 0..<options.generatorsAtOnce { start() }
      for await made in group {
        all.merge(made) { $1 }
        if !options.isInterrupted() { start() }
      }
      return all
    }
  }

  private func run(
    _ job: SampleJob, made: Result<Made, any Error>?, _ scoring: SuiteScoring?, _ summary: inout SuiteSummary
  ) async {
    var row = SuiteSummary.Row(title: job.title, label: job.label, generator: job.generator.name)
    do {
      let outputs = if let made { try made.get() } else { try await outputs(job) }
      let record = outputs.record
      (row.samples, row.seconds, row.peakMemory) = (record?.samples, record?.seconds, record?.peakMemory)
      row.wasThere = outputs.wasThere
      if let scoring {
        let set = job.base == nil ? job.folder : Outputs(folder: job.folder).set
        let sets: [RealSet?] = job.generator.data.compactMap { name in suite.data.first { $0.name == name } }
        for real in sets.isEmpty ? [nil] : sets {
          options.say("\(job.title): scoring" + (real.map { " against \($0.name)" } ?? ""))
          let scored = try scoring.score(job, set, against: real, record: record)
          if scored.wasKept {
            options.say(
              "\(job.title): the history has these scores as run \(scored.run.id)"
                + (scored.lacksFeatures
                  ? ", without the features that verdicts need: --force scores the outputs again" : ""))
          } else if let path = options.historyPath {
            options.say("\(job.title): recorded as run \(scored.run.id) in \(path)")
          }
          row.scored.append(
            .init(
              dataset: real?.label, run: scored.run, wasKept: scored.wasKept,
              isRecorded: options.historyPath != nil))
        }
      }
    } catch let error as HistoryError {
      summary.fatal = error
    } catch {
      if options.isInterrupted() {
        summary.wasInterrupted = true
        row.failure = "interrupted"
      } else {
        row.failure = "\(error)"
        // In a line; all of it stands below the summary.
        options.say("\(job.title): failed: " + ("\(error)".split(separator: "\n").first ?? ""))
      }
    }
    summary.rows.append(row)
  }

  /// Makes the outputs unless they are there.
  private func outputs(_ job: SampleJob) async throws -> Made {
    guard job.base != nil else {
      guard SuitePaths.exists(job.folder) else { throw HarnessError.noOutputs(folder: job.folder) }
      return Made()
    }
    let run = GeneratorRun(
      job: job, threads: options.threads, isInterrupted: options.isInterrupted, say: options.say)
    run.recover()
    if !options.force || options.work == .scoreOnly, let known = try job.finished() {
      options.say("\(job.title): \(count(known.samples, "video")) from before: \(job.folder)")
      return Made(record: known, wasThere: true)
    }
    guard options.work != .scoreOnly else { throw HarnessError.noOutputs(folder: job.folder) }
    let calls = job.calls.count == 1 ? "" : " in \(job.calls.count) calls"
    options.say("\(job.title): generating" + (job.wanted.map { " " + count($0, "video") } ?? "") + calls)
    let record = try await run.run()
    let memory = record.peakMemory.map { ", peak memory \(NumberText.memory($0))" } ?? ""
    options.say("\(job.title): \(count(record.samples, "video")) in \(TimeText.text(record.seconds))\(memory)")
    if let wanted = job.wanted, record.samples > wanted {
      options.say("\(job.title): note: asked for were \(wanted) videos, and all \(record.samples) are scored")
    }
    return Made(record: record)
  }
}

extension SampleJob {
  /// The record of outputs that are there and are what is wanted; nil where there are none.
  ///
  /// - Throws: `HarnessError.otherOutputs` where they were made otherwise, `.unreadable` for a record that is damaged.
  public func finished() throws -> GenerationRecord? {
    let outputs = Outputs(folder: folder)
    guard let recipe = try recipe(), let record = try outputs.record(), SuitePaths.exists(outputs.samples) else {
      return nil
    }
    if let difference = record.recipe.difference(from: recipe) {
      throw HarnessError.otherOutputs(folder: folder, difference: difference)
    }
    return record
  }
}
