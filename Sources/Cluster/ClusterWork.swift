import Evaluation
import Files
import Foundation
import Kernels
import MetricCatalog
import ProcessLimits
import Scores
import Video

/// One task of a job: computes its shard of every set that is not there yet.
public struct ClusterWork {
  /// A part that was stopped so often in a row before anything of it was kept would go on so for ever.
  private static let mostIdleStarts = 3

  public let job: JobFolder
  public var environment: [String: String] = [:]
  public var threads = 1
  public var memory = MemoryAllowance()
  public var version = ""
  public var progress: any ExtractionProgress = NoProgress()
  public var isInterrupted: @Sendable () -> Bool = { false }
  /// Says what happens, a line each.
  public var say: (String) -> Void = { _ in }

  public init(job: JobFolder) { self.job = job }

  /// Works as another does, on another job.
  public mutating func take(_ other: ClusterWork) {
    (environment, threads, memory, version) = (other.environment, other.threads, other.memory, other.version)
    (progress, isInterrupted, say) = (other.progress, other.isInterrupted, other.say)
  }

  /// - Parameter task: from 0.
  /// - Returns: videos that were left out because the plan says so.
  /// - Throws: `ClusterError`, `EvaluationError` and the errors of the rooms below. What is finished is kept.
  public func run(task: Int) throws -> Int {
    let (plan, digest) = try job.plan()
    let reporter = TaskReporter(job, task: task, environment: environment, next: progress)
    do {
      let skipped = try run(task, plan, digest, reporter)
      reporter.ends(.done, message: nil)
      return skipped
    } catch {
      reporter.ends(isInterrupted() ? .stopped : .failed, message: "\(error)")
      throw error
    }
  }

  private func run(_ task: Int, _ plan: ClusterPlan, _ digest: String, _ reporter: TaskReporter) throws -> Int {
    var skipped = 0
    var networks: Networks?
    if task >= plan.tasks { say("the sets have \(count(plan.tasks, "shard")): there is nothing to do for this task") }
    for set in plan.own where task < set.shards.count {
      let name = job.partName(set, task)
      if let record = try job.record(set, task, plan: digest) {
        say("\(name) is there")
        skipped += record.skipped.count
        continue
      }
      let own = try networks ?? self.networks(plan)
      networks = own
      reporter.begins(part: name)
      let record = try compute(set, task, plan, digest, own, reporter)
      say(
        "\(name): \(count(set.shards[task].videos, "video")), \(record.computed) computed, \(record.cached) kept from before"
          + (record.skipped.isEmpty ? "" : ", \(record.skipped.count) skipped"))
      skipped += record.skipped.count
    }
    return skipped
  }

  private struct Networks {
    let choice: NetworkChoice
    let scores: [RequestedScore]
    let kept = KeptNetworks()
  }

  /// The networks, where this machine and this version are those of the plan.
  private func networks(_ plan: ClusterPlan) throws -> Networks {
    for (field, planned, found) in [("version", plan.version, version), ("decoder", plan.decoder, decoderVersion)]
    where planned != found {
      throw EvaluationError.notAsPlanned(field: field, planned: planned, found: found)
    }
    var environment = environment
    environment["VIDMETRICS_ISA"] = plan.isa
    let found = try InstructionSet.chosen(cap: plan.isa)
    guard found.rawValue == plan.isa else {
      throw ClusterError.narrowProcessor(planned: plan.isa, found: found.rawValue)
    }
    let choice = try NetworkChoice(
      environment: environment, allowsOtherWeights: plan.allowsOtherWeights, threads: threads)
    return Networks(choice: choice, scores: try plan.scores(choice))
  }

  private func compute(
    _ set: PlannedSet, _ shard: Int, _ plan: ClusterPlan, _ digest: String, _ networks: Networks,
    _ reporter: TaskReporter
  ) throws -> PartRecord {
    let clock = ContinuousClock()
    let begin = clock.now
    let partial = job.partialFolder(set, shard)
    let kept = CacheFolder(path: partial)
    // Blocks of moments are those of the listing, wherever the shards were cut.
    let origin = FeatureOrigin(
      listing: plan.keeps == .moments ? set.listing : set.division, videos: set.videos, shards: set.shards.count,
      parts: [shard + 1])
    let part = ListedPart(
      path: set.place, videos: try job.list(set, shard), first: set.shards[shard].first, found: set.found,
      origin: origin)
    var extraction = PartExtraction(part: part, role: set.set, scores: networks.scores, cache: kept) {
      networks.kept.keeping(try networks.choice.network($0))
    }
    extraction.input = try set.reading.options()
    extraction.skipsUnusable = plan.skipsUnusable
    extraction.keepsMoments = plan.keeps == .moments
    (extraction.threads, extraction.memory) = (threads, memory)
    (extraction.progress, extraction.isInterrupted) = (reporter, isInterrupted)
    let found: PartFeatures
    do { found = try extraction.run() } catch {
      guard isInterrupted() else { throw error }
      let starts = kept.written > 0 ? 0 : (try JobFolder.read(partial + ".idle") ?? 0) + 1
      try WholeFile.write("\(starts)\n", to: partial + ".idle")
      guard starts > Self.mostIdleStarts else { throw error }
      throw ClusterError.noProgress(starts: starts)
    }
    if let failure = kept.failure { throw FilesError.unwritable(path: partial, reason: failure) }
    var stored: [PartRecord.Features] = []
    for (index, (planned, network)) in zip(set.features, found.networks).enumerated() {
      let file = job.featureFile(set, shard, planned)
      let (rows, content): (Int, String)
      switch plan.keeps {
      case .features:
        let features = found.features[index]
        try FeatureFile.write(features, to: file, replacing: true)
        (rows, content) = (features.rows.count, FeatureFile.digest(of: features))
      case .moments:
        let moments = found.moments[index]
        try FeatureFile.write(moments, to: file, replacing: true)
        (rows, content) = (moments.samples, FeatureFile.digest(of: moments))
      }
      stored.append(
        PartRecord.Features(
          name: planned.name, rows: rows, bytes: FileStatus(file)?.size ?? 0, digest: content, network: network))
    }
    let facts = try part.videos.compactMap { video in
      try found.facts[video.name].map { try JSONValue(PartRecord.Video(name: video.name, $0)).line }
    }
    let factsText = facts.map { $0 + "\n" }.joined()
    try WholeFile.write(factsText, to: job.factsFile(set, shard))
    let machine = RunRecord.Circumstances.ofThisMachine(version: version, isa: plan.isa)
    let took = (clock.now - begin).components
    let record = PartRecord(
      plan: digest, set: set.role, shard: shard, shards: set.shards.count, listing: set.listing, division: set.division,
      version: version, decoder: decoderVersion, host: machine.host, processor: machine.processor, threads: threads,
      seconds: Double(took.seconds) + Double(took.attoseconds) * 1e-18, ended: RunRecord.now(),
      computed: found.computed, cached: found.cached, features: stored,
      videos: facts.count, facts: SHA256.digest(of: factsText).description,
      skipped: found.skipped.map { PartRecord.Skipped(name: $0.name, path: $0.path, reason: $0.reason) })
    try WholeFile.write(try JSONValue(record).text() + "\n", to: job.recordFile(set, shard))
    try? FileManager.default.removeItem(atPath: partial)
    unlink(partial + ".idle")
    return record
  }
}
