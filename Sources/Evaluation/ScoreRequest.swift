import Files
import MetricCatalog
import Scores
import Video
import Vocabulary
import Weights

/// One protocol that is to be scored.
public struct RequestedScore: Sendable {
  public var evaluationProtocol: EvaluationProtocol
  /// Whether the clip length was asked for: then rows of arrays are cut to it like videos.
  public var framesAreGiven = false
  /// Warnings that are known before the work.
  public var warnings: [ScoreWarning] = []
  /// What compares the frames of pairs, of a metric that has a network for it.
  public var perceptual: PerceptualNetwork?
  /// What computes the flow between frames, of a metric that looks at it.
  public var flow: FlowNetwork?
  /// What makes frames between frames, of a metric that compares with them.
  public var interpolation: InterpolationNetwork?
  /// Flows of the real videos, in the place of those that are estimated from them.
  public var flows: GivenFlows?
  /// Reads the head that embeddings of frames are given to, of a metric that has one.
  public var head: (@Sendable () throws -> NetworkWeights)?

  public init(_ evaluationProtocol: EvaluationProtocol) { self.evaluationProtocol = evaluationProtocol }

  /// Its parts of one network each, see `EvaluationProtocol.branches`.
  var branches: [RequestedScore] {
    evaluationProtocol.branches.map { branch in
      var own = self
      own.evaluationProtocol = branch
      return own
    }
  }
}

/// What is asked of one set or two.
public struct ScoreRequest: Sendable {
  /// The real videos, or the pictures that the fake ones were made from.
  public var real: String?
  /// Whether `real` is those pictures alone: a metric that looks at a real set where one is given has none.
  public var realIsInputs = false
  public var fake: String
  /// The column of the fake set's manifest that names those pictures.
  public var inputColumn: String?
  /// Where the prompts are.
  public var prompts = PromptSource.column("prompt")
  public var scores: [RequestedScore]
  /// How the sets are read.
  public var input = VideoSetOptions()
  /// How `real` is read, where that is otherwise.
  public var realInput: VideoSetOptions?
  /// What tells which videos are a pair; nil for their paths.
  public var pairBy: PairRule?
  /// Whether videos that cannot be used are left out and listed.
  public var skipsUnusable = false
  public var threads = 1
  public var memory = MemoryAllowance()
  public var honesty = Honesty()
  /// Pictures of the flow that scores are computed from; nil: none are made.
  public var flowPictures: FlowPictureLimits?
  /// Sets that others have worked on: nothing of them is opened any more, and `real` and `fake` are what they are called.
  public var gathered: [SetRole: GatheredSet] = [:]

  public init(real: String?, fake: String, scores: [RequestedScore]) {
    self.real = real
    self.fake = fake
    self.scores = scores
  }
}

extension EvaluationProtocol {
  /// Whether each video of one set belongs to one of the other.
  public var pairsVideos: Bool {
    definition.hasPairs && (definition.reference != .inputs || fields.input == .given) || fields.flowOf == .real
  }

  /// Whether there is no score without a set of real videos.
  var needsRealSet: Bool { definition.reference == .real || fields.flowOf == .real }
}

extension ScoreRequest {
  /// How the set of a role is read.
  func input(of role: Role) -> VideoSetOptions {
    switch role {
    case .real, .input: realInput ?? input
    case .fake: input
    }
  }

  /// What can be found wrong before weights are looked for and videos are opened.
  ///
  /// - Throws: `EvaluationError`, `CatalogError`, `VideoError.set(.missing)`.
  public func check() throws {
    try Self.check(threads: threads)
    try honesty.validate()
    try pairBy?.validate()
    for wanted in scores {
      try wanted.evaluationProtocol.validate()
      let digest = wanted.evaluationProtocol.fields.flowGiven
      guard digest.isEmpty || digest == wanted.flows?.digest.description else {
        throw EvaluationError.otherFlows(digest)
      }
    }
    try Self.check(items: scores.map(\.evaluationProtocol.definition))
    try checkReferences()
    for (role, path) in [(SetRole.real, real), (.fake, fake)] where gathered[role] == nil {
      try path.map(Self.check(path:))
    }
  }

  /// - Throws: `EvaluationError.mixedItems` where some metrics are of videos and others of camera poses.
  public static func check(items metrics: [Metric]) throws {
    guard let first = metrics.first(where: { $0.item == .video }),
      let other = metrics.first(where: { $0.item == .poses })
    else { return }
    throw EvaluationError.mixedItems(videos: first.name, poses: other.name)
  }

  /// - Throws: `EvaluationError.badThreads`, `.tooLarge`.
  public static func check(threads: Int) throws {
    guard threads >= 1 else { throw EvaluationError.badThreads(threads) }
    guard threads <= 1024 else {
      throw EvaluationError.tooLarge(option: "threads", value: threads, most: 1024)
    }
  }

  /// - Throws: `VideoError.set(.missing)`.
  static func check(path: String) throws {
    guard FileStatus(path) != nil else { throw VideoError.set(.missing(path: path)) }
  }

  /// Whether what the metrics are measured against is there, and all that is there is used.
  private func checkReferences() throws {
    let metrics = scores.map { $0.evaluationProtocol.definition }
    let takers = zip(scores, metrics).filter { wanted, metric in
      metric.reference == .inputs && wanted.evaluationProtocol.fields.input == .given
    }
    guard pairBy == nil || scores.contains(where: \.evaluationProtocol.pairsVideos) else {
      throw EvaluationError.pairRuleUnused
    }
    let takesReal = metrics.contains { $0.reference == .real || $0.reference == .realIfGiven && !realIsInputs }
    guard inputColumn == nil || !takers.isEmpty else { throw EvaluationError.inputUnused }
    guard let real else {
      if let wanted = scores.first(where: \.evaluationProtocol.needsRealSet) {
        throw EvaluationError.noRealSet(metric: wanted.evaluationProtocol.metric)
      }
      return
    }
    let takesInputs = !takers.isEmpty && inputColumn == nil
    guard takesReal || takesInputs else {
      let isPIC = metrics.contains { $0.reference == .inputs }
      throw EvaluationError.realUnused(path: real, metrics: metrics.map(\.name), input: isPIC)
    }
  }
}
