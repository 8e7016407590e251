import Synchronization

/// `body` of 0..<count on up to `threads` threads, results in order, each computed as it would be alone; nil if it was
/// interrupted.
///
/// - Parameter isInterrupted: asked before each.
/// - Throws: the error of the first index that fails; the others are computed nevertheless.
public func parallelMap<Value: Sendable, Failure: Error>(
  _ count: Int, threads: Int, isInterrupted: @Sendable () -> Bool, _ body: @Sendable (Int) throws(Failure) -> Value
) throws(Failure) -> [Value]? {
  let results = Mutex([Result<Value, Failure>?](repeating: nil, count: count))
  ThreadTeam(threads: max(1, threads)).perform(chunks: count) { index in
    guard !isInterrupted() else { return }
    let result: Result<Value, Failure>
    do throws(Failure) { result = .success(try body(index)) } catch { result = .failure(error) }
    results.withLock { $0[index] = result }
  }
  let found = results.withLock { $0 }.compactMap { $0 }
  guard found.count == count else { return nil }
  var values: [Value] = []
  values.reserveCapacity(count)
  for result in found { values.append(try result.get()) }
  return values
}

/// The same for work that nothing interrupts.
///
/// - Throws: the error of the first index that fails.
public func parallelMap<Value: Sendable, Failure: Error>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) throws(Failure) -> Value
) throws(Failure) -> [Value] {
  guard let values = try parallelMap(count, threads: threads, isInterrupted: { false }, body) else {
    preconditionFailure("parallelMap: nothing interrupts it")
  }
  return values
}
