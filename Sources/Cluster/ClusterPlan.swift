import Evaluation
import Files
import Foundation
import Harness
import MetricCatalog
import Scores
import Tensors
import Video

/// What a job of many tasks computes, written once before the first task begins: `plan.json` of the job's folder. Nobody lists a
/// folder, chooses a protocol or counts tasks again.
///
/// The keys of the file are the properties in snake case. The listing of each shard is a file of its own beside it, so that a
/// task of a million videos reads its own thousands; the plan holds the digest of each.
public struct ClusterPlan: Sendable, Equatable, Codable {
  static let schema = "vidmetrics.plan/1"

  public var schema = Self.schema
  /// Of vidmetrics: workers of another one refuse.
  public var version: String
  /// FFmpeg's, which decides the pixels.
  public var decoder: String
  /// The instruction set that every worker computes with: the last digits depend on it.
  public var isa: String
  /// ISO 8601 in UTC.
  public var date: String
  /// As it was typed, in which folder, at which commit.
  public var command: String?
  public var workingFolder: String
  public var gitCommit: String?
  public var gitIsDirty: Bool?
  /// As many shards as were asked for: a set of fewer videos has fewer, and the tasks beyond have nothing to do.
  public var asked: Int
  public var sets: [PlannedSet]
  public var scores: [PlannedScore]
  public var keeps: Kept
  /// Whether videos that cannot be used are left out and listed.
  public var skipsUnusable: Bool
  public var allowsOtherWeights: Bool
  public var honesty: PlannedHonesty
  public var labels: PlannedLabels
  /// Absolute; nil: nothing is recorded.
  public var history: String?

  /// What parts hold: features row by row, or their moments, which are as large however many videos there are.
  public enum Kept: String, Sendable, Codable { case features, moments }

  /// Tasks of the array: the most shards of a set. Task i does shard i of every set that has one.
  public var tasks: Int { own.map(\.shards.count).max() ?? 0 }

  /// The sets whose parts are this job's.
  var own: [PlannedSet] { sets.filter { $0.source == nil } }
}

/// One of the sets.
public struct PlannedSet: Sendable, Equatable, Codable {
  public enum Role: String, Sendable, Codable, CaseIterable { case real, fake }

  /// How a set is cut: at the ends of archives, of blocks of consecutive videos (`Division.block`), or anywhere.
  public enum Unit: String, Sendable, Codable { case archive, block, video }

  public var role: Role
  /// As documents name it.
  public var path: String
  /// Absolute.
  public var place: String
  public var kind: String
  /// The folder of the job whose parts are those of this set, which several jobs have; nil: this one.
  public var source: String?
  /// Before any limit.
  public var found: Int
  public var videos: Int
  public var bytes: Int
  /// `sha256:...` over the names and sizes of the videos.
  public var listing: String
  public var unit: Unit
  public var shards: [PlannedShard]
  public var features: [PlannedFeatures]
  /// What lies in the set and is not a video.
  public var ignored: [PlannedIgnored]
  public var reading: PlannedReading

  var set: SetRole {
    switch role {
    case .real: .real
    case .fake: .fake
    }
  }

  /// What says how the set was cut: parts of two divisions are never put together.
  var division: String {
    SHA256.digest(of: listing + "\n" + shards.map { "\($0.first) \($0.videos)\n" }.joined()).description
  }
}

/// A run of consecutive videos.
public struct PlannedShard: Sendable, Equatable, Codable {
  /// Place in the set of its first video, from 0.
  public var first: Int
  public var videos: Int
  public var bytes: Int
  /// `sha256:...` of its listing's file.
  public var list: String
}

/// Features that are computed of every video of a set.
public struct PlannedFeatures: Sendable, Equatable, Codable {
  /// Of their files: the weights and the beginning of the recipe's digest.
  public var name: String
  /// What decides them.
  public var recipe: [PlannedField]

  var fields: [String: String] { Dictionary(recipe.map { ($0.field, $0.value) }) { $1 } }
}

public struct PlannedField: Sendable, Equatable, Codable {
  public var field: String
  public var value: String
}

public struct PlannedIgnored: Sendable, Equatable, Codable {
  public var name: String
  public var reason: String
}

/// One protocol with every field that is not its own.
public struct PlannedScore: Sendable, Equatable, Codable {
  public var metric: String
  /// The protocol's name.
  public var name: String
  public var overrides: [PlannedField]
  /// `sha256:...`
  public var fingerprint: String
  public var framesAreGiven: Bool

  /// `stylegan-v + frames=32`.
  public var displayName: String {
    let shown = overrides.filter { !$0.field.hasSuffix("weights-fingerprint") }
    return ([name] + shown.map { "\($0.field)=\($0.value)" }).joined(separator: " + ")
  }
}

/// How a set is read.
public struct PlannedReading: Sendable, Equatable, Codable {
  public var valueRange: String?
  public var picturesAreImages: Bool
  public var pathColumn: String?
  public var include: [String]
  public var exclude: [String]
  public var layout: String?
}

/// How sure the scores are.
public struct PlannedHonesty: Sendable, Equatable, Codable {
  public var bootstrap: Int?
  public var floor: Bool
  public var curve: Int?
}

/// What the run is called.
public struct PlannedLabels: Sendable, Equatable, Codable {
  public var name: String?
  public var suite: String?
  public var generator: String?
  public var checkpoint: String?
  public var step: Int?
  public var dataset: String?
  public var tags: [String]
}

// MARK: To and from what the other rooms work with

extension PlannedReading {
  init(_ options: VideoSetOptions) {
    self.init(
      valueRange: options.valueRange?.rawValue, picturesAreImages: options.picturesAreImages,
      pathColumn: options.pathColumn, include: options.filter.include, exclude: options.filter.exclude,
      layout: options.layout?.description)
  }

  /// - Throws: `EvaluationError.notAsPlanned` for what this version does not know.
  func options() throws -> VideoSetOptions {
    func known<T>(_ text: String?, _ field: String, _ read: (String) -> T?) throws -> T? {
      try text.map { text in
        guard let value = read(text) else {
          throw EvaluationError.notAsPlanned(field: field, planned: text, found: "unknown")
        }
        return value
      }
    }
    return VideoSetOptions(
      valueRange: try known(valueRange, "value-range") { ValueRange(rawValue: $0) },
      picturesAreImages: picturesAreImages, pathColumn: pathColumn,
      filter: NameFilter(include: include, exclude: exclude),
      layout: try known(layout, "layout") { ArrayLayout($0) })
  }
}

extension PlannedHonesty {
  init(_ honesty: Honesty) {
    self.init(bootstrap: honesty.bootstrap, floor: honesty.floor, curve: honesty.curve)
  }

  var settings: Honesty {
    var settings = Honesty()
    (settings.bootstrap, settings.floor, settings.curve) = (bootstrap, floor, curve)
    return settings
  }
}

extension PlannedLabels {
  init(_ labels: RunLabels) {
    self.init(
      name: labels.name, suite: labels.suite, generator: labels.generator, checkpoint: labels.checkpoint,
      step: labels.step, dataset: labels.dataset, tags: labels.tags)
  }

  var labels: RunLabels {
    var labels = RunLabels()
    (labels.name, labels.suite, labels.generator) = (name, suite, generator)
    (labels.checkpoint, labels.step, labels.dataset, labels.tags) = (checkpoint, step, dataset, tags)
    return labels
  }
}

extension PlannedScore {
  init(_ score: RequestedScore) {
    let settled = score.evaluationProtocol
    self.init(
      metric: settled.metric, name: settled.name,
      overrides: settled.overrides.map { PlannedField(field: $0.field, value: "\($0.value)") },
      fingerprint: settled.fingerprint.description, framesAreGiven: score.framesAreGiven)
  }

  /// The protocol as it was planned.
  ///
  /// - Throws: `EvaluationError.notAsPlanned` where this version has it otherwise, `CatalogError`.
  var requested: RequestedProtocol {
    get throws {
      var settled = try EvaluationProtocol.named(name, metric: metric)
      let values = overrides.map { ($0.field, $0.value) }
      // Some fields settle others as they are set: the second time each has its own value.
      settled = try settled.overriding(values).overriding(values)
      let found = settled.fingerprint.description
      guard found == fingerprint else {
        throw EvaluationError.notAsPlanned(
          field: "\(metric) by \(settled.displayName)", planned: fingerprint, found: found)
      }
      var requested = RequestedProtocol(evaluationProtocol: settled)
      requested.framesAreGiven = framesAreGiven
      return requested
    }
  }
}

extension ClusterPlan {
  /// The protocols with their weights.
  ///
  /// - Throws: `EvaluationError`, `WeightsError`.
  func scores(_ networks: NetworkChoice) throws -> [RequestedScore] {
    try networks.settled(scores.map { try $0.requested }, isTable: false)
  }
}
