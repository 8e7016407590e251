import CFFmpeg

extension Digest {
  /// A digest from its 64 hexadecimal digits; nil when they are not that.
  public init?(hex: String) {
    let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 64, hex.utf8.count == 64 else { return nil }
    self.init(bytes: stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
  }
}

/// The name under which git keeps a file: SHA-1 over `blob <size>`, a zero byte, and the bytes.
///
/// It recognises files that public repositories hold, whose names git shows without the files themselves.
public enum GitBlob {
  /// 40 lower-case hexadecimal digits.
  public static func name(of bytes: UnsafeRawBufferPointer) -> String {
    guard let context = av_sha_alloc() else { preconditionFailure("out of memory for a SHA-1 context") }
    defer { av_free(UnsafeMutableRawPointer(context)) }
    av_sha_init(context, 160)
    var header = Array("blob \(bytes.count)".utf8)
    header.append(0)
    av_sha_update(context, &header, header.count)
    if let base = bytes.baseAddress { av_sha_update(context, base.assumingMemoryBound(to: UInt8.self), bytes.count) }
    var digest = [UInt8](repeating: 0, count: 20)
    av_sha_final(context, &digest)
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
