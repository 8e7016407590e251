import Evaluation
import Video

/// Where a set is cut into shards.
package struct Division: Equatable {
  package let unit: PlannedSet.Unit
  package let shards: [Range<Int>]

  /// Videos of a block. Moments are joined block by block, and features of whole blocks can become such.
  static let block = MomentsSet.videosOfBlock
  /// Of a shard: with fewer, one block more would make a shard much larger than another.
  private static let leastBlocks = 4

  /// Runs of consecutive videos of about equal work. A set of at least as many archives is cut between archives, so that each is
  /// read by one task; any other of at least four blocks of 64 videos for each between blocks; a small one anywhere.
  ///
  /// The work of a video is one, and its share of the bytes: a network sees one clip of a long video and of a short one, and
  /// decoding takes as long as there are bytes. By bytes alone a shard of many short videos would take far longer than the
  /// others.
  ///
  /// - Parameter inBlocks: cut between blocks whatever the set is, as moments need it.
  /// - Returns: as many shards as are asked for, or as many as there are videos or blocks.
  package init(_ videos: [ListedVideo], shards wanted: Int, inBlocks: Bool = false) {
    let archives = Self.starts(ofArchivesIn: videos)
    let blocks = (videos.count + Self.block - 1) / Self.block
    let starts: [Int]
    if let archives, archives.count >= wanted, !inBlocks {
      (unit, starts) = (.archive, archives)
    } else if inBlocks || blocks >= Self.leastBlocks * wanted {
      (unit, starts) = (.block, Array(stride(from: 0, to: videos.count, by: Self.block)))
    } else {
      (unit, starts) = (.video, Array(videos.indices))
    }
    let mean = max(1, Double(videos.reduce(0) { $0 + $1.bytes }) / Double(max(1, videos.count)))
    var work = [0.0]
    work.reserveCapacity(videos.count + 1)
    for video in videos { work.append((work.last ?? 0) + 1 + Double(video.bytes) / mean) }
    let count = min(wanted, starts.count)
    var cuts = [0]
    var place = 0
    for shard in 1..<max(1, count) {
      // The start nearest to an equal share; each shard has one unit at least, and leaves as many as there are shards to come.
      let share = (work.last ?? 0) * Double(shard) / Double(count)
      let last = starts.count - (count - shard)
      place += 1
      while place < last, abs(work[starts[place + 1]] - share) <= abs(work[starts[place]] - share) { place += 1 }
      cuts.append(starts[place])
    }
    cuts.append(videos.count)
    shards = videos.isEmpty ? [] : zip(cuts, cuts.dropFirst()).map { $0..<$1 }
  }

  /// Where each archive begins, of a set that is made of archives; nil of any other.
  private static func starts(ofArchivesIn videos: [ListedVideo]) -> [Int]? {
    var starts: [Int] = []
    var last: Substring?
    for (index, video) in videos.enumerated() {
      guard let archive = VideoItem.archive(video.name) else { return nil }
      if archive != last { starts.append(index) }
      last = archive
    }
    return starts
  }
}
