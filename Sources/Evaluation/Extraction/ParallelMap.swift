import Dispatch
import Synchronization

/// `body` of 0..<count on up to `threads` threads, results in order, each computed as it would be alone; the first error by
/// index is thrown.
///
/// - Throws: also `EvaluationError.interruptedComputing`.
func parallelMap<Value: Sendable>(
  _ count: Int, threads: Int, isInterrupted: @Sendable () -> Bool, _ body: @Sendable (Int) throws -> Value
) throws -> [Value] {
  let results = Mutex([Result<Value, any Error>?](repeating: nil, count: count))
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count, !isInterrupted() else { return }
      let result = Result { try body(index) }
      results.withLock { $0[index] = result }
    }
  }
  let found = results.withLock { $0 }.compactMap { $0 }
  guard found.count == count else { throw EvaluationError.interruptedComputing }
  return try found.map { try $0.get() }
}
