import MetricCatalog
import Vocabulary

/// Scores for people, as `show` and every command that scores print them.
public enum ScoreText {
  /// Scores with protocol, counts and warnings, then what was skipped. Of several scores a summary comes first, and a
  /// warning that many share stands once, with their names. Ends with a line break.
  public static func text(_ scores: [ScoreRecord], skipped: [SkippedInput]) -> String {
    var blocks: [String]
    if scores.count > 1 {
      blocks =
        [summary(scores)] + scores.map { lines($0).joined(separator: "\n") + "\n" }
        + [sharedWarnings(scores)].filter { !$0.isEmpty }
    } else {
      blocks = scores.map { score in
        (lines(score) + score.warnings.flatMap { lines($0, of: nil) }).joined(separator: "\n") + "\n"
      }
    }
    if !skipped.isEmpty {
      blocks.append("skipped \(count(skipped.count, "video"))\n" + skipped.map { line($0) + "\n" }.joined())
    }
    return blocks.joined(separator: "\n")
  }

  /// One line for each score.
  private static func summary(_ scores: [ScoreRecord]) -> String {
    let rows = scores.map {
      [$0.metric, Words.value($0), $0.direction.rawValue, $0.settings?.displayName ?? "unknown"]
    }
    return TextTable.text([["metric", "value", "better", "protocol"]] + rows) + "\n"
  }

  private static func sharedWarnings(_ scores: [ScoreRecord]) -> String {
    var found: [(warning: ScoreWarning, metrics: [String])] = []
    for score in scores {
      for warning in score.warnings {
        if let place = found.firstIndex(where: { $0.warning == warning }) {
          if found[place].metrics.last != score.metric { found[place].metrics.append(score.metric) }
        } else {
          found.append((warning, [score.metric]))
        }
      }
    }
    // A kind of warning once: in the words of the first score that has it.
    let told = found.filter { entry in
      let first = found.first { $0.warning.code == entry.warning.code }?.metrics.first
      return first.map(entry.metrics.contains) ?? true
    }
    let left = found.count - told.count
    let more =
      left == 0
      ? ""
      : "\(count(left, "warning")) of the same \(left == 1 ? "kind" : "kinds") \(left == 1 ? "is" : "are") not repeated: "
        + "`--json` has every one, and `vidmetrics explain` of what is recorded\n"
    return told.flatMap { lines($0.warning, of: metrics($0.warning.code, found)) }.map { $0 + "\n" }.joined() + more
  }

  /// All that have a warning of this kind.
  private static func metrics(_ code: String, _ found: [(warning: ScoreWarning, metrics: [String])]) -> [String] {
    found.filter { $0.warning.code == code }.flatMap(\.metrics).reduce(into: []) { all, own in
      if !all.contains(own) { all.append(own) }
    }
  }

  /// - Parameter metrics: whose warning it is, where there are several scores.
  public static func lines(_ warning: ScoreWarning, of metrics: [String]?) -> [String] {
    let words = warning.text.split(separator: "\n")
    let names = metrics.map { $0.joined(separator: ", ") + ": " } ?? ""
    return ["warning: \(names)\(words.first ?? "") [\(warning.code)]"] + words.dropFirst().map { "  \($0)" }
  }

  public static func line(_ skipped: SkippedInput) -> String {
    "  \(skipped.path): \(skipped.reason.split(separator: "\n").first ?? "")"
  }

  /// A score without its warnings: the value first, then what it is of, then its parts.
  public static func lines(_ score: ScoreRecord) -> [String] {
    let settings = score.settings
    let factor = settings?.number("scale-factor") ?? 1
    let times = factor != 1 && factor != 0 ? ", times \(significant(factor))" : ""
    var lines = [
      "\(ScoreName.title(score.metric))  \(significant(score.value))\(deviation(score))  "
        + "(\(score.direction) is better\(times))"
    ]
    func add(_ name: String, _ text: String?) {
      if let text { lines.append(name + String(repeating: " ", count: 10 - name.count) + text) }
    }
    add("protocol", settings.map(Words.settings))
    if settings != nil, ScoreName(score.metric)?.metric.reference == .inputs {
      let inputs = score.real.map { "\($0.path)  (\(count($0.clips ?? 0, "image")))" }
      add("input", inputs ?? "each video's first frame")
    } else {
      add("real", score.real.map { Words.set($0, of: score) })
    }
    add("fake", score.fake.map { Words.set($0, of: score) })
    add("prompts", score.prompts.map { ($0.source ?? $0.digest) + ($0.count.map { "  (\($0))" } ?? "") })
    add("subsets", subsets(score))
    add("interval", score.interval.map(Words.interval))
    add("floor", score.floor.map { Words.floor($0, sample: score.sample) })
    add("repeats", score.repeats.map { $0.map(significant).joined(separator: ", ") })
    return lines + parts(score)
  }

  private static func subsets(_ score: ScoreRecord) -> String? {
    guard let settings = score.settings, let subsets = settings.integer("subsets"), subsets > 0, score.series == nil,
      score.groups == nil, let size = settings.integer("subset-size"), let seed = settings.integer("subset-seed")
    else { return nil }
    let most = min(size, score.real?.clips ?? .max, score.fake?.clips ?? .max)
    return "\(subsets) of \(count(most, score.sample ?? "sample")), seed \(seed)"
  }

  /// Lists, a line for each of their entries.
  private static func parts(_ score: ScoreRecord) -> [String] {
    func samples(_ real: Int, _ fake: Int) -> String { "(\(real) real, \(fake) fake)" }
    var lines: [String] = []
    if let curve = score.curve {
      lines.append("curve")
      lines += curve.map { "  N = \($0.samples)  \(significant($0.value))" }
    }
    if let spectrum = score.spectrum {
      lines.append("spectrum  power of motion (pixels squared a frame) over cycles a frame")
      let rows = spectrum.map {
        ["  " + significant($0.frequency), significant($0.fake)] + ($0.real.map { [significant($0)] } ?? [])
      }
      let sides = ["  cycles", "fake"] + (spectrum.contains { $0.real != nil } ? ["real"] : [])
      lines.append(TextTable.text([sides] + (rows.count > 12 ? Array(rows.prefix(12)) : rows)))
      if rows.count > 12 { lines.append("  ... \(rows.count - 12) more: --json has each") }
    }
    if let groups = score.groups {
      lines.append("groups    \(groups.count)")
      let rows = groups.map { ["  \($0.label)", significant($0.value), samples($0.realSamples, $0.fakeSamples)] }
      if !rows.isEmpty { lines.append(TextTable.text(rows)) }
    }
    if let series = score.series {
      lines.append("series    \(seriesWords(score, series.count))")
      let lineOf = { (point: SeriesPoint) in
        "  frames \(point.start)-\(point.start + point.frames - 1)  \(significant(point.value))  "
          + samples(point.realSamples, point.fakeSamples)
      }
      // Pairs of frames are as many as a video has frames.
      if score.isOverPairsOfFrames, series.count > 8 {
        lines += series.prefix(3).map(lineOf) + ["  ... \(series.count - 6) more: --json has each"]
        lines += series.suffix(3).map(lineOf)
      } else {
        lines += series.map(lineOf)
      }
    }
    if let videos = score.videos {
      lines.append("videos    \(videos.count)")
      lines += Self.ends(videos, direction: score.direction).map { "  \($0)" }
    }
    return lines
  }

  /// All of a few videos; of many the best and the worst three.
  private static func ends(_ videos: [VideoValue], direction: Direction) -> [String] {
    func line(_ video: VideoValue) -> String { "\(video.name)  \(significant(video.value))" }
    guard videos.count > 8 else { return videos.map(line) }
    let sign: Double = direction == .lower ? 1 : -1
    let sorted = videos.sorted { (sign * $0.value, $0.name) < (sign * $1.value, $1.name) }
    return sorted.prefix(3).map(line) + ["... \(videos.count - 6) more, from best to worst: --json has each"]
      + sorted.suffix(3).map(line)
  }

  private static func seriesWords(_ score: ScoreRecord, _ points: Int) -> String {
    let (settings, sample) = (score.settings, score.sample ?? "sample")
    guard !score.isOverPairsOfFrames else {
      return count(points, "pair of frames", plural: "pairs of frames") + ", each over the videos that have it"
    }
    let step = settings?.integer("window-step") ?? 0
    if settings?.text("series") == "prefixes" {
      return "\(count(points, "prefix", plural: "prefixes")), \(step) frames apart"
    }
    let reference =
      switch settings?.text("window-reference").flatMap(WindowReference.init) {
      case .all: ", each against all real windows"
      case .same: ", each against the same window of the real set"
      case .sampled: ", each against the real \(sample)s that the protocol samples"
      case nil: ""
      }
    let length = settings?.integer("window").map { " of \($0) frames" } ?? ""
    return "\(count(points, "window"))\(length), \(step) apart\(reference)"
  }

  private static func deviation(_ score: ScoreRecord) -> String {
    guard let std = score.deviation else { return "" }
    guard score.settings != nil else { return " ± \(significant(std))" }
    let over =
      if let repeats = score.repeats { count(repeats.count, "run") } else if let groups = score.groups {
        count(groups.count, "group")
      } else if score.videos != nil { "videos" } else if let series = score.series {
        score.settings?.text("series") == "prefixes"
          ? count(series.count, "prefix", plural: "prefixes") : count(series.count, "window")
      } else if score.settings?.integer("block-size") != nil {
        "blocks"
      } else { "subsets" }
    return " ± \(significant(std)) over \(over)"
  }
}
