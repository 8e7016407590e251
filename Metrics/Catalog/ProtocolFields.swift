/// Every field of an evaluation protocol that can change a score.
///
/// The names in YAML, on the command line (`--set name=value`) and in JSON are those of the metric's `Metric.fields`; what a metric
/// has no field for stays at its zero value.
public struct ProtocolFields: Sendable, Equatable {
  // The network
  public var weights = ""
  public var weightsFingerprint = ""
  public var batchNormEpsilon = 0.0
  public var endpoint = ""
  /// Of the transformers of CLIP; empty for other networks.
  public var activation = ""
  /// What a second network's weights are called: the heads of a learned distance; empty for most metrics.
  public var headWeights = ""
  public var headWeightsFingerprint = ""

  // From frames to the network's input
  public var valueRange = InputRange.pixel
  public var resize = ResizeMode.none
  public var crop = CropMode.none
  public var aspectCrop = AspectCrop.none
  public var inputScaling = InputScaling.symmetric
  public var loaderResize = LoaderResize.none
  /// Pixels; 0 where there is no loader resize.
  public var loaderResolution = 0

  // Which frames
  public var frames = 0
  public var stride = 0
  public var clips = ClipSelection.one
  public var offsetReal = ClipOffset.start
  public var offsetFake = ClipOffset.start
  public var seed = 0
  public var skipFirst = 0
  public var maxVideosReal = Limit.all
  public var maxVideosFake = Limit.all
  public var equalCounts = Switch.no

  // The statistics
  public var repeats = 0
  public var ddof = 0
  public var root = RootMethod.symmetricEigen
  public var rootEpsilon = 0.0
  public var dtype = ""
  public var partialBatch = ""
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

  // Neighbours
  public var neighbours = 0
  public var neighbourRule = NeighbourRule.strict

  // Extrapolation to infinitely many samples
  public var extrapolationPoints = 0
  public var extrapolationFrom = 0

  // Embeddings of frames
  public var input = InputSource.given
  public var centre = EmbeddingCentre.none
  public var compareWith = ComparedFrame.previous
  /// `none`: nothing stands before a prompt.
  public var promptPrefix = ""
  public var clamp = Clamp.none

  // Series along time
  public var series = SeriesKind.none
  public var window = 0
  public var windowStep = 0
  public var windowReference = WindowReference.all

  // Groups
  public var groupBy = Grouping.none
  public var groupDdof = 0

  /// All at their zero values: a file must set every one that its metric has.
  init() {}
}

/// A centre crop to an aspect ratio before everything else.
public enum AspectCrop: Sendable, Hashable, Codable {
  case none
  case ratio(width: Int, height: Int)
}

/// The map from 0...255 to the network's input.
public enum InputScaling: String, Sendable, CaseIterable, Codable {
  /// 2x/255 - 1.
  case symmetric
  /// (x - 128)/128, as in the TensorFlow graph of 2015-12-05.
  case tensorflow
  /// x/255; what else the network subtracts and divides by is its own.
  case unit
}

/// Where the picture is that a video was made from.
public enum InputSource: String, Sendable, CaseIterable, Codable {
  /// In a set beside the videos, or in a column of their manifest.
  case given
  /// The first frame of the video itself.
  case firstFrame = "first-frame"
}

/// What is subtracted from an embedding before it is compared.
public enum EmbeddingCentre: String, Sendable, CaseIterable, Codable {
  case none
  /// The mean of the embedding's own values.
  case ownMean = "own-mean"
}

/// The frame that a frame is compared with.
public enum ComparedFrame: String, Sendable, CaseIterable, Codable { case previous, first }

/// Where values below 0 become 0.
public enum Clamp: String, Sendable, CaseIterable, Codable {
  case none
  /// Each frame's.
  case frame
  /// The mean over all videos.
  case score
}

public enum Switch: String, Sendable, CaseIterable, Codable { case no, yes }

/// What the inner product is multiplied by in a polynomial kernel.
public enum KernelGamma: Sendable, Hashable, Codable {
  /// One over the number of features.
  case perDimension
  case value(Double)
}

/// What becomes of the diagonal in a kernel mean.
public enum KernelEstimator: String, Sendable, CaseIterable, Codable { case unbiased, biased }

/// Whose random stream the subsets are drawn with.
public enum SubsetDraw: String, Sendable, CaseIterable, Codable {
  case torchFidelity = "torch-fidelity"
  case cleanFID = "clean-fid"
}

/// Whether a sample on the rim of a ball lies in it.
public enum NeighbourRule: String, Sendable, CaseIterable, Codable {
  /// Package prdc: `<`.
  case strict
  /// torch-fidelity: `<=`.
  case inclusive
}

/// What a series is made of.
public enum SeriesKind: String, Sendable, CaseIterable, Codable {
  case none
  /// One value for each window of `window` frames, `window-step` apart.
  case windows
  /// One value for the first t frames, t = `window`, `window` + `window-step`, ...
  case prefixes
}

/// What the windows of the fake set are compared with.
public enum WindowReference: String, Sendable, CaseIterable, Codable {
  /// The real samples of all windows.
  case all
  /// The real samples of the same window.
  case same
  /// The real clips that the protocol takes without a series.
  case sampled
}

/// By what videos form groups.
public enum Grouping: Sendable, Hashable, Codable {
  case none
  /// The folder right above the video, or the manifest's column `class`.
  case `class`
  /// The manifest's column `subject`, or the folder above the class.
  case subject
  /// The whole folder path.
  case dir
  /// The first capture group of a regular expression on the video's name (the whole match without one).
  case regex(String)
  /// A column of the manifest.
  case column(String)
}
