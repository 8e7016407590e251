/// How the threads are shared out over the clips: teams that each compute a clip of their own, side by side, with so many
/// threads to a clip. The features are the same bits either way.
public struct ComputeTeams: Equatable, Sendable {
  /// Clips side by side.
  public let count: Int
  /// Threads of one clip.
  public let threads: Int

  public init(count: Int, threads: Int) {
    self.count = count
    self.threads = threads
  }

  /// What one clip loses for each thread beyond the first that works on it: an estimate, on the side of whole clips.
  private static let lossOfStripes = 0.06

  /// The shares with which `clips` equal clips take the least time.
  ///
  /// - Parameters:
  ///   - memory: bytes of one team.
  ///   - available: bytes of all teams together.
  public static func sharing(threads: Int, clips: Int, memory: Int, available: Int) -> ComputeTeams {
    let most = max(1, min(threads, clips, available / max(memory, 1)))
    let choices = (1...most).map { ComputeTeams(count: $0, threads: threads / $0) }
    return choices.min { $0.rounds(of: clips) < $1.rounds(of: clips) } ?? ComputeTeams(count: 1, threads: threads)
  }

  /// Time for `clips` clips, in those of one thread.
  private func rounds(of clips: Int) -> Double {
    Double((clips + count - 1) / count) * (1 + Self.lossOfStripes * Double(threads - 1)) / Double(threads)
  }
}
