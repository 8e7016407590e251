import CArchive
import Synchronization

extension ContentKind {
  /// Whether a tar can be in it, as it is or compressed.
  fileprivate var isTar: Bool { [.tar, .gzip, .bzip2, .xz, .zstandard].contains(self) }
}

/// A .zip, .npz or (compressed) .tar whose members can be read in any order.
///
/// Opening makes an index in one pass: zip from its central directory, tar from its headers. Members that are stored
/// as they are, in zips and in tars, are read where they lie; compressed members are inflated when they are opened. A
/// compressed tar is unpacked once to an unlinked temporary tar. Member names are names only: nothing is ever written
/// under them.
package final class Archive: Sendable {
  /// `libarchive 3.6.2`
  package static let libraryVersion = archive_version_string().map { String(cString: $0) } ?? "libarchive"

  package struct Member: Sendable {
    package let name: String
    /// Unpacked bytes.
    package let size: Int
    /// Packed bytes.
    let packedSize: Int
    /// Where the member's own header begins.
    let headerOffset: Int
    /// Where its bytes lie as they are; nil if compressed.
    let dataOffset: Int?
    /// CRC-32 of the unpacked bytes as a zip's index has it; nil in a tar, and where a zip has 0, which is what some programs
    /// write for none.
    var checksum: UInt32? = nil
  }

  package struct Skipped: Sendable {
    package let name: String
    package let reason: String
  }

  package let path: String
  /// "zip" or "tar".
  package let kind: String
  /// Files, in the archive's order.
  package let members: [Member]
  /// Members that cannot be read, and why.
  package let skipped: [Skipped]

  private let file: OpenFile
  private let spooled = Mutex<[Int: OpenFile]>([:])
  /// Members whose bytes in place were found to have their checksum.
  private let verified = Mutex<Set<Int>>([])

  /// Members up to so many bytes are unpacked into memory, larger ones to a temporary file.
  private static let memoryLimit = 1 << 22

  package init(_ path: String) throws {
    let file = try OpenFile(path)
    self.path = path
    let head = try ByteRegion(file).bytes(at: 0, count: 4)
    if head == [0x50, 0x4B, 3, 4] || head == [0x50, 0x4B, 5, 6] {
      kind = "zip"
      self.file = file
      (members, skipped) = try Self.members(of: ZipDirectory(ByteRegion(file)))
    } else {
      kind = "tar"
      try ByteRegion(file).refuse({ !$0.isTar }, wanted: "a zip or tar archive", path: path)
      let plain = try TarIndex.isPlain(ByteRegion(file))
      self.file = plain ? file : try Spool.unpack(ByteRegion(file))
      (members, skipped) = try TarIndex.read(ByteRegion(self.file))
    }
  }

  /// The member's bytes, whose checksum is verified: in place if stored, else unpacked, into memory where they are few and
  /// to an unlinked temporary file where they are many.
  ///
  /// - Throws: `FilesError.malformed`, `.truncated`, `.noSpool`.
  package func open(_ index: Int) throws -> ByteRegion {
    let member = members[index]
    if let region = try inPlace(index) { return region }
    try Spool.check(member.size, packed: member.packedSize, path: label(member))
    guard member.size > Self.memoryLimit else {
      var bytes = ByteCollector(expecting: member.size)
      try unpack(member, limit: member.size) { bytes.append($0) }
      return ByteRegion(bytes.finish(label: label(member)).all)
    }
    let spool = try Spool(path: label(member))
    try unpack(member, limit: member.size) { try spool.append($0) }
    return ByteRegion(try spool.finish())
  }

  /// As `open`, for bytes that are read again and again: what is not in place is unpacked once to a temporary file.
  package func openSpooled(_ index: Int) throws -> ByteRegion {
    let member = members[index]
    if let region = try inPlace(index) { return region }
    return ByteRegion(
      try spooled.withLock { files in
        if let file = files[index] { return file }
        try Spool.check(member.size, packed: member.packedSize, path: label(member))
        let spool = try Spool(path: path)
        try unpack(member, limit: member.size) { try spool.append($0) }
        let file = try spool.finish()
        files[index] = file
        return file
      })
  }

  /// A member's first `count` bytes at least, or all of it. What lies in place is not verified by this.
  package func head(_ index: Int, count: Int) throws -> ByteRegion {
    let member = members[index]
    if let region = try stored(member) { return region }
    var bytes = ByteCollector(expecting: count)
    try unpack(member, limit: min(count, member.size)) { bytes.append($0) }
    return ByteRegion(bytes.finish(label: label(member)).all)
  }

  /// Reads a member that has a checksum, and keeps nothing of it.
  ///
  /// - Throws: `FilesError.malformed`, `.truncated`.
  package func verify(_ index: Int) throws {
    let member = members[index]
    guard member.checksum != nil, try inPlace(index) == nil else { return }
    try Spool.check(member.size, packed: member.packedSize, path: label(member))
    try unpack(member, limit: member.size) { _ in }
  }

  private func label(_ member: Member) -> String { path + "/" + member.name }

  private func stored(_ member: Member) throws -> ByteRegion? {
    try member.dataOffset.map { try ByteRegion(file).part(at: $0, count: member.size, label: label(member)) }
  }

  /// The bytes of a stored member, read once to verify them.
  private func inPlace(_ index: Int) throws -> ByteRegion? {
    guard let region = try stored(members[index]) else { return nil }
    guard members[index].checksum != nil, !verified.withLock({ $0.contains(index) }) else { return region }
    var found: UInt32 = 0
    try region.forEachPiece { found = CRC32.ieee.of($0, after: found) }
    try demand(found, members[index])
    verified.withLock { _ = $0.insert(index) }
    return region
  }

  private func demand(_ found: UInt32, _ member: Member) throws {
    guard let checksum = member.checksum, checksum != found else { return }
    throw FilesError.malformed(path: path, .checksum(part: "`\(member.name)`"))
  }

  private static func members(of zip: ZipDirectory) throws -> (members: [Member], skipped: [Skipped]) {
    var (members, skipped): ([Member], [Skipped]) = ([], [])
    for entry in zip.entries where !entry.name.hasSuffix("/") {
      if entry.isEncrypted {
        skipped.append(Skipped(name: entry.name, reason: "encrypted"))
      } else {
        members.append(
          Member(
            name: entry.name, size: entry.size, packedSize: entry.storedSize, headerOffset: entry.headerOffset,
            dataOffset: entry.isStored ? try zip.place(of: entry) : nil,
            checksum: entry.checksum == 0 ? nil : entry.checksum))
      }
    }
    return (members, skipped)
  }

  /// Gives the first `limit` unpacked bytes of a member to `body`; the whole member, verified, if that is its size.
  private func unpack(_ member: Member, limit: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let rest = file.size - member.headerOffset
    let source = try ByteRegion(file).part(at: member.headerOffset, count: rest, label: path)
    let reader = try ArchiveReader(source, format: kind == "zip" ? .zipStream : .tar)
    guard try reader.nextHeader() != nil else {
      throw FilesError.malformed(
        path: path, .nonsense(part: "the header of `\(member.name)`", at: member.headerOffset))
    }
    var (done, found) = (0, UInt32(0))
    while done < limit {
      let got = try reader.readData { piece in
        let wanted = UnsafeRawBufferPointer(rebasing: piece[..<min(piece.count, limit - done)])
        try body(wanted)
        found = CRC32.ieee.of(wanted, after: found)
        done += wanted.count
      }
      if got == 0 { break }
    }
    guard done == limit else {
      throw FilesError.truncated(path: label(member), expected: limit, found: done)
    }
    if limit == member.size { try demand(found, member) }
  }
}
