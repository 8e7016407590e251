import ArgumentParser
import Evaluation
import MetricCatalog

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Every field behind a score, in words",
    discussion: """
      Takes what `--json` printed, or a run of the history. Of JSON lines as StyleGAN-V writes them (.jsonl) it tells what they say, which is less.

        vidmetrics fvd real/ generated/ --json > score.json
        vidmetrics explain score.json
        vidmetrics explain latest
      """)

  @Argument(help: ArgumentHelp("A document of scores, or a run.", valueName: "file|run")) var path: String

  @OptionGroup var database: DatabaseOption

  @Option(help: ArgumentHelp("Only the score of this name.", valueName: "name")) var metric: String?

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    if path.hasSuffix(".jsonl") { return try records() }
    let stored = try StoredScores.read(fileOrRun: path, database)
    let scores = try stored.scores(metric: metric, path: path)
    if json { return Output.print(JSONValue.array(scores.map(Self.json)).text()) }
    Output.print(scores.map { Self.words($0, stored.environment) }.joined(separator: "\n\n"))
  }

  /// StyleGAN-V's lines hold values alone.
  private func records() throws {
    let found = try StyleGANVRecord.read(path).filter { metric == nil || $0.metric == metric }
    guard !found.isEmpty else {
      throw EvaluationError.noSuchScore(path: path, metric: metric ?? "of any name", known: ["no such line"])
    }
    if json {
      let lines = found.map { record in
        JSONValue.object([
          ("metric", .string(record.metric)),
          ("results", .object(record.results.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
          ("fake", .string(orNull: record.snapshot)), ("timestamp", .number(orNull: record.timestamp)),
        ])
      }
      return Output.print(JSONValue.array(lines).text())
    }
    for record in found {
      let values = record.results.sorted { $0.key < $1.key }.map { "\($0.key) \(significant($0.value))" }
      let snapshot = record.snapshot.map { ", of \($0)" } ?? ""
      Output.print("\(values.joined(separator: ", "))\(snapshot)")
    }
    Output.print("the lines do not say which protocol, sets and numbers of clips are behind the values")
  }

  private static func words(_ score: StoredScore, _ environment: StoredScores.Environment) -> String {
    let preset = preset(of: score)
    let std = score.std.map { " ± \(significant($0))" } ?? ""
    var lines = [
      "\(scoreTitle(score.metric)) \(significant(score.value))\(std): \(score.direction) is better",
      "",
      "computed by the protocol `\(score.protocol.name)`, version \(score.protocol.version)"
        + (preset.map { ": \($0.source.title)" } ?? ""),
      score.protocol.fingerprint, "",
    ]
    let fields = score.orderedFields()
    let width = fields.map(\.name.count).max() ?? 0
    for (name, value) in fields {
      let own = preset?.decidingFields.first { $0.definition.name == name }?.value
      let note = score.protocol.overrides[name] == nil ? "" : own.map { "  (the protocol's own: \($0))" } ?? "  (set)"
      lines.append("  \(name)\(String(repeating: " ", count: width - name.count))  \(value)\(note)")
      lines.append("  \(String(repeating: " ", count: width))    \(StoredScore.meaning(name))")
    }
    let name = catalogMetric(score.metric) == "pic" ? "input " : "real  "
    lines += [""] + (score.real.map { ["\(name)\(side($0, score))"] } ?? []) + ["fake  \(side(score.fake, score))"]
    let place = [
      environment.version.map { "vidmetrics \($0)" }, environment.isa, environment.decoder, environment.processor,
    ]
    lines += ["", "on    " + place.compactMap { $0 }.joined(separator: ", ")]
    if let departures = preset?.departures, !departures.isEmpty {
      lines += ["", "where this program departs from the published one"]
      lines += departures.map { "  \($0.field): \($0.here) (published: \($0.published))" }
    }
    if !score.warnings.isEmpty { lines += ["", "warnings"] + score.warnings.map { "  [\($0.code)] \($0.text)" } }
    return lines.joined(separator: "\n")
  }

  private static func side(_ set: StoredScore.Side, _ score: StoredScore) -> String {
    var parts = [set.path]
    if let videos = set.videos { parts.append("\(videos) videos") }
    if let clips = set.clips { parts.append("N = \(clips) \(score.sample ?? "clip")s") }
    if let rank = set.rank, let features = score.features { parts.append("rank \(rank) of \(features)") }
    return (parts + ["content \(set.digest)"]).joined(separator: ", ")
  }

  /// The preset behind a score: the row of a paper's table that has its very fields, or the protocol of its name.
  private static func preset(of score: StoredScore) -> EvaluationProtocol? {
    let rows = (try? PaperTable.all())?.filter {
      score.protocol.name == $0.name || score.protocol.name.hasPrefix($0.name + "/")
    }
    let row = rows?.flatMap(\.rows).first { $0.fingerprint.description == score.protocol.fingerprint }
    return row ?? (try? EvaluationProtocol.named(score.protocol.name, metric: catalogMetric(score.metric)))
  }

  /// `cfvd` and `fvd/dir` are FVD's.
  static func catalogMetric(_ name: String) -> String? {
    ScoreName(name)?.metric.name
  }

  private static func json(_ score: StoredScore) -> JSONValue {
    let preset = preset(of: score)
    return .object([
      ("metric", .string(score.metric)), ("value", .number(score.value)),
      ("direction", .string(score.direction.rawValue)),
      ("protocol", .string(score.protocol.name)), ("fingerprint", .string(score.protocol.fingerprint)),
      (
        "fields",
        .array(
          score.orderedFields().map { name, value in
            .object([
              ("name", .string(name)), ("value", value.json), ("meaning", .string(StoredScore.meaning(name))),
              (
                "preset",
                preset?.decidingFields.first { $0.definition.name == name }?.value.json ?? .null
              ), ("overridden", .bool(score.protocol.overrides[name] != nil)),
            ])
          })
      ),
    ])
  }
}

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Which fields make two scores differ",
    discussion: """
      Takes two documents that `--json` printed, or runs of the history, and compares the scores of the same name (or the only ones). Exit status \
      0: the two numbers can be compared; 3: they cannot, and the fields say why.
      """)

  @Argument(help: ArgumentHelp("A document of scores, or a run.", valueName: "first")) var first: String
  @Argument(help: ArgumentHelp("Another one.", valueName: "second")) var second: String
  @OptionGroup var database: DatabaseOption
  @Option(help: ArgumentHelp("Only the scores of this name.", valueName: "name")) var metric: String?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let a = try StoredScores.read(fileOrRun: first, database)
    let b = try StoredScores.read(fileOrRun: second, database)
    let (left, right) = (try a.scores(metric: metric, path: first), try b.scores(metric: metric, path: second))
    var pairs: [(StoredScore, StoredScore)] = []
    if left.count == 1, right.count == 1 {
      pairs = [(left[0], right[0])]
    } else {
      var rest = right
      for score in left {
        guard let place = rest.firstIndex(where: { $0.metric == score.metric }) else { continue }
        pairs.append((score, rest.remove(at: place)))
      }
    }
    guard !pairs.isEmpty else {
      throw EvaluationError.noSuchScore(
        path: second, metric: left.map(\.metric).joined(separator: ", "), known: right.map(\.metric))
    }
    let differences = pairs.map { ScoreDifference($0, a.environment, $1, b.environment) }
    Output.print(
      json ? JSONValue.array(differences.map(Self.json)).text() : differences.map(Self.words).joined(separator: "\n\n"))
    let names = Set((left + right).map(\.metric)).subtracting(pairs.map(\.0.metric)).sorted()
    if !names.isEmpty, pairs.count > 1 || left.count != right.count {
      if json {
        Terminal.write("in one of the documents only: \(names.joined(separator: ", "))\n")
      } else {
        Output.print("\nin one of the documents only: \(names.joined(separator: ", "))")
      }
    }
    if differences.contains(where: { !$0.isComparable }) { throw ExitCode(Exit.notComparable) }
  }

  private static func words(_ difference: ScoreDifference) -> String {
    let (a, b) = (difference.first, difference.second)
    var lines = ["\(scoreTitle(a.metric))  \(significant(a.value))  against  \(significant(b.value))"]
    if difference.isComparable {
      let counts = difference.sets.contains { $0.name == "fake.clips" }
      lines.append(
        "comparable: every field and the real set are the same" + (counts ? ", but the numbers of fake samples" : ""))
    } else if difference.isOneMeasure {
      lines.append("not comparable: every field is the same, but the real set")
    } else {
      lines.append("not comparable: \(difference.fields.count) field\(difference.fields.count == 1 ? "" : "s") differ")
    }
    func list(_ found: [ScoreDifference.Difference], explained: Bool) {
      let width = found.map(\.name.count).max() ?? 0
      for entry in found {
        let padding = String(repeating: " ", count: width - entry.name.count)
        lines.append("  \(entry.name)\(padding)  \(entry.first ?? "not set")  |  \(entry.second ?? "not set")")
        let meaning = StoredScore.meaning(entry.name)
        if explained, !meaning.isEmpty { lines.append("  \(String(repeating: " ", count: width))    \(meaning)") }
      }
    }
    list(difference.fields, explained: true)
    if !difference.sets.isEmpty { lines.append("the sets") }
    list(difference.sets, explained: false)
    if !difference.circumstances.isEmpty { lines.append("circumstances, of no importance beyond rounding") }
    list(difference.circumstances, explained: false)
    return lines.joined(separator: "\n")
  }

  private static func json(_ difference: ScoreDifference) -> JSONValue {
    func list(_ found: [ScoreDifference.Difference]) -> JSONValue {
      .array(
        found.map {
          .object([
            ("name", .string($0.name)), ("first", .string(orNull: $0.first)), ("second", .string(orNull: $0.second)),
          ])
        })
    }
    return .object([
      ("metric", .string(difference.first.metric)), ("first", .number(difference.first.value)),
      ("second", .number(difference.second.value)), ("comparable", .bool(difference.isComparable)),
      ("fields", list(difference.fields)), ("sets", list(difference.sets)),
      ("circumstances", list(difference.circumstances)),
    ])
  }
}
