import Evaluation
import Testing

@Suite struct ComputeTeamsTests {
  private func teams(_ threads: Int, clips: Int, memory: Int = 1, available: Int = 1 << 40) -> ComputeTeams {
    .sharing(threads: threads, clips: clips, memory: memory, available: available)
  }

  @Test func manyClipsAreComputedSideBySide() {
    #expect(teams(2, clips: 100) == ComputeTeams(count: 2, threads: 1))
    #expect(teams(64, clips: 4096) == ComputeTeams(count: 64, threads: 1))
    #expect(teams(1, clips: 100) == ComputeTeams(count: 1, threads: 1))
  }

  /// Two threads on three clips: together on each, 1.5 rounds, rather than two rounds of which one is half idle.
  @Test func fewClipsAreSharedByAllThreads() {
    #expect(teams(2, clips: 1) == ComputeTeams(count: 1, threads: 2))
    #expect(teams(2, clips: 3) == ComputeTeams(count: 1, threads: 2))
    #expect(teams(16, clips: 4) == ComputeTeams(count: 4, threads: 4))
  }

  @Test func memoryIsABound() {
    #expect(teams(64, clips: 4096, memory: 10, available: 45) == ComputeTeams(count: 4, threads: 16))
    #expect(teams(8, clips: 4096, memory: 10, available: 5) == ComputeTeams(count: 1, threads: 8))
  }

  /// No choice uses more threads than there are, whatever is asked for.
  @Test func neverMoreThreadsThanThereAre() {
    for threads in 1...40 {
      for clips in [1, 2, 3, 7, 16, 100] {
        let teams = teams(threads, clips: clips)
        #expect(
          teams.count >= 1 && teams.threads >= 1 && teams.count * teams.threads <= threads && teams.count <= clips)
      }
    }
  }
}
