import Dispatch

/// `body` of 0..<count on up to `threads` threads of the operating system, results in order; the error of the first
/// index that fails is thrown.
///
/// OpenBLAS is set to one thread of its own first: callers on several threads then do not meet in it.
func concurrentMap<Value: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) throws -> Value
) throws -> [Value] {
  LinearAlgebra.useOneThread()
  let team = max(1, min(threads, count))
  guard team > 1 else { return try (0..<count).map(body) }
  let results = UnsafeMutablePointer<Result<Value, any Error>?>.allocate(capacity: count)
  results.initialize(repeating: nil, count: count)
  defer {
    results.deinitialize(count: count)
    results.deallocate()
  }
  nonisolated(unsafe) let slots = results
  DispatchQueue.concurrentPerform(iterations: team) { member in
    for index in stride(from: member, to: count, by: team) { slots[index] = Result { try body(index) } }
  }
  return try (0..<count).map { index in
    guard let result = results[index] else { preconditionFailure("concurrentMap: every index has a result") }
    return try result.get()
  }
}
