import Foundation
import MetricCatalog

// The table that people read.
extension ScoreDocument {
  /// Scores with protocol, counts and warnings, then what was skipped. Of several scores a summary comes first, and a
  /// warning that many share stands once, with their names. Ends with a line break.
  public var table: String {
    var blocks: [String]
    if scores.count > 1 {
      blocks =
        [summary] + scores.map { $0.block.joined(separator: "\n") + "\n" } + [sharedWarnings].filter { !$0.isEmpty }
    } else {
      blocks = scores.map { ($0.block + $0.warnings.flatMap { $0.lines(of: nil) }).joined(separator: "\n") + "\n" }
    }
    if !skipped.isEmpty {
      let lines = skipped.map { "  \($0.path): \($0.reason.split(separator: "\n").first ?? "")\n" }
      blocks.append("skipped \(count(skipped.count, "video"))\n" + lines.joined())
    }
    return blocks.joined(separator: "\n")
  }

  /// One line for each score.
  private var summary: String {
    let cells = scores.map { score in
      [
        score.metric, significant(score.value) + (score.std.map { " ± " + significant($0) } ?? ""),
        score.evaluationProtocol.direction == .lower ? "lower" : "higher", score.evaluationProtocol.displayName,
      ]
    }
    let rows = [["metric", "value", "better", "protocol"]] + cells
    let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      (0..<3).map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) + "  " }.joined() + row[3]
        + "\n"
    }.joined()
  }

  private var sharedWarnings: String {
    var order: [ScoreWarning] = []
    var metrics: [String: [String]] = [:]
    for score in scores {
      for warning in score.warnings {
        let key = warning.code + "\n" + warning.text
        if metrics[key] == nil { order.append(warning) }
        if metrics[key]?.last != score.metric { metrics[key, default: []].append(score.metric) }
      }
    }
    return order.flatMap { $0.lines(of: metrics[$0.code + "\n" + $0.text]) }.map { $0 + "\n" }.joined()
  }
}

extension ScoreWarning {
  /// - Parameter metrics: whose warning it is, where there are several scores.
  fileprivate func lines(of metrics: [String]?) -> [String] {
    let words = text.split(separator: "\n")
    let names = metrics.map { $0.joined(separator: ", ") + ": " } ?? ""
    return ["warning: \(names)\(words.first ?? "") [\(code)]"] + words.dropFirst().map { "  \($0)" }
  }
}

extension Score {
  fileprivate var block: [String] {
    let arrow = evaluationProtocol.direction == .lower ? "lower is better" : "higher is better"
    let factor = evaluationProtocol.fields.scaleFactor
    let times = factor != 1 && factor != 0 ? ", times \(significant(factor))" : ""
    var lines = [
      "\(title)  \(significant(value))\(deviation)  (\(arrow)\(times))",
      "protocol  \(evaluationProtocol.displayName)  (version \(evaluationProtocol.version), "
        + "\(evaluationProtocol.fingerprint.description.prefix(19)))",
    ]
    if evaluationProtocol.isOfInputs {
      let inputs = real.map { set in set.path + "  (" + count(set.clips ?? 0, "image") + ")" }
      lines.append("input     " + (inputs ?? "each video's first frame"))
    } else if let real {
      lines.append("real      \(line(real))")
    }
    lines.append("fake      \(line(fake))")
    if let prompts { lines.append("prompts   \(prompts.source)  (\(prompts.count))") }
    if evaluationProtocol.fields.subsets > 0, series == nil, groups == nil {
      let size = min(evaluationProtocol.fields.subsetSize, real?.clips ?? .max, fake.clips ?? .max)
      lines.append(
        "subsets   \(evaluationProtocol.fields.subsets) of \(count(size, sample)), seed "
          + "\(evaluationProtocol.fields.subsetSeed)")
    }
    if let interval {
      lines.append(
        "interval  \(significant(interval.low)) ... \(significant(interval.high))  "
          + "(\(fixed(interval.level * 100, digits: 0)) %, \(interval.resamples) resamples)")
    }
    if let floor {
      let same = floor.scoreAtSamples.map { "; real against fake at that size: \(significant($0))" } ?? ""
      lines.append("floor     \(significant(floor.value))  (real halves of \(count(floor.samples, sample))\(same))")
    }
    if let curve {
      lines.append("curve")
      lines += curve.map { "  N = \($0.samples)  \(significant($0.value))" }
    }
    if let groups {
      let width = groups.map(\.label.count).max() ?? 0
      lines.append("groups    \(groups.count)")
      lines += groups.map { group in
        let padding = String(repeating: " ", count: width - group.label.count)
        return "  \(group.label)\(padding)  \(significant(group.value))  "
          + "(\(group.realSamples) real, \(group.fakeSamples) fake)"
      }
    }
    if let series {
      lines.append("series    \(seriesWords(series.count))")
      lines += series.map { point in
        "  frames \(point.start)..<\(point.start + point.frames)  \(significant(point.value))  "
          + "(\(point.realSamples) real, \(point.fakeSamples) fake)"
      }
    }
    if let perVideo {
      lines.append("videos")
      lines += perVideo.map { "  \($0.name)  \(significant($0.value))" }
    }
    return lines
  }

  private var title: String { scoreTitle(metric) }

  private func seriesWords(_ points: Int) -> String {
    let fields = evaluationProtocol.fields
    if fields.series == .prefixes {
      return "\(count(points, "prefix", plural: "prefixes")), \(fields.windowStep) frames apart"
    }
    let reference =
      switch fields.windowReference {
      case .all: "all real windows"
      case .same: "the same window of the real set"
      case .sampled: "the real \(sample)s that the protocol samples"
      }
    return
      "\(count(points, "window")) of \(fields.window) frames, \(fields.windowStep) apart, each against \(reference)"
  }

  private var deviation: String {
    guard let std else { return "" }
    let over =
      if let runs { count(runs.count, "run") } else if let groups { count(groups.count, "group") } else if let series {
        evaluationProtocol.fields.series == .prefixes
          ? count(series.count, "prefix", plural: "prefixes") : count(series.count, "window")
      } else if perVideo != nil { "videos" } else { "subsets" }
    return " ± \(significant(std)) over \(over)"
  }

  private func line(_ set: ScoredSet) -> String {
    var parts: [String] = []
    if let videos = set.videos { parts.append(count(videos, "video")) }
    if let clips = set.clips, sample != "video" { parts.append(count(clips, sample)) }
    if let features {
      if let rank = set.rank {
        parts.append("rank \(rank) of \(features)")
      } else {
        parts.append("\(features) features")
      }
    }
    return parts.isEmpty ? set.path : "\(set.path)  (\(parts.joined(separator: ", ")))"
  }
}

/// `FVD`; of a grouping and of a distance only the metric in capitals: `FVD/regex:^([a-z]+)`, `PIC[dreamsim-dino]`.
public func scoreTitle(_ metric: String) -> String {
  guard let rest = metric.firstIndex(where: { $0 == "/" || $0 == "[" }) else { return metric.uppercased() }
  return metric[..<rest].uppercased() + metric[rest...]
}

/// Seven significant digits, as published scores are compared to six: `151.3925`, `10.13809`, `0.0001234568`.
public func significant(_ value: Double) -> String {
  guard value.isFinite else { return "\(value)" }
  var magnitude = 0
  var rest = abs(value)
  while rest >= 10, magnitude < 300 {
    rest /= 10
    magnitude += 1
  }
  while rest > 0, rest < 1, magnitude > -12 {
    rest *= 10
    magnitude -= 1
  }
  return fixed(value, digits: min(max(6 - magnitude, 0), 12))
}

/// A number with `digits` digits after the point.
public func fixed(_ value: Double, digits: Int) -> String {
  var buffer = [CChar](repeating: 0, count: 400)
  let length = withVaList([CInt(digits), value]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
  return String(decoding: buffer[..<Int(min(length, 399))].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
