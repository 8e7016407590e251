import Digests
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

  /// Maps a regular file, read-only. Throws `WeightsError.unreadable`.
  package init(mapping path: String) throws {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw WeightsError.unreadable(path: path, reason: systemMessage()) }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else {
      throw WeightsError.unreadable(path: path, reason: systemMessage())
    }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw WeightsError.unreadable(path: path, reason: "it is not a file")
    }
    label = path
    count = Int(information.st_size)
    guard count > 0 else { throw WeightsError.unreadable(path: path, reason: "it is empty") }
    guard let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED else {
      throw WeightsError.unreadable(path: path, reason: systemMessage())
    }
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
    guard let memory = malloc(max(bytes.count, 1)) else {
      preconditionFailure("out of memory for \(bytes.count) bytes")
    }
    bytes.withUnsafeBytes { source in
      if let start = source.baseAddress { memory.copyMemory(from: start, byteCount: source.count) }
    }
    self.init(label: label, owning: memory, count: bytes.count)
  }

  deinit {
    let memory = UnsafeMutableRawPointer(mutating: base)
    if isMapped { munmap(memory, count) } else { free(memory) }
  }

  package var all: ByteSlice { ByteSlice(region: self, offset: 0, count: count) }
}

/// A run of bytes inside a region. Always inside: the initialiser that is open to readers checks.
package struct ByteSlice: Sendable {
  package let region: MappedBytes
  package let offset: Int
  package let count: Int

  fileprivate init(region: MappedBytes, offset: Int, count: Int) {
    self.region = region
    self.offset = offset
    self.count = count
  }

  package var label: String { region.label }

  /// `count` bytes from `start` on, counted from the start of this slice. `part` is what a message calls them.
  package func slice(at start: Int, count length: Int, part: String) throws -> ByteSlice {
    guard start >= 0, length >= 0, start <= count, length <= count - start else {
      throw WeightsError.malformed(path: label, .endsEarly(part: part, at: start, needs: length, of: count))
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

  package func array() -> [UInt8] { withBytes { Array($0) } }

  /// The bytes as UTF-8, or nil when they are not.
  package func text() -> String? { withBytes { String(validating: $0, as: UTF8.self) } }
}

/// Reads little-endian numbers and runs of bytes in order; every read is checked against the end.
package struct ByteCursor {
  package let bytes: ByteSlice
  private(set) var position = 0

  package init(_ bytes: ByteSlice, at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  package var remaining: Int { bytes.count - position }

  package mutating func take(_ count: Int, _ part: String) throws -> ByteSlice {
    let piece = try bytes.slice(at: position, count: count, part: part)
    position += count
    return piece
  }

  package mutating func integer<T: FixedWidthInteger>(_ type: T.Type, _ part: String) throws -> T {
    let piece = try take(MemoryLayout<T>.size, part)
    return piece.withBytes { T(littleEndian: $0.loadUnaligned(as: T.self)) }
  }

  /// A length field of 32 or 64 bits, as an `Int` no larger than what is left of the bytes.
  package mutating func length<T: FixedWidthInteger>(_ type: T.Type, of part: String) throws -> Int {
    let value = try integer(type, part)
    guard let length = Int(exactly: value), length >= 0, length <= remaining else {
      throw WeightsError.malformed(
        path: bytes.label,
        .endsEarly(part: part, at: position, needs: Int(clamping: value), of: bytes.count))
    }
    return length
  }

  /// The bytes up to the next newline, which is skipped. At most `limit` bytes.
  package mutating func line(limit: Int, _ part: String) throws -> ByteSlice {
    var end = position
    while end < bytes.count, end - position <= limit, bytes[end] != 10 { end += 1 }
    guard end < bytes.count, end - position <= limit else {
      throw WeightsError.malformed(path: bytes.label, .nonsense(part: part, at: position))
    }
    let piece = try take(end - position, part)
    position += 1
    return piece
  }

  /// An unsigned integer in base-128 groups, least significant first (protobuf, LevelDB, Snappy).
  package mutating func variableInteger(_ part: String) throws -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      let byte = try integer(UInt8.self, part)
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw WeightsError.malformed(path: bytes.label, .nonsense(part: part, at: position))
  }
}
