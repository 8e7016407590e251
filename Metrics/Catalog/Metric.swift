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
    /// The mean over videos of cosines of the embeddings of their frames.
    case embedding(against: Comparand)
  }

  /// What the frames of a pair are compared by.
  public enum PairMeasure: Sendable, Hashable { case psnr, ssim, lpips }

  /// What the embedding of a frame is compared with.
  public enum Comparand: Sendable, Hashable { case inputs, prompts, frames }

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
    /// What papers call its mean over groups, where they have a name for it.
    let means: [Mean]

    struct Mean: Sendable, Hashable {
      let grouping: Grouping
      let name: String
      let title: String
    }

    init(_ name: String, _ title: String, means: [Mean] = []) {
      self.name = name
      self.title = title
      self.means = means
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
  /// What the default protocol is called.
  public let defaultProtocol: String
  /// Its numbers; most metrics have one, which is called as they are.
  public let outputs: [Output]
  /// In the order in which they are listed.
  public let fields: [FieldDefinition]

  init(
    _ name: String, _ title: String, _ meaning: String, _ direction: Direction, sample: Sample,
    _ computation: Computation,
    defaultProtocol: String, outputs: [Output]? = nil, fields: [FieldDefinition]
  ) {
    self.name = name
    self.title = title
    self.meaning = meaning
    self.direction = direction
    self.sample = sample
    self.computation = computation
    self.defaultProtocol = defaultProtocol
    self.outputs = outputs ?? [Output(name, title)]
    self.fields = fields
  }

  /// What stands beside the fake videos.
  public var reference: Reference {
    switch computation {
    case .frechet, .kernel, .neighbours, .extrapolated, .pairs: .real
    case .stillness: .realIfGiven
    case .embedding(against: .inputs): .inputs
    case .embedding(against: .prompts): .prompts
    case .embedding(against: .frames): .nothing
    }
  }

  /// Whether means and covariances are all that it needs of two sets.
  public var needsOnlyStatistics: Bool {
    switch computation {
    case .frechet: true
    case .kernel, .neighbours, .extrapolated, .pairs, .stillness, .embedding: false
    }
  }

  /// Whether the covariances of two sets decide it.
  public var hasCovariances: Bool {
    switch computation {
    case .frechet, .extrapolated: true
    case .kernel, .neighbours, .pairs, .stillness, .embedding: false
    }
  }

  /// The names of its scores.
  public var scores: [String] { outputs.map(\.name) }

  /// Every metric, in the order in which they are listed.
  public static let all: [Metric] = [
    Metric(
      "fvd", "FVD", "Fréchet video distance", .lower, sample: .clip, .frechet, defaultProtocol: "stylegan-v",
      outputs: [
        Output(
          "fvd", "FVD",
          means: [
            Output.Mean(grouping: .class, name: "cfvd", title: "cFVD"),
            Output.Mean(grouping: .subject, name: "sfvd", title: "sFVD"),
          ])
      ],
      fields: clips + statistics(FieldDefinition.frechet) + extras(of: .clip)),
    Metric(
      "kvd", "KVD", "kernel video distance", .lower, sample: .clip, .kernel, defaultProtocol: "tats",
      fields: clips + statistics(FieldDefinition.kernel) + extras(of: .clip)),
    Metric(
      "dt-fvd", "DT-FVD", "dynamic-texture Fréchet video distance", .lower, sample: .clip, .frechet,
      defaultProtocol: "dt-fvd-16", fields: clips + statistics(FieldDefinition.frechet) + extras(of: .clip)),
    Metric(
      "fid", "FID", "Fréchet inception distance of frames", .lower, sample: .frame, .frechet, defaultProtocol: "clean",
      fields: frames + statistics(FieldDefinition.frechet) + extras(of: .frame)),
    Metric(
      "kid", "KID", "kernel inception distance of frames", .lower, sample: .frame, .kernel, defaultProtocol: "clean",
      fields: frames + statistics(FieldDefinition.kernel) + extras(of: .frame)),
    Metric(
      "prdc", "PRDC", "precision, recall, density and coverage", .higher, sample: .clip, .neighbours,
      defaultProtocol: "i3d",
      outputs: [
        Output("precision", "precision"), Output("recall", "recall"), Output("density", "density"),
        Output("coverage", "coverage"),
      ],
      fields: clips + [FieldDefinition.repeats] + FieldDefinition.neighbours + FieldDefinition.dtype + extras(of: .clip)
    ),
    Metric(
      "fvd-infinity", "FVD∞", "FVD extrapolated to infinitely many clips", .lower, sample: .clip, .extrapolated,
      defaultProtocol: "stylegan-v", fields: clips + statistics(FieldDefinition.frechet + FieldDefinition.extrapolation)
    ),
    Metric(
      "fid-infinity", "FID∞", "FID extrapolated to infinitely many frames", .lower, sample: .frame, .extrapolated,
      defaultProtocol: "clean", fields: frames + statistics(FieldDefinition.frechet + FieldDefinition.extrapolation)),
    Metric(
      "psnr", "PSNR", "peak signal-to-noise ratio of paired videos", .higher, sample: .pair, .pairs(.psnr),
      defaultProtocol: "common-metrics", fields: FieldDefinition.videos),
    Metric(
      "ssim", "SSIM", "structural similarity of paired videos", .higher, sample: .pair, .pairs(.ssim),
      defaultProtocol: "common-metrics", fields: FieldDefinition.videos),
    Metric(
      "lpips", "LPIPS", "learned perceptual distance of paired videos", .lower, sample: .pair, .pairs(.lpips),
      defaultProtocol: "lpips-alex",
      fields: FieldDefinition.weights + FieldDefinition.headWeights + FieldDefinition.videos),
    Metric(
      "temporal-flickering", "temporal-flickering", "how still consecutive frames are", .higher, sample: .video,
      .stillness, defaultProtocol: "vbench", fields: FieldDefinition.videos),
    Metric(
      "pic", "PIC", "perceptual input conformity: how alike frames and the input picture are", .higher, sample: .frame,
      .embedding(against: .inputs), defaultProtocol: "dreamsim",
      fields: embeddings + [FieldDefinition.centre, FieldDefinition.input]),
    Metric(
      "clip-sim", "CLIP-SIM", "how alike prompt and frames are", .higher, sample: .frame, .embedding(against: .prompts),
      defaultProtocol: "clip-vit-b-32",
      fields: embeddings + FieldDefinition.prompt + [FieldDefinition.scaleFactor]),
    Metric(
      "frame-consistency", "frame-consistency", "how alike consecutive frames are", .higher, sample: .frame,
      .embedding(against: .frames), defaultProtocol: "clip-vit-b-32",
      fields: embeddings + [FieldDefinition.centre, FieldDefinition.compareWith]),
  ]

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

  private static let clips =
    FieldDefinition.network
    + [FieldDefinition.valueRange, FieldDefinition.resize, FieldDefinition.crop] + FieldDefinition.loader
    + [FieldDefinition.aspectCrop] + FieldDefinition.clipSampling + FieldDefinition.offsets(of: .clip)
    + FieldDefinition.videos
    + [FieldDefinition.equalCounts]

  private static let frames =
    FieldDefinition.network
    + [FieldDefinition.valueRange, FieldDefinition.resize, FieldDefinition.inputScaling, FieldDefinition.aspectCrop]
    + FieldDefinition.frameSampling + FieldDefinition.offsets(of: .frame) + FieldDefinition.videos + [
      FieldDefinition.equalCounts
    ]

  private static let embeddings =
    FieldDefinition.embedding
    + [
      FieldDefinition.valueRange, FieldDefinition.resize, FieldDefinition.crop, FieldDefinition.inputScaling,
      FieldDefinition.aspectCrop,
    ] + FieldDefinition.frameSampling + FieldDefinition.fakeVideos

  private static func statistics(_ own: [FieldDefinition]) -> [FieldDefinition] {
    [FieldDefinition.repeats] + own + FieldDefinition.dtype + [FieldDefinition.scaleFactor]
  }

  private static func extras(of sample: Sample) -> [FieldDefinition] {
    FieldDefinition.series(of: sample) + FieldDefinition.groups
  }
}

extension Metric: Equatable {
  /// Metrics are known by their names.
  public static func == (a: Metric, b: Metric) -> Bool { a.name == b.name }
}
