/// Every field of an evaluation protocol that can change a score.
///
/// The names in YAML, on the command line (`--set name=value`) and in JSON are those of `FieldDefinition.all`.
public struct ProtocolFields: Sendable, Codable, Equatable {
  // The network
  public var weights = ""
  public var weightsFingerprint = ""
  public var batchNormEpsilon = 0.0
  public var endpoint = ""

  // From frames to the network's input
  public var valueRange = InputRange.pixel
  public var resize = ResizeMode.none
  public var crop = CropMode.none
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

  // The statistics
  public var repeats = 0
  public var ddof = 0
  public var root = RootMethod.symmetricEigen
  public var rootEpsilon = 0.0
  public var dtype = ""
  public var partialBatch = ""
  public var scaleFactor = 0.0

  /// All at their zero values: a file must set every one.
  init() {}
}
