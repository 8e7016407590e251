import Foundation
import MetricCatalog

// The table that people read.
extension ScoreDocument {
  /// Scores with protocol, counts and warnings, then what was skipped. Ends with a line break.
  public var table: String {
    var blocks = scores.map(\.table)
    if !skipped.isEmpty {
      let lines = skipped.map { "  \($0.path): \($0.reason.split(separator: "\n").first ?? "")\n" }
      blocks.append("skipped \(count(skipped.count, "video"))\n" + lines.joined())
    }
    return blocks.joined(separator: "\n")
  }
}

extension Score {
  fileprivate var table: String {
    let arrow = evaluationProtocol.direction == .lower ? "lower is better" : "higher is better"
    var lines = [
      "\(metric.uppercased())  \(significant(value))  (\(arrow))",
      "protocol  \(evaluationProtocol.displayName)  (version \(evaluationProtocol.version), "
        + "\(evaluationProtocol.fingerprint.description.prefix(19)))",
      "real      \(real.path)  (\(count(real.videos, "video")), \(count(real.clips, "clip")))",
      "fake      \(fake.path)  (\(count(fake.videos, "video")), \(count(fake.clips, "clip")))",
    ]
    for warning in warnings {
      let words = warning.text.split(separator: "\n")
      lines.append("warning: \(words.first ?? "") [\(warning.code)]")
      lines += words.dropFirst().map { "  \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }
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
