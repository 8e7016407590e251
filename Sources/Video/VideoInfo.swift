/// Width × height in pixels.
public struct FrameSize: Hashable, Sendable, CustomStringConvertible {
  public let width: Int
  public let height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  public var description: String { "\(width)x\(height)" }
}

/// What is known of a video without decoding its pictures. Unknown is nil.
public struct VideoInfo: Hashable, Sendable {
  /// Size of the frames as they are read, after rotation.
  public var width: Int
  public var height: Int
  /// The exact number of frames that reading gives.
  public var frameCount: Int
  /// Frames a second; nil for frame folders and arrays.
  public var frameRate: Double?
  /// Whether the time between frames varies (the longest step is over 1.5 times the shortest).
  public var isVariableFrameRate: Bool?
  /// Name of the coding: "h264", "gif", "png", "npy float32", ...
  public var codec: String
  /// FFmpeg's name of the decoder's pixel format: "yuv420p", "bgra", ...
  public var pixelFormat: String?
  /// "tv" (16...235), "pc" (0...255); nil if untagged, which is read as "tv" except where the pixel format says "pc".
  public var colourRange: String?
  /// FFmpeg's name of the matrix: "bt709", "smpte170m", ...; nil if untagged, which is read as BT.601.
  public var colourMatrix: String?
  /// Clockwise turn in degrees that reading applies: 0, 90, 180 or 270.
  public var rotation: Int
  /// Whether the coding keeps every value of an RGB picture (GIF and subsampled chroma do not); nil if that depends on
  /// the encoder's settings.
  public var isLossless: Bool?
  /// Bytes of the files that hold the video; of the row for arrays.
  public var fileSize: Int
  /// Oddities that do not stop a run.
  public var problems: [Problem]

  public enum Problem: Hashable, Sendable, CustomStringConvertible {
    /// Numbers that are missing between the first and the last frame name: how many, and the first of them.
    case missingFrames(count: Int, first: Int)
    /// Several pictures for one frame, such as `f1.png` and `f1.jpg`: each of them is a frame.
    case samePictureName(String)
    /// Transfer function of high dynamic range ("smpte2084", "arib-std-b67"): values are read as they are.
    case highDynamicRange(transfer: String)
    /// Frames that are transparent somewhere.
    case transparent(frames: Int)
    /// Alpha that is kept beside the pictures, and that the decoder does not read.
    case alphaPlane

    public var description: String {
      switch self {
      case .missingFrames(let count, let first):
        "\(count) \(count == 1 ? "frame is" : "frames are") missing in the numbering, first \(first)"
      case .samePictureName(let name): "several pictures are named `\(name)`, and each counts as a frame"
      case .highDynamicRange(let transfer): "high dynamic range (\(transfer)), read without tone mapping"
      case .transparent(let frames):
        "alpha is below its largest value in \(frames) \(frames == 1 ? "frame" : "frames"); it is dropped: a pixel keeps "
          + "the colour that is stored with it, and is black where there is none"
      case .alphaPlane: "it has an alpha plane, which is not read: pixels keep their colours"
      }
    }
  }

  public var size: FrameSize { FrameSize(width: width, height: height) }
}
