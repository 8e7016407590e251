/// The value of one field of a protocol as it is written in YAML, in JSON and on the command line.
public enum FieldValue: Sendable, Hashable, Codable, CustomStringConvertible {
  case integer(Int)
  case number(Double)
  case text(String)

  public var description: String {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): String(describing: value)
    case .text(let value): value
    }
  }

  /// The value as JSON (RFC 8259, section 7): quotation mark, backslash and control characters are escaped, the last
  /// as `\u00xx` always, so that one text has one form.
  var json: String {
    guard case .text(let value) = self else { return description }
    var escaped = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": escaped += "\\\(scalar)"
      case "\0"..."\u{1f}": escaped += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped + "\""
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    }
  }
}

/// A count that may be unlimited: a whole number from 1, or `all`.
public enum Limit: Sendable, Hashable, Codable {
  case all
  case count(Int)

  /// The number, or nil for `all`.
  public var maximum: Int? { if case .count(let count) = self { count } else { nil } }
}

/// Which clips of a video are scored.
public enum ClipSelection: Sendable, Hashable, Codable {
  /// One, where `offset` says.
  case one
  /// Every consecutive clip that fits, none overlapping.
  case all
  case count(Int)
  /// One clip whose frames are spread evenly over the whole video, first and last included.
  case even
}

/// Where in a video a clip begins.
public enum ClipOffset: String, Sendable, CaseIterable, Codable { case start, center, random }

/// How frames reach the size of the network's input.
public enum ResizeMode: String, Sendable, CaseIterable, Codable {
  /// TensorFlow 1 `resize_bilinear` without `align_corners`: source = target × in/out, no antialiasing.
  case tf1Bilinear = "tf1-bilinear"
  /// Pixel centres are aligned: source = (target + 1/2) × in/out - 1/2, no antialiasing.
  case halfPixelBilinear = "half-pixel-bilinear"
  /// The corners are aligned: source = target × (in - 1)/(out - 1).
  case alignCornersBilinear = "align-corners-bilinear"
  /// Pixel centres are aligned, with antialiasing: PyTorch's `antialias=True`.
  case antialiasBilinear = "antialias-bilinear"
  /// PIL's bicubic resize of float channels, antialiased, cut off at 0 and 255 and not rounded: clean-fid's.
  case pilBicubic = "pil-bicubic"
  /// PIL's bicubic resize of RGB images, antialiased, rounded to bytes after each of its two passes: torchvision's of PIL
  /// images.
  case pilBicubicBytes = "pil-bicubic-8bit"
  /// The frames must have the network's size already.
  case none
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
}

/// A resize that the published program's loader makes before the network's own.
public enum LoaderResize: String, Sendable, CaseIterable, Codable {
  case none
  /// Short side to `loader-resolution` (the other rounded up) by bilinear interpolation with antialiasing, centre crop to
  /// a square, values truncated to whole numbers 0...255. Rows of arrays have passed their loader and are left alone.
  case antialiasBilinear = "antialias-bilinear"
}

/// What the values given to the network mean.
public enum InputRange: String, Sendable, CaseIterable, Codable {
  /// Pixels 0...255, mapped to -1...1 by 2x/255 - 1 after the resize.
  case pixel
  /// The values are given to the network as they are, neither scaled nor resized.
  case network
}

/// How the trace of the covariance root is taken.
public enum RootMethod: String, Sendable, CaseIterable, Codable {
  /// Symmetric eigendecomposition, eigenvalues below 0 count as 0.
  case symmetricEigen = "symmetric-eigen"
  /// TensorFlow's `trace_sqrt_product`: singular values below `root-eps` are kept and not rooted.
  case svd
}
