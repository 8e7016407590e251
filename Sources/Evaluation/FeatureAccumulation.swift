import MetricCatalog
import Networks
import Scores
import Synchronization

/// The features of a set that arrives batch by batch: what `features stream` keeps. Memory grows with the features alone, and
/// networks are made once.
///
/// The rows of a batch are called by the batch's name and their own, and stand in the order of those names.
public final class FeatureAccumulation {
  private let template: FeatureExtraction
  /// One for each kind of features that the protocols ask for, with the batches so far.
  private var parts: [(wanted: RequestedScore, batches: [FeatureSet])] = []
  private var names: Set<String> = []
  public private(set) var skipped: [SkippedVideo] = []

  /// - Parameter template: how each batch is extracted; its path and protocol are not looked at.
  public init(_ wanted: [RequestedScore], like template: FeatureExtraction) {
    self.template = template
    let role: Role = template.isReal ? .real : .fake
    var recipes: [FeatureRecipe] = []
    for score in wanted.flatMap(\.branches) {
      let recipe = FeatureRecipe(score.evaluationProtocol, role: role)
      guard !recipes.contains(recipe) else { continue }
      recipes.append(recipe)
      parts.append((score, []))
    }
  }

  /// Videos so far.
  public var videos: Int {
    parts.first.map { part in part.batches.reduce(0) { $0 + $1.rows.videos } } ?? 0
  }

  /// Adds all of a set. Where that fails nothing of it is added.
  ///
  /// - Parameters:
  ///   - path: of any set of videos.
  ///   - name: of the batch, each once.
  /// - Throws: `EvaluationError.sameBatch`, `FeatureFileError.recipesDiffer`, and as `FeatureExtraction.run`.
  public func add(_ path: String, name: String) throws {
    guard !names.contains(name) else { throw EvaluationError.sameBatch(name: name) }
    var added: [FeatureSet] = []
    var left: [SkippedVideo] = []
    for part in parts {
      var extraction = template
      extraction.path = path
      extraction.wanted = part.wanted
      let extracted = try extraction.run()
      var features = extracted.features
      for row in features.rows.indices { features.rows[row].video = "\(name)/\(features.rows[row].video)" }
      if let first = part.batches.first { try first.checkRecipe(of: features, names: ("the first batch", name)) }
      added.append(features)
      if left.isEmpty { left = extracted.skipped }
    }
    names.insert(name)
    skipped += left
    for index in parts.indices { parts[index].batches.append(added[index]) }
  }

  /// Writes a file for each kind of features into a folder that is then a set; returns their names.
  ///
  /// - Throws: `FilesError`, `FeatureFileError.nothingToMerge` where there is no batch.
  public func write(to folder: String) throws -> [String] {
    try parts.enumerated().map { index, part in
      let file = "\(part.wanted.evaluationProtocol.metric)-\(index + 1).safetensors"
      try FeatureFile.write(FeatureSet.merged(part.batches), to: "\(folder)/\(file)")
      return file
    }
  }

  /// Forgets all batches.
  public func reset() {
    for index in parts.indices { parts[index].batches = [] }
    names = []
    skipped = []
  }
}

/// Networks whose extractors are made once and used by one piece of work after the other.
public final class KeptNetworks: Sendable {
  private let made = Mutex<[String: [any FeatureExtractor]]>([:])

  public init() {}

  /// The network with extractors that are kept.
  public func keeping(_ network: any FeatureNetwork) -> any FeatureNetwork { Kept(network: network, all: self) }

  private struct Kept: FeatureNetwork {
    let network: any FeatureNetwork
    let all: KeptNetworks

    var identity: String { network.identity }
    var isa: String { network.isa }
    var columns: Int { network.columns }
    var side: Int { network.side }
    var minimumFrames: Int { network.minimumFrames }
    var isPerFrame: Bool { network.isPerFrame }

    func memory(frames: Int) -> Int { network.memory(frames: frames) }
    func memory(frames: Int, shapes: Set<FrameShape>) -> Int { network.memory(frames: frames, shapes: shapes) }

    func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor] {
      let key = "\(identity) \(frames) \(teams.count) \(teams.threads)"
      if let kept = all.made.withLock({ $0[key] }) { return kept }
      let extractors = try network.extractors(frames: frames, teams: teams)
      all.made.withLock { $0[key] = extractors }
      return extractors
    }
  }
}
