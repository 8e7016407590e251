import Files
import Foundation
import History
import MetricCatalog
import Reporting
import Scores
import Testing
import Video

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
        plain.spectrum = (0...4).map { SpectrumPoint(frequency: Double($0) / 8, fake: 10 / Double($0 + 1), real: 8) }
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
          score.fake?.digest = "sha256:" + folder
          return score
        }
        runs.append(run)
      }
    }
    return runs
  }

  /// A history with the previews of the runs.
  private func kept(_ runs: [RunRecord], in folder: TemporaryFolder) throws -> (runs: [RunRecord], files: KeptFiles) {
    let history = try HistoryStore(path: folder.file("h.sqlite"))
    let maker = PreviewMaker(history: history)
    let made = try runs.map { run in
      var run = run
      run.previews = try maker.previews(of: run)
      try history.record(run)
      return run
    }
    return (made, history.files)
  }

  private func page(_ runs: [RunRecord], _ files: KeptFiles? = nil) throws -> String {
    var writer = HTMLWriter(files: files)
    writer.version = "0.0.0"
    writer.moment = "2026-11-21T14:05:09.250Z"
    return try writer.text(Sample.table(runs) { $0.title = "Degraded clips <& real>" }, runs: runs)
  }

  @Test func everythingIsThere() throws {
    let folder = try TemporaryFolder()
    let (runs, files) = try kept(Self.runs(), in: folder)
    let page = try page(runs, files)
    for kind in ["dots", "steps", "series", "curve", "spectrum", "groups"] {
      #expect(page.contains("data-kind=\"\(kind)\""), "\(kind)")
    }
    #expect(page.contains("Degraded clips &lt;&amp; real&gt;"))
    #expect(page.contains("data:image/jpeg;base64,"))
    // Four real videos, and of each of the six runs its own.
    #expect(page.components(separatedBy: "x-t slice of ").count - 1 == 4 * 7)
    // A set that was previewed before is not read again: two fake sets and the real one.
    // Two of the four best and worst videos have a strip already.
    #expect(files.total().files == 8 * 3 + 4 * 3 + 2 * 2)
    #expect(page.contains("farthest 11") && page.contains("nearest 8") && !page.contains("best samples"))
    // Each picture is in the page once, however often it is shown.
    let pictures = page.matches(of: /base64,([^)]+)\)/).map { String($0.output.1) }
    #expect(pictures.count == files.total().files && Set(pictures).count == pictures.count)
    #expect(page.contains("class=\"film p0\"") && page.contains("--n:16;--f:var(--f16,0);"))
    for text in ["16 clips are few &amp; &lt;far&gt;", "--name &#39;&lt;mild&gt;&#39;", "0123456789abcdef"] {
      #expect(page.contains(text), "\(text)")
    }
    // Nothing is fetched: no address stands in an attribute.
    #expect(page.firstMatch(of: /(src|href)="(?!#)|url\((?!data:image)/) == nil)
    #expect(page.utf8.count < 4_000_000)
    // Every link leads to something: each number of the table to its score, each score to its protocol, each warning to its scores.
    let ids = page.matches(of: /id="([^"]+)"/).map { String($0.output.1) }
    let links = page.matches(of: /href="#([^"]+)"/).map { String($0.output.1) }
    #expect(Set(ids).count == ids.count && links.allSatisfy(Set(ids).contains))
    #expect(page.components(separatedBy: "<td class=\"number").count - 1 == 18)
    #expect(links.count { $0.hasPrefix("s-") } == 18 + 6 && links.count { $0.hasPrefix("p-") } == 18)
  }

  @Test func whatIsMissingIsANote() throws {
    let folder = try TemporaryFolder()
    var (runs, files) = try kept(Self.runs(), in: folder)
    runs[0].previews = nil
    let page = try page(runs, files)
    #expect(page.contains("no pictures of mild, step 5000: its run has kept none"))
    #expect(page.contains("data:image/jpeg;base64,"))
    try FileManager.default.removeItem(atPath: files.folder)
    let bare = try self.page(runs, files)
    #expect(
      bare.contains("some pictures are not shown: their files are not beside the history")
        && !bare.contains("data:image/jpeg"))
    #expect(try !self.page(runs).contains("data:image/jpeg"))
  }

  /// A training loop writes every step's samples into one folder: each run shows those that it was scored from.
  @Test func picturesAreOfTheRun() throws {
    let folder = try TemporaryFolder()
    let samples = folder.file("samples")
    let history = try HistoryStore(path: folder.file("h.sqlite"))
    var runs: [RunRecord] = []
    for (step, source) in [(1, "fake-mild"), (2, "fake-strong")] {
      try? FileManager.default.removeItem(atPath: samples)
      try FileManager.default.copyItem(atPath: Sample.clips + "/" + source, toPath: samples)
      var run = Sample.run("loop", [Sample.score("fvd", Double(step))], step: step)
      run.scores[0].real = ScoredSet(path: Sample.clips + "/real", digest: "sha256:real")
      run.scores[0].fake = ScoredSet(path: samples, digest: "sha256:\(source)")
      run.previews = try PreviewMaker(history: history).previews(of: run)
      try history.record(run)
      runs.append(run)
    }
    try FileManager.default.removeItem(atPath: samples)
    func strips(_ run: RunRecord, _ side: Preview.Side) -> [String] {
      (run.previews ?? []).filter { $0.kind == .strip && $0.side == side }.map(\.digest)
    }
    #expect(strips(runs[0], .fake).count == 8 && Set(strips(runs[0], .fake)).isDisjoint(with: strips(runs[1], .fake)))
    #expect(strips(runs[0], .real) == strips(runs[1], .real))
    let page = try page(runs, history.files)
    for digest in Set(strips(runs[0], .fake) + strips(runs[1], .fake)) {
      let path = try #require(history.files.found(digest, .previews))
      let bytes = try #require(FileManager.default.contents(atPath: path))
      #expect(page.contains(bytes.base64EncodedString()))
    }
    #expect(try history.run(runs[0].id) == runs[0])
    // A picture is what its digest says, or is not shown.
    let changed = try #require(history.files.found(strips(runs[0], .fake)[0], .previews))
    let whole = try Data(contentsOf: URL(fileURLWithPath: changed))
    try (whole.dropLast() + [0]).write(to: URL(fileURLWithPath: changed))
    let other = try self.page(runs, history.files)
    #expect(!other.contains((whole.dropLast() + [0]).base64EncodedString()) && other.contains("or are damaged"))
    try whole.write(to: URL(fileURLWithPath: changed))
    // What no other run needs goes with a run.
    let freed = try history.delete([runs[1].id])
    #expect(freed.files == 8 + 4 && history.files.total().files == 2 * 12)
  }

  @Test("two runs without any picture or curve")
  func plainRuns() throws {
    var runs = [Sample.run("a", [Sample.score("fvd", 1)]), Sample.run("b", [Sample.score("fvd", 2)])]
    for index in runs.indices { (runs[index].scores[0].real, runs[index].scores[0].fake) = (nil, nil) }
    let page = try page(runs)
    #expect(page.contains("data-kind=\"dots\"") && !page.contains("id=\"pictures\"") && page.contains("id=\"numbers\""))
  }

  /// No more bytes of pictures than were asked for, and the page says what it leaves out.
  @Test func picturesHaveABudget() throws {
    let folder = try TemporaryFolder()
    let (runs, files) = try kept(Self.runs(), in: folder)
    func page(_ media: Media) throws -> String {
      var writer = HTMLWriter(version: "0.0.0", files: files, media: media)
      writer.moment = nil
      return try writer.text(Sample.table(runs), runs: runs)
    }
    #expect(try !page(.none).contains("data:image/jpeg"))
    let (small, full) = (try page(.small), try page(.full))
    func bytes(_ page: String) -> Int { page.matches(of: /base64,([^)]+)\)/).reduce(0) { $0 + $1.output.1.utf8.count } }
    #expect(bytes(small) > 0 && bytes(small) < bytes(full) && bytes(full) <= Media.full.bytes)
    #expect(
      small.contains("`--media full` shows more of what the runs have kept") && small.contains("of at most 1.5 MB"))
    #expect(!full.contains("--media full"))
    // What there is room for is shared: each sheet has some, and what is shown together is whole.
    for sheet in [
      "mild, step 15000 on clips: nearest and farthest", "strong, step 5000 on clips: nearest and farthest",
    ] {
      #expect(small.contains(sheet), "\(sheet)")
    }
    let plates = small.components(separatedBy: "<figure class=\"plate\">").filter {
      $0.contains("class=\"strip real\"")
    }
    #expect(!plates.isEmpty)
    for plate in plates { #expect(plate.components(separatedBy: "class=\"strip\"").count - 1 == 4) }
  }

  /// The flow of a video, real above generated, in the colours of one wheel; of the newest run that has any.
  @Test func flowIsShownAtOneScale() throws {
    let folder = try TemporaryFolder()
    var (runs, files) = try kept(Array(Self.runs()[...0]), in: folder)
    let bare = try page(runs, files)
    #expect(!bare.contains("optical flow") && !bare.contains("conic-gradient") && !bare.contains("--pale:0"))
    func flow(_ side: Preview.Side, _ level: UInt8, _ value: Double, _ title: String = "bounce/disc") throws -> Preview
    {
      let jpeg = try PictureEncoder.jpeg(Picture(width: 3 * 128, height: 192, grey: level))
      let digest = jpeg.withUnsafeBytes { SHA256.digest(of: $0) }.description
      try files.keep(digest, .previews) { try WholeFile.write(jpeg, to: $0) }
      return Preview(
        kind: .flow, side: side, video: title + ".mp4", title: title, digest: digest, bytes: jpeg.count, frames: 3,
        value: value)
    }
    runs[0].previews? += try [flow(.real, 40, 4), flow(.fake, 80, 1), flow(.fake, 120, 0, "bounce/<ring>")]
    let shown = try page(runs, files)
    #expect(shown.contains("<h3>clips: optical flow</h3>") && shown.contains("<div class=\"flows\">"))
    // White in the middle, red to the right, and 54 steps around.
    #expect(
      shown.contains(
        ".wheel{background-image:radial-gradient(closest-side,#fff,#fff0),conic-gradient(from 90deg,#ff0000,#ff1100,"))
    let plate = try #require(
      shown.components(separatedBy: "<figure class=\"plate\">").first { $0.contains("bounce/disc: full colour") })
    #expect(plate.contains("<figcaption>bounce/disc: full colour at 4 pixels a frame</figcaption>"))
    let strips = plate.components(separatedBy: "<div class=\"strip").dropFirst(2).map { String($0) }
    #expect(strips.count == 2 && strips[0].hasPrefix(" real\"") && strips[0].contains("<span>real, at most 4</span>"))
    #expect(strips[1].contains("<span>mild, at most 1</span>"))
    // It stands, and what is slower is paler.
    #expect(strips.allSatisfy { $0.contains("--n:3;--w:128;--h:192") && !$0.contains("film") })
    #expect(!strips[0].contains("--pale") && strips[1].contains("--h:192;--pale:0.7500"))
    #expect(shown.contains("bounce/&lt;ring&gt;: full colour at 0 pixels a frame"))
    // A newer run of that name without any flow does not hide it.
    var newer = Sample.run("mild", [Sample.score("fid", 1)], dataset: "clips", step: 5000)
    (newer.id, newer.date) = ("0123456789ab", "2026-11-22T14:05:09.250Z")
    newer.scores[0].real = runs[0].scores[0].real
    newer.previews = runs[0].previews?.filter { $0.kind == .strip }
    #expect(try page(runs + [newer], files).contains("clips: optical flow"))
    // Without a real set.
    var lone = Sample.run("lone", [Sample.score("dynamic-degree", 1)], dataset: nil)
    lone.scores[0].real = nil
    lone.previews = [try flow(.fake, 160, 2)]
    let alone = try page([lone], files)
    #expect(alone.contains("<h3>Optical flow</h3>") && alone.contains("<span>lone, at most 2</span>"))
    #expect(try !HTMLWriter(files: files, media: .none).text(Sample.table(runs), runs: runs).contains("conic-gradient"))
  }

  /// A followed page loads itself anew, a finished one does not; what runs it shows stands in its head.
  @Test func aFollowedPageReloads() throws {
    let runs = [Sample.run("a", [Sample.score("fvd", 1)])]
    var writer = HTMLWriter(moment: "2026-11-21T14:05:09.250Z", reload: 5)
    let folder = try TemporaryFolder()
    try WholeFile.write(writer.text(Sample.table(runs), runs: runs), to: folder.file("p.html"))
    let page = try String(contentsOfFile: folder.file("p.html"), encoding: .utf8)
    #expect(page.contains("<body data-reload=\"5\" data-written=\"2026-11-21T14:05:09.250Z\">"))
    #expect(
      Since(page: folder.file("p.html")) == Since(label: "the page of 2026-11-21 14:05", known: [runs[0].id]))
    #expect(Since(page: folder.file("absent.html")) == nil)
    #expect(Since(date: "2026-11-21", among: runs).known.isEmpty)
    #expect(
      Since(date: "2026-11-22T00:00:00Z", among: runs) == Since(label: "2026-11-22 00:00:00", known: [runs[0].id]))
    // Renewed, it has another time and is the same page.
    HTMLWriter.renew(folder.file("p.html"))
    let renewed = try String(contentsOfFile: folder.file("p.html"), encoding: .utf8)
    let time = try #require(renewed.firstMatch(of: #/data-written="([^"]*)"/#)).output.1
    #expect(time > "2026-11-21T14:05:09.250Z" && time.count == 24)
    #expect(renewed.replacing("written=\"\(time)\"", with: "written=\"2026-11-21T14:05:09.250Z\"") == page)
    HTMLWriter.renew(folder.file("absent.html"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("absent.html")))
    writer.reload = nil
    #expect(try !writer.text(Sample.table(runs), runs: runs).contains("data-reload=\""))
  }

  @Test func aFailedGeneratorIsARow() throws {
    let runs = [Sample.run("a", [Sample.score("fvd", 1), Sample.score("kvd", 1)])]
    let page = try HTMLWriter().text(
      Sample.table(runs) { $0.failures = [.init(name: "broken", words: "status 1; stderr: out of <memory>")] },
      runs: runs)
    #expect(
      page.contains(
        "<tr class=\"failed\"><th scope=\"row\">broken</th><td colspan=\"2\"><span class=\"reason\">failed: status 1; stderr: out of &lt;memory&gt;"
      ))
    #expect(page.contains("1 measured run · 1 failed"))
  }

  /// Wide tables of several data sets are several, each with the rows that have a number there.
  @Test func wideTablesAreOneForEachDataSet() throws {
    let metrics = ["fvd", "kvd", "fid", "kid"]
    let runs = ["MUG", "Sky"].map { (set: String) in
      Sample.run("in \(set)", metrics.map { Sample.score($0, 1) }, dataset: set)
    }
    let page = try HTMLWriter().text(Sample.table(runs), runs: runs)
    #expect(page.components(separatedBy: "<table class=\"scores sortable\">").count - 1 == 2)
    let names = page.matches(of: #/<tr class="\w+"><th scope="row">([^<]*)</#).map { String($0.output.1) }
    #expect(names == ["in MUG", "in Sky"])
    #expect(!page.contains("<td class=\"none"))
  }

  @Test("500 runs with 8 metrics are a page of less than 10 MB")
  func manyRuns() throws {
    let metrics = ["fvd", "kvd", "fid", "kid", "dt-fvd", "pic", "ssim", "psnr"]
    let runs = (0..<500).map { index in
      var run = Sample.run(
        "generator \(index / 50)",
        metrics.map { metric in
          var score = Sample.score(metric, 100 + Double(index * 7919 % 500), metric, fields: ["seed": .integer(0)])
          score.interval = ScoreInterval(low: 90, high: 700, level: 0.95, resamples: 1000, method: "bootstrap")
          score.warnings = [ScoreWarning(code: "small-n", text: "scores are published with 2048 real clips (here 16)")]
          return score
        }, step: index % 50 * 1000)
      run.circumstances.command = "vidmetrics run suite.yaml"
      run.circumstances.host = "node"
      return run
    }
    let page = try HTMLWriter(version: "0.0.0", moment: RunRecord.now()).text(Sample.table(runs), runs: runs)
    #expect(page.utf8.count < 10_000_000, "\(page.utf8.count)")
    #expect(page.components(separatedBy: "<details class=\"run\"").count - 1 == 500)
    if let kept = ProcessInfo.processInfo.environment["VIDMETRICS_KEEP_LARGE_PAGE"] {
      try WholeFile.write(page, to: kept)
    }
  }

  static let browser = tool(["chromium", "chromium-browser", "google-chrome"])

  @Test(
    "a browser shows every chart, and its table can be sorted",
    .enabled(if: PageTests.browser != nil, "left out: chromium is not there"))
  func inABrowser() throws {
    let folder = try TemporaryFolder()
    let kept = ProcessInfo.processInfo.environment["VIDMETRICS_KEEP_PAGE"]
    let (runs, files) = try self.kept(Self.runs(), in: folder)
    let page = try page(runs, files)
    try WholeFile.write(page, to: folder.file("report.html"))
    if let kept { try WholeFile.write(page, to: kept) }
    let result = try run(
      Self.browser!,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--user-data-dir=\(folder.file("profile"))",
        "--virtual-time-budget=1000", "--dump-dom", "file://" + folder.file("report.html"),
      ], in: folder.path)
    #expect(result.status == 0)
    let document = result.output
    #expect(document.components(separatedBy: "<svg class=\"chart\"").count - 1 == 9)
    #expect(document.components(separatedBy: "</svg>").count - 1 == 9)
    // The script has run to its end: each head of the table has become a button, and there is one to stop the videos.
    #expect(document.components(separatedBy: "<button type=\"button\">").count - 1 == 5)
    // The videos play: after a second the clock is not at the first frame.
    let clock = try #require(document.firstMatch(of: /<html[^>]*class="scripted plays"[^>]*--f16: *([0-9.]+)/))
    #expect((Double(clock.output.1) ?? 0) > 0)
    #expect(document.components(separatedBy: "<td class=\"number").count - 1 == 18)
  }
}
