import Files
import Foundation
import Testing

struct BytesTests {
  /// The check values of the Rocksoft catalogue, and each length around the steps of eight bytes against the definition.
  @Test func checksums() {
    let digits = Array("123456789".utf8)
    #expect(digits.withUnsafeBytes { CRC32.ieee.of($0) } == 0xcbf4_3926)
    #expect(digits.withUnsafeBytes { CRC32.castagnoli.of($0) } == 0xe306_9283)
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8(($0 * 37 + 11) & 255) }
      var crc = UInt32.max
      for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
      }
      #expect(bytes.withUnsafeBytes { CRC32.ieee.of($0) } == ~crc, "\(count) bytes")
    }
  }

  /// A region of a file, of a part of it and of memory give the same bytes at every place.
  @Test func regionsOfFilesAndOfMemoryAreAlike() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<200).map { UInt8($0) }
    let path = try folder.write("x", bytes)
    let file = ByteRegion(try OpenFile(path))
    let memory = ByteRegion(try MappedBytes(mapping: path).all)
    let copy = ByteRegion(MappedBytes(label: path, copying: bytes).all)
    for region in [file, memory, copy] {
      let part = try region.part(at: 10, count: 150, label: "part")
      #expect(try region.array() == bytes && part.array() == Array(bytes[10..<160]))
      for (place, count) in [(0, 0), (0, 150), (149, 5), (150, 1), (40, 7), (-1, 3)] {
        let wanted = place < 0 ? [] : Array(bytes[10..<160].dropFirst(place).prefix(count))
        #expect(try place < 0 || part.bytes(at: place, count: count) == wanted)
      }
      #expect(try part.slice(at: 3, count: 4, part: "four").array() == [13, 14, 15, 16])
      #expect(try part.digest() == part.whole().withBytes { SHA256.digest(of: $0) })
      #expect(
        message { try part.slice(at: 149, count: 2, part: "two bytes") }
          .hasSuffix("two bytes at byte 149 needs 2 bytes, but only 150 are there in all"))
      #expect(
        message { try region.part(at: 190, count: 20, label: "a/b") }
          == "`a/b` is truncated: 20 bytes expected, 10 found")
    }
  }

  @Test func whatCannotBeMappedIsNamed() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.write("empty", [])
    #expect(message { try MappedBytes(mapping: empty) } == "`\(empty)` cannot be read: it is empty")
    #expect(message { try MappedBytes(mapping: folder.path) } == "`\(folder.path)` cannot be read: it is not a file")
    let none = folder.file("none")
    #expect(message { try OpenFile(none) } == "`\(none)` cannot be read: No such file or directory")
  }

  @Test func aCollectorKeepsWhatItGets() {
    for size in [0, 1, 7, 1 << 20] {
      var collector = ByteCollector(expecting: size)
      var wanted: [UInt8] = []
      for piece in 0..<50 {
        let bytes = [UInt8](repeating: UInt8(piece), count: piece)
        bytes.withUnsafeBytes { collector.append($0) }
        wanted += bytes
      }
      #expect(collector.count == wanted.count)
      #expect(collector.finish(label: "x").all.array() == wanted)
    }
  }
}
