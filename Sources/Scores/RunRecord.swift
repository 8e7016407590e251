import MetricCatalog

/// The scores of one generator, or one of its checkpoints, against one real set, with their circumstances. Unknown is nil.
public struct RunRecord: Sendable, Equatable, Codable {
  /// Twelve hexadecimal digits, unique over machines: histories can be put together.
  public var id: String
  /// When it ended, ISO 8601 in UTC to the millisecond: `2026-11-21T14:05:09.250Z`.
  public var date: String
  public var origin = Origin.measured
  /// What a table calls it; by default the generator's name, or the fake set's.
  public var name: String
  /// The suite's name.
  public var suite: String?
  /// The generator's name.
  public var generator: String?
  /// The generator's file.
  public var checkpoint: String?
  /// Steps of training.
  public var step: Int?
  /// The name of the real set: `MUG`, `UCF-101`. Tables have a group of columns for each.
  public var dataset: String?
  public var tags: [String] = []
  /// Of imported runs: paper and table, or the file.
  public var source: String?
  public var note: String?

  public var circumstances = Circumstances()
  public var generation: Generation?
  public var scores: [ScoreRecord] = []
  public var skipped: [SkippedInput] = []
  public var artefacts: [Artefact] = []
  /// Pictures of its videos, kept beside the history; nil where none are.
  public var previews: [Preview]?

  public init(id: String, date: String, name: String) {
    self.id = id
    self.date = date
    self.name = name
  }

  /// Whose numbers these are.
  public enum Origin: String, Sendable, Codable {
    /// Computed by this program.
    case measured
    /// Read from another program's file, or entered by hand.
    case imported
    /// Printed in a paper.
    case published
  }

  /// Where and how the scores were computed.
  public struct Circumstances: Sendable, Equatable, Codable {
    /// As it was typed.
    public var command: String?
    public var workingFolder: String?
    /// HEAD of the working folder's repository.
    public var gitCommit: String?
    /// Whether there were changes beside the commit.
    public var gitIsDirty: Bool?
    /// Of vidmetrics.
    public var version: String?
    public var host: String?
    public var os: String?
    public var processor: String?
    /// Instruction set and kernels.
    public var isa: String?
    public var decoder: String?
    public var threads: Int?
    public var totalSeconds: Double?
    public var readingSeconds: Double?
    public var extractionSeconds: Double?
    public var distanceSeconds: Double?
    public var clipsComputed: Int?
    public var clipsCached: Int?

    public init() {}
  }

  /// How a generator's videos were made.
  public struct Generation: Sendable, Equatable, Codable {
    public var command: String?
    public var samples: Int?
    public var seconds: Double?
    /// Largest resident set of the child process, in bytes.
    public var peakMemory: Int?
    public var seed: Int?

    public init() {}

    public var secondsPerSample: Double? {
      guard let seconds, let samples, samples > 0 else { return nil }
      return seconds / Double(samples)
    }
  }
}

/// A video that was left out.
public struct SkippedInput: Sendable, Equatable, Codable {
  public var path: String
  public var reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }
}

/// A file that belongs to a run.
public struct Artefact: Sendable, Equatable, Codable {
  /// `output` (a generator's folder), `stdout`, `stderr`, `suite`, `report`.
  public var kind: String
  public var path: String
  public var bytes: Int?

  public init(kind: String, path: String, bytes: Int? = nil) {
    self.kind = kind
    self.path = path
    self.bytes = bytes
  }
}
