import Foundation
import Scores
import Testing

/// Physics-IQ through the program: against the published functions on the project's clips
/// (`Fixtures/golden/physics/recipe.py`), and what must be 100.
@Suite struct PhysicsIQTests {
  private struct Golden: Decodable {
    let score: Double
    let videos: [String: [String: Double]]
  }

  let workplace: Workplace
  let program: Program
  private let clips = Workplace.fixtures + "/clips"

  init() throws {
    workplace = try Workplace()
    program = workplace.program
  }

  private func copy(_ from: String, _ to: String) throws {
    let target = workplace.file(to)
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: target).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: from, toPath: target)
  }

  /// As the recipe lays them out: the first 15 clips, three views of five scenes.
  private func benchmark() throws {
    let motions = try FileManager.default.contentsOfDirectory(atPath: clips + "/real").sorted()
    let names = try motions.flatMap { motion in
      try FileManager.default.contentsOfDirectory(atPath: clips + "/real/" + motion).sorted().map { motion + "/" + $0 }
    }.prefix(15)
    func number(_ value: Int) -> String { String(repeating: "0", count: 4 - "\(value)".count) + "\(value)" }
    for (index, name) in names.enumerated() {
      let view = ["perspective-left", "perspective-center", "perspective-right"][index % 3]
      let scene = "scene-\(index / 3).mp4"
      for (take, set) in [(1, "real"), (2, "fake-mild")] {
        try copy(
          "\(clips)/\(set)/\(name)",
          "real/\(number(index + 1 + (take - 1) * 15))_testing-videos_24FPS_\(view)_take-\(take)_\(scene)")
      }
      // Any name behind the number is good.
      try copy(
        "\(clips)/fake-strong/\(name)", "fake/\(number(index + 1))_\(index < 7 ? "\(view)_\(scene)" : "any.mp4")")
      try copy("\(clips)/fake-mild/\(name)", "second/\(number(index + 1))_\(view)_\(scene)")
    }
  }

  @Test func asPublished() throws {
    let golden = try JSONDecoder().decode(
      Golden.self,
      from: Data(contentsOf: URL(fileURLWithPath: Workplace.fixtures + "/golden/physics/physics.json")))
    try benchmark()
    let (real, fake) = (workplace.file("real"), workplace.file("fake"))
    let run = try program.scores("physics-iq", real, fake, "--bootstrap", "100")
    #expect(run["physics-iq"] == golden.score)
    #expect(
      run.scores.map(\.metric) == [
        "physics-iq", "spatial-iou", "spatiotemporal-iou", "weighted-spatial-iou", "physics-mse",
      ])
    #expect(run.scores.map(\.direction) == [.higher, .higher, .higher, .higher, .lower])
    for metric in ["spatial-iou", "spatiotemporal-iou", "weighted-spatial-iou", "physics-mse"] {
      let videos = try #require(run.scores.first { $0.metric == metric }?.videos)
      #expect(Set(videos.map(\.name)) == Set(golden.videos.keys))
      for video in videos {
        let wanted = try #require(golden.videos[video.name]?[metric])
        // Values of frames are rounded to four digits.
        let digits = metric.hasPrefix("spatiotemporal") || metric == "physics-mse" ? 5e-5 : 1e-12
        #expect(abs(video.value - wanted) < digits, "\(video.name) \(metric)")
      }
    }
    let interval = try #require(run.scores[0].interval)
    #expect(interval.low < golden.score && golden.score < interval.high && interval.high <= 100)
    #expect(run.scores[0].has("physical-variance"))
    // The clips have two seconds.
    let two = try program.scores("physics-iq", real, fake, "--set", "first-seconds=2")
    #expect(two.scores.map(\.value) == run.scores.map(\.value))
    #expect(
      try program.scores("physics-iq", real, fake, "--set", "first-seconds=1")["physics-mse"] != run["physics-mse"])
    // Of exact values another number, of another name.
    let exact = try program.scores("physics-iq", real, fake, "--set", "score-rounding=none")
    #expect(abs(exact["physics-iq"] - golden.score) < 0.05 && exact["physics-iq"] != golden.score)
  }

  @Test("take 2 as the generated videos has 100, and no more has take 1; spoiled videos have less") func identity()
    throws
  {
    try benchmark()
    let real = workplace.file("real")
    let second = try program.scores("physics-iq", real, workplace.file("second"), "--set", "score-rounding=none")
    #expect(abs(second["physics-iq"] - 100) < 1e-10)
    #expect(
      second.scores[0].videos.map { abs($0.reduce(0) { $0 + $1.value } / Double($0.count) - 100) < 1e-10 } == true)
    for name in try FileManager.default.contentsOfDirectory(atPath: real) where name.contains("take-1") {
      try copy(
        real + "/" + name,
        "first/"
          + name.replacingOccurrences(of: "_testing-videos_24FPS", with: "")
          .replacingOccurrences(of: "_take-1", with: ""))
    }
    let first = try program.scores("physics-iq", real, workplace.file("first"))
    #expect(first["physics-iq"] == 100 && first["spatial-iou"] == 1 && first["physics-mse"] == 0)
    #expect(try program.scores("physics-iq", real, workplace.file("fake"))["physics-iq"] < 100)
  }

  /// A white square on black that jumps by `step` pixels a frame.
  private func square(_ name: String, frames: Int = 12, from: Int = 0, step: Int) throws {
    let side = 48
    let values = (0..<frames).flatMap { frame in
      (0..<side * side * 3).map { index -> UInt8 in
        let (row, column) = (index / 3 / side, index / 3 % side)
        let x = from + frame * step
        return (16..<32).contains(row) && (x..<x + 12).contains(column) ? 255 : 0
      }
    }
    _ = try workplace.write(name, shape: [frames, side, side, 3], values)
  }

  /// Two takes that are nearly one; generated videos that move later, elsewhere, or not at all.
  @Test func directions() throws {
    try square("real/take-1/a.npy", step: 3)
    try square("real/take-2/a.npy", from: 1, step: 3)
    var last = 100.0
    for (from, step) in [(2, 3), (6, 2), (14, 1), (0, 0)] {
      try square("fake/a.npy", from: from, step: step)
      let score = try program.scores("physics-iq", workplace.file("real"), workplace.file("fake"))
      #expect(score["physics-iq"] < last, "\(from) \(step)")
      #expect(score.scores[0].has("no-frame-rate"))
      last = score["physics-iq"]
    }
    #expect(last < 45)
  }

  @Test func messages() throws {
    try square("real/take-1/a.npy", step: 3)
    try square("real/take-2/a.npy", from: 1, step: 3)
    try square("real/take-1/b.npy", step: 3)
    try square("fake/a.npy", frames: 10, step: 3)
    let (real, fake) = (workplace.file("real"), workplace.file("fake"))
    func errors(_ arguments: String...) throws -> String {
      let result = try program.run(["physics-iq"] + arguments)
      #expect(result.status == 2)
      return result.errors
    }
    #expect(
      try errors(real, fake) == """
        error: \(fake): `a` has 12 and 12 frames in its two takes and 10 in the fake video: motion is compared frame by frame, \
        so bring all to one rate and length, or compare fewer seconds (--set first-seconds=N)
        hint: --on-error skip leaves such videos out, lists them and ends with status 4

        """)
    #expect(
      try errors(fake, fake) == """
        error: `\(fake)` has no takes: physics-iq is measured by two real recordings of each scene
        hint: their names hold `take-1` and `take-2`, as folders (take-1/a.mp4) or between underscores (a_take-1.mp4)

        """)
    // A scene whose fake video is left out is not scored.
    try square("real/take-2/b.npy", from: 1, step: 3)
    try square("fake/b.npy", step: 3)
    let left = try program.run("physics-iq", real, fake, "--on-error", "skip", "--json")
    #expect(left.status == 4, "\(left.errors)")
    let document = try RunDocument.read(left.output, place: "run")
    #expect(document.scores[0].videos?.map(\.name) == ["b"] && document.skipped.count == 1)
    try FileManager.default.removeItem(atPath: workplace.file("real/take-2/b.npy"))
    try FileManager.default.removeItem(atPath: workplace.file("fake/a.npy"))
    #expect(
      try errors(real, fake)
        == "error: `\(real)` has no take 2 of `b`: physics-iq is measured by two real recordings of each scene\n")
    try square("fake/c.npy", step: 3)
    try square("real/take-2/b.npy", step: 3)
    #expect(try errors(real, fake).hasPrefix("error: physics-iq: `\(real)` has no scene of `c`\n"))
    #expect(
      try errors(real, fake, "--pair-by", "order")
        .hasPrefix("error: --pair-by is for metrics of pairs (psnr, ssim, lpips, flow-error, pic, "))
  }
}
