import Foundation
import Scores
import Testing

/// Verdicts as a person meets them: features in, a history beside them, and statuses, tables and pages out.
@Suite(.enabled(if: Workplace.hasWeights, Workplace.withoutWeights)) struct VerdictCommandTests {
  let workplace: Workplace
  let program: Program

  init() throws {
    workplace = try Workplace(weights: true)
    program = workplace.program
  }

  private struct Stream: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }

    mutating func normal() -> Float {
      Float((0..<12).reduce(0.0) { sum, _ in sum + Double.random(in: 0..<1, using: &self) } - 6)
    }
  }

  /// Features of I3D's size: 20 directions that vary, of a size of their own each row where `tail` is above 0, and a shift.
  private func features(_ name: String, rows: Int = 32, seed: UInt64, shift: Float = 0, tail: Float = 0) throws
    -> String
  {
    var stream = Stream(state: seed &* 7919)
    var values = [Float](repeating: 0, count: rows * 400)
    for row in 0..<rows {
      let size = 1 + tail * abs(stream.normal() * stream.normal() * stream.normal())
      for column in 0..<20 { values[row * 400 + column] = size * stream.normal() * 4 / Float(1 + column) }
      values[row * 400 + 20] = shift
    }
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), 400), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    let head: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count & 255), UInt8(text.utf8.count >> 8)]
    let path = workplace.file(name)
    try Data(head + Array(text.utf8) + values.withUnsafeBytes(Array.init)).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func score(_ real: String, _ fake: String, _ more: String...) throws {
    let result = try program.run(["score", real, fake, "--metrics", "fvd,kvd"] + more)
    try #require(result.status == 0, "\(result.errors)")
  }

  /// A baseline that is known badly, with an interval wider than itself, hid a change that every video shows: the new rows are
  /// the old ones, moved.
  @Test func aWideBaselineIsNoPass() throws {
    let real = try features("real.npy", rows: 16, seed: 1)
    try score(
      real, features("base.npy", rows: 16, seed: 2, tail: 3), "--tag", "main", "--generator", "g", "--bootstrap", "200")
    try score(
      real, features("new.npy", rows: 16, seed: 2, shift: 20, tail: 3), "--generator", "g", "--bootstrap", "200")
    let result = try program.run("gate", "--metric", "fvd", "--baseline", "tag:main", "--max-regress", "5%")
    #expect(result.status == 1 && result.output.contains("worse by more than the"), "\(result.output)")
    // A change that may be chance is neither a pass nor a failure.
    try score(real, features("other.npy", rows: 16, seed: 8, tail: 4), "--generator", "g")
    let open = try program.run("gate", "--metric", "fvd", "--baseline", "tag:main", "--max-regress", "1%")
    #expect([0, 5].contains(open.status), "\(open.output)")
    #expect(open.status == 5 || open.output.contains("cannot prove"))
  }

  /// Two draws of one generator: nothing is bold, and the remark says why; one that is far away is worse.
  @Test func onlyWhatIsShownIsBold() throws {
    let real = try features("real.npy", seed: 1)
    for (name, seed, shift) in [("a", 2, 0), ("b", 3, 0)] as [(String, UInt64, Float)] {
      try score(real, features("\(name).npy", seed: seed, shift: shift), "--name", name, "--dataset", "d")
    }
    let table = try program.run("report").output
    #expect(!table.contains("**") && table.contains("FVD on d: no number is marked best, since "), "\(table)")
    #expect(table.contains("is not shown to be better than"))
    let compared = try program.run("compare", "name:a", "name:b")
    #expect(compared.status == 0 && compared.output.contains("not shown (lower)"), "\(compared.output)")
    try score(real, features("c.npy", seed: 4, shift: 9), "--name", "c", "--dataset", "d")
    try score(real, features("e.npy", seed: 4, shift: 20), "--name", "e", "--dataset", "d")
    let json = try program.run("compare", "name:c", "name:e", "--metric", "fvd", "--json")
    let scores = try #require(document(json)["scores"] as? [[String: Any]])
    #expect(scores[0]["verdict"] as? String == "worse" && scores[0]["units"] as? Int == 32)
    #expect((scores[0]["p"] as? Double ?? 1) <= 0.05 && scores[0]["paired"] as? Bool == true)
    let two = try program.run("report", "name:c", "name:e", "--metric", "fvd").output
    #expect(two.contains("| c | **") && two.contains("| e | ") && !two.contains("<u>"), "\(two)")
  }

  /// Nothing but the history and the folder beside it: no sets, no weights, no cache.
  @Test func aFreshMachine() throws {
    let real = try features("real.npy", seed: 1)
    try score(real, features("a.npy", seed: 2), "--tag", "main")
    try score(real, features("b.npy", seed: 3, shift: 20), "--tag", "change")
    let kept = try FileManager.default.contentsOfDirectory(atPath: program.history + ".files")
    #expect(
      kept.count == 3 && kept.allSatisfy { $0.hasSuffix(".safetensors") }, "one file for each set, of both scores")
    let there = workplace.file("fresh")
    try FileManager.default.createDirectory(atPath: there, withIntermediateDirectories: true)
    for end in ["", ".files"] {
      try FileManager.default.moveItem(atPath: program.history + end, toPath: there + "/h.sqlite" + end)
    }
    for name in ["real.npy", "a.npy", "b.npy"] { try FileManager.default.removeItem(atPath: workplace.file(name)) }
    let fresh = Program(cache: there + "/nothing")
    let ask = ["gate", "tag:change", "--metric", "fvd,kvd", "--baseline", "tag:main", "--db", there + "/h.sqlite"]
    let result = try fresh.run(ask)
    #expect(result.status == 1 && result.output.contains("worse: "), "\(result.output)\(result.errors)")
    // The other way round, the change for the worse is one for the better.
    #expect(
      try fresh.run(["gate", "tag:main", "--metric", "fvd", "--baseline", "tag:change", "--db", there + "/h.sqlite"])
        .status == 0)
    // Another history takes the files along; without them nothing is guessed.
    let third = workplace.file("third.sqlite")
    #expect(try fresh.run("import", there + "/h.sqlite", "--db", third).status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: third + ".files").count == 3)
    try FileManager.default.removeItem(atPath: there + "/h.sqlite.files")
    let missing = try fresh.run(ask)
    #expect(missing.status == 3 && missing.output.contains("features missing: those of the real set, sha256:"))
    #expect(try fresh.run(Array(ask.dropLast()) + [third]).status == 1)
    let freed = try fresh.run("delete", "tag:change", "--yes", "--db", third)
    #expect(freed.errors.hasPrefix("1 run deleted, with 1 file that no other run needs"), "\(freed.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: third + ".files").count == 2)
  }

  /// A negative control that is called different forbids a verdict.
  @Test func negativeControl() throws {
    let real = try features("real.npy", seed: 1)
    try score(real, features("a.npy", seed: 2), "--tag", "main")
    try score(real, features("n.npy", seed: 5), "--tag", "null")
    try score(real, features("m.npy", seed: 6, shift: 15), "--tag", "broken")
    try score(real, features("b.npy", seed: 3, shift: 20))
    func gate(_ control: String) throws -> Program.Result {
      try program.run("gate", "--metric", "fvd", "--baseline", "tag:main", "--null", control)
    }
    #expect(try gate("tag:null").status == 1)
    let broken = try gate("tag:broken")
    #expect(broken.status == 3 && broken.output.contains("no verdict: the control, run "), "\(broken.output)")
  }

  @Test func tooFewVideos() throws {
    let real = try features("real.npy", rows: 15, seed: 1)
    try score(real, features("a.npy", rows: 15, seed: 2), "--tag", "a")
    try score(real, features("b.npy", rows: 15, seed: 3, shift: 50), "--tag", "b")
    let result = try program.run("compare", "tag:a", "tag:b")
    #expect(result.status == 3)
    #expect(result.output.contains("fvd: not comparable: 15 videos are too few for a verdict: 16 are needed"))
  }

  /// A loop that writes the samples of every step into one place: the page shows each run's own.
  @Test func overwrittenSamples() throws {
    let real = try workplace.writeArray("real.npy", frames: 4, side: 32, values: [0, 100])
    var pictures: [String] = []
    for (step, values) in [(1, [10, 110]), (2, [60, 200])] as [(Int, [UInt8])] {
      let fake = try workplace.writeArray("samples.npy", frames: 4, side: 32, values: values)
      let result = try program.run("psnr", real, fake, "--name", "loop", "--step", "\(step)", "--json")
      try #require(result.status == 0, "\(result.errors)")
      let previews = try #require(document(result)["previews"] as? [[String: Any]])
      let strip = try #require(previews.first { $0["side"] as? String == "fake" && $0["kind"] as? String == "strip" })
      let digest = try #require(strip["digest"] as? String)
      let file = program.history + ".files/" + digest.dropFirst("sha256:".count) + ".jpg"
      pictures.append(try #require(FileManager.default.contents(atPath: file)).base64EncodedString())
    }
    let page = workplace.file("report.html")
    try #require(try program.run("report", "--html", page).status == 0)
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(pictures[0] != pictures[1] && pictures.allSatisfy { text.contains($0) })
  }
}
