/// How frames become the size a network takes. Coordinates and weights are float32, as in the reference programs.
///
/// With `s` = input size / output size, an output sample at `i` reads the input at:
public enum ResizeMode: String, Sendable, CaseIterable {
  /// s·(i + ½) - ½, at least 0, between the two nearest samples, no antialiasing: `F.interpolate(mode="bilinear",
  /// align_corners=False)` of PyTorch.
  case halfPixelBilinear = "half-pixel-bilinear"
  /// s·i: `tf.image.resize_bilinear` of TensorFlow 1, which samples at the corners.
  case tf1Bilinear = "tf1-bilinear"
  /// i·(input - 1)/(output - 1): `align_corners=True`.
  case alignCornersBilinear = "align-corners-bilinear"
  /// A triangle of half-width max(1, s) around s·(i + ½): PyTorch's `antialias=True`, torchvision's default.
  case antialiasBilinear = "antialias-bilinear"
  /// The frames have the network's size already; anything else is an error.
  case identity
}

/// What is cut away around the resize.
public enum Crop: Sendable, Equatable {
  /// Width and height are resized apart: the aspect ratio is not kept.
  case none
  /// The short side becomes the network's size, the other ⌈long · size / short⌉, and the middle is kept, from
  /// ⌊(long - size) / 2⌋ on. Source: VideoGPT `videogpt/data.py` `preprocess`, common_metrics_on_video_quality
  /// `fvd/styleganv/fvd.py` `preprocess_single`.
  case shortSideCentre
  /// cd-fvd's two stages: its loader resizes the short side to `resolution` with antialiasing, keeps the middle and
  /// truncates to bytes; the mode then resizes that square to the network's size.
  /// Source: content-debiased-fvd `cdfvd/utils/data_utils.py` `preprocess`, `cdfvd/fvd.py` `compute_real_stats`.
  case loader(resolution: Int)
}

/// Frames that a resize cannot take.
public enum ResizeError: Error, Equatable {
  case emptyFrames(width: Int, height: Int)
  case wrongSize(width: Int, height: Int, size: Int, reason: Reason)
  case invalidSize(Int)
  case tooLarge(width: Int, height: Int)

  /// Why frames must have the network's size.
  public enum Reason: Sendable { case identityMode, networkRange }
}

extension ResizeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .emptyFrames(let width, let height):
      return "frames of \(width)×\(height) have no pixels"
    case .wrongSize(let width, let height, let size, let reason):
      let rule =
        reason == .identityMode
        ? "resize mode `identity` changes no size" : "value range `network` takes frames as they are"
      return "frames are \(width)×\(height), the network takes \(size)×\(size), and \(rule)"
        + "\nhint: give frames of \(size)×\(size), or name another "
        + (reason == .identityMode ? "resize mode" : "value range")
    case .invalidSize(let size):
      return "frames cannot be resized to \(size)×\(size)"
    case .tooLarge(let width, let height):
      return "frames of \(width)×\(height) are too large to resize: \(Resize.largestSide) pixels a side at most"
    }
  }
}
