import History
import MetricCatalog
import Scores

/// Every protocol of the page, once, with all its fields.
struct ProtocolParts {
  let runs: [RunRecord]

  static func anchor(_ settings: Settings) -> String {
    "p-\(settings.fingerprint.dropFirst("sha256:".count).prefix(16))"
  }

  var context: [[String: Any]] {
    var known: [String: (settings: Settings, metrics: [String])] = [:]
    var order: [String] = []
    for score in runs.flatMap(\.scores) {
      guard let settings = score.settings else { continue }
      let own = Self.anchor(settings)
      if known[own] == nil { order.append(own) }
      let title = ScoreName.title(score.metric)
      var entry = known[own] ?? (settings, [])
      if !entry.metrics.contains(title) { entry.metrics.append(title) }
      known[own] = entry
    }
    return order.compactMap { id in
      known[id].map { settings, metrics in
        [
          "protocolID": id, "protocolTitle": "\(Words.list(metrics)): \(settings.displayName)",
          "protocolPrint": "version \(settings.version), \(settings.fingerprint)",
          "fields": RunPart.pairs(settings.orderedFields.map { ($0.name, "\($0.value)") }),
        ]
      }
    }
  }
}

/// Every warning of the page, once, with links to the scores that have it.
struct WarningParts {
  let runs: [RunRecord]
  let names: RunNames

  private static let mostLinks = 8

  var context: [[String: Any]] {
    var order: [ScoreWarning] = []
    var links: [String: [[String: Any]]] = [:]
    func key(_ warning: ScoreWarning) -> String { warning.code + "\u{1}" + warning.text }
    for run in runs {
      for (index, score) in run.scores.enumerated() {
        for warning in score.warnings {
          if links[key(warning)] == nil { order.append(warning) }
          links[key(warning), default: []].append([
            "link": RunPart.anchor(run.id, index), "linkText": "\(ScoreName.title(score.metric)) of \(names[run])",
          ])
        }
      }
    }
    return order.map { warning in
      let all = links[key(warning)] ?? []
      var context: [String: Any] = [
        "code": warning.code, "warning": warning.text, "links": Array(all.prefix(Self.mostLinks)),
      ]
      if all.count > Self.mostLinks { context["moreLinks"] = "and \(all.count - Self.mostLinks) more" }
      return context
    }
  }
}

/// Commands, commits and machines that the numbers are from, each once.
struct OriginParts {
  let runs: [RunRecord]
  let names: RunNames

  private static let most = 12

  var context: [[String: Any]] {
    var order: [[String?]] = []
    var groups: [[String?]: [RunRecord]] = [:]
    for run in runs where run.origin == .measured {
      let own = run.circumstances
      let key = [
        own.command, own.workingFolder, own.gitCommit, own.gitIsDirty.map { "\($0)" }, own.version, own.host, own.isa,
      ]
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(run)
    }
    var parts = order.suffix(Self.most).compactMap { key in groups[key].map(part) }
    if order.count > Self.most {
      parts.append(["originTitle": "\(order.count - Self.most) commands before these are with their runs, below"])
    }
    return parts
  }

  private func part(_ runs: [RunRecord]) -> [String: Any] {
    let own = runs[0].circumstances
    var called: [String] = []
    for run in runs where !called.contains(names[run]) { called.append(names[run]) }
    let title = Words.list(Array(called.prefix(4))) + (called.count > 4 ? " and \(called.count - 4) more" : "")
    var weights: [String] = []
    for settings in runs.flatMap(\.scores).compactMap(\.settings) {
      guard let name = settings.text("weights"), let print = settings.text("weights-fingerprint"), name != "none" else {
        continue
      }
      let words = "\(name) (\(print.prefix(19)))"
      if !weights.contains(words) { weights.append(words) }
    }
    func fact(_ key: String, _ text: String?, isCode: Bool = false) -> [String: Any]? {
      text.map { ["key": key, "text": $0, "isCode": isCode] }
    }
    let facts = [
      fact("command", own.command, isCode: true), fact("folder", own.workingFolder, isCode: true),
      fact("commit", own.gitCommit.map { $0 + (own.gitIsDirty == true ? ", with changes beside it" : "") }),
      fact("program", Words.joined([own.version.map { "vidmetrics \($0)" }, own.isa, own.decoder])),
      fact("machine", Words.joined([own.host, own.os, own.processor])),
      fact("weights", weights.isEmpty ? nil : weights.joined(separator: ", ")),
    ]
    return [
      "originTitle": "\(title)\(runs.count > 1 ? " (\(count(runs.count, "run")))" : "")",
      "originFacts": facts.compactMap { $0 },
    ]
  }
}
