import Foundation
import Scores
import Testing

/// Drift through the program: what the end of a video differs by from its beginning.
@Suite struct DriftTests {
  let workplace: Workplace
  let program: Program

  init() throws {
    workplace = try Workplace()
    program = workplace.program
  }

  /// Frames of one grey level each.
  private func write(_ name: String, _ levels: [UInt8]) throws {
    _ = try workplace.write(
      name, shape: [levels.count, 8, 8, 3], levels.flatMap { [UInt8](repeating: $0, count: 192) })
  }

  /// 20 frames, so that n = int(0.15 · 20) = 3 frames are at each end: a step of 30 levels to the last one, and one that lies
  /// right behind the first three.
  @Test func flickering() throws {
    let late = [UInt8](repeating: 9, count: 19) + [39]
    let early = [UInt8](repeating: 9, count: 3) + [UInt8](repeating: 39, count: 17)
    try write("set/a.npy", late)
    try write("set/b.npy", early)
    let run = try program.scores("temporal-flickering", workplace.file("set"), "--drift", "--bootstrap", "100")
    #expect(run.scores.map(\.metric) == ["temporal-flickering", "temporal-flickering/drift"])
    let drift = run.scores[1]
    #expect(abs(drift.value - 15.0 / 255 / 2) < 1e-7 && drift.direction == .lower && run.scores[0].direction == .higher)
    #expect(drift.videos?.map { ($0.value * 255).rounded() } == [15, 0])
    #expect(drift.interval.map { $0.low >= 0 && $0.high > drift.value } == true)
    #expect(drift.settings?.displayName == "vbench + drift=yes + drift-share=0.15")
    #expect(
      drift.warnings.first { $0.code == "drift-ends" }?.text
        == "the first 15 % of the frames have 1.000000, the last 0.9705882: with its sign the mean difference is -0.02941177 "
        + "± 0.02941177")
    // Played backwards it drifts as much.
    try write("back/a.npy", late.reversed())
    try write("back/b.npy", early.reversed())
    let back = try program.scores("temporal-flickering", workplace.file("back"), "--drift")
    #expect(abs(back["temporal-flickering/drift"] - drift.value) < 1e-12)
  }

  /// Videos that are too short for a value are left out where that is asked for, of every metric, and each is named.
  @Test func shortVideosAreLeftOut() throws {
    try write("mixed/long.npy", [UInt8](repeating: 9, count: 20))
    try write("mixed/short.npy", [9, 9, 9, 9])
    try write("mixed/one.npy", [9])
    let set = workplace.file("mixed")
    let stopped = try program.run("temporal-flickering", set)
    #expect(
      stopped.status == 2
        && stopped.errors.contains(
          "`one.npy` has too few frames: 1, and at least 2 are needed\nhint: --on-error skip")
    )
    let left = try program.run("temporal-flickering", set, "--drift", "--on-error", "skip", "--json")
    #expect(left.status == 4, "\(left.errors)")
    let document = try RunDocument.read(left.output, place: "run")
    #expect(document.scores.map { $0.videos?.map(\.name) ?? [] } == [["long.npy"], ["long.npy"]])
    #expect(
      Set(document.skipped.map(\.reason)) == [
        "`one.npy` has too few frames: 1, and at least 2 are needed",
        "`short.npy` has 4 frames, of which drift-share = 0.15 takes 1 at each end, and temporal-flickering needs 2: a larger "
          + "share takes more (--set drift-share=0.5)",
      ])
  }

  /// More is worse: the last frames leave the real ones by more and more.
  @Test func pairs() throws {
    let still = [UInt8](repeating: 100, count: 20)
    try write("real/a.npy", still)
    var last = 0.0
    for step in [UInt8(1), 4, 16] {
      // The beginning is wrong by one level, too.
      try write("fake/a.npy", [UInt8](repeating: 101, count: 17) + [UInt8](repeating: 100 + 1 + step, count: 3))
      let run = try program.scores(
        ["score", workplace.file("real"), workplace.file("fake"), "--metrics", "psnr", "--drift"])
      let wanted = 20 * log10(Double(1 + step))
      #expect(abs(run["psnr/drift"] - wanted) < 1e-5, "\(step)")
      #expect(run["psnr/drift"] > last)
      last = run["psnr/drift"]
    }
    // What was left out at the beginning is no beginning.
    let skipped = try program.scores(
      "psnr", workplace.file("real"), workplace.file("fake"), "--drift", "--skip-first", "17", "--set",
      "drift-share=0.34")
    #expect(skipped["psnr/drift"] == 0)
  }

  @Test func recorded() throws {
    try write("set/a.npy", [UInt8](repeating: 9, count: 17) + [39, 9, 39])
    try write("set/b.npy", [UInt8](repeating: 9, count: 20))
    let run = try program.run("temporal-flickering", workplace.file("set"), "--drift", "--name", "drifting")
    #expect(run.status == 0, "\(run.errors)")
    let best = try program.run("best", "--metric", "temporal-flickering/drift")
    #expect(best.status == 0 && best.output.contains("drifting"), "\(best)")
    let table = try program.run("report")
    #expect(table.status == 0 && table.output.contains("temporal-flickering/drift"), "\(table)")
  }

  @Test func messages() throws {
    try write("set/a.npy", [UInt8](repeating: 9, count: 20))
    let set = workplace.file("set")
    let metrics =
      "psnr, ssim, lpips, temporal-flickering, warping-error, flow-error, motion-magnitude, motion-smoothness"
    let fvd = try program.run("fvd", set, set, "--drift")
    #expect(fvd.status == 2)
    #expect(
      fvd.errors.hasPrefix(
        """
        error: fvd has no drift: it compares whole sets, and no video has a value of its own; --windows gives its values along time
        hint: drift is of \(metrics)
        """), "\(fvd.errors)")
    let several = try program.run("score", set, set, "--metrics", "fvd,kvd", "--drift")
    #expect(several.status == 2 && several.errors.hasPrefix("error: fvd has no drift: "), "\(several.errors)")
    let cameras = try program.run("camera-error", set, set, "--drift")
    #expect(
      cameras.errors.hasPrefix(
        "error: camera-error has no drift: its errors are relative to the beginning of a path, and grow along it\n"))
    let share = try program.run("temporal-flickering", set, "--drift", "--set", "drift-share=0.6")
    #expect(
      share.errors.hasPrefix("error: `0.6` is not a value of `drift-share`: a number above 0, up to 0.5 is expected\n"),
      "\(share.errors)")
    let alone = try program.run("temporal-flickering", set, "--set", "drift-share=0.2")
    #expect(
      alone.errors
        == "error: `drift-share` = 0.2 has no effect beside the other settings\nhint: it belongs to the drift: --drift\n",
      "\(alone.errors)")
  }
}
