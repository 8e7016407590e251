import ArgumentParser
import MetricCatalog
import Scores

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
  @OptionGroup var scores: ScoreNamesOption
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let a = try database.scores(first, named: scores.names)
    let b = try database.scores(second, named: scores.names)
    let (left, right) = (a.run.scores, b.run.scores)
    // The only scores of two documents belong together, whatever they are called.
    let found =
      left.count == 1 && right.count == 1
      ? (pairs: [Comparison(left[0], right[0])], first: [], second: []) : Comparison.pairs(left, right)
    guard !found.pairs.isEmpty else {
      throw ScoreError.noSuchScore(
        place: b.place, metric: left.map(\.metric).joined(separator: ", "), known: right.map(\.metric))
    }
    let circumstances = Comparison.circumstances(a.run.circumstances, b.run.circumstances)
    Output.print(
      json
        ? JSONValue.array(found.pairs.map { Self.json($0, circumstances) }).text()
        : found.pairs.map { Self.words($0, circumstances) }.joined(separator: "\n\n"))
    let alone = (found.first + found.second).sorted()
    if !alone.isEmpty {
      let words = "in one of the documents only: \(alone.joined(separator: ", "))"
      if json { Terminal.write(words + "\n") } else { Output.print("\n" + words) }
    }
    if found.pairs.contains(where: { !$0.isComparable }) { throw ExitCode(Exit.notComparable) }
  }

  private static func words(_ pair: Comparison, _ circumstances: [Comparison.Difference]) -> String {
    let (a, b) = (pair.first, pair.second)
    var lines = ["\(ScoreName.title(a.metric))  \(significant(a.value))  against  \(significant(b.value))"]
    if pair.isComparable {
      let counts = pair.sets.contains { $0.name == "fake.clips" }
      lines.append(
        "comparable: every field and the real set are the same" + (counts ? ", but the numbers of fake samples" : ""))
    } else if pair.isOneMeasure {
      let names = pair.reasons.map {
        $0.first == "unknown" ? "the \($0.name), whose content is not known" : "the \($0.name)"
      }
      lines.append("not comparable: every field is the same, but \(names.joined(separator: " and "))")
    } else {
      lines.append("not comparable: \(count(pair.fields.count, "field")) differ\(pair.fields.count == 1 ? "s" : "")")
    }
    func list(_ found: [Comparison.Difference], explained: Bool) {
      let width = found.map(\.name.count).max() ?? 0
      for entry in found {
        let padding = String(repeating: " ", count: width - entry.name.count)
        lines.append("  \(entry.name)\(padding)  \(entry.first ?? "not set")  |  \(entry.second ?? "not set")")
        let meaning = FieldDefinition.meaning(entry.name)
        if explained, !meaning.isEmpty { lines.append("  \(String(repeating: " ", count: width))    \(meaning)") }
      }
    }
    list(pair.fields, explained: true)
    if !pair.sets.isEmpty { lines.append("the sets") }
    list(pair.sets, explained: false)
    if !circumstances.isEmpty { lines.append("circumstances, of no importance beyond rounding") }
    list(circumstances, explained: false)
    return lines.joined(separator: "\n")
  }

  private static func json(_ pair: Comparison, _ circumstances: [Comparison.Difference]) -> JSONValue {
    func list(_ found: [Comparison.Difference]) -> JSONValue {
      .array(
        found.map {
          .object([
            ("name", .string($0.name)), ("first", .string(orNull: $0.first)), ("second", .string(orNull: $0.second)),
          ])
        })
    }
    return .object([
      ("metric", .string(pair.first.metric)), ("first", .number(pair.first.value)),
      ("second", .number(pair.second.value)), ("comparable", .bool(pair.isComparable)),
      ("fields", list(pair.fields)), ("sets", list(pair.sets)),
      ("circumstances", list(circumstances)),
    ])
  }
}
