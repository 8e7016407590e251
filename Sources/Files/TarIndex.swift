import CArchive

/// The members of a tar, found in one pass over its headers (libarchive: ustar, GNU, pax).
enum TarIndex {
  /// Whether the tar is not compressed: its first header has the mark of ustar, or a checksum that fits (V7).
  static func isPlain(_ region: ByteRegion) throws -> Bool {
    let head = try region.bytes(at: 0, count: 512)
    guard head.count == 512 else { return false }
    if head[257..<262].elementsEqual("ustar".utf8) { return true }
    let digits = head[148..<156].filter { (48..<56).contains($0) }
    let stated = digits.reduce(0) { $0 * 8 + Int($1 - 48) }
    let sum = head.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    return !digits.isEmpty && stated == sum
  }

  static func read(_ region: ByteRegion) throws -> (members: [Archive.Member], skipped: [Archive.Skipped]) {
    let reader = try ArchiveReader(region, format: .tar)
    var (members, skipped): ([Archive.Member], [Archive.Skipped]) = ([], [])
    var end: Int? = 0  // of the last member
    while let entry = try reader.nextHeader() {
      let kind = archive_entry_filetype(entry)
      let position = reader.position
      end = archive_entry_size(entry) == 0 ? padded(position.data) : nil
      guard kind != 0o040000 else { continue }  // AE_IFDIR
      guard let raw = archive_entry_pathname(entry) else {
        throw FilesError.malformed(path: region.label, .missing(part: "name for a member"))
      }
      let name = String(cString: raw)
      guard kind == 0o100000, archive_entry_hardlink(entry) == nil else {  // AE_IFREG
        skipped.append(Archive.Skipped(name: name, reason: "a link or device"))
        continue
      }
      let size = Int(archive_entry_size(entry))
      // A sparse member's bytes do not lie as they are.
      let inPlace = archive_entry_sparse_count(entry) == 0 && position.data - position.header >= 512
      guard !inPlace || (size >= 0 && size <= region.count - position.data) else {
        throw FilesError.truncated(
          path: region.label + "/" + name, expected: size, found: max(0, region.count - position.data))
      }
      end = inPlace ? padded(position.data + size) : nil
      members.append(
        Archive.Member(
          name: name, size: size, packedSize: size, headerOffset: position.header,
          dataOffset: inPlace ? position.data : nil))
    }
    if let end { try checkEnd(region, at: end) }
    return (members, skipped)
  }

  /// The end of the block of 512 bytes that `place` is in.
  private static func padded(_ place: Int) -> Int { (place + 511) / 512 * 512 }

  /// A tar ends with blocks of zeros (POSIX: two of 512 bytes), and writers fill their last record with more.
  ///
  /// - Parameter end: of the last member.
  private static func checkEnd(_ region: ByteRegion, at end: Int) throws {
    guard region.count >= end + 512 else {
      throw FilesError.malformed(path: region.label, .missing(part: "end mark: the tar is cut short"))
    }
    try region.forEachPiece(at: end) { piece in
      guard piece.allSatisfy({ $0 == 0 }) else {
        throw FilesError.malformed(
          path: region.label, .unsupported(part: "what follows its end mark", what: "more than zeros"))
      }
    }
  }
}
