import Foundation

/// Bytes that stay where they are: a file mapped into memory, or memory that the region owns.
///
/// Nothing is copied until a tensor is read; whoever holds a slice of the region keeps it alive.
package final class MappedBytes: @unchecked Sendable {
  /// What messages call these bytes: the path as the user gave it.
  package let label: String
  package let base: UnsafeRawPointer
  package let count: Int
  private let isMapped: Bool

  /// Maps a regular file, read-only.
  ///
  /// - Throws: `FilesError.unreadable`.
  package init(mapping path: String) throws {
    let file = try OpenFile(path)
    guard file.isRegular else { throw FilesError.unreadable(path: path, reason: "it is not a file") }
    guard file.size > 0 else { throw FilesError.unreadable(path: path, reason: "it is empty") }
    guard let memory = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0), memory != MAP_FAILED else {
      throw FilesError.unreadable(path: path, reason: systemMessage())
    }
    label = path
    count = file.size
    base = UnsafeRawPointer(memory)
    isMapped = true
  }

  /// Takes ownership of memory from `malloc`.
  package init(label: String, owning memory: UnsafeMutableRawPointer, count: Int) {
    self.label = label
    self.count = count
    base = UnsafeRawPointer(memory)
    isMapped = false
  }

  package convenience init(label: String, copying bytes: [UInt8]) {
    var collector = ByteCollector(expecting: bytes.count)
    bytes.withUnsafeBytes { collector.append($0) }
    let (memory, count) = collector.take()
    self.init(label: label, owning: memory, count: count)
  }

  deinit {
    let memory = UnsafeMutableRawPointer(mutating: base)
    if isMapped { munmap(memory, count) } else { free(memory) }
  }

  /// The bytes from `start` on are not read again soon: whole pages of a file among them leave the process's memory, and are
  /// read anew where somebody asks for them.
  package func release(_ start: Int, _ length: Int) {
    guard isMapped else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (start + page - 1) / page * page
    // The last page of the file is whole.
    let end = start + length == count ? count : (start + length) / page * page
    guard end > first else { return }
    madvise(UnsafeMutableRawPointer(mutating: base + first), end - first, MADV_DONTNEED)
  }

  package var all: ByteSlice { ByteSlice(region: self, offset: 0, count: count) }
}

/// Memory that grows while bytes arrive, and then stays where it is.
package struct ByteCollector: ~Copyable {
  private var memory: UnsafeMutableRawPointer
  private var capacity: Int
  package private(set) var count = 0

  /// - Parameter size: bytes that are expected, if that is known; no more than 256 MiB are asked for on its word.
  package init(expecting size: Int = 1 << 20) {
    capacity = max(1, min(size, 1 << 28))
    memory = Self.checked(malloc(capacity), capacity)
  }

  deinit { free(memory) }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    if bytes.count > capacity - count {
      capacity = max(2 * capacity, count + bytes.count)
      memory = Self.checked(realloc(memory, capacity), capacity)
    }
    (memory + count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  package consuming func finish(label: String) -> MappedBytes {
    let (memory, count) = take()
    return MappedBytes(label: label, owning: memory, count: count)
  }

  /// The memory, which the caller frees.
  consuming func take() -> (UnsafeMutableRawPointer, Int) {
    let result = (memory, count)
    discard self
    return result
  }

  private static func checked(_ memory: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer {
    guard let memory else { preconditionFailure("out of memory for \(size) bytes") }
    return memory
  }
}
