import Files
import Video

/// Which part of which set features are of, and what of it is not among them.
///
/// Extraction shares a set out in `shards` parts of about equal length in the set's order; a file holds one of them, or
/// several that were merged. A set that was extracted whole, or from all parts, is part 1 of 1.
public struct FeatureOrigin: Sendable, Equatable {
  /// `sha256:` and the digits of the digest over the names and sizes of all the set's videos: a folder that changes between
  /// two parts has another.
  public var listing: String
  /// Of the whole set, within the protocol's limit.
  public var videos: Int
  /// In how many parts the set was shared out.
  public var shards: Int
  /// Which of them these are, from 1, rising.
  public var parts: [Int]
  /// Videos of these parts that could not be used, in natural order.
  public var skipped: [Skipped]

  public struct Skipped: Sendable, Equatable {
    /// In its set.
    public var video: String
    public var reason: String

    public init(video: String, reason: String) {
      self.video = video
      self.reason = reason
    }
  }

  public init(listing: String, videos: Int, shards: Int = 1, parts: [Int] = [1], skipped: [Skipped] = []) {
    self.listing = listing
    self.videos = videos
    self.shards = shards
    self.parts = parts
    self.skipped = skipped
  }

  /// The parts that are not there, from 1.
  public var missing: [Int] { (1...shards).filter { !parts.contains($0) } }

  /// `part 2 of 3`, `parts 1, 2 of 3`.
  public var words: String {
    "\(parts.count == 1 ? "part" : "parts") \(parts.map(String.init).joined(separator: ", ")) of \(shards)"
  }
}

extension FeatureOrigin {
  /// What features of several files are of.
  ///
  /// - Parameter name: of a file, for messages.
  /// - Returns: nil where none of the files says it.
  /// - Throws: `FeatureFileError.unknownPart`, `.otherShards`, `.otherListing`, `.samePart`, `.missingParts`.
  static func merged(
    _ origins: [FeatureOrigin?], name: (Int) -> String, allowsMissing: Bool
  ) throws -> FeatureOrigin? {
    let known = origins.compactMap { $0 }
    guard let first = known.first else { return nil }
    if let unknown = origins.firstIndex(of: nil) { throw FeatureFileError.unknownPart(name(unknown)) }
    let skipped = known.flatMap(\.skipped).sorted { NaturalOrder.precedes($0.video, $1.video) }
    if known.allSatisfy({ $0.shards == 1 }) {
      // Whole sets side by side.
      guard known.count > 1 else { return first }
      let listings = known.map(\.listing).sorted().map { $0 + "\n" }.joined()
      return FeatureOrigin(
        listing: SHA256.digest(of: listings).description, videos: known.reduce(0) { $0 + $1.videos }, skipped: skipped)
    }
    var owners: [Int: Int] = [:]
    for (index, origin) in known.enumerated() {
      guard origin.shards == first.shards else {
        throw FeatureFileError.otherShards(first: name(0), first.words, second: name(index), origin.words)
      }
      guard origin.listing == first.listing else {
        throw FeatureFileError.otherListing(
          first: name(0), videos: first.videos, second: name(index), otherVideos: origin.videos)
      }
      for part in origin.parts {
        if let owner = owners.updateValue(index, forKey: part) {
          throw FeatureFileError.samePart(first: name(owner), second: name(index), part: part, of: origin.shards)
        }
      }
    }
    var merged = FeatureOrigin(
      listing: first.listing, videos: first.videos, shards: first.shards, parts: owners.keys.sorted(), skipped: skipped)
    guard merged.missing.isEmpty else {
      guard allowsMissing else { throw FeatureFileError.missingParts(merged.missing, of: merged.shards) }
      return merged
    }
    (merged.shards, merged.parts) = (1, [1])
    return merged
  }
}
