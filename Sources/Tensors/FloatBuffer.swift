#if canImport(Glibc)
  import Glibc
#endif

/// Zeroed `Float` memory on a 64-byte boundary, owned by one holder.
public struct FloatBuffer: ~Copyable {
  public let pointer: UnsafeMutablePointer<Float>
  public let count: Int

  /// From this size on, memory begins on such a boundary, and the system is asked for pages of this size: strides
  /// through an activation would miss the translation buffer at every step with pages of 4 KiB.
  private static let hugePage = 2 << 20

  /// `count` zeros.
  public init(zeros count: Int) {
    precondition(count >= 0, "FloatBuffer: a count is never negative")
    let bytes = max(count, 1) * 4
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: bytes < Self.hugePage ? 64 : Self.hugePage)
    #if os(Linux)
      if bytes >= Self.hugePage { madvise(raw, bytes, MADV_HUGEPAGE) }
    #endif
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: max(count, 1))
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
