import Files

/// One metric: its name, what it is, and the fields that its protocols have.
public struct Metric: Sendable {
  /// What one sample of a set is.
  public enum Sample: String, Sendable {
    case clip, frame
    /// A real and a fake video of the same name.
    case pair
    /// A video of the fake set; the real one stands beside it.
    case video
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

  /// As on the command line: `fvd`.
  public let name: String
  /// One line for people.
  public let meaning: String
  public let sample: Sample
  public let reference: Reference
  /// What the default protocol is called.
  public let defaultProtocol: String
  /// The names of its scores, where one computation gives several; otherwise its own name.
  public let scores: [String]
  /// In the order in which they are listed.
  public let fields: [FieldDefinition]

  init(
    _ name: String, _ meaning: String, sample: Sample, reference: Reference = .real, defaultProtocol: String,
    scores: [String]? = nil, fields: [FieldDefinition]
  ) {
    self.name = name
    self.meaning = meaning
    self.sample = sample
    self.reference = reference
    self.defaultProtocol = defaultProtocol
    self.scores = scores ?? [name]
    self.fields = fields
  }

  /// Every metric, in the order in which they are listed.
  public static let all: [Metric] = [
    Metric(
      "fvd", "Fréchet video distance", sample: .clip, defaultProtocol: "stylegan-v",
      fields: clips + statistics(FieldDefinition.frechet) + extras),
    Metric(
      "kvd", "kernel video distance", sample: .clip, defaultProtocol: "tats",
      fields: clips + statistics(FieldDefinition.kernel) + extras),
    Metric(
      "dt-fvd", "dynamic-texture Fréchet video distance", sample: .clip, defaultProtocol: "dt-fvd-16",
      fields: clips + statistics(FieldDefinition.frechet) + extras),
    Metric(
      "fid", "Fréchet inception distance of frames", sample: .frame, defaultProtocol: "clean",
      fields: frames + statistics(FieldDefinition.frechet) + extras),
    Metric(
      "kid", "kernel inception distance of frames", sample: .frame, defaultProtocol: "clean",
      fields: frames + statistics(FieldDefinition.kernel) + extras),
    Metric(
      "prdc", "precision, recall, density and coverage", sample: .clip, defaultProtocol: "i3d",
      scores: ["precision", "recall", "density", "coverage"],
      fields: clips + [FieldDefinition.repeats] + FieldDefinition.neighbours + FieldDefinition.dtype + extras),
    Metric(
      "fvd-infinity", "FVD extrapolated to infinitely many clips", sample: .clip, defaultProtocol: "stylegan-v",
      fields: clips + statistics(FieldDefinition.frechet + FieldDefinition.extrapolation)),
    Metric(
      "fid-infinity", "FID extrapolated to infinitely many frames", sample: .frame, defaultProtocol: "clean",
      fields: frames + statistics(FieldDefinition.frechet + FieldDefinition.extrapolation)),
    Metric(
      "psnr", "peak signal-to-noise ratio of paired videos", sample: .pair, defaultProtocol: "common-metrics",
      fields: FieldDefinition.videos),
    Metric(
      "ssim", "structural similarity of paired videos", sample: .pair, defaultProtocol: "common-metrics",
      fields: FieldDefinition.videos),
    Metric(
      "lpips", "learned perceptual distance of paired videos", sample: .pair, defaultProtocol: "lpips-alex",
      fields: FieldDefinition.weights + FieldDefinition.headWeights + FieldDefinition.videos),
    Metric(
      "temporal-flickering", "how still consecutive frames are", sample: .video, reference: .realIfGiven,
      defaultProtocol: "vbench", fields: FieldDefinition.videos),
    Metric(
      "pic", "perceptual input conformity: how alike frames and the input picture are", sample: .frame,
      reference: .inputs, defaultProtocol: "dreamsim",
      fields: embeddings + [FieldDefinition.centre, FieldDefinition.input]),
    Metric(
      "clip-sim", "how alike prompt and frames are", sample: .frame, reference: .prompts,
      defaultProtocol: "clip-vit-b-32", fields: embeddings + FieldDefinition.prompt + [FieldDefinition.scaleFactor]),
    Metric(
      "frame-consistency", "how alike consecutive frames are", sample: .frame, reference: .nothing,
      defaultProtocol: "clip-vit-b-32", fields: embeddings + [FieldDefinition.centre, FieldDefinition.compareWith]),
  ]

  /// Whether means and covariances are all it needs of two sets, or it extrapolates what needs them.
  public var hasCovariances: Bool { fields.contains { $0.name == "ddof" } }

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
    + [FieldDefinition.aspectCrop] + FieldDefinition.clipSampling + FieldDefinition.offsets + FieldDefinition.videos
    + [FieldDefinition.equalCounts]

  private static let frames =
    FieldDefinition.network
    + [FieldDefinition.valueRange, FieldDefinition.resize, FieldDefinition.inputScaling, FieldDefinition.aspectCrop]
    + FieldDefinition.frameSampling + FieldDefinition.offsets + FieldDefinition.videos + [FieldDefinition.equalCounts]

  private static let embeddings =
    FieldDefinition.embedding
    + [
      FieldDefinition.valueRange, FieldDefinition.resize, FieldDefinition.crop, FieldDefinition.inputScaling,
      FieldDefinition.aspectCrop,
    ] + FieldDefinition.frameSampling + FieldDefinition.fakeVideos

  private static func statistics(_ own: [FieldDefinition]) -> [FieldDefinition] {
    [FieldDefinition.repeats] + own + FieldDefinition.dtype + [FieldDefinition.scaleFactor]
  }

  private static let extras = FieldDefinition.series + FieldDefinition.groups
}
