/// Extents along time, height and width: of a tensor, a kernel, a stride or a padding.
public struct Volume: Hashable, Sendable, CustomStringConvertible {
  public var frames: Int
  public var height: Int
  public var width: Int

  public init(_ frames: Int, _ height: Int, _ width: Int) {
    self.frames = frames
    self.height = height
    self.width = width
  }

  /// The same extent along each axis.
  public init(cube side: Int) { self.init(side, side, side) }

  public var count: Int { frames * height * width }
  public var description: String { "\(frames)×\(height)×\(width)" }

  public static let one = Volume(cube: 1)
}
