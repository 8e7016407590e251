import Foundation
import Testing

/// Scores with the real network.
@Suite(.serialized, .enabled(if: Workplace.hasWeights, Workplace.withoutWeights)) struct ScoreTests {
  let workplace: Workplace
  let program: Program

  init() throws {
    workplace = try Workplace(weights: true)
    program = workplace.program
  }

  /// Published: 151.39244 (TensorFlow, common_metrics_on_video_quality). Two float32 engines agree to 3e-6 here.
  @Test func blackAgainstWhite() throws {
    let black = try workplace.writeArray("black.npy", frames: 30, side: 64, values: Array(repeating: 0, count: 8))
    let white = try workplace.writeArray("white.npy", frames: 30, side: 64, values: Array(repeating: 255, count: 8))
    let cold = try program.run("fvd", black, white, "--json")
    #expect(cold.status == 0 && cold.errors.isEmpty)
    let score = try firstScore(cold)
    let value = try #require(score["value"] as? Double)
    #expect(abs(value / 151.39244 - 1) < 1e-5)
    let settled = try #require(score["settings"] as? [String: Any])
    #expect(settled["name"] as? String == "stylegan-v")
    #expect(settled["overrides"] as? [String: Int] == ["frames": 30])
    #expect(workplace.cachedClips() == 2, "eight equal clips are one")

    let warm = try program.run("fvd", black, white, "--json", "--threads", "1")
    #expect(try firstScore(warm)["value"] as? Double == value)
    #expect((try document(warm)["circumstances"] as? [String: Any])?["clips_computed"] as? Int == 0)
    let table = try program.run("fvd", black, white)
    #expect(table.output.hasPrefix("FVD  151.39"))
    #expect(table.output.contains("\nprotocol  stylegan-v + frames=30  (version 1, sha256:"))
  }

  /// One thread and two, without a cache: the same bits.
  @Test func threadsDoNotCount() throws {
    let a = try workplace.writeArray("a.npy", frames: 9, side: 32, values: [0, 40, 90])
    let b = try workplace.writeArray("b.npy", frames: 9, side: 32, values: [200, 160, 255])
    let values = try ["1", "2", "3"].map {
      try firstScore(program.run("fvd", a, b, "--json", "--no-cache", "--threads", $0))["value"] as? Double
    }
    #expect(values[0] != nil && Set(values).count == 1)
    #expect(workplace.cachedClips() == 0)
  }

  @Test func killedHalfWay() throws {
    let a = try workplace.writeArray("a.npy", frames: 9, side: 32, values: [0, 20, 40, 60, 80, 100, 120])
    let b = try workplace.writeArray("b.npy", frames: 9, side: 32, values: [255, 230, 210, 190, 170, 150, 130])
    let (process, _, _) = try program.start(["fvd", a, b])
    while workplace.cachedClips() < 3, process.isRunning { usleep(2000) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    let kept = workplace.cachedClips()
    let resumed = try program.run("fvd", a, b, "--json")
    let timing = try #require(document(resumed)["circumstances"] as? [String: Any])
    #expect(timing["clips_cached"] as? Int == kept && timing["clips_computed"] as? Int == 14 - kept)
    let whole = try program.run("fvd", a, b, "--json", "--no-cache")
    #expect(try firstScore(resumed)["value"] as? Double == firstScore(whole)["value"] as? Double)
  }

  @Test func interrupted() throws {
    let a = try workplace.writeArray("a.npy", frames: 16, side: 32, values: Array(0..<20))
    let (process, _, errors) = try program.start(["fvd", a, a])
    while workplace.cachedClips() < 1, process.isRunning { usleep(2000) }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(words.firstMatch(of: /^error: interrupted after \d+ of 20 clips\nhint: what is done is kept/) != nil)
  }

  @Test func skippedVideosEndWithFour() throws {
    let a = try workplace.writeArray("a.npy", frames: 9, side: 32, values: [0, 20])
    _ = try workplace.writeArray("set/b.npy", frames: 9, side: 32, values: [200, 255])
    try Data("no video".utf8).write(to: URL(fileURLWithPath: workplace.file("set/bad.mp4")))
    let stopped = try program.run("fvd", a, workplace.file("set"))
    #expect(stopped.status == 2 && stopped.output.isEmpty)
    #expect(
      stopped.errors.hasPrefix(
        "error: \(workplace.file("set")): `bad.mp4` is a short text that begins with `no video`, not a video\n"))
    let skipped = try program.run("fvd", a, workplace.file("set"), "--on-error", "skip", "--json")
    #expect(skipped.status == 4)
    let list = try #require(document(skipped)["skipped"] as? [[String: String]])
    #expect(list.map { $0["path"] } == [workplace.file("set/bad.mp4")])
  }

  @Test func shortClips() throws {
    let a = try workplace.writeArray("a.npy", frames: 8, side: 32, values: [0, 20])
    let result = try program.run("fvd", a, a)
    #expect(result.status == 2)
    #expect(
      result.errors
        == "error: clips of 8 frames are too short for I3D, which needs at least 9\nhint: --frames sets the length of a clip\n"
    )
    #expect(try program.run("fvd", "none", "none", "--frames", "3").status == 2)
  }

  @Test func aFingerprintThatIsNotThatOfTheWeights() throws {
    let fingerprint = "sha256:" + String(repeating: "0", count: 64)
    let clips = Workplace.fixtures + "/clips"
    let result = try program.run(
      "fvd", clips + "/real", clips + "/fake-mild", "--set", "weights-fingerprint=\(fingerprint)")
    #expect(result.status == 2)
    #expect(
      result.errors.hasPrefix("error: the weights `i3d-kinetics400` have fingerprint sha256:1a2eef3eeca9"))
    #expect(result.errors.contains(", and the protocol asks for \(fingerprint)\n"))
  }

  /// Weights that are nearly those of FVD are not those of FVD.
  @Test func otherWeightsAreRefused() throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: Workplace.weightsFolder + "/i3d-kinetics400.safetensors"))
    bytes[bytes.count - 8] ^= 1
    let file = workplace.file("other.safetensors")
    try bytes.write(to: URL(fileURLWithPath: file))
    let imported = try program.run("weights", "import", file)
    #expect(imported.status == 0, "\(imported.errors)")
    let name = try #require(imported.output.firstMatch(of: /^(custom:[0-9a-f]{12})  sha256:/)).output.1
    let a = try workplace.writeArray("a.npy", frames: 9, side: 32, values: [0, 20])
    let b = try workplace.writeArray("b.npy", frames: 9, side: 32, values: [200, 255])
    let refused = try program.run("fvd", a, b, "--weights", String(name))
    #expect(refused.status == 2)
    #expect(
      refused.errors == """
        error: `\(name)` are not the weights of `stylegan-v`, which are `i3d-kinetics400`: weights that no published score is \
        known for
        hint: --allow-other-weights scores with them all the same, and every score says so

        """)
    let scored = try firstScore(program.run("fvd", a, b, "--weights", String(name), "--allow-other-weights", "--json"))
    let overrides = try #require((scored["settings"] as? [String: Any])?["overrides"] as? [String: Any])
    #expect(overrides["weights"] as? String == String(name) && overrides["weights-fingerprint"] != nil)
    let codes = (scored["warnings"] as? [[String: String]])?.map { $0["code"] }
    #expect(codes?.first == "other-weights")
  }
}
