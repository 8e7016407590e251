import ArgumentParser
import Evaluation
import Foundation
import History
import MetricCatalog
import Scores

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

  @OptionGroup var scores: ScoreNamesOption

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    if path.hasSuffix(".jsonl") { return try records() }
    let found = try database.scores(path, named: scores.names)
    if json { return Output.print(JSONValue.array(try found.run.scores.map(Self.json)).text()) }
    Output.print(found.run.scores.map { Self.words($0, found.run.circumstances) }.joined(separator: "\n\n"))
  }

  /// StyleGAN-V's lines hold values alone.
  private func records() throws {
    let (names, lines) = (try scores.names, try StyleGANVRecord.read(path))
    if let absent = names.first(where: { name in !lines.contains { $0.metric == name } }) {
      throw ScoreError.noSuchScore(place: "`\(path)`", metric: absent, known: lines.map(\.metric))
    }
    let found = lines.filter { names.isEmpty || names.contains($0.metric) }
    guard !found.isEmpty else { throw ScoreError.noScores(place: "`\(path)`") }
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

  private static func words(_ score: ScoreRecord, _ place: RunRecord.Circumstances) -> String {
    let settings = score.settings
    let preset = preset(of: score)
    let name = settings.map { "`\($0.name)`, version \($0.version)" } ?? "of somebody else"
    var lines = [
      "\(ScoreName.title(score.metric)) \(Words.value(score)): \(score.direction) is better", "",
      "computed by the protocol \(name)" + (preset.map { ": \($0.source.title)" } ?? ""),
      settings?.fingerprint ?? "", "",
    ]
    let fields = settings?.orderedFields ?? []
    let width = fields.map(\.name.count).max() ?? 0
    for (name, value) in fields {
      let own = preset?.decidingFields.first { $0.definition.name == name }?.value
      let note = settings?.overrides[name] == nil ? "" : own.map { "  (the protocol's own: \($0))" } ?? "  (set)"
      lines.append("  \(name)\(String(repeating: " ", count: width - name.count))  \(value)\(note)")
      lines.append("  \(String(repeating: " ", count: width))    \(FieldDefinition.meaning(name))")
    }
    let reference = ScoreName(score.metric)?.metric.reference == .inputs ? "input " : "real  "
    lines.append("")
    if let real = score.real { lines.append(reference + side(real, score)) }
    if let fake = score.fake { lines.append("fake  " + side(fake, score)) }
    let program = [place.version.map { "vidmetrics \($0)" }, place.isa, place.decoder, place.processor]
    lines += ["", "on    " + program.compactMap { $0 }.joined(separator: ", ")]
    if let departures = preset?.departures, !departures.isEmpty {
      lines += ["", "where this program departs from the published one"]
      lines += departures.map { departure in
        "  \(departure.field): \(departure.here) (published: \(departure.published)"
          + (departure.effect.map { "; measured: \($0)" } ?? "") + ")"
      }
    }
    if !score.warnings.isEmpty { lines += ["", "warnings"] + score.warnings.map { "  [\($0.code)] \($0.text)" } }
    return lines.joined(separator: "\n")
  }

  private static func side(_ set: ScoredSet, _ score: ScoreRecord) -> String {
    Words.set(set, of: score) + (set.digest.map { ", content \($0)" } ?? "")
  }

  /// The preset behind a score: the row of a paper's table that has its very fields, or the protocol of its name.
  private static func preset(of score: ScoreRecord) -> EvaluationProtocol? {
    guard let settings = score.settings else { return nil }
    let rows = (try? PaperTable.all())?.filter {
      settings.name == $0.name || settings.name.hasPrefix($0.name + "/")
    }
    let row = rows?.flatMap(\.rows).first { $0.fingerprint.description == settings.fingerprint }
    return row ?? (try? EvaluationProtocol.named(settings.name, metric: ScoreName(score.metric)?.metric.name))
  }

  private static func json(_ score: ScoreRecord) throws -> JSONValue {
    let preset = preset(of: score)
    let fields = score.settings?.orderedFields ?? []
    return .object([
      ("metric", .string(score.metric)), ("value", .number(score.value)),
      ("direction", .string(score.direction.rawValue)),
      ("protocol", .string(orNull: score.settings?.name)),
      ("fingerprint", .string(orNull: score.settings?.fingerprint)),
      (
        "fields",
        .array(
          fields.map { name, value in
            .object([
              ("name", .string(name)), ("value", value.json), ("meaning", .string(FieldDefinition.meaning(name))),
              (
                "preset",
                preset?.decidingFields.first { $0.definition.name == name }?.value.json ?? .null
              ), ("overridden", .bool(score.settings?.overrides[name] != nil)),
            ])
          })
      ),
    ])
  }
}

extension DatabaseOption {
  /// The scores of a file that `--json` printed, or of a run of the history: what is not a file is looked up. Where there is
  /// no history, a word that has a point or a slash was meant for a file.
  ///
  /// - Parameter names: only those of these names; none: all.
  /// - Throws: `ScoreError`, `HistoryError`.
  func scores(_ reference: String, named names: [String]) throws -> (run: RunRecord, place: String) {
    let isFile = FileManager.default.fileExists(atPath: reference)
    var run: RunRecord
    let place: String
    if !isFile, FileManager.default.fileExists(atPath: path) || !reference.contains(where: { "./".contains($0) }) {
      run = try reading().run(reference, having: names)
      place = "run \(run.id)"
    } else {
      place = "`\(reference)`"
      guard let bytes = FileManager.default.contents(atPath: reference) else {
        throw ScoreError.notADocument(place: place, reason: "it cannot be opened")
      }
      run = try RunDocument.read(String(decoding: bytes, as: UTF8.self), place: place)
    }
    run.scores = try run.scores(named: names, place: place)
    if let score = run.scores.first(where: { $0.settings == nil }) {
      throw ScoreError.noSettings(place: place, metric: score.metric)
    }
    return (run, place)
  }
}
