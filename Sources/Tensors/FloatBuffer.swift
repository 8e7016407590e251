#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Zeroed `Float` memory on a 64-byte boundary, owned by one holder.
///
/// Large memory comes from the system page by page as it is first written, so parts that are never written take no memory.
public struct FloatBuffer: ~Copyable {
  public let pointer: UnsafeMutablePointer<Float>
  public let count: Int

  /// From this size on, memory begins on such a boundary, and the system is asked for pages of this size: strides
  /// through an activation would miss the translation buffer at every step with pages of 4 KiB.
  private static let hugePage = 2 << 20

  /// `count` zeros.
  public init(zeros count: Int) {
    precondition(count >= 0, "FloatBuffer: a count is never negative")
    self.count = count
    let bytes = Self.bytes(count)
    guard bytes < Self.hugePage else {
      pointer = Self.mapped(bytes).bindMemory(to: Float.self, capacity: count)
      return
    }
    pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Float.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: max(count, 1))
  }

  deinit {
    let bytes = Self.bytes(count)
    if bytes < Self.hugePage {
      UnsafeMutableRawPointer(pointer).deallocate()
    } else {
      munmap(UnsafeMutableRawPointer(pointer), Self.wholePages(bytes))
    }
  }

  private static func bytes(_ count: Int) -> Int { max(count, 1) * 4 }

  private static func wholePages(_ bytes: Int) -> Int {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    return (bytes + page - 1) / page * page
  }

  /// Anonymous memory, which is zero. The parts before and behind the aligned memory are unmapped at once.
  private static func mapped(_ bytes: Int) -> UnsafeMutableRawPointer {
    let length = wholePages(bytes)
    guard let all = mmap(nil, length + hugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0),
      all != MAP_FAILED
    else { fatalError("FloatBuffer: the system has no \(bytes) bytes left") }
    let before = (hugePage - Int(bitPattern: all) % hugePage) % hugePage
    let start = all + before
    if before > 0 { munmap(all, before) }
    munmap(start + length, hugePage - before)
    // Only whole pages: half of a huge page would take all of it.
    #if os(Linux)
      madvise(start, bytes / hugePage * hugePage, MADV_HUGEPAGE)
    #endif
    return start
  }
}
