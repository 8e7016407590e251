import Foundation
import History
import MetricCatalog
import ReportAssets
import Reporting
import Scores
import Testing

@Suite struct WriterTests {
  static let hostile = [
    "<script>alert(1)</script>", #"a&b_%$#{}~^\"#, "pipe | and\nnewline", "[x](javascript:y) **b** `c`", "--=,\"q\"",
    "漢字 é ★",
  ]

  private func scored() -> [RunRecord] {
    var first = Sample.score("fvd", 618.8551)
    first.std = 12.5
    first.interval = ScoreInterval(low: 382.372, high: 1012.34, level: 0.95, resamples: 1000, method: "bootstrap")
    return [
      Sample.run("mild", [first, Sample.score("pic", 0.61, "dreamsim", direction: .higher)]),
      Sample.run("strong", [Sample.score("fvd", 2237.804), Sample.score("pic", 0.4, "dreamsim", direction: .higher)]),
    ]
  }

  /// A line for each number, whose score is the record that the table was made of.
  @Test func jsonLines() throws {
    let runs = scored()
    let lines = try JSONLinesWriter().text(Sample.table(runs)).split(separator: "\n")
    #expect(lines.count == 4)
    for (line, score) in zip(lines, runs.flatMap(\.scores)) {
      let value = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let own = try #require(value["score"])
      #expect(try decoder.decode(ScoreRecord.self, from: Data(own.text().utf8)) == score)
    }
    #expect(
      lines[0].hasPrefix("{\"method\": \"mild\", \"origin\": \"measured\", \"dataset\": \"MUG\", \"variant\": null"))
  }

  @Test func markdown() throws {
    let table = try Sample.table(scored()) { $0.title = "Scores | all" }
    #expect(
      MarkdownWriter().text(table) == """
        ## Scores \\| all

        | method | MUG<br>FVD ↓<sup>a</sup> | MUG<br>PIC ↑<sup>b</sup> |
        | :-- | --: | --: |
        | mild | **618.9 ± 12.5**<br>[382.4, 1012.3] | **0.6100** |
        | strong | <u>2237.8</u> | <u>0.4000</u> |

        **best**, <u>second</u>: shown to be better than the numbers measured here that follow.  
        \\[low, high\\]: 95 % interval (bootstrap, 1000 resamples).  
        <sup>a</sup> stylegan-v, version 1, sha256:7374796c6567; 16 real videos, 16 clips (r1).  
        <sup>b</sup> dreamsim, version 1, sha256:647265616d73; 16 real videos, 16 clips (r1).

        """)
  }

  @Test func latex() throws {
    let text = LaTeXWriter().text(try Sample.table(scored()))
    #expect(text.contains("\\multicolumn{2}{c}{MUG} \\\\\n    \\cmidrule(lr){2-3}\n"))
    #expect(
      text.contains(
        "    Method & FVD $\\downarrow$$^{\\mathrm{a}}$ & PIC $\\uparrow$$^{\\mathrm{b}}$ \\\\\n    \\midrule\n"))
    #expect(
      text.contains(
        "    mild & \\begin{tabular}[t]{@{}r@{}}\\textbf{618.9} {\\scriptsize$\\pm$\\,12.5}\\\\{\\scriptsize[382.4, 1012.3]}\\end{tabular} & \\textbf{0.6100} \\\\\n"
      ))
    #expect(text.contains("    strong & \\underline{2237.8} & \\underline{0.4000} \\\\\n    \\bottomrule\n"))
  }

  @Test func csvReadsBack() throws {
    let names = Self.hostile
    let table = try Sample.table(names.map { Sample.run($0, [Sample.score("fvd", 0.1)]) })
    let rows = Self.parse(CSVWriter().text(table))
    #expect(rows[0] == CSVWriter.header && rows.allSatisfy { $0.count == CSVWriter.header.count })
    // One would be a spreadsheet's formula.
    #expect(Set(rows.dropFirst().map { $0[0] }) == Set(names.map { $0.hasPrefix("-") ? "'" + $0 : $0 }))
    #expect(Set(rows.dropFirst().map { Double($0[6]) }) == [0.1])
  }

  /// RFC 4180.
  private static func parse(_ text: String) -> [[String]] {
    var (rows, row, field, quoted): ([[String]], [String], String, Bool) = ([], [], "", false)
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch (scalar, quoted) {
      case ("\"", true) where scalars.first == "\"": field.unicodeScalars.append(scalars.removeFirst())
      case ("\"", _): quoted.toggle()
      case (",", false):
        row.append(field)
        field = ""
      case ("\n", false):
        rows.append(row + [field])
        (row, field) = ([], "")
      default: field.unicodeScalars.append(scalar)
      }
    }
    return rows
  }

  @Test("names of users stay text")
  func hostileNames() throws {
    let table = try Sample.table(Self.hostile.map { Sample.run($0, [Sample.score("fvd", 1)], dataset: $0) })
    let markdown = MarkdownWriter().text(table)
    let rows = markdown.split(separator: "\n").filter { $0.hasPrefix("| ") }
    // Each row has the method and the six data sets: a pipe or line break of a name makes no cell.
    #expect(rows.count == 2 + Self.hostile.count)
    for row in rows { #expect(row.replacing("\\|", with: "").count { $0 == "|" } == Self.hostile.count + 2) }
    #expect(!markdown.contains("<script"))
    let latex = LaTeXWriter().text(table)
    #expect(latex.contains("a\\&b\\_\\%\\$\\#\\{\\}\\textasciitilde{}\\textasciicircum{}\\textbackslash{}"))
    #expect(latex.contains("pipe \\textbar{} and newline"))
    let page = try HTMLWriter().text(table, runs: [])
    #expect(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
  }

  @Test(
    "every layout and hostile names compile",
    .enabled(if: tool(["pdflatex"]) != nil, "left out: pdflatex is not there"))
  func latexCompiles() throws {
    let folder = try TemporaryFolder()
    var tables = try Baseline.names.map { name in
      let baseline = try Baseline.named(name)
      return try Sample.table(scored()) {
        $0.layout = baseline.layout
        $0.baselines = [baseline]
      }
    }
    tables.append(try Sample.table(scored()))
    tables.append(try Sample.table(Self.hostile.map { Sample.run($0, [Sample.score("fvd", -1)]) }))
    let body = tables.map { LaTeXWriter().text($0) }.joined(separator: "\\clearpage\n")
    let document = """
      \\documentclass{article}
      \\usepackage[T1]{fontenc}
      \\usepackage[landscape]{geometry}
      \\usepackage{booktabs}
      \\usepackage{graphicx}
      \\begin{document}
      \(body)
      \\end{document}

      """
    try document.write(toFile: folder.file("t.tex"), atomically: true, encoding: .utf8)
    let result = try run(
      tool(["pdflatex"])!, ["-interaction=nonstopmode", "-halt-on-error", "t.tex"], in: folder.path)
    #expect(result.status == 0, "\(result.output.suffix(1500))")
    #expect(FileManager.default.fileExists(atPath: folder.file("t.pdf")))
  }
}
