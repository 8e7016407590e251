import Files

/// The pages of an Ogg file (RFC 3533, 6), whose lengths and checksums FFmpeg does not hold against the file.
enum OggPages {
  private static let headLength = 27

  /// Whether the last page of each stream says that it is the last. Bytes behind the pages are passed over, as demuxers do.
  ///
  /// - Throws: `VideoError.decoding(.undecodable)` for a page whose checksum is wrong.
  static func endWithTheirStreams(_ region: ByteRegion, name: String) throws -> Bool {
    var (place, open) = (0, Set<[UInt8]>())
    while place + headLength <= region.count {
      let head = try region.bytes(at: place, count: headLength + 255)
      guard head.count >= headLength, head.starts(with: "OggS".utf8) else { break }
      let segments = headLength + Int(head[26])
      guard head.count >= segments else { return false }
      let size = segments + head[headLength..<segments].reduce(0) { $0 + Int($1) }
      guard size <= region.count - place else { return false }
      var page = try region.bytes(at: place, count: size)
      let written = page[22..<26].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      page.replaceSubrange(22..<26, with: [0, 0, 0, 0])
      guard checksum(page) == written else {
        throw VideoError.decoding(
          .undecodable(name: name, frame: nil, reason: "the checksum of the page at byte \(place) is wrong"))
      }
      let serial = Array(head[14..<18])
      if head[5] & 4 == 0 { open.insert(serial) } else { open.remove(serial) }
      place += size
    }
    return open.isEmpty
  }

  /// CRC-32 of the polynomial 0x04C11DB7, highest bit first, from 0.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.reduce(0) { sum, byte in sum << 8 ^ table[Int(UInt8(sum >> 24) ^ byte)] }
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte) << 24) { sum, _ in sum & 0x8000_0000 == 0 ? sum << 1 : sum << 1 ^ 0x04C1_1DB7 }
  }
}
