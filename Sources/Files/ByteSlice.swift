/// A run of bytes inside a region. Always inside: the initialiser that is open to readers checks.
package struct ByteSlice: Sendable {
  package let region: MappedBytes
  package let offset: Int
  package let count: Int

  init(region: MappedBytes, offset: Int, count: Int) {
    self.region = region
    self.offset = offset
    self.count = count
  }

  package var label: String { region.label }

  /// `count` bytes from `start` on, counted from the start of this slice. `part` is what a message calls them.
  package func slice(at start: Int, count length: Int, part: String) throws -> ByteSlice {
    guard start >= 0, length >= 0, start <= count, length <= count - start else {
      throw FilesError.malformed(path: label, .endsEarly(part: part, at: start, needs: length, of: count))
    }
    return ByteSlice(region: region, offset: offset + start, count: length)
  }

  package subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count, "ByteSlice: index outside the slice")
    return (region.base + offset).load(fromByteOffset: index, as: UInt8.self)
  }

  /// The bytes, for as long as `body` runs.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(region) {
      try body(UnsafeRawBufferPointer(start: region.base + offset, count: count))
    }
  }

  /// As `withBytes` in pieces of some megabytes, in order; the memory of each is given back, where the bytes are those of a
  /// file.
  package func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    for start in stride(from: 0, to: count, by: Self.piece) {
      let length = min(Self.piece, count - start)
      try withExtendedLifetime(region) {
        try body(UnsafeRawBufferPointer(start: region.base + offset + start, count: length))
      }
      region.release(offset + start, length)
    }
  }

  private static let piece = 4 << 20

  package func array() -> [UInt8] { withBytes { Array($0) } }

  /// The bytes as UTF-8, or nil when they are not.
  package func text() -> String? { withBytes { String(validating: $0, as: UTF8.self) } }
}
