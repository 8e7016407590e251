import Foundation
import Testing

/// `demo`: from an empty folder to a page.
@Suite(.serialized) struct DemoTests {
  private func demo(_ place: Workplace, _ more: String...) throws -> Program.Result {
    try place.program.run(["demo", "--out", place.file("demo")] + more)
  }

  private func text(_ place: Workplace, _ name: String) throws -> String {
    try String(contentsOfFile: place.file("demo/\(name)"), encoding: .utf8)
  }

  @Test func withoutWeightsThereIsAPageAndTheWayToMore() throws {
    let place = try Workplace()
    let result = try demo(place)
    #expect(result.status == 0, "\(result.errors)")
    let rows = result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(rows.map(\.first) == ["generator", "mild", "strong"])
    #expect(rows[0].filter { ["fvd", "kvd", "psnr", "ssim", "temporal-flickering"].contains($0) }.count == 3)
    #expect(result.errors.contains("`vidmetrics weights fetch i3d-kinetics400` gets them"))
    let page = try text(place, "report.html")
    #expect(page.contains("<title>Moving shapes, damaged") && page.contains("strongly damaged"))
    #expect(page.contains("data:image/"), "the pictures are in the page")
    #expect(try text(place, "demo.yaml").contains("metrics: [psnr, ssim, temporal-flickering]\n"))
    #expect(!FileManager.default.fileExists(atPath: place.program.history), "the user's history is left alone")

    // The suite is one that runs by itself, and finds its scores there.
    let again = try place.program.run("run", place.file("demo/demo.yaml"), "--db", place.file("demo/history.sqlite"))
    #expect(again.status == 0 && again.output.contains("mild"), "\(again.errors)")
  }

  @Test(.enabled(if: Workplace.hasWeights, Workplace.withoutWeights)) func withWeightsThereIsFVD() throws {
    let place = try Workplace(weights: true)
    #expect(try demo(place).status == 0)
    let result = try place.program.run(
      "query", "--db", place.file("demo/history.sqlite"), "--json", "--sql",
      "SELECT generator, metric, value FROM score JOIN run ON run.id = score.run_id")
    let rows = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    func value(_ generator: String, _ metric: String) throws -> Double {
      let row = rows.first { $0["generator"] as? String == generator && $0["metric"] as? String == metric }
      return try #require(row?["value"] as? Double, "\(generator) \(metric) in \(rows)")
    }
    for metric in ["fvd", "kvd"] { #expect(try value("strong", metric) > value("mild", metric), "\(metric)") }
    for metric in ["psnr", "ssim"] { #expect(try value("strong", metric) < value("mild", metric), "\(metric)") }
  }

  @Test func onlyItsOwnFolderIsMadeAgain() throws {
    let place = try Workplace()
    try FileManager.default.createDirectory(atPath: place.file("demo"), withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: place.file("demo/real")))
    let foreign = try demo(place)
    #expect(foreign.status == 2 && foreign.output.isEmpty)
    #expect(
      foreign.errors == """
        error: `\(place.file("demo"))` holds files that no demo made
        hint: --out FOLDER takes an empty folder, or a new one

        """)
    #expect(try text(place, "real") == "mine")
    let file = try place.program.run("demo", "--out", place.file("demo/real"))
    #expect(file.status == 2 && file.errors.hasPrefix("error: `\(place.file("demo/real"))` is a file\n"))
    let below = try place.program.run("demo", "--out", place.file("demo/real/x"))
    #expect(
      below.status == 2
        && below.errors == """
          error: `\(place.file("demo/real/x"))` cannot be written: Not a directory
          hint: --out FOLDER makes it elsewhere

          """
    )
    let nameless = try place.program.run("demo", "--out", "")
    #expect(nameless.status == 2 && nameless.errors.hasPrefix("error: --out is empty\n"))

    try FileManager.default.removeItem(atPath: place.file("demo/real"))
    #expect(try demo(place).status == 0)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: place.file("demo/notes.txt")))
    let first = try Data(contentsOf: URL(fileURLWithPath: place.file("demo/strong/spin/star/07.png")))
    #expect(try demo(place).status == 0, "an earlier demo's folder is made again")
    #expect(try text(place, "notes.txt") == "mine")
    let second = try Data(contentsOf: URL(fileURLWithPath: place.file("demo/strong/spin/star/07.png")))
    #expect(first == second, "what is drawn depends on the names alone")

    // What somebody put among the clips, and a suite that somebody changed, are theirs.
    try Data("mine".utf8).write(to: URL(fileURLWithPath: place.file("demo/real/mine.mp4")))
    let among = try demo(place)
    #expect(among.status == 2 && among.errors.contains("holds `real/mine.mp4`, which no demo made"), "\(among.errors)")
    #expect(try text(place, "real/mine.mp4") == "mine")
    try FileManager.default.removeItem(atPath: place.file("demo/real/mine.mp4"))
    try Data((try text(place, "demo.yaml") + "bootstrap: 40\n").utf8)
      .write(to: URL(fileURLWithPath: place.file("demo/demo.yaml")))
    #expect(try demo(place).status == 2)
  }
}
