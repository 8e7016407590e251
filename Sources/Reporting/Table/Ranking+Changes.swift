import Scores

// What is new in a table.
extension Ranking {
  /// Rows of which more would tell nobody anything.
  static let mostNews = 12

  func changes(since: Since, _ table: ReportTable) -> ReportTable.Changes {
    var changes = ReportTable.Changes(label: since.label)
    let measured = table.rows.indices.filter { table.rows[$0].origin == .measured }
    let isNew = measured.filter { row in !table.rows[row].runs.contains(where: since.known.contains) }
    let grown = measured.filter { row in
      !isNew.contains(row) && !table.rows[row].runs.allSatisfy(since.known.contains)
    }
    let reference = since.run.flatMap { run in measured.first { table.rows[$0].runs.contains(run) } }
    for row in isNew.suffix(Self.mostNews) {
      let own = measured.last { other in
        table.rows[other].method == table.rows[row].method && !isNew.contains(other)
      }
      guard let before = reference ?? own else {
        changes.news.append(.init(row: row))
        continue
      }
      let columns = table.columns.indices.filter { column in
        guard let a = table.rows[before].cells[column]?.score, let b = table.rows[row].cells[column]?.score else {
          return false
        }
        return a.isComparable(with: b)
      }
      let alpha = Judgement.alpha / Double(max(columns.count, 1))
      changes.news.append(
        .init(
          row: row, before: before,
          contests: columns.compactMap { column in
            guard let a = table.rows[before].cells[column], let b = table.rows[row].cells[column] else { return nil }
            return (column, contest((before, a), (row, b), alpha))
          }))
    }
    changes.others = grown.count + max(0, isNew.count - Self.mostNews)
    return changes
  }
}
