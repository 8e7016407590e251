import Evaluation
import Synchronization
import Testing

/// How many instances of a network there are, whatever the sizes of frames.
@Suite struct InstancesBySizeTests {
  private final class Counted: TwinnedNetwork {
    static let alive = Mutex(0)
    init() { Self.alive.withLock { $0 += 1 } }
    deinit { Self.alive.withLock { $0 -= 1 } }
    func twin() throws -> Counted { Counted() }
  }

  /// Two are at work at a time, so there are never more than two, and one is made anew only where the size is another.
  @Test func noMoreThanAreAtWork() throws {
    let made = Mutex([Int]())
    func alive() -> Int { Counted.alive.withLock { $0 } }
    let instances = InstancesBySize<Counted> { kind in
      made.withLock { $0.append(kind.width) }
      return Counted()
    }
    for width in [8, 8, 16, 24, 24, 8] {
      try instances.forFrames(height: 8, width: width, threads: 1) { _ in
        try instances.forFrames(height: 8, width: width, threads: 1) { _ in #expect(alive() == 2) }
      }
      #expect(alive() == 2)
    }
    #expect(made.withLock { $0 } == [8, 16, 24, 8])
    // Of two sizes at once each has its own.
    try instances.forFrames(height: 8, width: 8, threads: 1) { _ in
      try instances.forFrames(height: 8, width: 16, threads: 1) { _ in #expect(alive() == 2) }
    }
  }
}
