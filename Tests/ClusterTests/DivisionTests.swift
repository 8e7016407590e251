import Cluster
import Testing
import Video

@Suite struct DivisionTests {
  private func videos(_ bytes: [Int], name: (Int) -> String = { "\($0).mp4" }) -> [ListedVideo] {
    bytes.enumerated().map { ListedVideo(name: name($0), bytes: $1) }
  }

  /// Whatever the sizes: every video in one shard, in order, no shard empty.
  @Test(arguments: [1, 2, 7, 8, 64, 65, 130, 1000], [1, 2, 3, 8, 64, 500])
  func isADivision(count: Int, shards: Int) {
    var state: UInt32 = UInt32(count * 1000 + shards)
    let bytes = (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 12)
    }
    let division = Division(videos(bytes), shards: shards)
    #expect(division.shards.flatMap { Array($0) } == Array(0..<count))
    #expect(division.shards.count == min(shards, count))
    #expect(division.shards.allSatisfy { !$0.isEmpty })
  }

  @Test func largeSetsAreCutBetweenBlocks() {
    let division = Division(videos(Array(repeating: 10, count: 1000)), shards: 3)
    #expect(division.unit == .block)
    #expect(division.shards == [0..<320, 320..<640, 640..<1000])
    #expect(Division(videos(Array(repeating: 10, count: 100)), shards: 3).unit == .video)
  }

  @Test func archivesAreNotCut() {
    let set = videos(Array(repeating: 10, count: 90)) { "clips-\($0 / 10).tar/\($0).mp4" }
    let division = Division(set, shards: 4)
    #expect(division.unit == .archive)
    #expect(division.shards == [0..<20, 20..<50, 50..<70, 70..<90])
    // Fewer archives than tasks: some read parts of one.
    #expect(Division(set, shards: 10).unit == .video)
  }

  /// Moments are of whole blocks, through archives and of few videos too: there are then no more shards than blocks.
  @Test func momentsAreCutBetweenBlocks() {
    let set = videos(Array(repeating: 10, count: 300)) { "clips-\($0 / 10).tar/\($0).mp4" }
    let division = Division(set, shards: 3, inBlocks: true)
    #expect(division.unit == .block)
    #expect(division.shards == [0..<128, 128..<192, 192..<300])
    #expect(Division(set, shards: 9, inBlocks: true).shards.map(\.lowerBound) == [0, 64, 128, 192, 256])
  }

  /// The first ten are as large as all others together: by bytes the cut is at 10, by number at 50, and it lies between.
  @Test func workIsBytesAndVideos() {
    let division = Division(videos(Array(repeating: 90, count: 10) + Array(repeating: 10, count: 90)), shards: 2)
    #expect(division.shards == [0..<36, 36..<100])
    #expect(Division(videos(Array(repeating: 0, count: 4)), shards: 2).shards == [0..<2, 2..<4])
  }
}
