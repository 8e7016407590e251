import Tensors

/// Memory that the layers of one network use in turn. Plans reserve what they need when they are made; the memory is
/// there from the first run on.
///
/// One workspace serves one layer at a time, so networks that run side by side have one each.
public final class Workspace: @unchecked Sendable {
  private final class Memory {
    let buffer: FloatBuffer
    init(_ count: Int) { buffer = FloatBuffer(zeros: count) }
  }

  private var needed = 0
  private var memory = Memory(0)

  public init() {}

  /// Floats that it takes.
  public var count: Int { needed }

  func reserve(_ floats: Int) { needed = max(needed, floats) }

  func pointer() -> UnsafeMutablePointer<Float> {
    if memory.buffer.count < needed { memory = Memory(needed) }
    return memory.buffer.pointer
  }
}
