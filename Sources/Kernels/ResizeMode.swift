/// How frames become the size a network takes. Coordinates and weights are float32, as in the reference programs, but for
/// Pillow's.
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
  /// The cubic kernel of a = -½, 2·max(1, s) wide on either side of s·(i + ½), along rows and then along columns, cut off
  /// at black and white and not rounded to bytes; weights and sums in float64, float32 between the two. Pillow's
  /// `resize(…, BICUBIC)` of images of mode `F`, which is what clean-fid's mode `clean` does to each channel.
  case pilBicubic = "pil-bicubic"
  /// The same kernel for images of mode `RGB`: weights of 22 bits, each of the two passes rounded to bytes and cut off. What
  /// torchvision's `Resize(..., BICUBIC)` makes of PIL images; floats are rounded to bytes first.
  case pilBicubicBytes = "pil-bicubic-8bit"
  /// The frames have the network's size already; anything else is an error.
  case identity
}

/// The numbers that a network takes for black and white.
public enum InputScaling: String, Sendable, CaseIterable {
  /// -1 and 1: 2x/255 - 1 of x in 0...255.
  case symmetric
  /// -1 and 127/128: (x - 128) / 128 of x in 0...255, as in the Inception graph of 2015-12-05, clean-fid and
  /// torch-fidelity.
  case tensorflow
  /// 0 and 1: x/255 of x in 0...255.
  case unit
}

/// What is cut away around the resize.
public enum Crop: Sendable, Equatable {
  /// Width and height are resized apart: the aspect ratio is not kept.
  case none
  /// The short side becomes the network's size, the other ⌈long · size / short⌉, and the middle is kept, from
  /// ⌊(long - size) / 2⌋ on. Source: VideoGPT `videogpt/data.py` `preprocess`, common_metrics_on_video_quality
  /// `fvd/styleganv/fvd.py` `preprocess_single`.
  case shortSideCentre
  /// The short side becomes the network's size, the other ⌊size · long / short⌋, and the middle is kept, from (long - size) / 2
  /// on, halves to the nearest even number: torchvision's `Resize(size)` and `CenterCrop(size)`.
  case torchvisionCentre
  /// cd-fvd's two stages: its loader resizes the short side to `resolution` with antialiasing, keeps the middle and
  /// truncates to bytes; the mode then resizes that square to the network's size.
  /// Source: content-debiased-fvd `cdfvd/utils/data_utils.py` `preprocess`, `cdfvd/fvd.py` `compute_real_stats`.
  case loader(resolution: Int)
  /// Before the resize, the largest region of this aspect ratio in the middle is kept, its sides rounded down, from
  /// ⌊(side - kept) / 2⌋ on; width and height of it are then resized apart. 2:1 keeps 256×128 of 256×160, as in
  /// "Generative Image Dynamics" (CVPR 2024), section 7.
  case aspect(width: Int, height: Int)
}

/// Frames that a resize cannot take.
public enum ResizeError: Error, Equatable {
  case emptyFrames(width: Int, height: Int)
  case wrongSize(width: Int, height: Int, size: Int, reason: Reason)
  case invalidSize(Int)
  case tooLarge(width: Int, height: Int)
  case invalidAspect(width: Int, height: Int)

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
    case .invalidAspect(let width, let height):
      return "frames cannot be cropped to the aspect ratio \(width):\(height)"
    }
  }
}
