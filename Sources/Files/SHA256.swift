import CFFmpeg
import CSHA256

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

/// SHA-256 (FIPS 180-4) over bytes that arrive in pieces: by the processor's own instructions where it has them, which is
/// several times faster, otherwise by libavutil.
public struct SHA256: ~Copyable {
  /// libavutil's; nil where the processor does the work.
  private let context: OpaquePointer?
  private var own = Own()

  public init() { self.init(isOwn: Self.isFast) }

  /// - Parameter isOwn: whether the processor's instructions do the work; only where it has them.
  package init(isOwn: Bool) {
    guard !isOwn else {
      context = nil
      return
    }
    guard let context = av_sha_alloc() else { preconditionFailure("out of memory for a SHA-256 context") }
    self.context = context
    av_sha_init(context, 256)
  }

  /// Whether the processor has instructions for it.
  package static let isFast = vidmetrics_sha256_is_fast() != 0

  deinit { if let context { av_free(UnsafeMutableRawPointer(context)) } }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    if let context {
      av_sha_update(context, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    } else {
      own.update(bytes)
    }
  }

  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// The digest of everything given so far; the hasher is used up.
  public consuming func finish() -> Digest {
    guard let context else { return Digest(bytes: own.finish()) }
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

extension SHA256 {
  /// The state of the algorithm, and the bytes that do not fill a block yet.
  private struct Own {
    private var state: [UInt32] = [
      0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var rest: [UInt8] = []
    private var count: UInt64 = 0

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
      count += UInt64(bytes.count)
      var bytes = bytes
      if !rest.isEmpty {
        let missing = min(64 - rest.count, bytes.count)
        rest += bytes.prefix(missing)
        bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(missing))
        guard rest.count == 64 else { return }
        vidmetrics_sha256_blocks(&state, rest, 1)
        rest.removeAll(keepingCapacity: true)
      }
      let blocks = bytes.count / 64
      if blocks > 0, let base = bytes.baseAddress {
        vidmetrics_sha256_blocks(&state, base.assumingMemoryBound(to: UInt8.self), blocks)
      }
      rest += bytes.dropFirst(64 * blocks)
    }

    /// A one, zeros, and the number of bits.
    mutating func finish() -> [UInt8] {
      let bits = count &* 8
      var end: [UInt8] = [0x80] + [UInt8](repeating: 0, count: (119 - rest.count) % 64)
      end += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
      end.withUnsafeBytes { update($0) }
      return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
    }
  }
}
