/// The central directory of a zip (PKWARE APPNOTE 6.3.10, sections 4.3.12 to 4.3.16, with zip64).
enum ZipIndex {
  static func read(_ region: ByteRegion, path: String) throws -> (members: [Archive.Member], skipped: [Archive.Skipped])
  {
    let (start, size, count) = try directory(region, path)
    let bytes = Fields(try region.bytes(at: start, count: size))
    var (members, skipped): ([Archive.Member], [Archive.Skipped]) = ([], [])
    var place = 0
    for _ in 0..<count {
      guard place + 46 <= bytes.count, bytes.u32(place) == 0x0201_4B50 else { throw bad(path, "its index is damaged") }
      let (flags, method) = (bytes.u16(place + 8), bytes.u16(place + 10))
      let (nameLength, extraLength) = (bytes.u16(place + 28), bytes.u16(place + 30))
      let end = place + 46 + nameLength + extraLength + bytes.u16(place + 32)
      guard end <= bytes.count else { throw bad(path, "its index is cut short") }
      let checksum = UInt32(bytes.u32(place + 16))
      let name = String(decoding: bytes.slice(place + 46, nameLength), as: UTF8.self)
      var sizes = [bytes.u32(place + 24), bytes.u32(place + 20), bytes.u32(place + 42)]  // unpacked, packed, offset
      try zip64(&sizes, bytes.slice(place + 46 + nameLength, extraLength), path)
      place = end
      guard !name.hasSuffix("/") else { continue }
      guard flags & 1 == 0 else {
        skipped.append(Archive.Skipped(name: name, reason: "encrypted"))
        continue
      }
      let offset = sizes[2]
      let dataOffset = method == 0 ? try locate(region, offset, sizes[0], name, path) : nil
      guard offset < region.count else { throw bad(path, "its index points outside of it") }
      members.append(
        Archive.Member(
          name: name, size: sizes[0], headerOffset: offset, dataOffset: dataOffset, checksum: checksum))
    }
    return (members, skipped)
  }

  /// Where the central directory lies and how many entries it has, from the record at the zip's end.
  private static func directory(_ region: ByteRegion, _ path: String) throws -> (start: Int, size: Int, count: Int) {
    let tailStart = max(0, region.count - 65_557)
    let tail = Fields(try region.bytes(at: tailStart, count: 65_557))
    var place = tail.count - 22
    while place >= 0, tail.u32(place) != 0x0605_4B50 { place -= 1 }
    guard place >= 0 else { throw bad(path, "it ends without an index; it may be truncated") }
    var (count, size, start) = (tail.u16(place + 10), tail.u32(place + 12), tail.u32(place + 16))
    if count == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF, place >= 20,
      tail.u32(place - 20) == 0x0706_4B50
    {
      guard let offset = tail.u64(place - 12) else { throw bad(path, "its index is damaged") }
      let record = Fields(try region.bytes(at: offset, count: 56))
      guard record.count == 56, record.u32(0) == 0x0606_4B50, let large = record.u64(32),
        let largeSize = record.u64(40), let largeStart = record.u64(48)
      else { throw bad(path, "its index is damaged") }
      (count, size, start) = (large, largeSize, largeStart)
    }
    guard start <= region.count, size <= region.count - start, count <= size / 46 else {
      throw bad(path, "its index points outside of it; it may be truncated")
    }
    return (start, size, count)
  }

  /// Replaces fields that are all ones by those of the zip64 extra field.
  private static func zip64(_ sizes: inout [Int], _ extra: ArraySlice<UInt8>, _ path: String) throws {
    guard sizes.contains(0xFFFF_FFFF) else { return }
    let extra = Fields(Array(extra))
    var place = 0
    while place + 4 <= extra.count {
      let length = extra.u16(place + 2)
      if extra.u16(place) == 1 {
        var field = place + 4
        for index in sizes.indices where sizes[index] == 0xFFFF_FFFF {
          guard field + 8 <= min(extra.count, place + 4 + length), let value = extra.u64(field) else {
            throw bad(path, "its index is damaged")
          }
          sizes[index] = value
          field += 8
        }
      }
      place += 4 + length
    }
  }

  /// Where a stored member's bytes begin.
  private static func locate(_ region: ByteRegion, _ offset: Int, _ size: Int, _ name: String, _ path: String) throws
    -> Int
  {
    let head = Fields(try region.bytes(at: offset, count: 30))
    guard head.count == 30, head.u32(0) == 0x0403_4B50 else { throw bad(path, "`\(name)` is not where the index says") }
    let start = offset + 30 + head.u16(26) + head.u16(28)
    guard start <= region.count, size <= region.count - start else {
      throw VideoError.truncated(name: path + "/" + name, expected: size, found: max(0, region.count - start))
    }
    return start
  }

  private static func bad(_ path: String, _ reason: String) -> VideoError { .badArchive(path: path, reason: reason) }

  /// Little-endian fields; places are inside of the bytes (checked by the caller) except for `u64`.
  private struct Fields {
    let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    var count: Int { bytes.count }
    func u16(_ place: Int) -> Int { Int(bytes[place]) | Int(bytes[place + 1]) << 8 }
    func u32(_ place: Int) -> Int { u16(place) | u16(place + 2) << 16 }
    func u64(_ place: Int) -> Int? {
      guard place >= 0, place + 8 <= bytes.count else { return nil }
      return Int(exactly: bytes[place..<place + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    func slice(_ place: Int, _ length: Int) -> ArraySlice<UInt8> { bytes[place..<place + length] }
  }
}
