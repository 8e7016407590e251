import Tensors
import Threads

/// The most multiplications and additions in float32 that the processor does: what a kernel's time is held against.
public struct PeakRate: Sendable {
  /// A second, of one thread and of all threads together.
  public let one: Double
  public let all: Double

  /// - Parameters:
  ///   - threads: how many for `all`.
  ///   - seconds: how long each part is measured. The fastest piece of a few milliseconds counts, so that other programs take
  ///     little of it away.
  public init(_ table: KernelTable, threads: Int, seconds: Double = 0.5) {
    one = Self.rate(table, threads: 1, seconds: seconds)
    all = threads == 1 ? one : Self.rate(table, threads: threads, seconds: seconds)
  }

  private final class Values: @unchecked Sendable {
    let buffer: FloatBuffer
    init(threads: Int) { buffer = FloatBuffer(zeros: 64 * threads) }
  }

  /// Of a piece, at least.
  private static let piece = 0.002

  private static func rate(_ table: KernelTable, threads: Int, seconds: Double) -> Double {
    let values = Values(threads: threads)
    let team = ThreadTeam(threads: threads)
    let clock = ContinuousClock()
    let kernel = table.kernels.peakLoop
    func time(_ rounds: Int) -> (operations: Int, seconds: Double) {
      let time = clock.measure {
        team.perform(chunks: threads) { _ = kernel(rounds, values.buffer.pointer + 64 * $0) }
      }
      let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
      return (kernel(0, values.buffer.pointer) + rounds * kernel(1, values.buffer.pointer) * threads, seconds)
    }
    var rounds = 1 << 14
    while time(rounds).seconds < piece { rounds *= 2 }
    return (0..<max(10, Int(seconds / piece))).map { _ in
      let (operations, seconds) = time(rounds)
      return Double(operations) / seconds
    }.max() ?? 0
  }
}
