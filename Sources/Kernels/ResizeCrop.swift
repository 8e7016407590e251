import Vocabulary

/// What is cut away around the resize.
public enum Crop: Sendable, Equatable {
  /// Width and height are resized apart: the aspect ratio is not kept.
  case none
  /// The short side becomes the network's size, the other ⌈long · size / short⌉, and the middle is kept, from
  /// ⌊(long - size) / 2⌋ on. Source: VideoGPT `videogpt/data.py` `preprocess`, common_metrics_on_video_quality
  /// `fvd/styleganv/fvd.py` `preprocess_single`.
  case shortSideCentre
  /// The short side becomes the network's size, the other ⌊size · long / short⌋, and the middle is kept, from (long - size) / 2
  /// on, halves to the nearest even number: torchvision's `Resize(size)` and `CenterCrop(size)`. With `short`, the short side
  /// becomes so long, and the middle of both sides is kept: `Resize(short)` and `CenterCrop(size)`.
  case torchvisionCentre(short: Int? = nil)
  /// The short side becomes the network's size, the other ⌊size · long / short⌋, and all is kept: torchvision's `Resize(size)`.
  case shortSide
  /// The long side becomes the network's size if it is longer, the other is brought down by the same factor (rounded down), and
  /// all is kept.
  case longSideAtMost
  /// The same of the short side; where that is longer, the middle square of the network's size may be cut out.
  case shortSideAtMost(isCentred: Bool)
  /// Frames are as they are.
  case whole
  /// A published program's loader makes a square of bytes first; the mode then resizes that square to the network's size.
  case loader(LoaderStage)
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
  public enum Reason: Sendable { case noResize, networkRange }
}

extension ResizeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .emptyFrames(let width, let height):
      return "frames of \(width)×\(height) have no pixels"
    case .wrongSize(let width, let height, let size, let reason):
      let rule =
        reason == .noResize
        ? "`resize` is `none`" : "value range `network` takes frames as they are"
      return "frames are \(width)×\(height), the network takes \(size)×\(size), and \(rule)"
        + "\nhint: give frames of \(size)×\(size), or name another "
        + (reason == .noResize ? "resize mode" : "value range")
    case .invalidSize(let size):
      return "frames cannot be resized to \(size)×\(size)"
    case .tooLarge(let width, let height):
      return "frames of \(width)×\(height) are too large to resize: \(Resize.largestSide) pixels a side at most"
    case .invalidAspect(let width, let height):
      return "frames cannot be cropped to the aspect ratio \(width):\(height)"
    }
  }
}
