/// Height and width of a frame as a network sees it, in pixels.
public struct FrameShape: Hashable, Sendable, CustomStringConvertible {
  public let height: Int
  public let width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// What the published vision transformers see.
  static let published = FrameShape(height: VisionTransformer.publishedSide, width: VisionTransformer.publishedSide)

  public var isSquare: Bool { height == width }
  /// Floats of a frame.
  public var values: Int { height * width * 3 }
  /// Width before height, as sizes of videos are written.
  public var description: String { "\(width)x\(height)" }
}
