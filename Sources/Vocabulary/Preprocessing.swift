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
  /// The cubic kernel of a = -¾ over the four samples around s·(i + ½) - ½, no antialiasing, neither rounded nor cut off:
  /// `F.interpolate(mode="bicubic", align_corners=False)` of PyTorch for floats.
  case torchBicubic = "torch-bicubic"
  /// The kernel of `pilBicubic` in float32, neither rounded nor cut off: PyTorch's `antialias=True` for floats, torchvision's
  /// default for tensors since 0.17.
  case torchAntialiasBicubic = "torch-antialias-bicubic"
  /// The frames have the network's size already; anything else is an error.
  case none
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

/// What happens to frames that are not square.
public enum CropMode: String, Sendable, CaseIterable, Codable {
  /// Both sides are brought to the network's size, each by its own factor.
  case none
  /// The short side is brought to the network's size, the other by the same factor (rounded up), then the centre is cut out.
  case center
  /// The same, the other side rounded down and the offset to the nearest even number: torchvision's `Resize` and
  /// `CenterCrop`.
  case torchvisionCenter = "torchvision-center"
  /// The short side is brought to the network's size, the other by the same factor (rounded down), and nothing is cut away:
  /// torchvision's `Resize` alone. The network sees frames that are not square.
  case shortSide = "short-side"
  /// The long side is brought down to the network's size if it is longer, the other by the same factor (rounded down), and nothing
  /// is cut away.
  case longSideAtMost = "long-side-at-most"
  /// The same of the short side.
  case shortSideAtMost = "short-side-at-most"
  /// The same of the short side; of frames that were longer the middle square is cut out.
  case shortSideAtMostCenter = "short-side-at-most-center"
  /// Frames are as they are.
  case whole

  /// Whether the network sees frames of any size.
  public var keepsAnySize: Bool {
    switch self {
    case .none, .center, .torchvisionCenter, .shortSide: false
    case .longSideAtMost, .shortSideAtMost, .shortSideAtMostCenter, .whole: true
    }
  }
}

/// A resize that the published program's loader makes before the network's own: short side to `loader-resolution`, centre crop
/// to a square, values truncated to whole numbers 0...255. Rows of arrays have passed their loader and are left alone.
public enum LoaderResize: String, Sendable, CaseIterable, Codable {
  case none
  /// As `ResizeMode.antialiasBilinear`.
  case antialiasBilinear = "antialias-bilinear"
  /// As `ResizeMode.halfPixelBilinear`.
  case halfPixelBilinear = "half-pixel-bilinear"
}

/// How a loader's roundings make a square.
public enum LoaderCrop: String, Sendable, CaseIterable, Codable {
  /// As `CropMode.center`: the long side is rounded up.
  case center
  /// As `CropMode.torchvisionCenter`: the long side is rounded down, and the offset to the nearest even number.
  case torchvisionCenter = "torchvision-center"
}

/// The float32 that a loader makes of a byte x, and how it makes a byte of it again: towards zero. The resize is between the two.
public enum LoaderFloats: String, Sendable, CaseIterable, Codable {
  /// x/255, and 255 v: every byte comes back.
  case unit
  /// x/255, and 255 ((v - ½) + ½): the levels 1 to 63 come back one lower. VideoGPT and TATS.
  case centred
  /// (x/255 - ½) / ½, and (v + 1) · 255 / 2: the levels 1 to 63 come back one lower. LVDM.
  case symmetric
}

/// The sets whose videos pass the loader.
public enum LoaderSets: String, Sendable, CaseIterable, Codable {
  case both
  /// Fake videos are scored as the generator wrote them.
  case real
}

/// What the values given to the network mean.
public enum InputRange: String, Sendable, CaseIterable, Codable {
  /// Pixels 0...255, mapped to -1...1 by 2x/255 - 1 after the resize.
  case pixel
  /// The values are given to the network as they are, neither scaled nor resized.
  case network
}

/// A centre crop to an aspect ratio before everything else.
public enum AspectCrop: Sendable, Hashable, Codable {
  case none
  case ratio(width: Int, height: Int)
}
