import Files

/// The features of clips, kept by content: which bytes, which frames of them, and the recipe of their source. All code on the
/// way has a version in the key, so an entry never becomes invalid.
struct FeatureCache: Sendable {
  let folder: CacheFolder

  private static let kind = "features"

  /// The features of a clip: `count` values; nil if they are not there.
  func features(_ key: Digest, count: Int) -> [Float]? {
    guard let bytes = folder.read(Self.kind, key), bytes.count == count * 4 else { return nil }
    return bytes.withUnsafeBytes { bytes in
      (0..<count).map { index in
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
      }
    }
  }

  func store(_ features: [Float], _ key: Digest) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(features.count * 4)
    for value in features { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    folder.write(Self.kind, key, bytes)
  }
}
