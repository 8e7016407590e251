import MetricCatalog

/// `1 video`, `3 videos`.
public func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
  "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}

/// What people read of scores, wherever they read it.
public enum Words {
  /// `↓` or `↑`.
  public static func arrow(_ direction: Direction) -> String { direction == .lower ? "↓" : "↑" }

  /// `618.8551 ± 2.1`.
  public static func value(_ score: ScoreRecord) -> String {
    significant(score.value) + (score.deviation.map { " ± " + significant($0) } ?? "")
  }

  /// `[590.1, 640.2]`.
  public static func brackets(_ interval: ScoreInterval) -> String {
    "[\(significant(interval.low)), \(significant(interval.high))]"
  }

  /// `590.1 ... 640.2  (95 %, 1000 resamples)`.
  public static func interval(_ interval: ScoreInterval) -> String {
    "\(significant(interval.low)) ... \(significant(interval.high))  (\(NumberText.percent(interval.level)), "
      + (interval.resamples.map { count($0, "resample") } ?? interval.method) + ")"
  }

  /// `12.1  (real halves of 8 clips; real against fake at that size: 30.2)`.
  public static func floor(_ floor: ScoreFloor, sample: String?) -> String {
    let same = floor.scoreAtSamples.map { "; real against fake at that size: \(significant($0))" } ?? ""
    return "\(significant(floor.value))  (real halves of \(count(floor.samples, sample ?? "sample"))\(same))"
  }

  /// `fakes/  (16 videos, 32 clips, rank 31 of 400)`.
  public static func set(_ set: ScoredSet, of score: ScoreRecord) -> String {
    var parts: [String] = []
    if let videos = set.videos { parts.append(count(videos, "video")) }
    if let clips = set.clips, score.sample != "video" { parts.append(count(clips, score.sample ?? "sample")) }
    if let features = score.features {
      parts.append(set.rank.map { "rank \($0) of \(features)" } ?? "\(features) features")
    }
    return parts.isEmpty ? set.path : "\(set.path)  (\(parts.joined(separator: ", ")))"
  }

  /// `stylegan-v + frames=32  (version 1, sha256:9e37a73f17ac)`.
  public static func settings(_ settings: Settings) -> String {
    "\(settings.displayName)  (version \(settings.version), \(settings.shortFingerprint))"
  }

  /// The part of a date that people read, UTC: `2026-11-21 14:05:09`.
  public static func date(_ date: String) -> String {
    String(date.prefix(19).map { $0 == "T" ? " " : $0 })
  }
}
