import Distances
import Files
import Video

/// The moments of a set's features: all that a Fréchet distance needs of it, 17 MB at 2048 features however many videos there are.
///
/// Videos are taken in blocks of 64 that follow one another in the set's listing, and blocks are joined in one tree
/// (`MomentsTree`): the whole is the same to the bit, however its blocks are shared out.
public struct MomentsSet: Sendable, Equatable {
  /// Videos of a block.
  public static let videosOfBlock = 64

  public var tree: MomentsTree
  /// Videos of the whole set, within the protocol's limit.
  public let videos: Int
  /// `FeatureOrigin.listing` of the whole set; empty if unknown.
  public let listing: String
  /// Videos of these blocks that could not be used, in natural order.
  public var skipped: [FeatureOrigin.Skipped]
  /// As `FeatureSet.recipe`.
  public let recipe: [String: String]
  /// Of a set that was published.
  public var card: SetCard?

  public var columns: Int { tree.columns }
  public var samples: Int { tree.nodes.reduce(0) { $0 + $1.moments.count } }
  /// Videos whose samples are there.
  public var videosThere: Int { videosInBlocks - skipped.count }

  private var videosInBlocks: Int { tree.nodes.reduce(0) { $0 + Self.videos(of: $1.blocks, among: videos).count } }

  /// - Parameter videos: of the whole set; 1 or more.
  public init(
    videos: Int, columns: Int, listing: String, recipe: [String: String], skipped: [FeatureOrigin.Skipped] = []
  ) {
    self.videos = videos
    self.listing = listing
    self.recipe = recipe
    self.skipped = skipped
    tree = MomentsTree(blocks: Self.blocks(of: videos), columns: columns)
  }

  /// How many blocks so many videos are.
  public static func blocks(of videos: Int) -> Int { max(1, (videos + videosOfBlock - 1) / videosOfBlock) }

  /// The places in the listing of the videos of some blocks.
  public static func videos(of blocks: Range<Int>, among videos: Int) -> Range<Int> {
    min(blocks.lowerBound * videosOfBlock, videos)..<min(blocks.upperBound * videosOfBlock, videos)
  }

  /// Adds blocks that follow one another and are not there yet.
  ///
  /// - Parameters:
  ///   - first: the number of the first block.
  ///   - features: their samples: videos in the order of the listing, samples of a video by rising start.
  ///   - rows: of each block, one after the other; a block whose videos could not be used has none.
  /// - Throws: `DistanceError.nonFinite`.
  public mutating func add(_ features: FeatureMatrix, fromBlock first: Int, rows: [Range<Int>], threads: Int = 1) throws
  {
    try tree.add(features, from: first, rows: rows, threads: threads)
  }

  /// Those of a whole set of features.
  ///
  /// - Parameter path: what messages call it.
  /// - Throws: `FeatureFileError.incompleteSet`, `DistanceError.nonFinite`.
  public init(of set: FeatureSet, path: String, threads: Int) throws {
    if let origin = set.origin, !origin.missing.isEmpty {
      throw FeatureFileError.incompleteSet(path: path, words: origin.words)
    }
    let set = set.isKnownInOrder ? set : try FeatureSet.merged([set], names: [path])
    let skipped = set.origin?.skipped ?? []
    self.init(
      videos: set.rows.videos + skipped.count, columns: set.features.columns, listing: set.origin?.listing ?? "",
      recipe: set.recipe, skipped: skipped)
    // The first row of each block.
    var starts = [0]
    var (place, left, last) = (-1, skipped[...], "")
    for (index, row) in set.rows.enumerated() where index == 0 || row.video != last {
      last = row.video
      place += 1
      while let video = left.first?.video, NaturalOrder.precedes(video, row.video) {
        place += 1
        left = left.dropFirst()
      }
      while starts.count <= place / Self.videosOfBlock { starts.append(index) }
    }
    while starts.count <= tree.blocks { starts.append(set.rows.count) }
    try add(set.features, fromBlock: 0, rows: (0..<tree.blocks).map { starts[$0]..<starts[$0 + 1] }, threads: threads)
  }

  /// One set of moments from parts.
  ///
  /// - Parameter names: of the parts, for messages: their files.
  /// - Throws: `FeatureFileError.nothingToMerge`, `.columnsDiffer`, `.recipesDiffer`, `.otherListing`, `.sameVideos`,
  ///   `.missingVideos`.
  public static func merged(_ parts: [MomentsSet], names: [String]) throws -> MomentsSet {
    var merging = MomentsMerging()
    for (part, name) in zip(parts, names) { try merging.add(part, named: name) }
    return try merging.whole()
  }

  /// The places in the listing of the videos that are not there.
  public var missing: [Range<Int>] { tree.missing.map { Self.videos(of: $0, among: videos) } }
}

/// Puts parts together, one after another: beside one part only what has been joined is in memory, which of parts in the order of
/// the listing is some nodes.
public struct MomentsMerging {
  private var sum: MomentsSet?
  private var parts: [(name: String, blocks: [Range<Int>])] = []

  public init() {}

  /// - Parameter name: for messages: the part's file.
  /// - Throws: `FeatureFileError.columnsDiffer`, `.recipesDiffer`, `.otherListing`, `.sameVideos`.
  public mutating func add(_ part: MomentsSet, named name: String) throws {
    let blocks = part.tree.nodes.map(\.blocks)
    guard let first = parts.first?.name, var whole = sum else {
      sum = part
      sum?.card = nil
      parts = [(name, blocks)]
      return
    }
    // Held once, so that it is not copied where it grows.
    sum = nil
    guard part.columns == whole.columns else {
      throw FeatureFileError.columnsDiffer(
        first: first, columns: whole.columns, second: name, otherColumns: part.columns)
    }
    try FeatureRecipe(stored: whole.recipe).check(FeatureRecipe(stored: part.recipe), names: (first, name))
    guard part.listing == whole.listing, part.videos == whole.videos else {
      throw FeatureFileError.otherListing(
        first: first, videos: whole.videos, second: name, otherVideos: part.videos)
    }
    for node in part.tree.nodes {
      if let owner = parts.first(where: { $0.blocks.contains { $0.overlaps(node.blocks) } }) {
        let videos = MomentsSet.videos(of: node.blocks, among: whole.videos)
        throw FeatureFileError.sameVideos(first: owner.name, second: name, videos: videos)
      }
      whole.tree.add(node)
    }
    whole.skipped += part.skipped
    parts.append((name, blocks))
    sum = whole
  }

  /// - Throws: `FeatureFileError.nothingToMerge`, `.missingVideos`.
  public func whole() throws -> MomentsSet {
    guard var whole = sum else { throw FeatureFileError.nothingToMerge }
    whole.skipped.sort { NaturalOrder.precedes($0.video, $1.video) }
    guard whole.tree.isWhole else { throw FeatureFileError.missingVideos(whole.missing, of: whole.videos) }
    return whole
  }
}

extension FeatureSet {
  /// Whether rows are in canonical order; rows of which nothing is known are each a video.
  var isKnownInOrder: Bool { rows.areKnownInOrder || rows.areNumbered }
}

/// What stands with a published set: who made it, of what, how it may be used, how to make it anew.
public struct SetCard: Sendable, Equatable, Codable {
  public var title: String
  public var url: String?
  public var licence: String?
  public var note: String?
  /// The command that makes the same file.
  public var command: String
  /// The program's version.
  public var version: String

  public init(
    title: String, url: String? = nil, licence: String? = nil, note: String? = nil, command: String, version: String
  ) {
    self.title = title
    self.url = url
    self.licence = licence
    self.note = note
    self.command = command
    self.version = version
  }
}
