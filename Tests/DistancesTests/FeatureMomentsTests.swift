import Distances
import Foundation
import Random
import Testing

/// Count, mean and scatter, and the tree that joins them.
@Suite struct FeatureMomentsTests {
  /// Blocks of uneven lengths, one of them empty.
  private static let ends = [0, 5, 64, 65, 65, 130, 200, 311, 400, 402, 555, 600, 601]

  private func rows(_ blocks: Range<Int>) -> [Range<Int>] { blocks.map { Self.ends[$0]..<Self.ends[$0 + 1] } }

  private func tree(_ features: FeatureMatrix, _ parts: [Range<Int>], threads: Int = 1) throws -> MomentsTree {
    var tree = MomentsTree(blocks: Self.ends.count - 1, columns: features.columns)
    for part in parts { try tree.add(features, from: part.lowerBound, rows: rows(part), threads: threads) }
    return tree
  }

  @Test func closedForm() throws {
    let moments = try FeatureMoments(.axes(mean: [3, -1, 8], spread: [1, 2, 4]))
    #expect(moments.count == 6 && moments.mean == [3, -1, 8] && moments.scatter == [2, 0, 0, 8, 0, 32])
    let statistics = try moments.statistics(ddof: 1)
    #expect(statistics.covariance == [0.4, 0, 0, 0, 1.6, 0, 0, 0, 6.4] && statistics.count == 6)
    #expect(throws: DistanceError.tooFewRows(.first, rows: 0, ddof: 0)) {
      try FeatureMoments(columns: 3).statistics(ddof: 0)
    }
    let none = FeatureMoments(columns: 3)
    #expect(none.joined(with: moments) == moments && moments.joined(with: none) == moments)
    let bad = FeatureMatrix(rows: 2, columns: 2, values: [0, 1, .nan, 2])
    #expect(throws: DistanceError.nonFinite(.first, row: 1, column: 0, value: "nan")) { try FeatureMoments(bad) }
  }

  /// Also where the mean is a hundred thousand times the deviation, as sums of squares would not bear.
  @Test(arguments: [Float(0), 1000, 100_000]) func distancesAreThoseOfTheFeatures(_ mean: Float) throws {
    let sets = (1...2).map { FeatureMatrix.random(rows: 601, columns: 24, seed: $0, mean: mean + Float($0) / 8) }
    for root in [FrechetDistance.Root.symmetricEigen, .svd(epsilon: 1e-10)] {
      let frechet = FrechetDistance(ddof: 1, root: root)
      let wanted = try frechet.between(sets[0], sets[1]).value
      let trees = try sets.map { try tree($0, [0..<12]).total.statistics(ddof: 1) }
      let found = try frechet.between(trees[0], trees[1]).value
      #expect(abs(found - wanted) <= 1e-10 * wanted, "\(mean) \(root): \(found), \(wanted)")
    }
  }

  /// However blocks are shared out, in whatever order parts come back, and on any number of threads.
  @Test(arguments: [
    [0..<12], [0..<1, 1..<12], [6..<12, 0..<6], [0..<5, 9..<12, 5..<9], [3..<4, 0..<3, 11..<12, 4..<11],
    (0..<12).map { $0..<$0 + 1 }, (0..<12).reversed().map { $0..<$0 + 1 },
  ])
  func anyShardsGiveTheSameBits(_ parts: [Range<Int>]) throws {
    let features = FeatureMatrix.random(rows: 601, columns: 9, seed: 3, mean: 4)
    let whole = try tree(features, [0..<12])
    #expect(whole.nodes.count == 1 && whole.isWhole && whole.total.count == 601)
    for threads in [1, 3] { #expect(try tree(features, parts, threads: threads) == whole) }
    var put = MomentsTree(blocks: 12, columns: 9)
    for part in parts { for node in try tree(features, [part]).nodes { put.add(node) } }
    #expect(put == whole, "parts that were files in between")
  }

  @Test func whatIsMissingIsKnown() throws {
    let features = FeatureMatrix.random(rows: 601, columns: 2, seed: 5)
    #expect(MomentsTree(blocks: 12, columns: 2).missing == [0..<12])
    let some = try tree(features, [4..<8, 9..<11])
    #expect(some.nodes.map(\.level) == [2, 0, 0], "an aligned run is one node, another one a few")
    #expect(some.missing == [0..<4, 8..<9, 11..<12] && !some.isWhole)
    #expect(some.overlaps(some.nodes[1]))
    #expect(!some.overlaps(.init(level: 2, index: 0, moments: some.nodes[0].moments)))
    #expect(some.overlaps(.init(level: 3, index: 1, moments: some.nodes[0].moments)))
    #expect(try tree(features, [8..<12]).nodes.map(\.level) == [3], "nothing is beside the last blocks")
  }
}

/// The mean of the distances of disjoint blocks.
@Suite struct BlockDistanceTests {
  private let a = FeatureMatrix.random(rows: 130, columns: 6, seed: 1)
  private let b = FeatureMatrix.random(rows: 101, columns: 6, seed: 2, mean: 0.5)

  private func kernel(_ threads: Int = 1) -> KernelDistance {
    KernelDistance(kernel: .cubic, estimator: .unbiased, threads: threads)
  }

  @Test func oneBlockIsTheWhole() throws {
    let whole = try kernel().between(a, b)
    let blocks = try kernel().blockDistances(a, b, size: 101, seed: 7)
    #expect(blocks.count == 1 && abs(blocks[0] - whole) <= 1e-12 * abs(whole))
    #expect(try kernel().blockDistances(a, b, size: 1000, seed: 7) == blocks, "no more than there is")
  }

  @Test func everyRowIsInOneBlock() throws {
    // Of constant rows but for one, the one that differs moves one block alone, whatever the seed. (Without the diagonals a single
    // row moves none.)
    let kernel = KernelDistance(kernel: .cubic, estimator: .biased)
    for row in [0, 57, 129] {
      var values = [Float](repeating: 1, count: 130)
      values[row] = 3
      let set = FeatureMatrix(rows: 130, columns: 1, values: values)
      let others = FeatureMatrix(rows: 101, columns: 1, values: [Float](repeating: 1, count: 101))
      let blocks = try kernel.blockDistances(set, others, size: 10, seed: UInt64(row))
      #expect(blocks.count == 10 && blocks.count { $0 != 0 } == 1)
    }
  }

  @Test func theMeanHasNoBias() throws {
    let whole = try kernel().between(a, b)
    let draws = try (0..<400).map { seed in
      let blocks = try kernel().blockDistances(a, b, size: 20, seed: UInt64(seed))
      return blocks.reduce(0, +) / Double(blocks.count)
    }
    let over = MeanAndDeviation(of: draws)
    // Over permutations the mean of blocks has the whole's estimate as its mean.
    #expect(abs(over.mean - whole) < 4 * over.deviation / 400.0.squareRoot(), "\(over.mean) \(whole)")
    #expect(try kernel(3).blockDistances(a, b, size: 20, seed: 1) == kernel().blockDistances(a, b, size: 20, seed: 1))
    #expect(throws: DistanceError.count(of: "rows of a block", value: 1, least: 2)) {
      try kernel().blockDistances(a, b, size: 1, seed: 0)
    }
  }

  @Test func stepsAreHeardOf() throws {
    let heard = Heard()
    _ = try kernel(2).between(
      .random(rows: 1100, columns: 2, seed: 1), .random(rows: 600, columns: 2, seed: 2), heard: heard.hear)
    // 3·4/2 + 2·3/2 + 3·2 tiles of 512.
    #expect(heard.all.first?.0 == 0 && heard.all.last?.0 == 15 && heard.all.allSatisfy { $0.1 == 15 })
    let blocks = Heard()
    _ = try kernel().blockDistances(a, b, size: 20, seed: 1, heard: blocks.hear)
    #expect(blocks.all.map(\.0) == Array(0...5))
  }

  private final class Heard: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var all: [(Int, Int)] = []
    @Sendable func hear(_ done: Int, _ total: Int) { lock.withLock { all.append((done, total)) } }
  }
}
