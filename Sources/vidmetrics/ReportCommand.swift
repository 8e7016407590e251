import ArgumentParser
import Files
import Foundation
import Harness
import History
import MetricCatalog
import ReportAssets
import Reporting
import Scores

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "The table of runs as HTML, Markdown, LaTeX and CSV",
    discussion: """
      Rows are methods, columns metrics by data set; seeds of one generator and checkpoint are one row, mean ± deviation \
      (number). Best is bold and second underlined, only among numbers that were measured here with one protocol against \
      one real set, and only where the difference to every other is shown; where it is not, a remark says so. Published and \
      imported rows stand beside them and are marked.

        vidmetrics report                                              every run, as Markdown on stdout
        vidmetrics report --suite faces --html report.html --latex table.tex
        vidmetrics report tag:camera-ready --layout lfdm               as the paper's own table, beside its numbers
        vidmetrics report --name ours --name theirs --newest --latex table.tex --label tab:main --notes none

      A run is an id or its first digits, latest, or the latest of tag:NAME or name:NAME; --tag takes all of a tag. The \
      HTML page is one file with charts, and with the pictures that the runs kept when they were scored.
      """)

  @Argument(help: ArgumentHelp("The runs. (default: all that the options let through)", valueName: "run"))
  var references: [String] = []

  @Option(help: "Only runs of this suite.") var suite: String?
  @Option(help: "Only runs with this tag.") var tag: String?
  @Option(help: "Only runs of this generator.") var generator: String?
  @Option(help: ArgumentHelp("Only runs called so; may be repeated.")) var name: [String] = []
  @Option(
    help: ArgumentHelp("Only these scores, separated by commas or repeated.", valueName: "metric,..."),
    completion: .commaList(Metric.names)) var metric: [String] = []
  @Option(help: ArgumentHelp("Only this data set; may be repeated.")) var dataset: [String] = []
  @Option(help: ArgumentHelp("Only the newest so many runs.", valueName: "N")) var limit: Int?
  @Flag(help: "Of each name and data set only the checkpoint that was scored last; says what that leaves out.")
  var newest = false

  @Option(help: ArgumentHelp("Write a page.", valueName: "file")) var html: String?
  @Option(help: ArgumentHelp("Write a Markdown table.", valueName: "file")) var markdown: String?
  @Option(help: ArgumentHelp("Write a LaTeX table.", valueName: "file")) var latex: String?
  @Option(help: ArgumentHelp("Write a line for each number.", valueName: "file")) var csv: String?
  @Option(help: ArgumentHelp("Write a line of JSON for each number.", valueName: "file")) var jsonl: String?

  @Option(
    help: ArgumentHelp(
      "The columns, digits and published rows of a paper: \(Baseline.names.joined(separator: ", ")).",
      valueName: "paper"), completion: .list(Baseline.names))
  var layout: String?
  @Option(
    help: ArgumentHelp(
      "Published rows beside the runs, by paper; several by commas; or none. (default: those of the layout)",
      valueName: "names"), completion: .commaList(Baseline.names))
  var baselines: String?
  @Option(help: "The table's title.") var title: String?
  @Option(
    help: ArgumentHelp(
      "Videos of the page: none, small (at most \(NumberText.memory(Media.small.bytes))) or full (at most "
        + "\(NumberText.memory(Media.full.bytes))). (default: full)", valueName: "none|small|full"))
  var media: Media?
  @Option(
    help: ArgumentHelp(
      "What the page says is new, since a run (tag:main), a date, a time back (12h, 7d) or an earlier page. "
        + "(default: the page that is written over)", valueName: "run|date|time|page"))
  var since: String?
  @Flag(help: "Write the page anew as scores arrive; it loads itself again. ^C ends.") var follow = false
  @OptionGroup(title: "How the table is printed") var table: TableOptions
  @OptionGroup var database: DatabaseOption

  func validate() throws {
    try OptionRange.check("limit", limit, OptionRange.count)
    let filters = [
      ("suite", suite), ("tag", tag), ("generator", generator), ("name", name.first),
      ("limit", limit.map(String.init)),
    ]
    if let first = filters.first(where: { $0.1 != nil }), !references.isEmpty {
      throw ValidationError("runs are named, and --\(first.0) chooses runs: give one of them")
    }
    for (option, isGiven) in [("media", media != nil), ("since", since != nil), ("follow", follow)]
    where isGiven && html == nil {
      throw ValidationError("--\(option) is of the page, and has no effect without --html")
    }
    if follow, WholeFile.isStandardOutput(html ?? "") {
      throw ValidationError("--follow writes a file, again and again")
    }
    if follow, !references.isEmpty { throw ValidationError("--follow takes the runs that come, and runs are named") }
    let printsTable = markdown != nil || latex != nil || (html == nil && csv == nil && jsonl == nil)
    try table.check(printsTable: printsTable, printsNumbers: printsTable || html != nil, latex: latex != nil)
    if title != nil, !printsTable, html == nil {
      throw ValidationError("--title is of a table, and has no effect here")
    }
  }

  private func report() throws -> Report {
    var report = Report()
    for (format, path) in [
      (TableFormat.html, html), (.markdown, markdown), (.latex, latex), (.csv, csv), (.jsonl, jsonl),
    ] {
      if let path { report.files.append(Report.File(format: format, path: path)) }
    }
    report.layout = layout
    report.baselines = try baselines.map { try CommaList.names($0, of: "baselines") }
    report.metrics = metric.isEmpty ? nil : try metric.flatMap { try CommaList.names($0, of: "metric") }
    report.datasets = dataset.isEmpty ? nil : dataset
    report.title = title
    report.media = media ?? .full
    report.isNewestOnly = newest
    try table.apply(to: &report)
    return report
  }

  func run() async throws {
    var report = try report()
    if follow { return try await follow(report) }
    let runs = try runs(isAlone: report.published().isEmpty)
    if newest, let words = NewestRuns(of: runs).words { Terminal.write(words + "\n") }
    let files = KeptFiles(of: database.path)
    let differences = files.differences()
    report.since = try earlier(runs)
    guard report.files.isEmpty else {
      return try report.write(runs, by: differences, files: files, version: Version.text)
    }
    Output.print(
      try MarkdownWriter(style: report.style(of: .markdown)).text(report.table(of: runs, by: differences)),
      terminator: "")
  }

  /// What the page is asked what is new since.
  private func earlier(_ runs: [RunRecord]) throws -> Since? {
    guard let since else { return nil }
    if FileManager.default.fileExists(atPath: since) {
      guard let page = Since(page: since) else {
        throw ValidationError("--since \(since): the file is not a page that `vidmetrics report --html` wrote")
      }
      return page
    }
    if let date = RunFilterOptions.moment(since) { return Since(date: date, among: runs) }
    return Since(try database.reading().run(since), called: since, among: runs)
  }

  /// Writes the page whenever the history has changed, until somebody ends it.
  private func follow(_ asked: Report) async throws {
    Interruption.listen()
    var report = asked
    report.since = try since == nil ? report.earlierPage : earlier(database.reading().runs(detail: .scores))
    report.reload = LivePage.reload
    let page = LivePage(report: report, history: database.path)
    Terminal.write("writing \(html ?? "") as scores arrive in \(database.path); ^C ends\n")
    var seen: Date?
    let clock = ContinuousClock()
    var written = clock.now
    while !Interruption.isRequested {
      let changed = (try? FileManager.default.attributesOfItem(atPath: database.path))?[.modificationDate] as? Date
      if let changed, changed != seen {
        seen = changed
        try page.write(runs(isAlone: true))
        written = clock.now
      } else if clock.now - written > LivePage.pulse {
        page.beat()
        written = clock.now
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
    // Finished: it loads itself no more.
    try page.finished().write(runs(isAlone: true))
    if !Interruption.isByPerson { throw ExitCode(Interruption.status) }
  }

  /// - Parameter isAlone: whether there is nothing but runs to show; otherwise a missing history is not an error.
  private func runs(isAlone: Bool) throws -> [RunRecord] {
    let isThere = FileManager.default.fileExists(atPath: database.path)
    if !isAlone, references.isEmpty, database.db == nil, !isThere {
      Terminal.write("there is no history `\(database.path)`: published rows only\n")
      return []
    }
    let store = try database.reading()
    guard references.isEmpty else { return try references.map { try store.run($0) } }
    var filter = RunFilter()
    filter.suite = suite
    filter.tag = tag
    filter.generator = generator
    filter.limit = limit
    filter.names = name
    // While somebody waits for scores, their names may not be there yet.
    if !follow { try store.checkNames(of: filter) }
    return try store.runs(filter)
  }
}
