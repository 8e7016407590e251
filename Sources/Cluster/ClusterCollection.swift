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
  /// Sets of other jobs that were put together before, for another collection that shares them.
  var shared = SharedSets()
  /// The folder that `resume` takes, where this job is part of a larger one.
  var resumed: String?

  /// Sets that several jobs share, each put together once.
  final class SharedSets {
    fileprivate var sets: [String: GatheredSet] = [:]
  }

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
      request.gathered[set.set] = try gathered(set, own, plan, digest)
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
      throw ClusterError.missingParts(missing, of: all, tasks: job.missing(plan), job: resumed ?? job.path)
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

  /// A set from its parts, and its features as files; one that several jobs share is put together once.
  private func gathered(_ set: PlannedSet, _ records: [PartRecord?], _ plan: ClusterPlan, _ digest: String) throws
    -> GatheredSet
  {
    let (holder, _) = try holder(of: set, digest)
    let key = ([holder.path, set.path] + set.features.map(\.name)).joined(separator: "\n")
    if set.source != nil, let known = shared.sets[key] { return known }
    let (videos, skipped) = try videos(set, records, holder)
    var features: [FeatureSet] = []
    var moments: [MomentsSet] = []
    try WholeFile.makeFolder(holder.path + "/features")
    for planned in set.features {
      let file = holder.mergedFile(set, planned)
      switch plan.keeps {
      case .features:
        let whole = try self.features(planned, set, records, holder, skipped)
        if !whole.rows.isEmpty { try FeatureFile.write(whole, to: file, replacing: true) }
        features.append(whole)
      case .moments:
        let whole = try self.moments(planned, set, records, holder)
        try FeatureFile.write(whole, to: file, replacing: true)
        moments.append(whole)
      }
    }
    let gathered = GatheredSet(
      path: set.path, kind: set.kind, videos: videos,
      ignored: set.ignored.map { VideoSet.IgnoredFile(name: $0.name, reason: $0.reason) }, found: set.found,
      features: features, moments: moments, listing: set.listing)
    if set.source != nil { shared.sets[key] = gathered }
    return gathered
  }

  /// The videos of a set with what its parts say of them, and those that parts left out.
  private func videos(_ set: PlannedSet, _ records: [PartRecord?], _ job: JobFolder) throws -> (
    [GatheredSet.Video], [FeatureOrigin.Skipped]
  ) {
    var videos: [GatheredSet.Video] = []
    var skipped: [FeatureOrigin.Skipped] = []
    for shard in set.shards.indices {
      let listed = try job.list(set, shard)
      guard let record = records[shard] else {
        videos += listed.map { GatheredSet.Video($0, .skipped(reason: missing(set, shard))) }
        continue
      }
      let facts = Dictionary(try job.facts(set, shard, of: record).map { ($0.name, $0.facts) }) { $1 }
      let reasons = Dictionary(record.skipped.map { ($0.name, $0.reason) }) { $1 }
      for video in listed {
        if let reason = reasons[video.name] {
          videos.append(.init(video, .skipped(reason: reason)))
          skipped.append(.init(video: video.name, reason: reason))
        } else if let own = facts[video.name] {
          videos.append(.init(video, .facts(own)))
        } else {
          throw ClusterError.damagedPart(
            path: job.factsFile(set, shard), reason: "it says nothing of `\(video.name)`")
        }
      }
    }
    return (videos, skipped)
  }

  private func missing(_ set: PlannedSet, _ shard: Int) -> String {
    "its part, \(job.partName(set, shard)), is missing"
  }

  /// What the file of a part holds, which is what its record says.
  private func stored(
    _ planned: PlannedFeatures, _ set: PlannedSet, _ shard: Int, _ record: PartRecord, _ job: JobFolder
  )
    throws -> StoredFeatures
  {
    let path = job.featureFile(set, shard, planned)
    let stored: StoredFeatures
    do { stored = try FeatureFile.read(path) } catch {
      let words = "\(error)".split(separator: "\n").first.map(String.init) ?? ""
      throw ClusterError.damagedPart(path: path, reason: words)
    }
    let (digest, recipe): (String, [String: String])
    switch stored {
    case .set(let features): (digest, recipe) = (FeatureFile.digest(of: features), features.recipe)
    case .moments(let moments): (digest, recipe) = (FeatureFile.digest(of: moments), moments.recipe)
    case .statistics: throw ClusterError.damagedPart(path: path, reason: "it holds no features")
    }
    guard digest == record.features.first(where: { $0.name == planned.name })?.digest, recipe == planned.fields else {
      throw ClusterError.damagedPart(path: path, reason: "it does not hold what its part says")
    }
    return stored
  }

  /// All rows.
  private func features(
    _ planned: PlannedFeatures, _ set: PlannedSet, _ records: [PartRecord?], _ job: JobFolder,
    _ skipped: [FeatureOrigin.Skipped]
  ) throws -> FeatureSet {
    var values: [Float] = []
    var rows: [FeatureSet.Row] = []
    var columns = 0
    for (shard, record) in records.enumerated() {
      guard let record else { continue }
      guard case .set(let part) = try stored(planned, set, shard, record, job) else {
        throw ClusterError.damagedPart(
          path: job.featureFile(set, shard, planned), reason: "it holds moments and no features")
      }
      values += part.features.values
      rows += part.rows
      columns = part.features.columns
    }
    let isWhole = !records.contains { $0 == nil }
    return FeatureSet(
      features: FeatureMatrix(rows: rows.count, columns: columns, values: values), rows: rows, recipe: planned.fields,
      origin: FeatureOrigin(
        listing: set.listing, videos: set.videos, shards: isWhole ? 1 : set.shards.count,
        parts: isWhole ? [1] : records.indices.filter { records[$0] != nil }.map { $0 + 1 }, skipped: skipped))
  }

  /// Of all rows. Parts that are missing, and may be, are blocks without any.
  private func moments(_ planned: PlannedFeatures, _ set: PlannedSet, _ records: [PartRecord?], _ job: JobFolder) throws
    -> MomentsSet
  {
    var merging = MomentsMerging()
    // What a part that is missing, and may be, is like.
    var empty: MomentsSet?
    for (shard, record) in records.enumerated() {
      guard let record else { continue }
      let path = job.featureFile(set, shard, planned)
      guard case .moments(let part) = try stored(planned, set, shard, record, job) else {
        throw ClusterError.damagedPart(path: path, reason: "it holds features and no moments")
      }
      empty =
        empty
        ?? MomentsSet(videos: part.videos, columns: part.columns, listing: part.listing, recipe: part.recipe)
      try merging.add(part, named: path)
    }
    guard let empty else {
      let parts = set.shards.indices.map {
        ClusterError.MissingPart(part: job.partName(set, $0), last: job.lastWords(of: $0))
      }
      throw ClusterError.missingParts(
        parts, of: parts.count, tasks: Array(set.shards.indices), job: resumed ?? self.job.path)
    }
    for shard in records.indices where records[shard] == nil {
      var part = empty
      part.skipped = try job.list(set, shard).map { .init(video: $0.name, reason: missing(set, shard)) }
      let (own, block) = (set.shards[shard], MomentsSet.videosOfBlock)
      let blocks = own.first / block..<(own.first + own.videos + block - 1) / block
      try part.add(
        FeatureMatrix(rows: 0, columns: empty.columns, values: []), fromBlock: blocks.lowerBound,
        rows: blocks.map { _ in 0..<0 })
      try merging.add(part, named: job.recordFile(set, shard))
    }
    return try merging.whole()
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
