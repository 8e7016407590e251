import CArchive
import Foundation

/// libarchive over a `ByteRegion`, read from front to back.
package final class ArchiveReader {
  package enum Format {
    /// A zip from the local header of a member on.
    case zipStream
    case tar
    /// A zip or a tar, the tar as it is or in gzip.
    case any
    /// The filters of a compressed file alone (gzip, bzip2, xz, zstd): one member, the unpacked bytes.
    case raw
  }

  private final class Cursor {
    let region: ByteRegion
    var place = 0
    var failure: (any Error)?
    let buffer: UnsafeMutableRawBufferPointer

    init(_ region: ByteRegion) {
      self.region = region
      buffer = .allocate(byteCount: 1 << 18, alignment: 64)
    }
    deinit { buffer.deallocate() }
  }

  private let archive: OpaquePointer
  private let cursor: Cursor

  package init(_ region: ByteRegion, format: Format) throws {
    guard let archive = archive_read_new() else { preconditionFailure("out of memory for an archive's reader") }
    self.archive = archive
    cursor = Cursor(region)
    switch format {
    case .zipStream: archive_read_support_format_zip_streamable(archive)
    case .tar:
      archive_read_support_format_tar(archive)
      archive_read_support_format_empty(archive)
    case .any:
      archive_read_support_filter_gzip(archive)
      archive_read_support_format_tar(archive)
      archive_read_support_format_zip(archive)
      Self.allowSeeking(archive)
    case .raw:
      archive_read_support_filter_all(archive)
      archive_read_support_format_raw(archive)
    }
    archive_read_set_read_callback(archive) { _, opaque, target in
      guard let opaque, let target else { return -1 }
      let cursor = Unmanaged<Cursor>.fromOpaque(opaque).takeUnretainedValue()
      do {
        let got = try cursor.region.read(at: cursor.place, into: cursor.buffer)
        cursor.place += got
        target.pointee = UnsafeRawPointer(cursor.buffer.baseAddress)
        return got
      } catch {
        cursor.failure = error
        return -1
      }
    }
    archive_read_set_skip_callback(archive) { _, opaque, request in
      guard let opaque, request > 0 else { return 0 }
      let cursor = Unmanaged<Cursor>.fromOpaque(opaque).takeUnretainedValue()
      let step = min(Int(request), cursor.region.count - cursor.place)
      cursor.place += step
      return Int64(step)
    }
    archive_read_set_callback_data(archive, Unmanaged.passUnretained(cursor).toOpaque())
    try check(archive_read_open1(archive))
  }

  deinit { archive_read_free(archive) }

  /// A zip is then read by its directory.
  private static func allowSeeking(_ archive: OpaquePointer) {
    archive_read_set_seek_callback(archive) { _, opaque, offset, origin in
      guard let opaque else { return -1 }
      let cursor = Unmanaged<Cursor>.fromOpaque(opaque).takeUnretainedValue()
      let start = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? cursor.place : cursor.region.count
      guard (0...cursor.region.count).contains(start + Int(offset)) else { return -1 }
      cursor.place = start + Int(offset)
      return Int64(cursor.place)
    }
  }

  /// The name of the next member; nil at the end.
  package func nextName() throws -> String? {
    while let entry = try nextHeader() {
      if let name = archive_entry_pathname(entry) { return String(cString: name) }
    }
    return nil
  }

  /// The content of the current member.
  ///
  /// - Throws: `FilesError.malformed` for one of more than `limit` bytes.
  package func content(label: String, limit: Int) throws -> ByteSlice {
    var bytes = ByteCollector()
    while try readData({ bytes.append($0) }) > 0 {
      guard bytes.count <= limit else {
        throw FilesError.malformed(
          path: cursor.region.label, .oversized(part: "`\(label)`", claimed: bytes.count, limit: limit))
      }
    }
    return bytes.finish(label: label).all
  }

  /// The next member; nil at the end.
  func nextHeader() throws -> OpaquePointer? {
    var entry: OpaquePointer?
    let code = archive_read_next_header(archive, &entry)
    if code == ARCHIVE_EOF { return nil }
    try check(code)
    return entry
  }

  /// Where the current member's header begins, and how many bytes have been taken up to its data.
  var position: (header: Int, data: Int) {
    (Int(archive_read_header_position(archive)), Int(archive_filter_bytes(archive, 0)))
  }

  /// Reads a piece of the current member's data; returns its length, 0 at the end.
  func readData(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
    var buffer: UnsafeRawPointer?
    var size = 0
    var offset: Int64 = 0
    let code = archive_read_data_block(archive, &buffer, &size, &offset)
    if code == ARCHIVE_EOF { return 0 }
    try check(code, least: ARCHIVE_OK)  // a wrong checksum is a warning there
    if size > 0 { try body(UnsafeRawBufferPointer(start: buffer, count: size)) }
    return size
  }

  private func check(_ code: Int32, least: Int32 = ARCHIVE_WARN) throws {
    if let failure = cursor.failure { throw failure }
    guard code < least else { return }
    let words = archive_error_string(archive).map { String(cString: $0) } ?? "libarchive error \(code)"
    throw FilesError.malformed(path: cursor.region.label, .archive(reason: words))
  }
}
