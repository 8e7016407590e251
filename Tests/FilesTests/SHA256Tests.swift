import Files
import Testing

/// The processor's own SHA-256 against libavutil's, and both against FIPS 180-4's examples.
@Suite struct SHA256Tests {
  private static let ways = SHA256.isFast ? [true, false] : [false]

  private func digest(_ bytes: [UInt8], pieces: Int, isOwn: Bool) -> String {
    var hasher = SHA256(isOwn: isOwn)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { hasher.update($0) }
    }
    return hasher.finish().hex
  }

  @Test(arguments: ways) func publishedExamples(_ isOwn: Bool) {
    #expect(
      digest(Array("abc".utf8), pieces: 3, isOwn: isOwn)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      digest(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8), pieces: 64, isOwn: isOwn)
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      digest([UInt8](repeating: 0x61, count: 1_000_000), pieces: 4096, isOwn: isOwn)
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    #expect(
      digest([], pieces: 1, isOwn: isOwn) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  /// Every length around the ends of blocks, in pieces of every kind.
  @Test(.enabled(if: SHA256.isFast, "left out: the processor has no instructions for it")) func bothAreTheSame() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ 11) }
    for length in 0..<300 {
      let some = Array(bytes[..<length])
      let wanted = digest(some, pieces: 300, isOwn: false)
      for pieces in [1, 7, 63, 64, 65, 300] { #expect(digest(some, pieces: pieces, isOwn: true) == wanted) }
    }
  }
}
