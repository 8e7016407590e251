import Evaluation
import Files
import Foundation
import Harness
import MetricCatalog
import Scores
import Video

/// Makes the plan of a job: lists both sets, once, and cuts them into shards.
public struct Planning {
  public var real: String?
  public var fake: String?
  /// With the weights' own names and fingerprints.
  public var scores: [RequestedScore]
  public var reading = VideoSetOptions()
  /// How the real set is read, where that is otherwise.
  public var realReading: VideoSetOptions?
  /// Only to be refused: pairs are not cut into parts.
  public var pairBy: PairRule?
  /// What parts hold.
  public var keeps = ClusterPlan.Kept.features
  public var skipsUnusable = false
  public var allowsOtherWeights = false
  public var honesty = Honesty()
  public var labels = RunLabels()
  /// Absolute; nil: nothing is recorded.
  public var history: String?
  public var shards: Int
  /// Of vidmetrics.
  public var version = ""
  public var isa = ""
  public var place = RunRecord.Circumstances()
  /// The real set, where the parts of another job are those of it.
  public var shared: JobFolder?

  public init(real: String?, fake: String?, scores: [RequestedScore], shards: Int) {
    self.real = real
    self.fake = fake
    self.scores = scores
    self.shards = shards
  }

  /// Writes the plan into a folder, which becomes the job's.
  ///
  /// - Throws: `ClusterError`, `EvaluationError`, `VideoError`, `FilesError`.
  public func write(to job: JobFolder) throws -> ClusterPlan {
    guard (1...1_000_000).contains(shards) else { throw ClusterError.badShards(shards) }
    guard FileStatus(job.planFile) == nil else { throw ClusterError.planned(job: job.path) }
    if let fake {
      var request = ScoreRequest(real: real, fake: fake, scores: scores)
      (request.input, request.realInput, request.honesty) = (reading, realReading, honesty)
      request.pairBy = pairBy
      try request.check()
    }
    if keeps == .moments, let score = scores.first(where: { !$0.evaluationProtocol.takesStatistics }) {
      throw ClusterError.needsFeatures(
        metric: "\(score.evaluationProtocol.metric) by `\(score.evaluationProtocol.displayName)`")
    }
    try Self.check(honesty, keeps)
    var roles: [(role: PlannedSet.Role, path: String, options: VideoSetOptions)] = []
    for (role, path) in [(PlannedSet.Role.real, real), (.fake, fake)] {
      guard let path, role == .fake || shared == nil,
        try !PartExtraction.wanted(scores, of: role == .real ? .real : .fake).isEmpty
      else { continue }
      var options = role == .real ? realReading ?? reading : reading
      let ranges = Set(scores.map { $0.evaluationProtocol.fields.valueRange == .network })
      guard ranges.count <= 1 else { throw EvaluationError.mixedValueRanges }
      if ranges.contains(true) { options.valueRange = .network }
      guard !FeatureFile.isFeatureFile(path), try FeatureFile.paths(inFolder: path, filter: options.filter) == nil
      else { throw ClusterError.alreadyFeatures(path: path) }
      roles.append((role, path, options))
    }
    for role in roles where "\(job.path)/".hasPrefix(URL(fileURLWithPath: role.path).standardizedFileURL.path + "/") {
      throw ClusterError.jobInSet(job: job.path, set: role.path)
    }
    let opened = try roles.map { role in try VideoSet.open(role.path, options: role.options) }
    for pattern in reading.filter.patterns where opened.allSatisfy({ $0.unfittingPatterns.contains(pattern) }) {
      throw EvaluationError.patternUnused(pattern)
    }
    // A shared real set was looked at when it was planned.
    if shared == nil {
      try ScoreRequest.checkUses(
        roles.map { $0.role == .real ? realReading ?? reading : reading }, of: opened.flatMap(\.videos),
        in: roles.map(\.path))
    }
    let settled = try scores.map { try $0.withLength(ofArraysIn: opened) }
    var sets: [PlannedSet] = []
    var lists: [[String]] = []
    if let shared {
      sets.append(try self.shared(shared, settled))
      lists.append([])
    }
    for (role, set) in zip(roles, opened) {
      let planned = try planned(role.role, set, role.options, settled)
      sets.append(planned.set)
      lists.append(planned.lists)
    }
    let plan = ClusterPlan(
      version: version, decoder: decoderVersion, isa: isa, date: RunRecord.now(), command: place.command,
      workingFolder: place.workingFolder ?? FileManager.default.currentDirectoryPath, gitCommit: place.gitCommit,
      gitIsDirty: place.gitIsDirty, asked: shards, sets: sets, scores: settled.map { PlannedScore($0) }, keeps: keeps,
      skipsUnusable: skipsUnusable, allowsOtherWeights: allowsOtherWeights, honesty: PlannedHonesty(honesty),
      labels: PlannedLabels(labels), history: history)
    try WholeFile.makeFolder(job.path)
    try job.write(plan, lists: lists)
    return plan
  }

  /// - Throws: `ClusterError.needsFeatures` for what moments do not tell.
  static func check(_ honesty: Honesty, _ keeps: ClusterPlan.Kept) throws {
    guard keeps == .moments else { return }
    let asked = [
      ("interval", honesty.bootstrap != nil), ("floor", honesty.floor), ("curve over N", honesty.curve != nil),
    ]
    if let (name, _) = asked.first(where: \.1) { throw ClusterError.needsFeatures(metric: "the \(name)") }
  }

  /// The real set of another job, with the features that these protocols want.
  private func shared(_ job: JobFolder, _ scores: [RequestedScore]) throws -> PlannedSet {
    let (plan, _) = try job.plan()
    guard var set = plan.sets.first(where: { $0.role == .real }) else { throw ClusterError.noPlan(job: job.path) }
    for (field, own, found) in [
      ("version", version, plan.version), ("decoder", decoderVersion, plan.decoder), ("isa", isa, plan.isa),
      ("keeps", keeps.rawValue, plan.keeps.rawValue),
    ] where own != found {
      throw ClusterError.otherPart(path: job.path, field: field, planned: own, found: found)
    }
    let wanted = try PartExtraction.wanted(scores, of: .real).map { PlannedFeatures($0) }
    if let absent = wanted.first(where: { !set.features.contains($0) }) {
      throw ClusterError.otherPart(
        path: job.path, field: "features", planned: absent.name,
        found: set.features.map(\.name).joined(separator: ", "))
    }
    (set.features, set.source) = (wanted, job.path)
    return set
  }

  private func planned(
    _ role: PlannedSet.Role, _ set: VideoSet, _ options: VideoSetOptions, _ scores: [RequestedScore]
  ) throws -> (set: PlannedSet, lists: [String]) {
    let wanted = try PartExtraction.wanted(scores, of: role == .real ? .real : .fake)
    let limits = wanted.map(\.limit.maximum)
    let most = limits.contains(nil) ? set.videos.count : limits.compactMap { $0 }.max() ?? 0
    let videos = set.videos.prefix(most).map(\.listed)
    if keeps == .moments, let score = wanted.first(where: { ($0.limit.maximum ?? most) < most }) {
      throw ClusterError.momentsOfFewer(
        metric: score.score.evaluationProtocol.metric, most: score.limit.maximum ?? most, videos: most)
    }
    let division = Division(videos, shards: shards, inBlocks: keeps == .moments)
    let lists = division.shards.map { JobFolder.listText(Array(videos[$0])) }
    let shards = zip(division.shards, lists).map { range, text in
      PlannedShard(
        first: range.lowerBound, videos: range.count, bytes: videos[range].reduce(0) { $0 + $1.bytes },
        list: SHA256.digest(of: text).description)
    }
    let features = wanted.map { PlannedFeatures($0) }
    let planned = PlannedSet(
      role: role, path: set.path, place: URL(fileURLWithPath: set.path).standardizedFileURL.path, kind: set.kind,
      found: set.videos.count, videos: videos.count, bytes: videos.reduce(0) { $0 + $1.bytes },
      listing: FeatureOrigin.listing(videos.lazy.map { ($0.name, $0.bytes) }), unit: division.unit, shards: shards,
      features: features,
      ignored: set.ignored.filter { !$0.isHidden && !$0.isFiltered }.map {
        PlannedIgnored(name: $0.name, reason: $0.reason)
      },
      reading: PlannedReading(options))
    return (planned, lists)
  }
}

extension PlannedFeatures {
  init(_ wanted: PartExtraction.Wanted) {
    let fields = wanted.recipe.sorted { $0.key < $1.key }.map { PlannedField(field: $0.key, value: $0.value) }
    let digest = SHA256.digest(of: fields.map { "\($0.field)=\($0.value)\n" }.joined()).hex.prefix(8)
    self.init(name: "\(wanted.score.evaluationProtocol.fields.weights)-\(digest)", recipe: fields)
  }
}
