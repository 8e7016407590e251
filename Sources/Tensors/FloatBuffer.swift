/// Uninitialised or zeroed `Float` memory on a 64-byte boundary, owned by one holder.
public struct FloatBuffer: ~Copyable {
  public let pointer: UnsafeMutablePointer<Float>
  public let count: Int

  /// `count` zeros.
  public init(zeros count: Int) {
    precondition(count >= 0, "FloatBuffer: a count is never negative")
    let raw = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: max(count, 1))
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
