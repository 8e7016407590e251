import Evaluation
import Files
import Scores
import Video

/// That a shard is done: which of which plan, by what, and what was found. It is written when all else of the part is there. What was
/// learned of each video is a file of its own beside it (`JobFolder.factsFile`), so that whoever asks how far a job is reads little.
struct PartRecord: Sendable, Equatable, Codable {
  static let schema = "vidmetrics.part/1"

  var schema = Self.schema
  /// The digest of the plan's file.
  var plan: String
  var set: PlannedSet.Role
  /// From 0.
  var shard: Int
  var shards: Int
  /// Of the whole set, and of how it was cut.
  var listing: String
  var division: String
  var version: String
  var decoder: String
  var host: String?
  var processor: String?
  var threads: Int
  /// Of the start that finished it.
  var seconds: Double
  var ended: String
  /// Samples.
  var computed: Int
  var cached: Int
  var features: [Features]
  /// That were not left out.
  var videos: Int
  /// The digest of the facts' file.
  var facts: String
  var skipped: [Skipped]

  struct Features: Sendable, Equatable, Codable {
    var name: String
    var rows: Int
    /// Of the file.
    var bytes: Int
    var digest: String
    /// Network, weights and kernels.
    var network: String
  }

  struct Skipped: Sendable, Equatable, Codable {
    var name: String
    var path: String
    var reason: String
  }

  /// What is known of a video that was not left out: `VideoFacts` under its name.
  struct Video: Sendable, Equatable, Codable {
    var name: String
    var digest: String
    var width: Int
    var height: Int
    var frameCount: Int
    var frameRate: Double?
    var codec: String
    var colourRange: String?
    var colourMatrix: String?
    var isLossless: Bool?
    var least: Double?
    var greatest: Double?
    var oddities: String
  }
}

extension PartRecord.Video {
  init(name: String, _ facts: VideoFacts) {
    self.init(
      name: name, digest: facts.digest, width: facts.width, height: facts.height, frameCount: facts.frameCount,
      frameRate: facts.frameRate, codec: facts.codec, colourRange: facts.colourRange, colourMatrix: facts.colourMatrix,
      isLossless: facts.isLossless, least: facts.values.map { Double($0.lowerBound) },
      greatest: facts.values.map { Double($0.upperBound) }, oddities: facts.oddities)
  }

  var facts: VideoFacts {
    var facts = VideoFacts(
      digest: digest, width: width, height: height, frameCount: frameCount, frameRate: frameRate, codec: codec,
      colourRange: colourRange, colourMatrix: colourMatrix, isLossless: isLossless)
    facts.oddities = oddities
    if let least, let greatest, least <= greatest { facts.values = Float(least)...Float(greatest) }
    return facts
  }
}

extension JobFolder {
  /// The record of a part; nil where the part is not done.
  ///
  /// - Throws: `ClusterError.otherPart`, `.damagedPart`, `.unreadable`.
  func record(_ set: PlannedSet, _ shard: Int, plan digest: String) throws -> PartRecord? {
    let path = recordFile(set, shard)
    let found: PartRecord?
    do { found = try Self.read(path) } catch ClusterError.unreadable(_, let reason) {
      throw ClusterError.damagedPart(path: path, reason: reason)
    }
    guard let record = found else { return nil }
    let demands: [(String, planned: String, found: String)] = [
      ("schema", PartRecord.schema, record.schema), ("plan", digest, record.plan),
      ("set", set.role.rawValue, record.set.rawValue),
      ("shard", "\(shard) of \(set.shards.count)", "\(record.shard) of \(record.shards)"),
      ("listing", set.listing, record.listing), ("division", set.division, record.division),
      ("videos", "\(set.shards[shard].videos)", "\(record.videos + record.skipped.count)"),
    ]
    for (field, planned, found) in demands where planned != found {
      throw ClusterError.otherPart(path: path, field: field, planned: planned, found: found)
    }
    guard FileStatus(factsFile(set, shard)) != nil else {
      throw ClusterError.damagedPart(path: factsFile(set, shard), reason: "it is not there")
    }
    for features in set.features {
      guard let stored = record.features.first(where: { $0.name == features.name }) else {
        throw ClusterError.otherPart(
          path: path, field: "features", planned: features.name,
          found: record.features.map(\.name).joined(separator: ", "))
      }
      let file = featureFile(set, shard, features)
      guard let status = FileStatus(file) else { throw ClusterError.damagedPart(path: file, reason: "it is not there") }
      guard status.size == stored.bytes else {
        throw ClusterError.damagedPart(
          path: file, reason: "it has \(count(status.size, "byte")), and had \(stored.bytes)")
      }
    }
    return record
  }

  /// What was learned of the videos of a part that were not left out, as lines of JSON.
  ///
  /// - Throws: `ClusterError.damagedPart`, `FilesError`.
  func facts(_ set: PlannedSet, _ shard: Int, of record: PartRecord) throws -> [PartRecord.Video] {
    let path = factsFile(set, shard)
    let text = try TextFile.read(path)
    guard SHA256.digest(of: text).description == record.facts else {
      throw ClusterError.damagedPart(path: path, reason: "it does not hold what its part says")
    }
    return try TextLines.filled(text).map { number, line in try Self.decoded(String(line), "\(path):\(number)") }
  }

  /// The shards of each set that are done.
  func done(_ plan: ClusterPlan) -> [[Bool]] {
    plan.own.map { set in set.shards.indices.map { FileStatus(recordFile(set, $0)) != nil } }
  }

  /// The tasks that have something left to do.
  public func missing(_ plan: ClusterPlan) -> [Int] {
    let done = done(plan)
    return (0..<plan.tasks).filter { task in done.contains { task < $0.count && !$0[task] } }
  }
}
