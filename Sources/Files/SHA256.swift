import CFFmpeg

/// A SHA-256 digest: 32 bytes.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public let hex: String

  init(bytes: some Sequence<UInt8>) {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    hex = String(decoding: text, as: UTF8.self)
  }

  /// The 32 bytes.
  package var bytes: [UInt8] {
    func value(_ digit: UInt8) -> UInt8 {
      digit < UInt8(ascii: "a") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
    }
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
  }

  /// `sha256:` and the hexadecimal digits, the form in which digests are printed and stored.
  public var description: String { "sha256:" + hex }
}

/// SHA-256 (FIPS 180-4) over bytes that arrive in pieces; libavutil's implementation.
public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  public init() {
    guard let context = av_sha_alloc() else { preconditionFailure("out of memory for a SHA-256 context") }
    self.context = context
    av_sha_init(context, 256)
  }

  deinit { av_free(UnsafeMutableRawPointer(context)) }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    av_sha_update(context, base.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// The digest of everything given so far; the hasher is used up.
  public consuming func finish() -> Digest {
    var bytes = [UInt8](repeating: 0, count: 32)
    av_sha_final(context, &bytes)
    return Digest(bytes: bytes)
  }

  public static func digest(of bytes: UnsafeRawBufferPointer) -> Digest {
    var hasher = SHA256()
    hasher.update(bytes)
    return hasher.finish()
  }

  public static func digest(of text: String) -> Digest {
    var hasher = SHA256()
    hasher.update(text)
    return hasher.finish()
  }
}
