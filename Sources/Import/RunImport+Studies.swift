import History
import Scores

// Answers to the questions of user studies: of each method the share of votes in percent, with Wilson's interval of 95 %, as
// DynamiCrafter's Table 2 has them.
extension RunImport {
  /// What a table calls the method that somebody voted for.
  static let choiceColumns = ["choice", "vote", "answer", "preferred", "winner"]

  /// Counted votes. Columns: `question`, `method` or `name`, and either `votes` (and `n`, where it is not the sum of a
  /// question's votes) or `preference` or `percent` (in percent) and `n`.
  func preferences(_ table: ImportedTable) throws -> ImportedRuns {
    _ = try table.first(of: ["question"])
    var totals: [String: Double] = [:]
    for row in table.rows { totals[key(row), default: 0] += try row.number("votes") ?? 0 }
    var shares: [Share] = []
    for row in table.rows {
      let question = try row.wanted(row.text("question"), "question")
      let method = try row.wanted(row.text(Self.nameColumns), "method")
      let (share, count) = try share(of: row, total: totals[key(row)] ?? 0)
      shares.append(
        Share(
          question: question, method: method, dataset: row.text("dataset"), source: row.text("source"), share: share,
          count: count, row: row))
    }
    return ImportedRuns(runs: try runs(of: shares))
  }

  /// A row for each answer, as forms collect them. Columns: `question`, `choice` (or `vote`, `answer`, `preferred`, `winner`:
  /// the method that was chosen), and where it is `dataset`. Who answered, and about which video, is not kept.
  func votes(_ table: ImportedTable) throws -> ImportedRuns {
    let choice = try table.first(of: Self.choiceColumns)
    _ = try table.first(of: ["question"])
    var rows: [String: TableRow] = [:]
    var votes: [String: [(method: String, votes: Int)]] = [:]
    var order: [String] = []
    for row in table.rows {
      _ = try row.wanted(row.text("question"), "question")
      let method = try row.wanted(row.text(choice), choice)
      let key = key(row)
      if rows[key] == nil {
        rows[key] = row
        order.append(key)
      }
      var counts = votes[key] ?? []
      if let place = counts.firstIndex(where: { $0.method == method }) {
        counts[place].votes += 1
      } else {
        counts.append((method, 1))
      }
      votes[key] = counts
    }
    // A method that nobody chose for one question has 0 of its votes.
    var methods: [String] = []
    for method in order.flatMap({ votes[$0] ?? [] }).map(\.method) where !methods.contains(method) {
      methods.append(method)
    }
    let shares = order.flatMap { key -> [Share] in
      guard let row = rows[key] else { return [] }
      let counts = Dictionary((votes[key] ?? []).map { ($0.method, $0.votes) }, uniquingKeysWith: +)
      let total = Double(counts.values.reduce(0, +))
      return methods.map { method in
        Share(
          question: row.text("question") ?? "", method: method, dataset: row.text("dataset"), source: nil,
          share: Double(counts[method] ?? 0) / total, count: total, row: row)
      }
    }
    let kept = ["question", choice, "dataset"]
    let others = table.columns.filter { !kept.contains($0.name) }.map { "column `\($0.title)`" }
    return ImportedRuns(runs: try runs(of: shares), leftOut: others)
  }

  private struct Share {
    let question: String
    let method: String
    let dataset: String?
    let source: String?
    let share: Double
    /// Of how many votes.
    let count: Double
    let row: TableRow
  }

  private func key(_ row: TableRow) -> String { (row.text("question") ?? "") + "\u{1f}" + (row.text("dataset") ?? "") }

  /// A run for each method and dataset.
  private func runs(of shares: [Share]) throws -> [RunRecord] {
    var runs: [RunRecord] = []
    for share in shares {
      var score = ScoreRecord(metric: "preference[\(share.question)]", value: 100 * share.share, direction: .higher)
      score.interval = BinomialInterval.percent(share: share.share, count: share.count)
      score.sample = "vote"
      score.fake = ScoredSet(path: share.method, clips: Int(exactly: share.count))
      let dataset = share.dataset ?? labels.dataset
      if let place = runs.firstIndex(where: { $0.name == labels.name ?? share.method && $0.dataset == dataset }) {
        guard !runs[place].scores.contains(where: { $0.metric == score.metric }) else {
          throw share.row.wrong("`\(share.method)` has an answer to `\(share.question)` already")
        }
        runs[place].scores.append(score)
      } else {
        var run = run("", name: share.method)
        run.dataset = dataset
        run.source = share.source ?? run.source
        run.scores = [score]
        runs.append(run)
      }
    }
    return runs.map(identified)
  }

  private func share(of row: TableRow, total: Double) throws -> (share: Double, count: Double) {
    let count = try row.number("n")
    if let votes = try row.number("votes") {
      let all = count ?? total
      guard votes >= 0, all > 0, votes <= all else {
        throw row.wrong("\(Self.words(votes)) votes of \(Self.words(all))")
      }
      return (votes / all, all)
    }
    let percent = try row.wanted(row.number("preference") ?? row.number("percent"), "votes")
    let all = try row.wanted(count, "n")
    guard (0...100).contains(percent), all > 0 else {
      throw row.wrong("a preference of \(Self.words(percent)) % of \(Self.words(all))")
    }
    return (percent / 100, all)
  }

  private static func words(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}
