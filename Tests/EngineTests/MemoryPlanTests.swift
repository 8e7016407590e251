import Engine
import Testing

@Suite struct MemoryPlanTests {
  /// Of made-up pieces, those that are needed together do not overlap, and a plan is never larger than all pieces one behind the
  /// other.
  @Test func whatIsNeededTogetherDoesNotOverlap() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let pieces = (0..<30).map { _ in
        let first = Int.random(in: 0..<20, using: &random)
        return MemoryPlan.Piece(
          floats: Int.random(in: 1...500, using: &random), first: first,
          last: first + Int.random(in: 0..<6, using: &random))
      }
      let plan = MemoryPlan(pieces)
      for a in pieces.indices {
        #expect(plan.places[a] % 16 == 0 && plan.places[a] + pieces[a].floats <= plan.count)
        for b in pieces.indices where b != a {
          let overlaps =
            plan.places[a] < plan.places[b] + pieces[b].floats && plan.places[b] < plan.places[a] + pieces[a].floats
          #expect(!overlaps || !pieces[a].isNeeded(with: pieces[b]), "\(pieces[a]) \(pieces[b])")
          #expect(!overlaps || plan.isShared[a] && plan.isShared[b])
        }
      }
      #expect(plan.count <= pieces.reduce(0) { $0 + ($1.floats + 15) / 16 * 16 })
    }
  }

  /// A chain of layers takes turns in two pieces.
  @Test func aChainTakesTheMemoryOfTwoLayers() {
    let chain = (0..<10).map { MemoryPlan.Piece(floats: 64, first: $0, last: $0 + 1) }
    #expect(MemoryPlan(chain).count == 128)
    #expect(MemoryPlan([]).count == 0)
  }
}
