import Foundation
import History
import MetricCatalog
import Scores

/// The curves that runs hold. What is drawn into one chart can be held against each other.
struct ChartBuilder {
  let runs: [RunRecord]
  let runNames: RunNames
  let table: ReportTable

  struct Drawn {
    /// For the page's list of charts: `dots`, `steps`, `series`, `curve`, `spectrum`, `groups`.
    let kind: String
    let title: String
    let note: String
    let svg: String
  }

  private struct Item {
    let run: RunRecord
    let score: ScoreRecord
  }

  private var items: [Item] {
    runs.filter { $0.origin == .measured }.flatMap { run in run.scores.map { Item(run: run, score: $0) } }
  }

  /// Items that compare, in one chart each.
  private func charts(of items: [Item], _ draw: ([Item]) -> Drawn?) -> [Drawn] {
    Ranking.comparable(items) { $0.score }.compactMap(draw)
  }

  func all() -> [Drawn] { dots() + steps() + series() + curves() + spectra() + groups() }

  private func title(_ item: Item) -> String {
    ScoreName.title(item.score.metric) + (item.run.dataset.map { " on \($0)" } ?? "")
  }

  private func axisName(_ score: ScoreRecord) -> String {
    ScoreName.title(score.metric) + (score.direction == .lower ? " ↓" : " ↑")
  }

  private func note(_ item: Item) -> String { Ranking.words(item.score) }

  /// Names, told apart by what tells the runs apart.
  private func names(_ items: [Item]) -> [String] {
    let plain = items.map { runNames[$0.run] }
    return zip(items, plain).map { item, name in
      plain.count { $0 == name } > 1 ? "\(name) (\(item.run.id.prefix(6)))" : name
    }
  }

  // MARK: Methods beside each other

  private static let mostDots = 24

  /// The numbers of the table's columns, of each method its last step: what compares, in one chart each.
  private func dots() -> [Drawn] {
    table.columns.indices.flatMap { column -> [Drawn] in
      let measured = table.rows.indices.filter {
        table.rows[$0].origin == .measured && table.rows[$0].cells[column] != nil
      }
      let last = measured.filter { row in
        !measured.contains { other in
          table.rows[other].method == table.rows[row].method
            && (table.rows[other].step ?? 0) > (table.rows[row].step ?? 0)
        }
      }
      return Ranking.comparable(last) { table.rows[$0].cells[column]?.score }.filter { $0.count > 1 }
        .map { dots($0, column) }
    }
  }

  private func dots(_ rows: [Int], _ column: Int) -> Drawn {
    let own = table.columns[column]
    let sign: Double = own.direction == .lower ? 1 : -1
    let sorted = rows.sorted { a, b in
      let (x, y) = (table.rows[a].cells[column]?.value ?? 0, table.rows[b].cells[column]?.value ?? 0)
      return (sign * x, a) < (sign * y, b)
    }
    // In the table's order where all are shown.
    let shown = rows.count > Self.mostDots ? Array(sorted.prefix(Self.mostDots)) : rows
    let chart = DotChart(
      title: table.name(ofColumn: column), valueLabel: own.title,
      rows: shown.compactMap { row in
        table.rows[row].cells[column].map { cell in
          DotChart.Row(
            name: table.rows[row].name, value: cell.value, low: cell.low ?? cell.std.map { cell.value - $0 },
            high: cell.high ?? cell.std.map { cell.value + $0 },
            singles: cell.seeds.count > 1 ? cell.seeds.map(\.score.value) : [])
        }
      })
    let cell = table.rows[shown[0]].cells[column]
    let what = cell?.low != nil ? "95 % intervals" : cell?.std == nil ? nil : "± one deviation"
    let words = [
      rows.count > shown.count ? "the best \(shown.count) of \(rows.count)" : nil, what,
      cell.map { Ranking.words($0.score) },
    ]
    return Drawn(kind: "dots", title: chart.title, note: Words.joined(words) ?? "", svg: chart.svg)
  }

  // MARK: Over training

  private func steps() -> [Drawn] {
    let staged = items.filter {
      ($0.run.step != nil || $0.run.checkpoint != nil) && ($0.score.series == nil || $0.score.isOverPairsOfFrames)
    }
    return charts(of: staged) { group in
      let methods = unique(group.map(\.run.name))
      let stepped = group.filter { $0.run.step != nil }
      if Set(stepped.compactMap(\.run.step)).count > 1 {
        let lines = methods.compactMap { name -> LineChart.Line? in
          let own = stepped.filter { $0.run.name == name }
          return own.isEmpty ? nil : line(name, own) { Double($0.run.step ?? 0) }
        }
        return drawn("steps", group[0], "over training", x: "training step", lines)
      }
      let files = group.filter { $0.run.checkpoint != nil }.sorted { $0.run.date < $1.run.date }
      let names = unique(files.map { file($0) })
      guard names.count > 1 else { return nil }
      let lines = methods.compactMap { name -> LineChart.Line? in
        let own = files.filter { $0.run.name == name }
        return own.isEmpty ? nil : line(name, own) { Double(names.firstIndex(of: file($0)) ?? 0) }
      }
      return drawn("steps", group[0], "over checkpoints", x: "checkpoint", lines, names: names)
    }
  }

  private func file(_ item: Item) -> String {
    item.run.checkpoint?.split(separator: "/").last.map(String.init) ?? ""
  }

  /// A point for each place; of several seeds of one checkpoint their mean, with the seeds faint behind it.
  private func line(_ name: String, _ items: [Item], x: (Item) -> Double) -> LineChart.Line {
    var line = LineChart.Line(name: name, points: [])
    for place in Set(items.map(x)).sorted() {
      let here = items.filter { x($0) == place }
      let seeds = Set(here.compactMap(\.run.generation?.seed))
      guard here.count > 1, seeds.count == here.count,
        here.allSatisfy({ $0.score.isAnotherDraw(of: here[0].score) })
      else {
        line.points += here.map { point($0, x: place) }
        continue
      }
      line.singles += here.map { LineChart.Point(x: place, y: $0.score.value) }
      let mean = here.reduce(0) { $0 + $1.score.value } / Double(here.count)
      line.points.append(LineChart.Point(x: place, y: mean))
    }
    return line
  }

  private func point(_ item: Item, x: Double) -> LineChart.Point {
    LineChart.Point(x: x, y: item.score.value, low: item.score.interval?.low, high: item.score.interval?.high)
  }

  private func drawn(
    _ kind: String, _ item: Item, _ what: String, x: String, _ lines: [LineChart.Line], names: [String]? = nil
  ) -> Drawn {
    let title = "\(title(item)) \(what)"
    let chart = LineChart(title: title, xLabel: x, yLabel: axisName(item.score), lines: lines, xNames: names)
    return Drawn(kind: kind, title: title, note: note(item), svg: chart.svg)
  }

  // MARK: Along time, over the number of samples

  private func series() -> [Drawn] {
    charts(of: items.filter { !($0.score.series ?? []).isEmpty }) { group in
      let isPrefix = group[0].score.settings?.fields["series"].map { "\($0)" } == "prefixes"
      let lines = zip(group, names(group)).map { item, name in
        LineChart.Line(
          name: name,
          points: (item.score.series ?? []).map {
            LineChart.Point(x: Double(isPrefix ? $0.start + $0.frames : $0.start), y: $0.value)
          })
      }
      let frames = group[0].score.series?.first?.frames ?? 0
      return drawn(
        "series", group[0], isPrefix ? "over length" : "along time",
        x: isPrefix
          ? "first frames of a video"
          : group[0].score.isOverPairsOfFrames
            ? "first of the two frames" : "first frame of the window (\(frames) frames)",
        lines)
    }
  }

  private func curves() -> [Drawn] {
    charts(of: items.filter { ($0.score.curve ?? []).count > 1 }) { group in
      let lines = zip(group, names(group)).map { item, name in
        LineChart.Line(
          name: name,
          points: (item.score.curve ?? []).map { LineChart.Point(x: Double($0.samples), y: $0.value) })
      }
      return drawn(
        "curve", group[0], "over the number of samples", x: "\(group[0].score.sample ?? "sample")s a side", lines)
    }
  }

  // MARK: Over temporal frequency

  /// The power of motion, of each run and of the real set, in powers of ten.
  private func spectra() -> [Drawn] {
    charts(of: items.filter { ($0.score.spectrum ?? []).count > 1 }) { group in
      func line(_ name: String, _ points: [(Double, Double?)]) -> LineChart.Line {
        LineChart.Line(
          name: name,
          points: points.compactMap { frequency, power in
            power.flatMap { $0 > 0 ? LineChart.Point(x: frequency, y: log10($0)) : nil }
          })
      }
      var lines = zip(group, names(group)).map { item, name in
        line(name, (item.score.spectrum ?? []).map { ($0.frequency, $0.fake) })
      }
      lines.append(line("real", (group[0].score.spectrum ?? []).map { ($0.frequency, $0.real) }))
      let title = "\(title(group[0])) over temporal frequency"
      let chart = LineChart(
        title: title, xLabel: "cycles a frame", yLabel: "power of motion, log₁₀ px²",
        lines: lines.filter { !$0.points.isEmpty }, xIsWhole: false)
      return Drawn(kind: "spectrum", title: title, note: note(group[0]), svg: chart.svg)
    }
  }

  // MARK: By groups

  private func groups() -> [Drawn] {
    charts(of: items.filter { !($0.score.groups ?? []).isEmpty }) { group in
      let labels = unique(group.flatMap { ($0.score.groups ?? []).map(\.label) })
      let chart = BarChart(
        title: "\(title(group[0])) by group", valueLabel: axisName(group[0].score), names: names(group),
        groups: labels.map { label in
          (label, group.map { item in item.score.groups?.first { $0.label == label }?.value })
        })
      return Drawn(kind: "groups", title: chart.title, note: note(group[0]), svg: chart.svg)
    }
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
