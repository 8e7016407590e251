import Dispatch
import Synchronization

/// A number of threads that share the work of one layer.
///
/// Work is cut into chunks that do not depend on the number of threads, and each chunk writes only what is its own, so
/// results are the same bits for any team.
public struct ThreadTeam: Sendable {
  public let threads: Int

  public init(threads: Int) {
    precondition(threads >= 1, "ThreadTeam: at least one thread is needed")
    self.threads = threads
  }

  /// Calls `body` once for each of `chunks` chunks, on up to `threads` threads, and returns when all are done.
  public func perform(chunks: Int, _ body: @Sendable (Int) -> Void) {
    let workers = min(threads, chunks)
    guard workers > 1 else {
      for chunk in 0..<chunks { body(chunk) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chunk < chunks else { return }
        body(chunk)
      }
    }
  }
}
