import Files

/// Finds files that were cut short, from what their outermost structure says about its own length.
///
/// FFmpeg reads such files to where they break off and reports an ordinary end.
enum ContainerEnd {
  /// - Throws: `FilesError.truncated` (MP4/MOV, AVI, Matroska/WebM), `VideoError.decoding(.noEndMark)` (GIF, PNG
  ///   and APNG, Ogg), `.undecodable` for a checksum of Ogg that is wrong.
  static func check(_ region: ByteRegion, name: String) throws {
    let head = try region.bytes(at: 0, count: 16)
    guard head.count == 16 else { return }
    if head[4..<8].elementsEqual("ftyp".utf8) {
      try checkBoxes(region, name)
    } else if head.starts(with: "RIFF".utf8) {
      try demand(littleEndian(head[4..<8]).map { $0 + 8 }, region, name)
    } else if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      try checkSegment(region, name)
    } else if head.starts(with: "GIF8".utf8) {
      guard try endsWithTrailer(region) else { throw VideoError.decoding(.noEndMark(name: name)) }
    } else if head.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      guard try endsWithChunk(region) else { throw VideoError.decoding(.noEndMark(name: name)) }
    } else if head.starts(with: "OggS".utf8) {
      guard try OggPages.endWithTheirStreams(region, name: name) else {
        throw VideoError.decoding(.noEndMark(name: name))
      }
    }
  }

  private static func demand(_ expected: Int?, _ region: ByteRegion, _ name: String) throws {
    guard let expected, expected > region.count else { return }
    throw FilesError.truncated(path: name, expected: expected, found: region.count)
  }

  /// ISO/IEC 14496-12, 4.2: boxes follow each other to the file's end.
  private static func checkBoxes(_ region: ByteRegion, _ name: String) throws {
    var place = 0
    while place + 8 <= region.count {
      let head = try region.bytes(at: place, count: 16)
      guard head.count >= 8, head[4..<8].allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0xA9 }) else { return }
      var size = bigEndian(head[0..<4]) ?? 0
      if size == 0 { return }  // to the end of the file
      if size == 1 {
        guard head.count == 16, let large = bigEndian(head[8..<16]) else { return }
        size = large
      }
      guard size >= 8, size <= Int.max - place else { return }
      try demand(place + size, region, name)
      place += size
    }
  }

  /// GIF89a: extensions and pictures, each a run of blocks that say their length, up to a trailer. Zeros between them are
  /// passed over, as decoders do.
  private static func endsWithTrailer(_ region: ByteRegion) throws -> Bool {
    let cursor = RegionCursor(region)
    func take(_ count: Int) -> [UInt8]? {
      var bytes = [UInt8](repeating: 0, count: count)
      let got = bytes.withUnsafeMutableBufferPointer { bytes in
        bytes.baseAddress.map { cursor.read(into: $0, count: count) } ?? 0
      }
      return got == count ? bytes : nil
    }
    func table(_ flags: UInt8) -> Bool { flags & 0x80 == 0 || take(3 << (Int(flags & 7) + 1)) != nil }
    func blocks() -> Bool {
      while let size = take(1)?[0] {
        if size == 0 { return true }
        if take(Int(size)) == nil { return false }
      }
      return false
    }
    var isWhole = false
    if let head = take(13), table(head[10]) {
      walk: while let kind = take(1)?[0] {
        switch kind {
        case 0x3B:
          isWhole = true
          break walk
        case 0x21: guard take(1) != nil, blocks() else { break walk }
        case 0x2C: guard let picture = take(9), table(picture[8]), take(1) != nil, blocks() else { break walk }
        case 0: continue
        default: break walk
        }
      }
    }
    if let failure = cursor.failure { throw failure }
    return isWhole
  }

  /// PNG (W3C, 3rd edition, 5.3): chunks that say their length, the last of which is IEND.
  private static func endsWithChunk(_ region: ByteRegion) throws -> Bool {
    var place = 8
    while place + 12 <= region.count {
      let head = try region.bytes(at: place, count: 8)
      guard head.count == 8, let size = bigEndian(head[0..<4]), size <= region.count - place - 12 else { return false }
      if head[4..<8].elementsEqual("IEND".utf8) { return true }
      place += size + 12
    }
    return false
  }

  /// RFC 8794: the EBML header, then a segment that holds the rest.
  private static func checkSegment(_ region: ByteRegion, _ name: String) throws {
    let head = try region.bytes(at: 0, count: 4096)
    guard let (headerSize, headerLength) = variableInteger(head, at: 4), let headerSize else { return }
    let segment = 4 + headerLength + headerSize
    guard segment >= 0, segment + 12 <= head.count,
      head[segment..<segment + 4].elementsEqual([0x18, 0x53, 0x80, 0x67]),
      let (size, length) = variableInteger(head, at: segment + 4), let size, size <= Int.max / 2
    else { return }
    try demand(segment + 4 + length + size, region, name)
  }

  /// An EBML length: its value (nil if unknown: all ones) and how many bytes hold it.
  private static func variableInteger(_ bytes: [UInt8], at place: Int) -> (value: Int?, length: Int)? {
    guard place < bytes.count, bytes[place] != 0 else { return nil }
    let length = bytes[place].leadingZeroBitCount + 1
    guard place + length <= bytes.count else { return nil }
    let all = (1 << (7 * length)) - 1
    let raw = bytes[place..<place + length].reduce(0) { $0 << 8 | Int($1) } & all
    return (raw == all ? nil : raw, length)
  }

  private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int? {
    Int(exactly: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> Int? {
    Int(exactly: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}
