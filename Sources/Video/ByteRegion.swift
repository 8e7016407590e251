import Digests

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file opened for reading at any place, closed when the last holder lets go.
package final class OpenFile: Sendable {
  package let path: String
  package let size: Int
  private let descriptor: Int32

  package convenience init(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? VideoError.missing(path: path) : VideoError.io(path: path, reason: systemReason())
    }
    try self.init(adopting: descriptor, path: path)
  }

  /// Takes over `descriptor`.
  init(adopting descriptor: Int32, path: String) throws {
    self.descriptor = descriptor
    self.path = path
    var status = stat()
    let failed = fstat(descriptor, &status) != 0
    size = failed ? 0 : Int(status.st_size)
    if failed { throw VideoError.io(path: path, reason: systemReason()) }
  }

  deinit { close(descriptor) }

  /// Reads up to `buffer.count` bytes at `offset`; fewer only at the end of the file.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      let got = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if got < 0 {
        if errno == EINTR { continue }
        throw VideoError.io(path: path, reason: systemReason())
      }
      if got == 0 { break }
      done += got
    }
    return done
  }
}

/// A run of bytes that can be read at any place: a file, a part of a file, or memory.
package struct ByteRegion: Sendable {
  private enum Storage: Sendable {
    case file(OpenFile, offset: Int)
    case memory([UInt8])
  }

  private let storage: Storage
  package let count: Int

  package init(_ file: OpenFile) {
    storage = .file(file, offset: 0)
    count = file.size
  }

  /// A part that lies inside of the file (checked by the caller).
  init(_ file: OpenFile, offset: Int, count: Int) {
    storage = .file(file, offset: offset)
    self.count = count
  }

  package init(_ bytes: [UInt8]) {
    storage = .memory(bytes)
    count = bytes.count
  }

  /// Reads at `offset`; fewer bytes than `buffer` takes only at the region's end.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard offset >= 0, offset < count else { return 0 }
    let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, count - offset)])
    switch storage {
    case .file(let file, let start): return try file.read(at: start + offset, into: wanted)
    case .memory(let bytes):
      bytes.withUnsafeBytes { wanted.copyMemory(from: .init(rebasing: $0[offset..<offset + wanted.count])) }
      return wanted.count
    }
  }

  /// Up to `count` bytes at `offset`.
  package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    let count = max(0, min(count, self.count - offset))
    var bytes = [UInt8](repeating: 0, count: count)
    let got = try bytes.withUnsafeMutableBytes { try read(at: offset, into: $0) }
    bytes.removeLast(count - got)
    return bytes
  }

  /// All bytes; the region is read whole into memory.
  package func allBytes() throws -> [UInt8] {
    if case .memory(let bytes) = storage { return bytes }
    return try bytes(at: 0, count: count)
  }

  /// Gives the bytes `offset ..< offset + count` to `body` in pieces of at most 1 MiB; stops at the region's end.
  func forEachPiece(at offset: Int = 0, count: Int? = nil, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let end = min(self.count, offset + (count ?? self.count))
    var place = offset
    var buffer = [UInt8](repeating: 0, count: min(1 << 20, max(0, end - offset)))
    try buffer.withUnsafeMutableBytes { buffer in
      while place < end {
        let got = try read(at: place, into: .init(rebasing: buffer[..<min(buffer.count, end - place)]))
        if got == 0 { break }
        try body(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
        place += got
      }
    }
  }

  /// SHA-256 of all bytes.
  func digest() throws -> Digest {
    var hasher = SHA256()
    try forEachPiece { hasher.update($0) }
    return hasher.finish()
  }
}
