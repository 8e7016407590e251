import Distances
import Testing

/// Sets of more rows than a tile, by one thread and by three: the same bits.
@Suite struct TileThreadsTests {
  private let real = Golden.features(rows: 1100, columns: 7, seed: 1)
  private let fake = Golden.features(rows: 1300, columns: 7, seed: 2, shift: 3)

  private func kernel(_ threads: Int) -> KernelDistance {
    KernelDistance(kernel: .cubic, estimator: .unbiased, threads: threads)
  }

  @Test func kernelDistances() throws {
    #expect(try kernel(1).between(real, fake) == kernel(3).between(real, fake))
    let subsets = try [1, 3].map { try kernel($0).subsetDistances(real, fake, subsets: 5, size: 40) }
    #expect(subsets[0] == subsets[1])
    let intervals = try [1, 3].map {
      try Bootstrap(resamples: 50).interval(real, fake, kernel: kernel($0)).values
    }
    #expect(intervals[0] == intervals[1])
    #expect(try kernel(1).influence(real, fake) == kernel(3).influence(real, fake))
  }

  @Test func neighbours() throws {
    #expect(try PRDC().between(real: real, generated: fake) == PRDC(threads: 3).between(real: real, generated: fake))
    #expect(
      try NearestRows.distances(of: fake, to: real) == NearestRows.distances(of: fake, to: real, threads: 3))
  }
}
