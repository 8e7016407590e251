import MetricCatalog

/// `1 video`, `3 videos`.
public func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
  "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}

/// What people read of scores, wherever they read it.
public enum Words {
  /// `↓` or `↑`.
  public static func arrow(_ direction: Direction) -> String { direction == .lower ? "↓" : "↑" }

  /// `618.8551`; `618.9 ± 12.5` where an uncertainty is known, which then says how many digits mean something: three of it.
  public static func value(_ score: ScoreRecord) -> String {
    let reach = score.interval.map { ($0.high - $0.low) / 2 }
    guard let size = score.deviation ?? reach, size > 0, size.isFinite else { return significant(score.value) }
    let digits = min(NumberText.digits(forUncertainty: size) + 1, 9)
    return fixed(score.value, digits: digits) + (score.deviation.map { " ± " + fixed($0, digits: digits) } ?? "")
  }

  /// `[590.1, 640.2]`: three digits of its half.
  public static func brackets(_ interval: ScoreInterval) -> String {
    let size = (interval.high - interval.low) / 2
    guard size > 0, size.isFinite else { return "[\(significant(interval.low)), \(significant(interval.high))]" }
    let digits = min(NumberText.digits(forUncertainty: size) + 1, 9)
    return "[\(fixed(interval.low, digits: digits)), \(fixed(interval.high, digits: digits))]"
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

  /// `FVD`, `FVD and KVD`, `FVD, KVD and FID`.
  public static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }

  /// What is known of several things; nil where nothing is.
  public static func joined(_ parts: [String?]) -> String? {
    let known = parts.compactMap { $0 }
    return known.isEmpty ? nil : known.joined(separator: ", ")
  }

  /// To two digits: `90` of 88, `1300` of 1261.
  public static func rounded(_ number: Int) -> Int {
    var unit = 1
    while number / unit >= 100 { unit *= 10 }
    return (number + unit / 2) / unit * unit
  }

  /// The part of a date that people read, UTC: `2026-11-21 14:05:09`.
  public static func date(_ date: String) -> String {
    String(date.prefix(19).map { $0 == "T" ? " " : $0 })
  }
}
