import CZlib

/// gzip (RFC 1952) by zlib, which compares the checksum and the length at each part's end with what it unpacked.
/// libarchive's filter skips both.
enum Gzip {
  static func isGzip(_ region: ByteRegion) throws -> Bool {
    try region.bytes(at: 0, count: 2) == [0x1F, 0x8B]
  }

  /// Gives the unpacked bytes to `body` piece by piece. A file may hold several parts, and zeros behind the last one.
  ///
  /// - Throws: `FilesError.malformed` in zlib's words, `.truncated`; what `body` throws.
  static func unpack(_ region: ByteRegion, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    func damaged(_ words: String) -> FilesError {
      .malformed(path: region.label, .archive(reason: "gzip: \(words)"))
    }
    var stream = z_stream()
    guard vidmetrics_gunzip_begin(&stream) == Z_OK else { throw damaged("out of memory") }
    defer { inflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: 1 << 18)
    var (isInside, isOver) = (true, false)
    try region.forEachPiece { piece in
      guard let base = piece.baseAddress else { return }
      stream.next_in = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(piece.count)
      repeat {
        if !isInside {
          let rest = piece.suffix(Int(stream.avail_in))
          isOver = isOver || rest.first == 0
          if isOver {
            guard rest.allSatisfy({ $0 == 0 }) else { throw damaged("there are other bytes behind its end") }
            return
          }
          if rest.isEmpty { return }
          inflateReset(&stream)
          isInside = true
        }
        let code = output.withUnsafeMutableBufferPointer { output in
          stream.next_out = output.baseAddress
          stream.avail_out = UInt32(output.count)
          return inflate(&stream, Z_NO_FLUSH)
        }
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
          throw damaged(stream.msg.map { String(cString: $0) } ?? "zlib error \(code)")
        }
        let made = output.count - Int(stream.avail_out)
        try output.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<made])) }
        if code == Z_STREAM_END { isInside = false }
      } while stream.avail_in > 0 || stream.avail_out == 0
    }
    guard !isInside else { throw damaged("it is cut short") }
  }
}
