import Synchronization

/// A .zip, .npz or (compressed) .tar whose members can be read in any order.
///
/// Opening makes an index in one pass: zip from its central directory, tar from its headers. Members that are stored
/// as they are, in zips and in tars, are read where they lie; compressed members are inflated when they are opened. A
/// compressed tar is unpacked once to an unlinked temporary tar. Member names are names only: nothing is ever written
/// under them.
package final class Archive: Sendable {
  package struct Member: Sendable {
    package let name: String
    /// Unpacked bytes.
    let size: Int
    /// Where the member's own header begins.
    let headerOffset: Int
    /// Where its bytes lie as they are; nil if compressed.
    let dataOffset: Int?
    /// CRC-32 of the unpacked bytes as a zip's index has it, which nothing here compares; nil in a tar.
    package var checksum: UInt32? = nil
  }

  struct Skipped: Sendable {
    let name: String
    let reason: String
  }

  let path: String
  /// "zip" or "tar".
  let kind: String
  /// Files, in the archive's order.
  package let members: [Member]
  /// Members that cannot be read, and why.
  let skipped: [Skipped]

  private let file: OpenFile
  private let spooled = Mutex<[Int: OpenFile]>([:])

  package init(_ path: String) throws {
    let file = try OpenFile(path)
    self.path = path
    let head = try ByteRegion(file).bytes(at: 0, count: 4)
    if head == [0x50, 0x4B, 3, 4] || head == [0x50, 0x4B, 5, 6] {
      kind = "zip"
      self.file = file
      (members, skipped) = try ZipIndex.read(ByteRegion(file), path: path)
    } else {
      kind = "tar"
      let plain = try TarIndex.isPlain(ByteRegion(file))
      self.file = plain ? file : try Spool.unpack(ByteRegion(file), path: path)
      (members, skipped) = try TarIndex.read(ByteRegion(self.file), path: path)
    }
  }

  /// The member's bytes: in place if stored, else unpacked into memory.
  package func open(_ index: Int) throws -> ByteRegion {
    let member = members[index]
    if let offset = member.dataOffset { return ByteRegion(file, offset: offset, count: member.size) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(member.size, 1 << 28))  // a size that is a lie must not ask for memory
    try unpack(member, limit: member.size) { bytes += $0 }
    return ByteRegion(bytes)
  }

  /// The member's bytes without holding them in memory: in place if stored, else unpacked once to a temporary file.
  func openSpooled(_ index: Int) throws -> ByteRegion {
    let member = members[index]
    if let offset = member.dataOffset { return ByteRegion(file, offset: offset, count: member.size) }
    return ByteRegion(
      try spooled.withLock { files in
        if let file = files[index] { return file }
        let spool = try Spool(path: path)
        try unpack(member, limit: member.size) { try spool.append($0) }
        let file = try spool.finish()
        files[index] = file
        return file
      })
  }

  /// The first bytes of a member.
  func head(_ index: Int, count: Int) throws -> [UInt8] {
    let member = members[index]
    if let offset = member.dataOffset {
      return try ByteRegion(file, offset: offset, count: member.size).bytes(at: 0, count: count)
    }
    var bytes: [UInt8] = []
    try unpack(member, limit: min(count, member.size)) { bytes += $0 }
    return Array(bytes.prefix(count))
  }

  /// Gives the first `limit` unpacked bytes of a member to `body`; exactly the member's size if that is the limit.
  private func unpack(_ member: Member, limit: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let source = ByteRegion(file, offset: member.headerOffset, count: file.size - member.headerOffset)
    let reader = try ArchiveReader(source, path: path, format: kind == "zip" ? .zipStream : .tar)
    guard try reader.nextHeader() != nil else {
      throw VideoError.badArchive(path: path, reason: "`\(member.name)` is not where the index says")
    }
    var done = 0
    while done < limit {
      let got = try reader.readData { piece in
        let wanted = UnsafeRawBufferPointer(rebasing: piece[..<min(piece.count, limit - done)])
        try body(wanted)
        done += wanted.count
      }
      if got == 0 { break }
    }
    guard done == limit else {
      throw VideoError.truncated(name: path + "/" + member.name, expected: limit, found: done)
    }
  }
}
