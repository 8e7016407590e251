import Scores

/// Which runs are wanted; what is nil lets all through.
public struct RunFilter: Sendable, Equatable {
  /// Runs with a score of this name.
  public var metric: String?
  public var generator: String?
  public var suite: String?
  public var dataset: String?
  /// Runs of any of these names; empty: all.
  public var names: [String] = []
  public var checkpoint: String?
  public var tag: String?
  /// Beginning of a date as runs have them: `2026-11-21`, `2026-11-21T14:05`. Runs from it on.
  public var since: String?
  /// Runs up to it; a day counts whole.
  public var until: String?
  /// The newest so many.
  public var limit: Int?
  public var origin: RunRecord.Origin?

  public init() {}
}

/// How much of each run is read.
public enum RunDetail: Sendable {
  /// Without repeats, groups, points, curves, values of videos, warnings, skipped inputs, artefacts and previews.
  case scores
  case everything
}
