import Files
import Foundation
import History
import MetricCatalog
import Reporting
import Scores
import Testing

@Suite struct PageTests {
  /// Runs of the project's clips with made-up numbers of every kind.
  static func runs() -> [RunRecord] {
    var runs: [RunRecord] = []
    for (index, (name, folder)) in [("mild", "fake-mild"), ("strong", "fake-strong")].enumerated() {
      for step in 1...3 {
        let level = Double(index + 1) * 300 / Double(step)
        var run = Sample.run(name, [], dataset: "clips", step: step * 5000)
        run.circumstances.command = "vidmetrics fvd real \(folder) --name '<\(name)>'"
        run.circumstances.gitCommit = "0123456789abcdef"
        run.circumstances.host = "here"
        var plain = Sample.score("fvd", 320 + level)
        plain.interval = ScoreInterval(
          low: 270 + level * 0.9, high: 380 + level * 1.2, level: 0.95, resamples: 1000, method: "bootstrap")
        plain.curve = (1...5).map { CurvePoint(samples: $0 * 3, value: 320 + level + 400 / Double($0)) }
        plain.distances = ["bounce/disc", "bounce/ring", "bounce/star", "bounce/cross"].enumerated().map {
          VideoValue(name: $0.element + ".mp4", value: 8 + Double($0.offset))
        }
        plain.warnings = [ScoreWarning(code: "small-n", text: "16 clips are few & <far>")]
        var grouped = Sample.score("cfvd", 500 + level, "lfdm/class")
        grouped.std = 40
        grouped.groups = ["bounce", "pulse", "spin", "swing"].enumerated().map {
          GroupScore(label: $0.element, value: 400 + level + Double($0.offset) * 60, realSamples: 4, fakeSamples: 4)
        }
        var windows = Sample.score("fvd", 600 + level, "windows", fields: ["series": .text("windows")])
        windows.series = (0..<12).map {
          SeriesPoint(
            start: $0 * 4, frames: 16, value: 500 + level + Double($0 * $0) * 3, realSamples: 16, fakeSamples: 16)
        }
        run.scores = [plain, grouped, windows].map { score in
          var score = score
          score.real?.path = Sample.clips + "/real"
          score.fake?.path = Sample.clips + "/" + folder
          return score
        }
        runs.append(run)
      }
    }
    return runs
  }

  private func page(_ runs: [RunRecord]) throws -> String {
    var writer = HTMLWriter()
    writer.version = "0.0.0"
    writer.date = "2026-11-21"
    return try writer.text(Sample.table(runs) { $0.title = "Degraded clips <& real>" }, runs: runs)
  }

  @Test func everythingIsThere() throws {
    let page = try page(Self.runs())
    for kind in ["steps", "series", "curve", "groups"] { #expect(page.contains("data-kind=\"\(kind)\""), "\(kind)") }
    #expect(page.contains("Degraded clips &lt;&amp; real&gt;"))
    #expect(page.contains("data:image/jpeg;base64,") && page.contains("data:image/png;base64,"))
    #expect(page.components(separatedBy: "x-t slice of ").count - 1 == 4 * 3)
    #expect(page.contains("bounce/cross.mp4  11"))
    for text in ["16 clips are few &amp; &lt;far&gt;", "--name &#39;&lt;mild&gt;&#39;", "0123456789abcdef"] {
      #expect(page.contains(text), "\(text)")
    }
    // Nothing is fetched: no address stands in an attribute.
    #expect(page.firstMatch(of: /(src|href)="(?!data:image|#)/) == nil)
    #expect(page.utf8.count < 4_000_000)
    // Each number of the table leads to its fields.
    let ids = Set(page.matches(of: /<details id="([^"]+)"/).map { String($0.output.1) })
    let links = page.matches(of: /href="#([^"]+)"/).map { String($0.output.1) }
    #expect(links.count == 18 && links.allSatisfy(ids.contains))
  }

  @Test func missingVideosAreANote() throws {
    var runs = Self.runs()
    for index in runs.indices { runs[index].scores[0].fake?.path = "/nowhere/fake" }
    let page = try page(runs)
    #expect(page.contains("no pictures of /nowhere/fake: no such file or folder: `/nowhere/fake`"))
    #expect(page.contains("data:image/jpeg;base64,"))
  }

  @Test("two runs without any picture or curve")
  func plainRuns() throws {
    var runs = [Sample.run("a", [Sample.score("fvd", 1)]), Sample.run("b", [Sample.score("fvd", 2)])]
    for index in runs.indices { (runs[index].scores[0].real, runs[index].scores[0].fake) = (nil, nil) }
    let page = try page(runs)
    #expect(!page.contains("id=\"charts\"") && !page.contains("id=\"pictures\"") && page.contains("id=\"numbers\""))
  }

  static let browser = tool(["chromium", "chromium-browser", "google-chrome"])

  @Test(
    "a browser shows every chart, and its table can be sorted",
    .enabled(if: PageTests.browser != nil, "left out: chromium is not there"))
  func inABrowser() throws {
    let folder = try TemporaryFolder()
    let kept = ProcessInfo.processInfo.environment["VIDMETRICS_KEEP_PAGE"]
    let page = try page(Self.runs())
    try WholeFile.write(page, to: folder.file("report.html"))
    if let kept { try WholeFile.write(page, to: kept) }
    let result = try run(
      Self.browser!,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--user-data-dir=\(folder.file("profile"))",
        "--virtual-time-budget=2000", "--dump-dom", "file://" + folder.file("report.html"),
      ], in: folder.path)
    #expect(result.status == 0)
    let document = result.output
    #expect(document.components(separatedBy: "<svg class=\"chart\"").count - 1 == 5)
    #expect(document.components(separatedBy: "</svg>").count - 1 == 5)
    // The script has run to its end: each head of the table has become a button.
    #expect(document.components(separatedBy: "<button type=\"button\">").count - 1 == 4)
    #expect(document.components(separatedBy: "<td class=\"number").count - 1 == 18)
  }
}
