import Vocabulary

// Every field, in the groups that metrics share.
extension FieldDefinition {
  // The network
  static let weights: [FieldDefinition] = [
    text("weights", .report, "the weights' name, see `vidmetrics weights list`", \.weights),
    fingerprint(
      "weights-fingerprint", .features, "SHA-256 over the weights' canonical names, shapes and values",
      \.weightsFingerprint),
  ]
  static let headWeights: [FieldDefinition] = [
    text("head-weights", .report, "the name of the weights of the heads on top of the network", \.headWeights),
    fingerprint("head-weights-fingerprint", .distance, "that of the heads' weights", \.headWeightsFingerprint),
  ]
  static let device = text(
    "device", .features,
    "what computes the network: `cpu` is this program, others name a runtime, its version and a device",
    \.device
  ).when { $0.device != ProtocolFields.ownDevice }
  static let batchNormEpsilon = number(
    "batch-norm-eps", .features, "added to the variance in batch normalisation", \.batchNormEpsilon, from: 0,
    exclusive: true
  ).when { $0.endpoint?.hasBatchNormalisation ?? false }
  static func network(_ endpoints: [Endpoint]) -> [FieldDefinition] {
    weights + [
      batchNormEpsilon,
      choice("endpoint", .features, "the layer whose values are the features", \.endpoint, among: endpoints),
      device,
    ]
  }
  static let embedding: [FieldDefinition] =
    weights + [
      batchNormEpsilon,
      choice(
        "endpoint", .features, "what of the network is the embedding", \.endpoint,
        among: [.pool3, .dreamSim, .clip, .normClassToken]),
      choice("activation", .features, "of the network\'s hidden layers", \.activation, among: HiddenActivation.allCases)
        .when { $0.endpoint == .clip },
      device,
    ]

  // From frames to its input
  static let valueRange = choice("value-range", .features, "what the values given to the network are", \.valueRange)
  static let resize = choice("resize", .features, "how frames reach the network's size", \.resize)
  static let crop = choice("crop", .features, "what happens to frames that are not square", \.crop)
  static let resizeSide = integer(
    "resize-side", .features, "pixels of the short side before the crop", \.resizeSide, from: 0, to: 8192
  ).when { $0.resizeSide > 0 }
  static let inputScaling = choice(
    "input-scaling", .features, "the map from 0...255 to the network's input", \.inputScaling)
  static let aspectCrop = aspect(
    "aspect-crop", .features, "centre crop to a width:height ratio before everything else", \.aspectCrop
  ).when { $0.aspectCrop != .none }
  static let loader: [FieldDefinition] = [
    choice("loader-resize", .features, "a resize that the published program's loader makes first", \.loaderResize),
    integer("loader-resolution", .features, "pixels; 0 without a loader resize", \.loaderResolution, from: 0, to: 8192),
    choice("loader-crop", .features, "whose roundings make the loader's square", \.loaderCrop)
      .when { $0.loaderCrop != .center },
    choice("loader-floats", .features, "the floats between the loader's bytes", \.loaderFloats)
      .when { $0.loaderFloats != .unit },
    // A recipe says it by what the loader's other fields are for its set.
    choice("loader-sets", .features, "the sets that pass the loader", \.loaderSets)
      .when { $0.loaderSets != .both }.reaching { _, _ in false },
  ]

  // Which frames
  static let stride = integer("stride", .frames, "every n-th frame is taken", \.stride, from: 1)
  static let clipSampling: [FieldDefinition] = [
    integer("frames", .frames, "T, the frames of a clip", \.frames, from: 1),
    stride,
    choice("shortest-video", .frames, "what a video must hold for its clips to be taken", \.shortestVideo)
      .when { $0.shortestVideo != .clip },
    clips("clips", .frames, "clips of a video", \.clips).reaching { !$0.takesWindows(of: $1) },
  ]
  static let frameSampling: [FieldDefinition] = [
    clips("samples", .frames, "frames of a video that are samples", \.clips, even: false),
    stride,
  ]
  static func offsets(of sample: Metric.Sample) -> [FieldDefinition] {
    [
      choice("offset-real", .frames, "where the samples of a real video are taken", \.offsetReal)
        .reaching(as: "offset") { $1 == .real && $0.takesOffset(of: $1, sample) },
      offsetFake(of: sample), seed(of: sample),
    ]
  }
  private static func offsetFake(of sample: Metric.Sample) -> FieldDefinition {
    choice("offset-fake", .frames, "where the samples of a fake video are taken", \.offsetFake)
      .reaching(as: "offset") { $1 == .fake && $0.takesOffset(of: $1, sample) }
  }
  private static func seed(of sample: Metric.Sample) -> FieldDefinition {
    integer("seed", .frames, "of random offsets and draws", \.seed, from: 0)
      .reaching { $0.takesOffset(of: $1, sample) && ($1 == .real ? $0.offsetReal : $0.offsetFake) == .random }
  }
  private static let skipFirst = integer(
    "skip-first", .frames, "frames left out at the beginning of every video", \.skipFirst, from: 0)
  private static let maxVideosFake = limit(
    "max-videos-fake", .distance, "the first so many fake videos in natural order", \.maxVideosFake)
  static let videos: [FieldDefinition] = [
    skipFirst,
    limit("max-videos-real", .distance, "the first so many real videos in natural order", \.maxVideosReal),
    maxVideosFake,
  ]
  /// Of metrics that take frames of fake videos alone.
  static let fakeVideos: [FieldDefinition] = [offsetFake(of: .frame), seed(of: .frame), skipFirst, maxVideosFake]
  static let equalCounts = choice(
    "equal-counts", .distance, "whether the larger set is drawn down to the smaller one's number of samples",
    \.equalCounts
  ).when { $0.equalCounts == .yes }

  // The statistics
  static let repeats = integer(
    "repeats", .frames, "runs with seeds that follow each other", \.repeats, from: 1, to: 1000
  ).reaching { $1 == .real && $0.repeats > 1 }
  static let frechet: [FieldDefinition] = [
    integer("ddof", .distance, "covariance divisor is N - ddof", \.ddof, from: 0, to: 1),
    choice("root", .distance, "how the trace of the covariance root is taken", \.root),
    number(
      "root-eps", .distance, "singular values below it are not rooted; 0 with symmetric-eigen", \.rootEpsilon, from: 0),
  ]
  static let kernel: [FieldDefinition] = [
    integer(
      "kernel-degree", .distance, "of the polynomial kernel (gamma·x·y + coef)^degree", \.kernelDegree, from: 1, to: 16),
    gamma("kernel-gamma", .distance, "what the inner product is multiplied by", \.kernelGamma),
    number("kernel-coef", .distance, "what is added to it", \.kernelCoefficient, from: 0),
    choice("estimator", .distance, "of the squared mean discrepancy: without or with the diagonals", \.estimator),
    integer(
      "subsets", .distance, "the score is the mean over so many random subsets; 0: all samples at once", \.subsets,
      from: 0,
      to: 100_000),
    integer(
      "subset-size", .distance, "samples of a side in a subset, or all where there are fewer", \.subsetSize, from: 2
    )
    .when { $0.subsets > 0 },
    integer("subset-seed", .distance, "of the draw of subsets", \.subsetSeed, from: 0, to: Int(UInt32.max)).when {
      $0.subsets > 0
    },
    choice("subset-draw", .distance, "whose order of random draws", \.subsetDraw).when { $0.subsets > 0 },
    integer(
      "block-size", .distance,
      "the score is the mean over disjoint random blocks of so many samples a side (B-test); 0: all samples at once",
      \.blockSize, from: 0
    )
    .when { $0.blockSize > 0 },
  ]
  static let neighbours: [FieldDefinition] = [
    integer("neighbours", .distance, "k: a ball reaches to the k-th nearest neighbour", \.neighbours, from: 1),
    choice("neighbour-rule", .distance, "whether the rim belongs to the ball", \.neighbourRule),
  ]
  static let extrapolation: [FieldDefinition] = [
    integer(
      "extrapolation-points", .distance, "sizes that the line is fitted through", \.extrapolationPoints, from: 2,
      to: 1000),
    integer("extrapolation-from", .distance, "the smallest size; the largest is N", \.extrapolationFrom, from: 2),
  ]
  static let dtype: [FieldDefinition] = [
    choice("dtype", .distance, "of statistics and distance", \.dtype, among: Precision.allCases),
    choice(
      "partial-batch", .distance, "what happens to clips that do not fill a batch", \.partialBatch,
      among: PartialBatch.allCases),
  ]
  static let scaleFactor = number(
    "scale-factor", .report, "the score is multiplied by it", \.scaleFactor, from: 0, exclusive: true)

  // Embeddings of frames
  static let input = choice("input", .distance, "where the picture is that a video was made from", \.input)
  static let centre = choice("centre", .distance, "what is subtracted from an embedding before the cosine", \.centre)
  /// A picture whose resize is another than that of frames is compared with them; what is computed of frames stays.
  static let inputResize = choice(
    "input-resize", .distance, "how a given picture reaches the network's size; `none`: as frames do", \.inputResize
  ).when { $0.inputResize != .none && $0.input == .given }
  static let compareWith = choice("compare-with", .distance, "the frame that a frame is compared with", \.compareWith)
  static let clamp = choice(
    "clamp", .distance, "where values below 0 become 0: nowhere, in each frame, or in the mean over videos", \.clamp)
  static let meanOver = choice("mean-over", .distance, "what the score is a mean over", \.meanOver)
  static let prompt: [FieldDefinition] = [
    text("prompt-prefix", .distance, "what stands before every prompt", \.promptPrefix), clamp,
  ]

  // Paths of cameras
  static let cameras: [FieldDefinition] = [
    choice("camera-origin", .distance, "what poses are relative to", \.cameraOrigin),
    choice("pose-form", .distance, "the matrix [R|t] whose translations and entries are compared", \.poseForm),
    choice(
      "camera-scale", .distance,
      "what translations are divided by before they are compared; of RotErr, ATE and RPE nothing",
      \.cameraScale),
    choice("frame-reduction", .distance, "what of the errors of frames is that of a video", \.frameReduction),
    choice("angle-unit", .report, "of rotation errors", \.angleUnit),
    choice(
      "trajectory-alignment", .distance, "how the fake path is laid over the real one for ATE and RPE",
      \.trajectoryAlignment),
    choice(
      "trajectory-statistic", .distance, "what of the errors along a path is its ATE and RPE", \.trajectoryStatistic),
  ]

  static func frameRate(_ stage: Stage) -> FieldDefinition {
    number(
      "frame-rate", stage, "frames a second of every video, in the place of each video's own; 0: its own", \.frameRate,
      from: 0
    ).when { $0.frameRate > 0 }
  }

  // The clips that long videos are cut into
  static func clipSeconds(_ stage: Stage) -> FieldDefinition {
    integer(
      "clip-seconds", stage, "a video's value is the mean over its clips of so many seconds; 0: it is taken as it is",
      \.clipSeconds, from: 0, to: 3600
    ).when { $0.clipSeconds > 0 }
  }
  /// Of metrics whose numbers of frames are there already: clips only sort them.
  static let longVideos = [
    clipSeconds(.distance), frameRate(.distance).when { $0.clipSeconds > 0 && $0.frameRate > 0 },
  ]
  /// Without a field of their own for it, these have the mean over videos.
  static let longVideosOfPixels = longVideos + [meanOver.when { $0.clipSeconds > 0 }]
  /// Of metrics that can look at the first frame of each clip: then they decide which frames are taken.
  static let longVideosOfFrames =
    [
      clipSeconds(.frames), frameRate(.frames).when { $0.clipSeconds > 0 && $0.frameRate > 0 },
    ].map { $0.reaching { fields, _ in fields.clipFrames == .first } } + [
      choice(
        "clip-frames", .frames, "which frames of the clips: all, or the first of each, as if they were a video",
        \.clipFrames
      ).when { $0.clipSeconds > 0 && $0.clipFrames != .all }
    ]

  /// Of metrics that fuse what differs inside clips with what another network sees of their first frames. The features of the
  /// clips themselves stay what they are.
  static let fastBranch: [FieldDefinition] = {
    let always: [FieldDefinition] = [
      choice(
        "fusion", .distance,
        "the table that brings values between clips to the scale of those inside them, with which they make one; "
          + "`none`: those inside clips alone", \.fusion),
      number(
        "fast-share", .distance, "what the values between clips, the fast branch, count: up to 1", \.fast.share,
        from: 0,
        exclusive: true),
      text("fast-weights", .report, "the name of the weights that see the first frames of clips", \.fast.weights),
      fingerprint("fast-weights-fingerprint", .distance, "that of these weights", \.fast.weightsFingerprint),
      choice(
        "fast-endpoint", .distance, "what of their network is the embedding", \.fast.endpoint,
        among: [.dreamSim, .clip, .normClassToken]),
      choice("fast-resize", .distance, "how the first frames of clips reach its size", \.fast.resize),
      choice("fast-crop", .distance, "what happens to those that are not square", \.fast.crop),
      choice("fast-centre", .distance, "what is subtracted from its embeddings", \.fast.centre),
    ]
    let ofSome: [FieldDefinition] = [
      choice(
        "fast-activation", .distance, "of its hidden layers", \.fast.activation, among: HiddenActivation.allCases
      ).when { $0.fusion != .none && $0.fast.endpoint == .clip },
      integer(
        "fast-resize-side", .distance, "pixels of the short side before the crop", \.fast.resizeSide, from: 0, to: 8192
      ).when { $0.fusion != .none && $0.fast.resizeSide > 0 },
    ]
    return always.map { $0.when { $0.fusion != .none } } + ofSome
  }()

  // Optical flow
  static let flow: [FieldDefinition] = [
    integer(
      "flow-iterations", .features, "turns in which the network refines the flow", \.flowIterations, from: 1, to: 100)
  ]
  static let flowPadding = choice(
    "flow-padding", .features, "what becomes of the edges that frames are given, up to a multiple of 8 pixels",
    \.flowPadding)
  private static let flowShare = number(
    "flow-share", .distance, "of the pixels, the fastest, whose mean length of flow is compared: up to 1",
    \.flowShare,
    from: 0, exclusive: true)
  private static let flowThreshold = number(
    "flow-threshold", .distance, "pixels, of a frame whose short side is 256, beyond which a pair of frames moves",
    \.flowThreshold, from: 0)
  private static let flowPairs = number(
    "flow-pairs", .distance,
    "of 16 taken frames, the pairs that move in a video that is dynamic, or may move in one that stands", \.flowPairs,
    from: 0)
  static let dynamics: [FieldDefinition] = [
    clipSeconds(.frames), frameRate(.frames), meanOver.when { $0.clipSeconds > 0 },
    number(
      "flow-rate", .frames, "frames a second that are taken, as far as the video's own rate can be divided", \.flowRate,
      from: 0, exclusive: true),
    flowShare, flowThreshold, flowPairs,
  ]
  static let flowGiven = fingerprint(
    "flow-given", .features, "SHA-256 over the files of the real videos' flows, where they are not estimated",
    \.flowGiven
  ).when { !$0.flowGiven.isEmpty }
  static let warping: [FieldDefinition] = [
    choice("flow-of", .features, "whose frames the flow is estimated from", \.flowOf),
    choice("halving", .features, "whether frames are halved, four pixels to one, before all else", \.halving),
    choice("flow-range", .features, "the values of frames that the network is given", \.flowRange),
    choice("occlusion", .distance, "which pixels are left out", \.occlusion),
    choice("difference", .distance, "of two values of a pixel", \.difference),
    choice("channels", .distance, "what of the differences of a pixel's channels is that of the pixel", \.channels),
  ]
  /// Of a metric that is for videos that stand still.
  static let staticFilter: [FieldDefinition] =
    ([choice("static-filter", .distance, "whether videos that move are left out", \.staticFilter)]
    + weights + flow
    + [
      flowShare, flowThreshold, flowPairs,
      number(
        "flow-ends", .distance,
        "what the flow from the first frame to the last may be: so many thresholds for each of those pairs",
        \.flowEnds, from: 0),
    ]).map { $0.when { $0.staticFilter == .yes } }

  // Interpolation of frames
  static let interpolation: [FieldDefinition] = [
    choice(
      "interpolated-levels", .distance,
      "what the values of an interpolated frame become before they are compared with those of the video",
      \.interpolatedLevels, among: InterpolatedLevels.allCases)
  ]

  // Motion against two takes
  static let takes: [FieldDefinition] = [
    integer(
      "motion-threshold", .distance, "grey levels from the running average above which a pixel moves",
      \.motionThreshold,
      from: 0, to: 254),
    integer(
      "first-seconds", .frames, "of each video, those that are compared; all of what has no frame rate", \.firstSeconds,
      from: 1, to: 3600),
    choice("score-rounding", .report, "whether numbers are rounded as the published program does", \.scoreRounding),
  ]

  // Series and groups
  /// Of clips a series takes other frames; of single frames it only sorts those that there are.
  static func series(of sample: Metric.Sample) -> [FieldDefinition] {
    let stage: Stage = sample == .clip ? .frames : .distance
    return [
      choice("series", stage, "one value along time for each window or prefix", \.series)
        .when { $0.series != .none }.reaching { $0.takesSeries(of: $1) },
      integer("window", stage, "frames of a window, or of the shortest prefix", \.window, from: 1)
        .when { $0.series != .none }.reaching { $0.takesSeries(of: $1) },
      integer("window-step", stage, "frames from one window to the next", \.windowStep, from: 1)
        .when { $0.series != .none }.reaching { $0.takesSeries(of: $1) },
      // It decides by what the others take of the real set.
      choice("window-reference", stage, "what a fake window is compared with", \.windowReference)
        .when { $0.series == .windows }.reaching { _, _ in false },
    ]
  }
  /// Of metrics that give every video a value of its own, from any of its frames.
  static let drift: [FieldDefinition] = [
    choice(
      "drift", .distance, "the score is what the last frames of a video differ by from its first, whichever way",
      \.drift
    ).when { $0.drift == .yes },
    number(
      "drift-share", .distance, "of the frames of a video, those at each end: up to 0.5", \.driftShare, from: 0,
      exclusive: true
    ).when { $0.drift == .yes },
  ]
  static let groups: [FieldDefinition] = [
    grouping("group-by", .distance, "the score is the mean over groups of videos", \.groupBy).when {
      $0.groupBy != .none
    },
    integer("group-ddof", .report, "the deviation over groups divides by groups - ddof", \.groupDdof, from: 0, to: 1)
      .when { $0.groupBy != .none },
  ]
}

extension ProtocolFields {
  fileprivate func takesSeries(of set: SetRole) -> Bool { series == .prefixes || takesWindows(of: set) }

  /// Whether it matters where in a video samples begin.
  fileprivate func takesOffset(of set: SetRole, _ sample: Metric.Sample) -> Bool {
    switch clips {
    case .all, .even: false
    case .one, .count: sample != .clip || !takesWindows(of: set)
    }
  }
}
