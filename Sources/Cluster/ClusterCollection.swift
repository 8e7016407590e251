import Distances
import Evaluation
import Files
import Foundation
import Harness
import History
import MetricCatalog
import Scores
import Video

/// Puts the parts of a job together: features, scores and their record in the history, whose only writer this is.
public struct ClusterCollection {
  public let job: JobFolder
  /// Whether to score what is there, even if parts are missing.
  public var allowsMissing = false
  public var environment: [String: String] = [:]
  public var threads = 1
  public var version = ""
  public var progress: any ExtractionProgress = NoProgress()
  public var isInterrupted: @Sendable () -> Bool = { false }
  public var say: (String) -> Void = { _ in }
  /// Says more of the run before it is recorded.
  var note: (inout RunRecord) -> Void = { _ in }

  public init(job: JobFolder) { self.job = job }

  /// - Parameter history: nil: nothing is recorded.
  /// - Returns: the run, in the history and in `score.json`.
  /// - Throws: `ClusterError.missingParts`, `.partsDiffer`, `.otherPart`, `.damagedPart`; `EvaluationError`, `HistoryError`, `FilesError`.
  public func run(history path: String?) throws -> RunRecord {
    let (plan, digest) = try job.plan()
    try path.map { try HistoryStore.checkIsWritable(path: $0) }
    let records = try self.records(plan, digest)
    guard plan.version == version else {
      throw EvaluationError.notAsPlanned(field: "version", planned: plan.version, found: version)
    }
    var environment = environment
    environment["VIDMETRICS_ISA"] = plan.isa
    let networks = try NetworkChoice(
      environment: environment, allowsOtherWeights: plan.allowsOtherWeights, threads: threads)
    let scores = try plan.scores(networks)
    var request = ScoreRequest(real: nil, fake: "", scores: scores)
    for (set, own) in zip(plan.sets, records) {
      request.gathered[set.set] = try gathered(set, own, digest)
      switch set.role {
      case .real: request.real = set.path
      case .fake: request.fake = set.path
      }
    }
    request.skipsUnusable = plan.skipsUnusable || records.joined().contains { $0 == nil }
    request.threads = threads
    request.honesty = plan.honesty.settings
    var evaluation = Evaluation(request: request, cache: nil, network: networks.network)
    (evaluation.version, evaluation.progress, evaluation.isInterrupted) = (version, progress, isInterrupted)
    let result = try evaluation.run()
    var run = RunRecord(result, labels: plan.labels.labels, place: place(plan))
    describe(&run, records.joined().compactMap { $0 }, plan)
    note(&run)
    let recorded = Result { try path.map { try HistoryStore(path: $0).record(&run, keeping: result.features) } }
    try WholeFile.write(try RunDocument.json(run).text() + "\n", to: job.scoreFile)
    _ = try recorded.get()
    let collected = Collected(run: run.id, parts: records.joined().count { $0 != nil }, plan: digest, history: path)
    try WholeFile.write(try JSONValue(collected).text() + "\n", to: job.collectedFile)
    return run
  }

  /// What `score.json` is of.
  struct Collected: Sendable, Equatable, Codable {
    var run: String
    /// That were there.
    var parts: Int
    /// The digest of the plan's file.
    var plan: String
    /// Where the run was recorded; nil: nowhere.
    var history: String?
  }

  /// The run of an earlier collection of all parts into the same history; nil where there was none.
  ///
  /// - Parameter history: nil: nothing is recorded.
  public func before(history: String?) throws -> RunRecord? {
    guard let collected: Collected = try JobFolder.read(job.collectedFile) else { return nil }
    let (plan, digest) = try job.plan()
    guard collected.plan == digest, collected.parts == plan.sets.reduce(0, { $0 + $1.shards.count }),
      collected.history == history
    else { return nil }
    return try RunDocument.read(TextFile.read(job.scoreFile), place: job.scoreFile)
  }

  // MARK: Parts

  /// The record of each shard of each set; nil for one that is missing and may be.
  private func records(_ plan: ClusterPlan, _ digest: String) throws -> [[PartRecord?]] {
    let records = try plan.sets.map { set in
      let (holder, own) = try holder(of: set, digest)
      return try set.shards.indices.map { try holder.record(set, $0, plan: own) }
    }
    var missing: [ClusterError.MissingPart] = []
    for (set, own) in zip(plan.sets, records) {
      let (holder, _) = try holder(of: set, digest)
      for shard in own.indices where own[shard] == nil {
        missing.append(.init(part: job.partName(set, shard), last: holder.lastWords(of: shard)))
      }
    }
    let all = records.reduce(0) { $0 + $1.count }
    guard missing.isEmpty || allowsMissing && missing.count < all else {
      throw ClusterError.missingParts(missing, of: all, tasks: job.missing(plan), job: job.path)
    }
    for (set, own) in zip(plan.sets, records) {
      let (holder, _) = try holder(of: set, digest)
      for (shard, record) in own.enumerated() {
        guard let record else { continue }
        for (field, planned, found) in [
          ("version", plan.version, record.version), ("decoder", plan.decoder, record.decoder),
        ] where planned != found {
          throw ClusterError.otherPart(
            path: holder.recordFile(set, shard), field: field, planned: planned, found: found)
        }
      }
      let there = own.indices.compactMap { shard in own[shard].map { (shard, $0) } }
      guard let (first, reference) = there.first else { continue }
      for (shard, record) in there {
        let fields = zip(reference.features, record.features).map { ("network", $0.network, $1.network) }
        for (field, value, other) in fields where value != other {
          throw ClusterError.partsDiffer(
            field: field, first: job.partName(set, first), value: value, second: job.partName(set, shard),
            otherValue: other)
        }
      }
    }
    return records
  }

  /// The folder that holds the parts of a set, and the digest of its plan.
  private func holder(of set: PlannedSet, _ digest: String) throws -> (JobFolder, String) {
    guard let source = set.source else { return (job, digest) }
    let other = JobFolder(source)
    let (plan, digest) = try other.plan()
    guard plan.sets.contains(where: { $0.division == set.division && $0.role == set.role }) else {
      throw ClusterError.otherPart(
        path: other.planFile, field: "listing", planned: set.listing,
        found: plan.sets.map(\.listing).joined(separator: ", "))
    }
    return (other, digest)
  }

  /// A set from its parts, and its features as files.
  private func gathered(_ set: PlannedSet, _ records: [PartRecord?], _ digest: String) throws -> GatheredSet {
    let (job, _) = try holder(of: set, digest)
    var videos: [GatheredSet.Video] = []
    var rows = set.features.map { _ in (values: [Float](), rows: [FeatureSet.Row](), columns: 0) }
    var skipped: [FeatureOrigin.Skipped] = []
    for shard in set.shards.indices {
      let listed = try job.list(set, shard)
      guard let record = records[shard] else {
        let words = "its part, \(job.partName(set, shard)), is missing"
        videos += listed.map { GatheredSet.Video($0, .skipped(reason: words)) }
        continue
      }
      let facts = Dictionary(record.videos.map { ($0.name, $0.facts) }) { $1 }
      let reasons = Dictionary(record.skipped.map { ($0.name, $0.reason) }) { $1 }
      for video in listed {
        if let reason = reasons[video.name] {
          videos.append(.init(video, .skipped(reason: reason)))
          skipped.append(.init(video: video.name, reason: reason))
        } else if let own = facts[video.name] {
          videos.append(.init(video, .facts(own)))
        } else {
          throw ClusterError.damagedPart(
            path: job.recordFile(set, shard), reason: "it says nothing of `\(video.name)`")
        }
      }
      for (index, planned) in set.features.enumerated() {
        let path = job.featureFile(set, shard, planned)
        guard case .set(let part) = try FeatureFile.read(path) else {
          throw ClusterError.damagedPart(path: path, reason: "it holds no features")
        }
        let stored = record.features.first { $0.name == planned.name }
        guard FeatureFile.digest(of: part) == stored?.digest, part.recipe == planned.fields else {
          throw ClusterError.damagedPart(path: path, reason: "it does not hold what its part says")
        }
        rows[index].values += part.features.values
        rows[index].rows += part.rows
        rows[index].columns = part.features.columns
      }
    }
    let features = zip(set.features, rows).map { planned, own in
      FeatureSet(
        features: FeatureMatrix(rows: own.rows.count, columns: own.columns, values: own.values), rows: own.rows,
        recipe: planned.fields,
        origin: FeatureOrigin(
          listing: set.listing, videos: set.videos, shards: records.contains { $0 == nil } ? set.shards.count : 1,
          parts: records.contains { $0 == nil } ? records.indices.filter { records[$0] != nil }.map { $0 + 1 } : [1],
          skipped: skipped))
    }
    try WholeFile.makeFolder(self.job.path + "/features")
    for (planned, own) in zip(set.features, features) where !own.rows.isEmpty {
      try FeatureFile.write(own, to: self.job.mergedFile(set, planned), replacing: true)
    }
    return GatheredSet(
      path: set.path, kind: set.kind, videos: videos,
      ignored: set.ignored.map { VideoSet.IgnoredFile(name: $0.name, reason: $0.reason) }, found: set.found,
      features: features, listing: set.listing)
  }

  // MARK: The record

  private func place(_ plan: ClusterPlan) -> RunRecord.Circumstances {
    var place = RunRecord.Circumstances()
    (place.command, place.workingFolder) = (plan.command, plan.workingFolder)
    (place.gitCommit, place.gitIsDirty) = (plan.gitCommit, plan.gitIsDirty)
    return place
  }

  /// What the parts did, in the place of what this process did.
  private func describe(_ run: inout RunRecord, _ records: [PartRecord], _ plan: ClusterPlan) {
    let hosts = Set(records.compactMap(\.host))
    run.note =
      "computed in \(count(records.count, "part")) of a plan of \(count(plan.tasks, "task"))"
      + (hosts.isEmpty ? "" : " on \(count(hosts.count, "host"))")
    let seconds = records.reduce(0) { $0 + $1.seconds }
    run.circumstances.extractionSeconds = seconds
    run.circumstances.totalSeconds = (run.circumstances.totalSeconds ?? 0) + seconds
    run.circumstances.clipsComputed = records.reduce(0) { $0 + $1.computed }
    run.circumstances.clipsCached = records.reduce(0) { $0 + $1.cached }
  }
}

extension JobFolder {
  /// The last that a task said: why it ended, where it could say so, or its log's last line; nil where it said nothing.
  func lastWords(of task: Int) -> String? {
    let state: TaskState? = (try? Self.read(stateFile(task))) ?? nil
    if let message = state?.message {
      return message.split(separator: "\n").filter { !$0.hasPrefix("hint:") }.prefix(2).joined(separator: ":")
    }
    return Self.lastLine(logFile(task))
  }
}
