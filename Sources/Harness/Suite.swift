import Evaluation
import Files
import MetricCatalog
import Reporting
import Video

/// What is to be evaluated: real sets, generators, metrics and reports, as a suite file says it. Paths are absolute, or
/// relative to the working folder.
public struct Suite: Sendable {
  /// The file that it was read from.
  public var file: String
  /// The file's folder: generators work in it.
  public var folder: String
  public var name: String
  public var data: [RealSet]
  public var generators: [Generator]
  public var honesty = Honesty()
  public var input = InputRules()
  public var tags: [String] = []
  /// What is written of the runs.
  public var report = Report()

  public init(file: String, folder: String, name: String, data: [RealSet], generators: [Generator]) {
    self.file = file
    self.folder = folder
    self.name = name
    self.data = data
    self.generators = generators
  }

  /// How sets are read.
  public struct InputRules: Sendable, Equatable {
    /// Of each set that says nothing else.
    public var sets = VideoSetOptions()
    /// Which videos of two sets are a pair; nil for the metrics' own rule.
    public var pairBy: PairRule?
    /// Whether videos that cannot be used are left out and listed.
    public var skipsUnusable = false
    public var allowsOtherWeights = false

    public init() {}
  }
}

/// Real videos to score against.
public struct RealSet: Sendable, Equatable {
  /// As generators name it.
  public var name: String
  public var path: String
  /// What tables call it.
  public var label: String
  public var input = VideoSetOptions()

  public init(name: String, path: String, label: String) {
    self.name = name
    self.path = path
    self.label = label
  }
}

/// Something that makes videos, or has made them.
public struct Generator: Sendable {
  public var name: String
  /// What tables call it.
  public var label: String
  public var source: Source
  /// Videos of one call.
  public var count: Int?
  public var seeds: [Int?]
  /// Empty: there are none.
  public var checkpoints: [Checkpoint] = []
  /// What each call is given; one call without any if this is empty.
  public var conditions: [Condition] = []
  /// Seconds that one call may take.
  public var timeLimit: Double?
  /// GPUs of one task of a cluster that makes its videos.
  public var gpus: Int?
  /// Names of the real sets.
  public var data: [String]
  public var metrics: [RequestedProtocol]
  public var tags: [String] = []
  /// How the outputs are read.
  public var input = VideoSetOptions()
  /// Where the suite speaks of it.
  public var place: Place

  /// Videos of a call.
  public static let counts = 1...10_000_000
  /// Seeds that every program which reads JSON still tells apart.
  static let seedRange = 0...9_007_199_254_740_991
  /// Calls of one generator: seeds by checkpoints by conditions.
  static let mostCalls = 1_000_000

  public enum Source: Sendable {
    /// A command, and the folder below which its outputs are kept.
    case command(CommandTemplate, outputs: String)
    /// Outputs that are there already; may hold `{checkpoint}`, `{step}` and `{seed}`.
    case folder(String)
  }

  /// The command; nil for outputs that are there already.
  public var template: CommandTemplate? { if case .command(let template, _) = source { template } else { nil } }
}

/// A state of a generator in training.
public struct Checkpoint: Sendable, Equatable, Hashable {
  public var path: String
  /// As the suite writes it.
  public var name: String
  /// Steps of training.
  public var step: Int?

  public init(path: String, name: String? = nil, step: Int? = nil) {
    self.path = path
    self.name = name ?? path
    self.step = step ?? Self.step(inName: name ?? path)
  }

  /// The number that stands behind `step` in a file's name, else its last number: 1200 for `epoch=3-step=1200.ckpt` and
  /// for `model_v2_1200.pt`; nil without any.
  public static func step(inName path: String) -> Int? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let stem = stem(of: name)
    if let match = stem.firstMatch(of: /(?i)steps?[^0-9]{0,2}([0-9]{1,18})/) { return Int(match.output.1) }
    return stem.matches(of: /[0-9]{1,18}/).last.flatMap { Int($0.output) }
  }

  /// The name without its last extension, if that is none of digits.
  static func stem(of name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex,
      name[dot...].dropFirst().contains(where: { !$0.isNumber })
    else { return name }
    return String(name[..<dot])
  }

  /// Its place below a generator's outputs.
  var folderName: String { Self.stem(of: path.split(separator: "/").last.map(String.init) ?? path) }
}

/// What one call of a generator is given beside output, count, seed and checkpoint.
public struct Condition: Sendable, Equatable, Codable {
  public var prompt: String?
  public var `class`: String?
  public var image: String?

  public init(prompt: String? = nil, class: String? = nil, image: String? = nil) {
    self.prompt = prompt
    self.class = `class`
    self.image = image
  }
}
