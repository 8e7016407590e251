import Scores

/// The first words of a page: what the verdicts of its table say, and nothing beyond them.
package struct Answer {
  package let table: ReportTable

  package init(table: ReportTable) { self.table = table }

  package struct Sentence: Equatable {
    /// For the mark before it.
    package enum Tone: String { case good, bad, open, plain }

    /// Names stand out.
    package enum Piece: Equatable {
      case words(String)
      case strong(String)
    }

    package var tone: Tone
    package var pieces: [Piece]

    package var text: String {
      pieces.map { piece in
        switch piece {
        case .words(let text), .strong(let text): text
        }
      }.joined()
    }
  }

  /// What is said about a data set, or about what is new.
  package struct Part: Equatable {
    package var about: String?
    package var sentences: [Sentence]
  }

  package var parts: [Part] {
    var parts = table.datasets.compactMap { group -> Part? in
      let said = best(group.columns) + open(group.columns) + advances(group.columns)
      let sentences = said.isEmpty ? alone(group.columns) : said
      return sentences.isEmpty ? nil : Part(about: group.name.map { "On \($0)" }, sentences: sentences)
    }
    let ranked = table.remarks.filter { $0.kind == .notRanked || $0.kind == .absent }
    if !ranked.isEmpty {
      parts.append(Part(sentences: ranked.map { Sentence(tone: .open, pieces: [.words($0.text)]) }))
    }
    if let changes = table.changes { parts.append(changed(changes)) }
    return parts
  }

  // MARK: Best

  private func labels(_ columns: [Int]) -> String { Words.list(columns.map { table.columns[$0].label }) }

  private func best(_ columns: Range<Int>) -> [Sentence] {
    let found = table.standings.filter { standing in
      columns.contains(standing.column) && table.rows[standing.rows[0]].cells[standing.column]?.rank == .best
    }
    return grouped(found) { [$0.rows[0], $0.rows.count == 2 ? $0.rows[1] : -1, $0.rows.count] }.map { group in
      let rows = group[0].rows
      let what = labels(group.map(\.column))
      guard rows.count > 2 else {
        return Sentence(
          tone: .good,
          pieces: [
            .strong(table.rows[rows[0]].name), .words(" is better than "), .strong(table.rows[rows[1]].name),
            .words(" on \(what)"),
          ])
      }
      return Sentence(
        tone: .good,
        pieces: [
          .strong(table.rows[rows[0]].name),
          .words(" is best on \(what): shown to be better than each of the \(rows.count - 1) others"),
        ])
    }
  }

  private func open(_ columns: Range<Int>) -> [Sentence] {
    let found = columns.compactMap { column in openContest(column).map { (column: column, contest: $0) } }
    return grouped(found) { [$0.contest.first, $0.contest.second] }.flatMap { group -> [Sentence] in
      let names: [Sentence.Piece] = [
        .strong(table.rows[group[0].contest.first].name), .words(", which has the best number, and "),
        .strong(table.rows[group[0].contest.second].name),
      ]
      let shown = group.filter { $0.contest.verdict == .notShown }
      var sentences: [Sentence] = []
      if !shown.isEmpty {
        let words = few(shown.map(\.contest)).map { " (\($0))" } ?? ""
        let what = labels(shown.map(\.column))
        sentences.append(
          Sentence(
            tone: .open, pieces: [.words("\(what): no difference is shown between ")] + names + [.words(words)]))
      }
      let apart = group.filter { $0.contest.verdict == .notComparable }
      if let reason = apart.first?.contest.reason {
        sentences.append(
          Sentence(
            tone: .open,
            pieces: [.words("\(labels(apart.map(\.column))): no verdict between ")] + names + [.words(": \(reason)")]))
      }
      return sentences
    }
  }

  /// Between the best value of a column and the first that it is not shown to be better than; nil where it is shown of all.
  // Not inlined: Swift 6.3's optimiser fails with an ownership error in a caller that reads several standings.
  @inline(never)
  private func openContest(_ column: Int) -> ReportTable.Contest? {
    guard let standing = table.standings.first(where: { $0.column == column }), let open = standing.open else {
      return nil
    }
    return open.first == standing.rows[0] ? open : nil
  }

  /// `24 videos are few: about 90 would show a difference of this size`.
  private func few(_ contests: [ReportTable.Contest]) -> String? {
    guard let most = contests.max(by: { ($0.neededUnits ?? 0) < ($1.neededUnits ?? 0) }), let units = most.units,
      let needed = most.neededUnits, needed > units
    else { return nil }
    return "\(count(units, most.unit)) are few: about \(Words.rounded(needed)) would show "
      + "\(contests.count == 1 ? "a difference" : "differences") of this size"
  }

  /// A method that nothing is held against.
  private func alone(_ columns: Range<Int>) -> [Sentence] {
    table.rows.enumerated().filter { _, row in
      row.origin == .measured && columns.contains { row.cells[$0] != nil }
    }.prefix(1).map { _, row in
      let numbers = columns.compactMap { column in
        row.cells[column].map { "\(table.columns[column].label) \(table.text($0.value, column: column))" }
      }
      return Sentence(
        tone: .plain,
        pieces: [.strong(row.name), .words(" has \(Words.list(numbers)); nothing here can be held against it")])
    }
  }

  // MARK: Over training, and since

  private func advances(_ columns: Range<Int>) -> [Sentence] {
    let found = table.advances.filter { columns.contains($0.column) }
    return grouped(found) { [$0.contest.first, $0.contest.second] }.map { group in
      let (before, after) = (table.rows[group[0].contest.first], table.rows[group[0].contest.second])
      func step(_ row: ReportTable.Row) -> String { row.step.map { "step \($0)" } ?? row.name }
      let said = verdicts(group.map { ($0.column, $0.contest) }, beside: step(before))
      return Sentence(
        tone: said.tone, pieces: [.strong(after.method), .words(": \(step(after)) \(said.words)")])
    }
  }

  /// `beats step 10000 on FVD and FID; KVD does not show a difference (24 videos are few: ...)`.
  private func verdicts(_ contests: [(column: Int, contest: ReportTable.Contest)], beside other: String) -> (
    tone: Sentence.Tone, words: String
  ) {
    func having(_ verdict: Verdict) -> [(column: Int, contest: ReportTable.Contest)] {
      contests.filter { $0.contest.verdict == verdict }
    }
    var parts: [String] = []
    let (better, worse, open, apart) = (having(.better), having(.worse), having(.notShown), having(.notComparable))
    if !better.isEmpty { parts.append("beats \(other) on \(labels(better.map(\.column)))") }
    if !worse.isEmpty {
      parts.append("is worse\(better.isEmpty ? " than \(other)" : "") on \(labels(worse.map(\.column)))")
    }
    if !open.isEmpty {
      let words = few(open.map(\.contest)).map { " (\($0))" } ?? ""
      let what = labels(open.map(\.column))
      parts.append(
        parts.isEmpty
          ? "is not shown to differ from \(other) on \(what)\(words)"
          : "\(what) \(open.count == 1 ? "does" : "do") not show a difference\(words)")
    }
    if let reason = apart.first?.contest.reason {
      let what = labels(apart.map(\.column))
      parts.append(
        parts.isEmpty
          ? "has no verdict beside \(other) on \(what): \(reason)" : "\(what): no verdict, since \(reason)")
    }
    let tone: Sentence.Tone = !worse.isEmpty ? .bad : !better.isEmpty ? .good : .open
    return (tone, parts.joined(separator: "; "))
  }

  private func changed(_ changes: ReportTable.Changes) -> Part {
    var sentences = changes.news.map { new in
      let row = table.rows[new.row]
      guard let before = new.before, !new.contests.isEmpty else {
        return Sentence(tone: .plain, pieces: [.words("new: "), .strong(row.name)])
      }
      // On several data sets each verdict says on which.
      let datasets = Set(new.contests.map { table.columns[$0.column].dataset })
      let said = datasets.sorted { ($0 ?? "") < ($1 ?? "") }.map { dataset in
        let own = verdicts(
          new.contests.filter { table.columns[$0.column].dataset == dataset }, beside: table.rows[before].name)
        return (tone: own.tone, words: (datasets.count > 1 ? dataset.map { "on \($0) " } ?? "" : "") + own.words)
      }
      let tone =
        [Sentence.Tone.bad, .good].first { tone in said.contains { $0.tone == tone } } ?? .open
      return Sentence(
        tone: tone,
        pieces: [
          .words("new: "), .strong(row.name), .words(" \(said.map(\.words).joined(separator: "; "))"),
        ])
    }
    if changes.others > 0 {
      sentences.append(
        Sentence(tone: .plain, pieces: [.words("\(changes.others) more rows are new, or have new runs")]))
    }
    if sentences.isEmpty { sentences = [Sentence(tone: .plain, pieces: [.words("no run is new")])] }
    return Part(about: "Since \(changes.label)", sentences: sentences)
  }

  /// Neighbours in order of their first, by key.
  private func grouped<Item>(_ items: [Item], _ key: (Item) -> [Int]) -> [[Item]] {
    var order: [[Int]] = []
    var groups: [[Int]: [Item]] = [:]
    for item in items {
      if groups[key(item)] == nil { order.append(key(item)) }
      groups[key(item), default: []].append(item)
    }
    return order.compactMap { groups[$0] }
  }
}
