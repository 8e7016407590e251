import Vocabulary

/// Every field of an evaluation protocol that can change a score.
///
/// The names in YAML, on the command line (`--set name=value`) and in JSON are those of the metric's `Metric.fields`; what a metric
/// has no field for stays at its zero value.
public struct ProtocolFields: Sendable, Equatable {
  // The network
  public var weights = ""
  public var weightsFingerprint = ""
  public var batchNormEpsilon = 0.0
  /// nil for metrics without features.
  public var endpoint: Endpoint?
  /// Of the transformers of CLIP; nil for other networks.
  public var activation: HiddenActivation?
  /// What a second network's weights are called: the heads of a learned distance; empty for most metrics.
  public var headWeights = ""
  public var headWeightsFingerprint = ""
  /// What computes the network.
  public var device = ProtocolFields.ownDevice

  /// This program on the processor, with kernels whose scores agree to the digits that are printed.
  public static let ownDevice = "cpu"

  // From frames to the network's input
  public var valueRange = InputRange.pixel
  public var resize = ResizeMode.none
  public var crop = CropMode.none
  /// Pixels of the short side before the crop; 0: the network's.
  public var resizeSide = 0
  public var aspectCrop = AspectCrop.none
  public var inputScaling = InputScaling.symmetric
  public var loaderResize = LoaderResize.none
  /// Pixels; 0 where there is no loader resize.
  public var loaderResolution = 0
  public var loaderCrop = LoaderCrop.center
  public var loaderFloats = LoaderFloats.unit
  public var loaderSets = LoaderSets.both

  // Which frames
  public var frames = 0
  public var stride = 0
  public var shortestVideo = ShortestVideo.clip
  public var clips = ClipSelection.one
  public var offsetReal = ClipOffset.start
  public var offsetFake = ClipOffset.start
  public var seed = 0
  public var skipFirst = 0
  /// Frames a second of every video; 0: each video's own.
  public var frameRate = 0.0
  public var maxVideosReal = Limit.all
  public var maxVideosFake = Limit.all
  public var equalCounts = Switch.no

  // The statistics
  public var repeats = 0
  public var ddof = 0
  public var root = RootMethod.symmetricEigen
  public var rootEpsilon = 0.0
  public var dtype: Precision?
  public var partialBatch: PartialBatch?
  public var scaleFactor = 0.0

  // Kernel distances
  public var kernelDegree = 0
  public var kernelGamma = KernelGamma.perDimension
  public var kernelCoefficient = 0.0
  public var estimator = KernelEstimator.unbiased
  /// 0: all samples at once.
  public var subsets = 0
  public var subsetSize = 0
  public var subsetSeed = 0
  public var subsetDraw = SubsetDraw.torchFidelity
  /// 0: all samples at once, or subsets.
  public var blockSize = 0

  // Neighbours
  public var neighbours = 0
  public var neighbourRule = NeighbourRule.strict

  // Extrapolation to infinitely many samples
  public var extrapolationPoints = 0
  public var extrapolationFrom = 0

  // Embeddings of frames
  public var input = InputSource.given
  /// `none`: as frames are.
  public var inputResize = ResizeMode.none
  public var centre = EmbeddingCentre.none
  public var compareWith = ComparedFrame.previous
  /// `none`: nothing stands before a prompt.
  public var promptPrefix = ""
  public var clamp = Clamp.none
  public var meanOver = MeanOver.videos

  // Paths of cameras
  public var cameraOrigin = CameraOrigin.firstFrame
  public var poseForm = PoseForm.cameraToWorld
  public var cameraScale = CameraScale.none
  public var frameReduction = FrameReduction.sum
  public var angleUnit = AngleUnit.radians
  public var trajectoryAlignment = TrajectoryAlignment.none
  public var trajectoryStatistic = TrajectoryStatistic.rmse

  // Optical flow
  /// Turns of the network's update; 0: there is no flow.
  public var flowIterations = 0
  /// Frames a second between which the flow is computed.
  public var flowRate = 0.0
  public var flowShare = 0.0
  public var flowThreshold = 0.0
  public var flowPairs = 0.0
  public var flowEnds = 0.0
  public var flowPadding = FlowPadding.cut
  public var flowOf = FlowSource.video
  /// Digest of the real videos' flows; empty where they are estimated.
  public var flowGiven = ""
  public var flowRange = FlowRange.byte
  public var halving = Switch.no
  public var occlusion = OcclusionRule.none
  public var difference = PixelDifference.squared
  public var channels = ChannelReduction.mean
  /// Whether only videos count that stand still.
  public var staticFilter = Switch.no

  // The clips that long videos are cut into
  /// 0: a video is taken as it is.
  public var clipSeconds = 0
  public var clipFrames = ClipFrames.all
  public var fusion = BranchFusion.none
  public var fast = FastBranch()

  // Interpolation of frames
  /// nil for metrics that interpolate none.
  public var interpolatedLevels: InterpolatedLevels?

  // Motion against two takes
  public var motionThreshold = 0
  public var firstSeconds = 0
  public var scoreRounding = ScoreRounding.none

  // Series along time
  public var series = SeriesKind.none
  public var window = 0
  public var windowStep = 0
  public var windowReference = WindowReference.all

  // The end of a video against its beginning
  public var drift = Switch.no
  /// Of the frames of a video, at each end.
  public var driftShare = 0.0

  // Groups
  public var groupBy = Grouping.none
  public var groupDdof = 0

  /// All at their zero values: a file must set every one that its metric has.
  init() {}
}

/// What a second network makes of the first frames of clips: VBench-Long's fast branch. Its other fields are those of the first.
public struct FastBranch: Sendable, Equatable {
  /// What it counts of a video's value.
  public var share = 0.0
  public var weights = ""
  public var weightsFingerprint = ""
  public var endpoint: Endpoint?
  public var activation: HiddenActivation?
  public var resize = ResizeMode.none
  public var crop = CropMode.none
  public var resizeSide = 0
  public var centre = EmbeddingCentre.none
}

extension ProtocolFields {
  /// Those of the clips themselves, without the fast branch.
  var ofSlowBranch: ProtocolFields {
    var own = self
    (own.fusion, own.fast) = (.none, FastBranch())
    return own
  }

  /// Those of the first frames of clips as if they were a video.
  public var ofFastBranch: ProtocolFields {
    var own = ofSlowBranch
    (own.weights, own.weightsFingerprint) = (fast.weights, fast.weightsFingerprint)
    (own.endpoint, own.activation) = (fast.endpoint, fast.activation)
    (own.resize, own.crop, own.resizeSide) = (fast.resize, fast.crop, fast.resizeSide)
    own.centre = fast.centre
    (own.clipFrames, own.meanOver) = (.first, .videos)
    return own
  }
}
