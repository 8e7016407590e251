/// The name of one field, what it takes, and how it is read and written.
public struct FieldDefinition: Sendable {
  public let name: String
  /// One line for people.
  public let meaning: String
  /// What a value may be, in the words of an error message.
  public let allowed: String
  let read: @Sendable (ProtocolFields) -> FieldValue
  /// False if the text is not a value of this field.
  let write: @Sendable (inout ProtocolFields, String) -> Bool
  /// nil for fields that always decide the score. A field that has this may be missing in a file, and where it is false
  /// the field changes nothing and is no part of the fingerprint.
  var isInForce: (@Sendable (ProtocolFields) -> Bool)?

  /// This field's value in a protocol.
  public func value(in evaluationProtocol: EvaluationProtocol) -> FieldValue { read(evaluationProtocol.fields) }

  func when(_ isInForce: @escaping @Sendable (ProtocolFields) -> Bool) -> FieldDefinition {
    var copy = self
    copy.isInForce = isInForce
    return copy
  }

  func decides(_ fields: ProtocolFields) -> Bool { isInForce?(fields) ?? true }

  // The network
  static let weights: [FieldDefinition] = [
    text("weights", "the weights' name, see `vidmetrics weights list`", \.weights),
    fingerprint(
      "weights-fingerprint", "SHA-256 over the weights' canonical names, shapes and values", \.weightsFingerprint),
  ]
  static let headWeights: [FieldDefinition] = [
    text("head-weights", "the name of the weights of the heads on top of the network", \.headWeights),
    fingerprint("head-weights-fingerprint", "that of the heads' weights", \.headWeightsFingerprint),
  ]
  static let batchNormEpsilon = number(
    "batch-norm-eps", "added to the variance in batch normalisation", \.batchNormEpsilon, from: 0, exclusive: true)
  static let network: [FieldDefinition] =
    weights + [
      batchNormEpsilon,
      fixed(
        "endpoint", "the layer whose values are the features", \.endpoint, ["logits-mean", "mixed-5c-mean", "pool-3"]),
    ]
  static let embedding: [FieldDefinition] =
    weights + [
      batchNormEpsilon.when { $0.endpoint == "pool-3" },
      fixed("endpoint", "what of the network is the embedding", \.endpoint, ["pool-3", "dreamsim", "clip"]),
      fixed("activation", "of the network's hidden layers", \.activation, ["quick-gelu", "gelu"])
        .when { $0.endpoint == "clip" },
    ]

  // From frames to its input
  static let valueRange = choice("value-range", "what the values given to the network are", \.valueRange)
  static let resize = choice("resize", "how frames reach the network's size", \.resize)
  static let crop = choice("crop", "what happens to frames that are not square", \.crop)
  static let inputScaling = choice("input-scaling", "the map from 0...255 to the network's input", \.inputScaling)
  static let aspectCrop = aspect(
    "aspect-crop", "centre crop to a width:height ratio before everything else", \.aspectCrop
  ).when { $0.aspectCrop != .none }
  static let loader: [FieldDefinition] = [
    choice("loader-resize", "a resize that the published program's loader makes first", \.loaderResize),
    integer("loader-resolution", "pixels; 0 without a loader resize", \.loaderResolution, from: 0, to: 8192),
  ]

  // Which frames
  static let clipSampling: [FieldDefinition] = [
    integer("frames", "T, the frames of a clip", \.frames, from: 1),
    integer("stride", "every n-th frame is taken", \.stride, from: 1),
    clips("clips", "clips of a video", \.clips),
  ]
  static let frameSampling: [FieldDefinition] = [
    clips("samples", "frames of a video that are samples", \.clips, even: false),
    integer("stride", "every n-th frame is taken", \.stride, from: 1),
  ]
  static let offsets: [FieldDefinition] = [
    choice("offset-real", "where the samples of a real video are taken", \.offsetReal),
    choice("offset-fake", "where the samples of a fake video are taken", \.offsetFake),
    integer("seed", "of random offsets and draws", \.seed, from: 0),
  ]
  private static let skipFirst = integer(
    "skip-first", "frames left out at the beginning of every video", \.skipFirst, from: 0)
  private static let maxVideosFake = limit(
    "max-videos-fake", "the first so many fake videos in natural order", \.maxVideosFake)
  static let videos: [FieldDefinition] = [
    skipFirst,
    limit("max-videos-real", "the first so many real videos in natural order", \.maxVideosReal),
    maxVideosFake,
  ]
  /// Of metrics that take frames of fake videos alone.
  static let fakeVideos: [FieldDefinition] = [
    choice("offset-fake", "where the samples of a fake video are taken", \.offsetFake),
    integer("seed", "of random offsets and draws", \.seed, from: 0), skipFirst, maxVideosFake,
  ]
  static let equalCounts = choice(
    "equal-counts", "whether the larger set is drawn down to the smaller one's number of samples", \.equalCounts
  ).when { $0.equalCounts == .yes }

  // The statistics
  static let repeats = integer("repeats", "runs with seeds that follow each other", \.repeats, from: 1, to: 1000)
  static let frechet: [FieldDefinition] = [
    integer("ddof", "covariance divisor is N - ddof", \.ddof, from: 0, to: 1),
    choice("root", "how the trace of the covariance root is taken", \.root),
    number("root-eps", "singular values below it are not rooted; 0 with symmetric-eigen", \.rootEpsilon, from: 0),
  ]
  static let kernel: [FieldDefinition] = [
    integer("kernel-degree", "of the polynomial kernel (gamma·x·y + coef)^degree", \.kernelDegree, from: 1, to: 16),
    gamma("kernel-gamma", "what the inner product is multiplied by", \.kernelGamma),
    number("kernel-coef", "what is added to it", \.kernelCoefficient, from: 0),
    choice("estimator", "of the squared mean discrepancy: without or with the diagonals", \.estimator),
    integer(
      "subsets", "the score is the mean over so many random subsets; 0: all samples at once", \.subsets, from: 0,
      to: 100_000),
    integer("subset-size", "samples of a side in a subset, or all where there are fewer", \.subsetSize, from: 2)
      .when { $0.subsets > 0 },
    integer("subset-seed", "of the draw of subsets", \.subsetSeed, from: 0, to: Int(UInt32.max)).when {
      $0.subsets > 0
    },
    choice("subset-draw", "whose order of random draws", \.subsetDraw).when { $0.subsets > 0 },
  ]
  static let neighbours: [FieldDefinition] = [
    integer("neighbours", "k: a ball reaches to the k-th nearest neighbour", \.neighbours, from: 1),
    choice("neighbour-rule", "whether the rim belongs to the ball", \.neighbourRule),
  ]
  static let extrapolation: [FieldDefinition] = [
    integer("extrapolation-points", "sizes that the line is fitted through", \.extrapolationPoints, from: 2, to: 1000),
    integer("extrapolation-from", "the smallest size; the largest is N", \.extrapolationFrom, from: 2),
  ]
  static let dtype: [FieldDefinition] = [
    fixed("dtype", "of statistics and distance", \.dtype, ["float64"]),
    fixed("partial-batch", "what happens to clips that do not fill a batch", \.partialBatch, ["keep", "drop-40"]),
  ]
  static let scaleFactor = number(
    "scale-factor", "the score is multiplied by it", \.scaleFactor, from: 0, exclusive: true)

  // Embeddings of frames
  static let input = choice("input", "where the picture is that a video was made from", \.input)
  static let centre = choice("centre", "what is subtracted from an embedding before the cosine", \.centre)
  static let compareWith = choice("compare-with", "the frame that a frame is compared with", \.compareWith)
  static let prompt: [FieldDefinition] = [
    text("prompt-prefix", "what stands before every prompt", \.promptPrefix),
    choice("clamp", "where values below 0 become 0: nowhere, in each frame, or in the mean over videos", \.clamp),
  ]

  // Series and groups
  static let series: [FieldDefinition] = [
    choice("series", "one value along time for each window or prefix", \.series).when { $0.series != .none },
    integer("window", "frames of a window, or of the shortest prefix", \.window, from: 1).when { $0.series != .none },
    integer("window-step", "frames from one window to the next", \.windowStep, from: 1).when { $0.series != .none },
    choice("window-reference", "what a fake window is compared with", \.windowReference)
      .when { $0.series == .windows },
  ]
  static let groups: [FieldDefinition] = [
    grouping("group-by", "the score is the mean over groups of videos", \.groupBy).when { $0.groupBy != .none },
    integer("group-ddof", "the deviation over groups divides by groups - ddof", \.groupDdof, from: 0, to: 1)
      .when { $0.groupBy != .none },
  ]
}
