import Foundation
import Scores
import Testing

/// `vidmetrics flow`, the metrics of optical flow and `motion-smoothness`, from outside, without weights and with made-up ones.
@Suite struct FlowCommandTests {
  private let workplace: Workplace

  init() throws { workplace = try Workplace() }

  private static let absent = """
    error: weights `raft-things` are not on this machine
    hint: `vidmetrics weights import FILE` takes models/raft-things.pth in \
    https://dl.dropboxusercontent.com/s/4j4z58wuv8o0mfz/models.zip

    """

  @Test func withoutWeights() throws {
    let video = try workplace.writeArray("a.npy", frames: 4, side: 128, values: [0])
    let flow = try workplace.program.run("flow", video, "--out", workplace.file("flow"))
    #expect(flow.status == 2 && flow.output.isEmpty && flow.errors == Self.absent)
    let degree = try workplace.program.run("dynamic-degree", video, "--no-record")
    #expect(degree.status == 2 && degree.output.isEmpty && degree.errors == Self.absent)
    let smoothness = try workplace.program.run("motion-smoothness", video, "--no-record")
    #expect(
      smoothness.status == 2
        && smoothness.errors == """
          error: weights `amt-s` are not on this machine
          hint: `vidmetrics weights fetch amt-s` gets them, `vidmetrics weights import amt-s.pth` takes the published files

          """,
      "\(smoothness.errors)")
  }

  @Test func videosThatHaveNoFlow() throws {
    let small = try workplace.writeArray("small.npy", frames: 4, side: 64, values: [0])
    let tooSmall = try workplace.program.run("flow", small, "--out", workplace.file("flow"))
    #expect(
      tooSmall.errors
        == "error: `small.npy[0]` is 64x64, and optical flow needs frames of 121x121 at least\n")
    let video = try workplace.writeArray("a.npy", frames: 4, side: 128, values: [0])
    let tooFew = try workplace.program.run("flow", video, "--out", workplace.file("flow"), "--interval", "4")
    #expect(
      tooFew.status == 2
        && tooFew.errors
          == "error: `a.npy[0]` has too few frames: 4, of which one in 4 is taken, and at least 2 are needed\n"
    )
    let none = try workplace.program.run("flow", video, "--out", workplace.file("flow"), "--iterations", "0")
    #expect(none.errors.hasPrefix("error: --iterations 0: a whole number from 1 to 100 is expected\n"))
  }

  /// With made-up weights, one turn of the network: what each command prints, and that files of flows are taken back.
  @Test func withMadeUpWeights() throws {
    let file = workplace.file("raft-things.pth")
    try MadeUpRAFT.write(to: file, prefix: "module.")
    #expect(try workplace.program.run("weights", "import", file).status == 0)
    let real = try workplace.writeArray("real.npy", frames: 6, side: 128, values: [50])
    let fake = try workplace.writeArray("fake.npy", frames: 6, side: 128, values: [200])
    let flow = try workplace.program.run("flow", real, "--out", workplace.file("flow"), "--iterations", "1")
    #expect(
      flow.status == 0
        && flow.output.hasPrefix("\(workplace.file("flow")): 5 flows of 128x128, on average "), "\(flow)")
    let files = try FileManager.default.contentsOfDirectory(atPath: workplace.file("flow")).sorted()
    #expect(files == (0..<5).flatMap { ["00000\($0).flo", "00000\($0).png"] })

    func score(_ arguments: String...) throws -> ScoreRecord {
      let found = try workplace.program.run(arguments + ["--set", "flow-iterations=1", "--no-record", "--json"])
      #expect(found.status == 0, "\(arguments): \(found.errors)")
      return try RunDocument.read(found.output, place: "").scores[0]
    }
    for (threshold, moves) in [("0", 1.0), ("99", 0)] {
      let degree = try score(
        "dynamic-degree", fake, "--set", "frame-rate=8", "--set", "flow-threshold=\(threshold)")
      #expect(degree.value == moves && degree.videos?.count == 1)
    }
    let estimated = try score("flow-error", real, fake)
    let given = try score("flow-error", real, fake, "--flow", workplace.file("flow"))
    #expect(estimated.value == given.value && estimated.value > 0 && estimated.series == given.series)
    // Among other metrics, and in a suite: the same score under the same protocol.
    let among = try score("score", real, fake, "--metrics", "flow-error", "--flow", workplace.file("flow"))
    #expect(among == given)
    try Data(
      """
      data: {real: real.npy}
      metrics: [{metric: flow-error, flow: flow, set: {flow-iterations: 1}}]
      generators: [{name: g, outputs: fake.npy}]
      """.utf8
    ).write(to: URL(fileURLWithPath: workplace.file("suite.yaml")))
    let db = workplace.file("history.sqlite")
    let suite = try workplace.program.run("run", workplace.file("suite.yaml"), "--db", db)
    #expect(suite.status == 0, "\(suite.errors)")
    let kept = try workplace.program.run("show", "latest", "--db", db, "--json")
    let ofSuite = try RunDocument.read(kept.output, place: "").scores[0]
    #expect(ofSuite.value == given.value && ofSuite.settings?.fingerprint == given.settings?.fingerprint)
    let unused = try workplace.program.run(
      "score", real, fake, "--metrics", "psnr", "--flow", workplace.file("flow"), "--no-record")
    #expect(unused.errors.hasPrefix("error: --flow is for flow-error, which is not asked for\n"), "\(unused.errors)")
    #expect(estimated.series?.count == 5)
    let magnitude = try score("motion-magnitude", real, fake)
    #expect(magnitude.value > 0 && magnitude.spectrum?.map(\.frequency) == [0, 0.2, 0.4])
    #expect(magnitude.spectrum?.allSatisfy { ($0.real ?? -1) >= 0 && $0.fake >= 0 } == true)
    let long = try workplace.writeArray("long.npy", frames: 11, side: 128, values: [50])
    #expect(
      try score("motion-magnitude", long, "--set", "stride=2").spectrum?.map(\.frequency) == [0, 0.1, 0.2],
      "turns a frame of the video")
    #expect(try score("warping-error", fake, "--set", "occlusion=none").value == 0, "one colour")
    let still = try workplace.program.run(
      "temporal-flickering", fake, "--protocol", "vbench-static", "--set", "flow-threshold=99", "--no-record", "--set",
      "flow-iterations=1")
    #expect(still.output.hasPrefix("temporal-flickering  1.000000  (higher is better)\n"), "\(still)")
    try onThePage(real, fake)
    let other = try workplace.program.run("flow-error", real, fake, "--flow", workplace.file("cache"), "--no-record")
    #expect(other.status == 2 && other.errors.hasPrefix("error: `\(workplace.file("cache"))` holds no flows\n"))
  }

  /// With made-up weights: what the published code made of the same clip (`Fixtures/golden/amt/amt.json`, 113 x 150, 6 frames).
  @Test func motionSmoothness() throws {
    let file = workplace.file("amt-s.pth")
    try MadeUpAMT.write(to: file)
    #expect(try workplace.program.run("weights", "import", file).status == 0)
    let golden = try #require(
      JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: Workplace.fixtures + "/golden/amt/amt.json"))) as? [String: Any])
    let places = try #require(golden["smoothness"] as? [[String: Any]])
    let wanted = try #require(places.firstIndex { $0["clip"] as? [Int] == [6, 113, 150] })
    let value = try #require(places[wanted]["value"] as? Double)
    let video = try workplace.write("clips/a.npy", shape: [1, 6, 113, 150, 3], madeUpClip(wanted, 6, 113, 150))
    let result = try workplace.program.run("motion-smoothness", video, "--no-record", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let score = try RunDocument.read(result.output, place: "").scores[0]
    #expect(abs(score.value - value) < 1e-6, "\(score.value) and \(value)")
    #expect(score.warnings.map(\.code).contains("weights-unverified"))
    let long = try workplace.program.run(
      "vbench", video, "--dimensions", "motion_smoothness", "--no-record", "--json")
    #expect(try RunDocument.read(long.output, place: "").scores[0].value == score.value)
  }

  /// A recorded score keeps pictures of the flow that it was computed from, which the page shows; nothing else does.
  private func onThePage(_ real: String, _ fake: String) throws {
    func run(_ arguments: String...) throws -> String {
      let found = try workplace.program.run(arguments)
      #expect(found.status == 0, "\(arguments): \(found.errors)")
      return found.output
    }
    let page = workplace.file("page.html")
    func flows() throws -> Int {
      _ = try run("report", "--html", page)
      return try String(contentsOfFile: page, encoding: .utf8)
        .matches(of: #/aria-label="[^"]*frames and optical flow of [^"]*"/#).count
    }
    _ = try run("temporal-flickering", real, fake)
    #expect(try flows() == 0)
    let one = ["--set", "flow-iterations=1"]
    let score = try workplace.program.run(["motion-magnitude", real, fake, "--json"] + one)
    let previews = (try RunDocument.read(score.output, place: "").previews ?? []).filter { $0.kind == .flow }
    #expect(previews.map(\.side) == [.real, .fake] && previews.allSatisfy { $0.frames == 4 && ($0.value ?? 0) > 0 })
    for preview in previews {
      let file = "\(workplace.program.history).files/\(preview.digest.dropFirst("sha256:".count)).jpg"
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)).count == preview.bytes)
    }
    #expect(try flows() == 2)
    let text = try String(contentsOfFile: page, encoding: .utf8)
    let largest = NumberText.rough(previews.compactMap(\.value).max() ?? 0)
    #expect(text.contains("full colour at \(largest) pixels a frame") && text.contains(".wheel{background-image:"))
    _ = try workplace.program.run(["dynamic-degree", fake, "--set", "frame-rate=8", "--no-record"] + one)
    #expect(try flows() == 2)
  }
}
