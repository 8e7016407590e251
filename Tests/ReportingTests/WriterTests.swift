import Foundation
import History
import MetricCatalog
import ReportAssets
import Reporting
import Scores
import Testing

@Suite struct WriterTests {
  static let hasSIUnits: Bool = {
    guard let find = tool(["kpsewhich"]) else { return false }
    return (try? run(find, ["siunitx.sty"], in: "/").status) == 0
  }()

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
        | mild | **619 ± 12**<br>[382, 1012] | **0.6100** |
        | strong | 2238 | 0.4000 |

        **best**: shown to be better than the other numbers measured here.  
        \\[low, high\\]: 95 % interval (bootstrap, 1000 resamples).  
        <sup>a</sup> stylegan-v, version 1, sha256:7374796c6567; 16 real videos, 16 clips (r1).  
        <sup>b</sup> dreamsim, version 1, sha256:647265616d73; 16 real videos, 16 clips (r1).

        """)
  }

  @Test func latex() throws {
    let table = try Sample.table(scored())
    #expect(
      LaTeXWriter(style: TableStyle(notes: .short, label: "tab:main", caption: "Ours & theirs")).text(table) == #"""
        % needs \usepackage{booktabs} \usepackage{siunitx}
        \begin{table}[t]
          \centering
          \setlength{\belowcaptionskip}{4pt}
          \caption{Ours \& theirs}
          \label{tab:main}
          \sisetup{detect-weight=true,mode=text}
          \begin{tabular}{@{}lS[table-format=4.0]S[table-format=1.4]@{}}
            \toprule
             & \multicolumn{2}{c}{MUG} \\
            \cmidrule(lr){2-3}
            Method & {FVD $\downarrow$$^{\mathrm{a}}$} & {PIC $\uparrow$$^{\mathrm{b}}$} \\
            \midrule
            mild & \bfseries 619 & \bfseries 0.6100 \\[-2pt]
             & {\scriptsize [382, 1012]} &  \\
            strong & 2238 & 0.4000 \\
            \bottomrule
          \end{tabular}
          \par\smallskip
          \begin{minipage}{\linewidth}\footnotesize\raggedright
            \textbf{best}: shown to be better than the other numbers measured here.
            {[}low, high{]}: 95 \% interval (bootstrap, 1000 resamples).
            $^{\mathrm{a}}$ stylegan-v; 16 real videos, 16 clips (r1).
            $^{\mathrm{b}}$ dreamsim; 16 real videos, 16 clips (r1).
          \end{minipage}
        \end{table}

        """#)
    let bare = LaTeXWriter(style: TableStyle(notes: .none, isTransposed: true)).text(table)
    #expect(
      bare.contains("    Metric & {mild} & {strong} \\\\\n    \\midrule\n    \\multicolumn{3}{l}{\\textit{MUG}} \\\\\n")
    )
    #expect(bare.contains("    FVD $\\downarrow$ & \\textbf{619} & 2238 \\\\[-2pt]\n"))
    #expect(
      !bare.contains("minipage") && !bare.contains("siunitx") && bare.hasPrefix("% needs \\usepackage{booktabs}\n"))
  }

  /// The same table the other way round, and its notes at three lengths.
  @Test func transposedAndShort() throws {
    var table = try Sample.table(scored()) { $0.title = "T" }
    #expect(
      MarkdownWriter(style: TableStyle(notes: .none, isTransposed: true)).text(table) == """
        ## T

        | metric | mild | strong |
        | :-- | --: | --: |
        | MUG<br>FVD ↓ | **619 ± 12**<br>[382, 1012] | 2238 |
        | MUG<br>PIC ↑ | **0.6100** | 0.4000 |

        """)
    table.remarks = [.init(kind: .notShown, text: "not shown"), .init(kind: .counts, text: "counts")]
    let short = MarkdownWriter(style: TableStyle(notes: .short)).text(table)
    #expect(short.contains("<sup>a</sup> stylegan-v; 16 real videos, 16 clips (r1)."))
    #expect(short.contains("\ncounts.") && !short.contains("not shown."))
    #expect(
      short.hasSuffix("Where nothing is marked, no number is shown to be better than the others of its column.\n"))
    #expect(MarkdownWriter().text(table).contains("\nnot shown.  \ncounts."))
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
    .enabled(if: tool(["pdflatex"]) != nil && WriterTests.hasSIUnits, "left out: pdflatex with siunitx is not there"))
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
    let texts = tables.flatMap { table in
      [TableStyle(notes: .full), TableStyle(notes: .short, isTransposed: true, label: "a_b", caption: "100 % {")].map {
        LaTeXWriter(style: $0).text(table)
      }
    }
    // The packages are those that the tables say they need.
    let packages = Set(texts.flatMap { $0.prefix { $0 != "\n" }.dropFirst("% needs ".count).split(separator: " ") })
    let body = texts.joined(separator: "\\clearpage\n")
    let document = """
      \\documentclass{article}
      \(packages.sorted().joined(separator: "\n"))
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
