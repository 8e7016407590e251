/// A run of bytes that can be read at any place: a file, a part of a file, or memory.
///
/// Where `ByteSlice` always lies in memory, a region of a file is read piece by piece and never held whole.
package struct ByteRegion: Sendable {
  private enum Storage: Sendable {
    case file(OpenFile, offset: Int)
    case memory(ByteSlice)
  }

  private let storage: Storage
  /// What messages call these bytes.
  package let label: String
  package let count: Int

  package init(_ file: OpenFile) {
    storage = .file(file, offset: 0)
    label = file.path
    count = file.size
  }

  package init(_ bytes: ByteSlice) {
    storage = .memory(bytes)
    label = bytes.label
    count = bytes.count
  }

  private init(_ storage: Storage, label: String, count: Int) {
    self.storage = storage
    self.label = label
    self.count = count
  }

  /// The bytes `start ..< start + count`, which must be inside.
  ///
  /// - Throws: `FilesError.truncated` with `label` for a part that goes on after the end.
  package func part(at start: Int, count length: Int, label: String) throws -> ByteRegion {
    guard start >= 0, length >= 0, start <= count, length <= count - start else {
      throw FilesError.truncated(path: label, expected: length, found: max(0, count - max(0, start)))
    }
    switch storage {
    case .file(let file, let offset):
      return ByteRegion(.file(file, offset: offset + start), label: label, count: length)
    case .memory(let bytes):
      return ByteRegion(
        .memory(try bytes.slice(at: start, count: length, part: label)), label: label, count: length)
    }
  }

  /// Reads at `offset`; fewer bytes than `buffer` takes only at the region's end.
  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard offset >= 0, offset < count else { return 0 }
    let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, count - offset)])
    switch storage {
    case .file(let file, let start): return try file.read(at: start + offset, into: wanted)
    case .memory(let bytes):
      bytes.withBytes { wanted.copyMemory(from: .init(rebasing: $0[offset..<offset + wanted.count])) }
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

  /// Exactly `count` bytes in memory: where they lie, or read from the file.
  ///
  /// - Throws: `FilesError.malformed` with `part` for bytes that are not there.
  package func slice(at start: Int, count length: Int, part: String) throws -> ByteSlice {
    if case .memory(let bytes) = storage { return try bytes.slice(at: start, count: length, part: part) }
    let early = FilesError.malformed(path: label, .endsEarly(part: part, at: start, needs: length, of: count))
    guard start >= 0, length >= 0, start <= count, length <= count - start else { throw early }
    var collector = ByteCollector(expecting: length)
    try forEachPiece(at: start, count: length) { collector.append($0) }
    guard collector.count == length else { throw early }
    return collector.finish(label: label).all
  }

  /// A copy of all bytes.
  package func array() throws -> [UInt8] { try bytes(at: 0, count: count) }

  /// All bytes in memory.
  package func whole() throws -> ByteSlice { try slice(at: 0, count: count, part: "the content") }

  /// Gives the bytes `offset ..< offset + count` to `body` in pieces of at most 1 MiB; stops at the region's end.
  package func forEachPiece(
    at offset: Int = 0, count: Int? = nil, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
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
  package func digest() throws -> Digest {
    var hasher = SHA256()
    try forEachPiece { hasher.update($0) }
    return hasher.finish()
  }
}
