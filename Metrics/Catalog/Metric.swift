import Files
import Vocabulary

/// One metric: its name, what it is and how it is computed, and the fields that its protocols have.
public struct Metric: Sendable {
  /// What one sample of a set is.
  public enum Sample: String, Sendable {
    case clip, frame
    /// A real and a fake video of the same name.
    case pair
    /// A video of the fake set; the real one stands beside it.
    case video
  }

  /// How its numbers come about. Whoever computes, checks or describes metrics switches over it exhaustively, so that a new
  /// kind of metric cannot be taken for another one.
  public enum Computation: Sendable, Hashable {
    /// The Fréchet distance of the Gaussians fitted to the features of two sets.
    case frechet
    /// The squared maximum mean discrepancy of the features of two sets.
    case kernel
    /// Precision, recall, density and coverage of the features of two sets.
    case neighbours
    /// The Fréchet distance of growing parts of the fake set, extrapolated to infinitely many samples.
    case extrapolated
    /// The mean over pairs of a real and a fake video of the same name.
    case pairs(PairMeasure)
    /// The mean over videos of how still consecutive frames are.
    case stillness
    /// The mean over videos, or over their frames, of what the embeddings of frames are compared with.
    case embedding(against: Comparand)
    /// The mean over pairs of the camera's path in a real and a fake video of the same name.
    case cameras
    /// Where and when the fake video of a scene moves, against two real takes of it.
    case takes
    /// What the optical flow between the frames of videos says.
    case flow(FlowMeasure)
    /// The mean over videos of how near frames are to those that are interpolated between their neighbours.
    case interpolation
  }

  /// What the sets hold, one for each video.
  public enum Item: Sendable {
    case video
    /// A file with the pose of its camera in each frame.
    case poses
  }

  /// What is asked of an optical flow.
  public enum FlowMeasure: Sendable, Hashable {
    /// The share of videos whose flow is long.
    case dynamics
    /// What a frame differs by from the next one, warped to it.
    case warping
    /// How long it is.
    case magnitude
    /// How far it is from that of the real video of the same name.
    case error
  }

  /// What the frames of a pair are compared by.
  public enum PairMeasure: Sendable, Hashable { case psnr, ssim, lpips }

  /// What the embedding of a frame is compared with.
  public enum Comparand: Sendable, Hashable {
    case inputs, prompts, frames
    /// With the picture that the video was made from, and consecutive frames with each other.
    case inputsAndFrames
    /// With the weights of a linear head.
    case head
    /// With nothing: the network's number is the frame's.
    case itself
  }

  /// What stands beside the fake videos.
  public enum Reference: Sendable {
    /// A set of real videos.
    case real
    /// A set of real videos, if there is one.
    case realIfGiven
    /// For each fake video the picture that it was made from.
    case inputs
    /// For each fake video its text.
    case prompts
    case nothing
  }

  /// One number that a metric gives.
  public struct Output: Sendable, Hashable {
    /// As in documents, histories and on the command line: `fvd`, `precision`.
    public let name: String
    /// As in tables: `FVD`, `precision`.
    public let title: String
    /// Where it is not that of the metric: which values of it are better.
    let ownDirection: Direction?
    /// What papers call its mean over groups, where they have a name for it.
    let means: [Mean]

    struct Mean: Sendable, Hashable {
      let grouping: Grouping
      let name: String
      let title: String
    }

    init(_ name: String, _ title: String, _ ownDirection: Direction? = nil, means: [Mean] = []) {
      self.name = name
      self.title = title
      self.ownDirection = ownDirection
      self.means = means
    }
  }

  /// One of its protocols: a file of `Metrics/protocols`, embedded in the binary.
  struct ProtocolFile: Sendable {
    /// As on the command line: `tats`.
    let name: String
    /// Without its ending: `kvd-tats`.
    let file: String
    let yaml: [UInt8]

    init(_ name: String, file: String? = nil, _ yaml: [UInt8]) {
      self.name = name
      self.file = file ?? name
      self.yaml = yaml
    }
  }

  /// As on the command line: `fvd`.
  public let name: String
  /// As in tables: `FVD`.
  public let title: String
  /// One line for people.
  public let meaning: String
  /// Which values of it are better.
  public let direction: Direction
  public let sample: Sample
  public let computation: Computation
  /// Its protocols; the first is its default.
  let protocols: [ProtocolFile]
  /// Its guide: `Metrics/guides/FVD.md`, Markdown in UTF-8.
  public let guide: [UInt8]
  /// Its numbers; most metrics have one, which is called as they are.
  public let outputs: [Output]
  /// In the order in which they are listed.
  public let fields: [FieldDefinition]

  init(
    _ name: String, _ title: String, _ meaning: String, _ direction: Direction, sample: Sample,
    _ computation: Computation, protocols: [ProtocolFile], guide: [UInt8], outputs: [Output]? = nil,
    fields: [FieldDefinition]
  ) {
    precondition(!protocols.isEmpty, "Metric: a metric has a default protocol")
    self.name = name
    self.title = title
    self.meaning = meaning
    self.direction = direction
    self.sample = sample
    self.computation = computation
    self.protocols = protocols
    self.guide = guide
    self.outputs = outputs ?? [Output(name, title)]
    self.fields = fields + (Self.driftObstacle(computation) == nil ? FieldDefinition.drift : [])
  }

  /// Why it has no drift; nil where it has: where any run of a video's frames has a value of its own.
  static func driftObstacle(_ computation: Computation) -> String? {
    switch computation {
    case .pairs, .stillness, .embedding, .interpolation, .flow(.warping), .flow(.magnitude), .flow(.error): nil
    case .frechet, .kernel, .neighbours:
      "it compares whole sets, and no video has a value of its own; --windows gives its values along time"
    case .extrapolated: "it compares whole sets, and no video has a value of its own"
    case .takes: "it compares when and where whole videos move"
    case .flow(.dynamics): "whether a video moves is said of all of its frames together"
    case .cameras: "its errors are relative to the beginning of a path, and grow along it"
    }
  }

  /// - Throws: `CatalogError.noDrift` for a metric that has none.
  public func demandDrift() throws {
    if let reason = Self.driftObstacle(computation) { throw CatalogError.noDrift(metric: name, reason: reason) }
  }

  public var hasDrift: Bool { Self.driftObstacle(computation) == nil }

  /// What stands beside the fake videos.
  public var reference: Reference {
    switch computation {
    case .frechet, .kernel, .neighbours, .extrapolated, .pairs, .cameras, .takes, .flow(.error): .real
    case .stillness, .flow(.dynamics), .flow(.warping), .flow(.magnitude), .interpolation: .realIfGiven
    case .embedding(against: .inputs), .embedding(against: .inputsAndFrames): .inputs
    case .embedding(against: .prompts): .prompts
    case .embedding(against: .frames), .embedding(against: .head), .embedding(against: .itself): .nothing
    }
  }

  /// Samples without which a video says nothing: two where frames are compared with each other.
  public var leastOfVideo: Int {
    switch computation {
    case .embedding(against: .frames), .embedding(against: .inputsAndFrames): 2
    case .frechet, .kernel, .neighbours, .extrapolated, .pairs, .stillness, .flow, .interpolation, .takes, .cameras,
      .embedding(against: .inputs), .embedding(against: .prompts), .embedding(against: .head),
      .embedding(against: .itself):
      1
    }
  }

  /// What its sets hold.
  public var item: Item {
    switch computation {
    case .frechet, .kernel, .neighbours, .extrapolated, .pairs, .stillness, .flow, .interpolation, .embedding,
      .takes:
      .video
    case .cameras: .poses
    }
  }

  /// Whether each video of one of its sets belongs to one of the other.
  public var hasPairs: Bool {
    switch reference {
    case .real: sample == .pair
    case .inputs: true
    case .realIfGiven, .prompts, .nothing: false
    }
  }

  /// Whether means and covariances are all that it needs of two sets.
  public var needsOnlyStatistics: Bool {
    switch computation {
    case .frechet: true
    case .kernel, .neighbours, .extrapolated, .pairs, .stillness, .flow, .interpolation, .embedding, .cameras,
      .takes:
      false
    }
  }

  /// Whether the covariances of two sets decide it.
  public var hasCovariances: Bool {
    switch computation {
    case .frechet, .extrapolated: true
    case .kernel, .neighbours, .pairs, .stillness, .flow, .interpolation, .embedding, .cameras, .takes: false
    }
  }

  /// The names of its scores.
  public var scores: [String] { outputs.map(\.name) }

  /// What the default protocol is called.
  public var defaultProtocol: String { protocols[0].name }

  public static var names: [String] { all.map(\.name) }

  /// - Throws: `CatalogError.unknownMetric` with the nearest name.
  public static func named(_ name: String) throws -> Metric {
    if let found = all.first(where: { $0.name == name }) { return found }
    throw CatalogError.unknownMetric(name: name, nearest: NearestName.of(name, among: names), known: names)
  }

  /// - Throws: `CatalogError.unknownField` with the nearest name.
  func field(_ name: String) throws -> FieldDefinition {
    if let found = fields.first(where: { $0.name == name }) { return found }
    throw CatalogError.unknownField(
      name: name, metric: self.name, nearest: NearestName.of(name, among: fields.map(\.name)))
  }
}

extension Metric: Equatable {
  /// Metrics are known by their names.
  public static func == (a: Metric, b: Metric) -> Bool { a.name == b.name }
}
