import Foundation
import Scores
import Testing

/// PSNR, SSIM and temporal flickering through the program. None of these needs weights.
@Suite struct PairedTests {
  let workplace: Workplace
  let program: Program

  init() throws {
    workplace = try Workplace()
    program = workplace.program
  }

  private func both(_ real: String, _ fake: String, _ more: String...) throws -> RunRecord {
    try program.scores(["score", real, fake, "--metrics", "psnr,ssim"] + more)
  }

  /// Published by common_metrics_on_video_quality: 9.999e-5 and 0; C1 / (1 + C1) with C1 = 0.01².
  @Test func blackAgainstWhite() throws {
    let black = try workplace.writeArray("black.npy", frames: 5, side: 64, values: [0, 0, 0])
    let white = try workplace.writeArray("white.npy", frames: 5, side: 64, values: [255, 255, 255])
    let scores = try both(black, white)
    #expect(scores["psnr"] == 0)
    #expect(abs(scores["ssim"] / (1e-4 / 1.0001) - 1) < 1e-9)
    #expect(scores.scores.allSatisfy { $0.sample == "pair" && $0.features == nil && $0.fake?.clips == 3 })
    #expect(scores.circumstances.clipsComputed == 0)
    let same = try both(black, black)
    #expect(same["psnr"] == 100 && same["ssim"] == 1)
    #expect(same.scores.allSatisfy { $0.has("sets-share-files") })
    // A step of one level: 20 log10(255).
    let grey = try workplace.writeArray("grey.npy", frames: 5, side: 64, values: [1, 1, 1])
    #expect(try abs(both(black, grey)["psnr"] - 20 * log10(255)) < 1e-6)
  }

  /// `clip.mp4` and a folder of pictures `clip`, a class below the set or not, are one pair.
  @Test func pairsAreNamesWithoutExtensions() throws {
    let clips = Workplace.fixtures + "/clips"
    for set in ["real", "fake"] {
      for motion in ["spin", "swing"] {
        let target = workplace.file("\(set)/\(motion)")
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        for subject in ["disc", "star"] {
          let source = clips + "/\(set == "real" ? "real" : "fake-mild")/\(motion)/\(subject).mp4"
          let name = "\(target)/\(subject)." + (set == "real" ? "mp4" : "mov")
          try FileManager.default.copyItem(atPath: source, toPath: name)
        }
      }
    }
    let (real, fake) = (workplace.file("real"), workplace.file("fake"))
    let scores = try both(real, fake)
    #expect(scores["psnr"] > 8 && scores["psnr"] < 40 && scores["ssim"] > 0 && scores["ssim"] < 0.99)
    let whole = try document(program.run("psnr", real, fake, "--json"))
    let videos = try #require(((whole["scores"] as? [[String: Any]])?.first)?["videos"] as? [[String: Any]])
    #expect(videos.map { $0["name"] as? String } == ["spin/disc", "spin/star", "swing/disc", "swing/star"])
    let values = videos.compactMap { $0["value"] as? Double }
    #expect(abs(values.reduce(0, +) / 4 - scores["psnr"]) < 1e-12)
    for threads in ["1", "3"] { #expect(try both(real, fake, "--threads", threads)["ssim"] == scores["ssim"]) }

    // A real video more is said, a fake one more is an error, and so is a name that is there twice.
    try FileManager.default.removeItem(atPath: fake + "/swing/star.mov")
    let fewer = try program.scores("psnr", real, fake)
    #expect(
      fewer.scores[0].warnings.first { $0.code == "unpaired-videos" }?.text
        == "1 real video of 4 have no fake one of their name")
    try FileManager.default.copyItem(atPath: fake + "/spin/star.mov", toPath: fake + "/spin/moon.mov")
    let unpaired = try program.run("ssim", real, fake)
    #expect(unpaired.status == 2)
    #expect(
      unpaired.errors == """
        error: ssim compares videos of the same name: only the fake set has `spin/moon`
        hint: a pair has the same path below its set, whatever its extension; --pair-by regex:PATTERN or order pairs otherwise

        """)
    try FileManager.default.moveItem(atPath: fake + "/spin/moon.mov", toPath: fake + "/spin/star.mkv")
    #expect(
      try program.run("ssim", real, fake).errors
        .hasPrefix(
          "error: `\(fake)` has several files of one name but for the ending: `spin/star.mkv`, `spin/star.mov`, so"))
  }

  /// A video and an array of the same name are a pair: whatever the extension, the help says.
  @Test func anArrayAgainstAVideo() throws {
    let clip = Workplace.fixtures + "/clips/real/spin/disc.mp4"
    try FileManager.default.createDirectory(atPath: workplace.file("real"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: clip, toPath: workplace.file("real/disc.mp4"))
    _ = try workplace.write("fake/disc.npy", shape: [24, 96, 96, 3], Array(repeating: 128, count: 24 * 96 * 96 * 3))
    let result = try program.run("psnr", workplace.file("real"), workplace.file("fake"))
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func otherSizesAndLengths() throws {
    _ = try workplace.write("a/x.npy", shape: [4, 16, 20, 3], Array(repeating: 9, count: 4 * 16 * 20 * 3))
    _ = try workplace.write("b/x.npy", shape: [4, 16, 16, 3], Array(repeating: 9, count: 4 * 16 * 16 * 3))
    _ = try workplace.write("c/x.npy", shape: [6, 16, 20, 3], Array(repeating: 12, count: 6 * 16 * 20 * 3))
    let (a, b, c) = (workplace.file("a"), workplace.file("b"), workplace.file("c"))
    let sizes = try program.run("psnr", a, b)
    #expect(sizes.status == 2)
    #expect(
      sizes.errors
        == "error: `x` is 20x16 in the real set and 16x16 in the fake one: pairs are compared pixel by pixel\n")
    let lengths = try program.scores("psnr", a, c)
    #expect(abs(lengths["psnr"] - 20 * log10(255.0 / 3)) < 1e-5)
    #expect(
      lengths.scores[0].warnings.first { $0.code == "pair-lengths-differ" }?.text
        == "1 pair of 1 differ in length: the frames that both have are compared")
    let none = try program.run("psnr", a, a, "--frames", "4")
    #expect(none.errors.hasPrefix("error: a protocol of psnr has no field `frames`\n"))
  }

  /// VBench's flickering of levels 0, 3, 6, 9: 252/255 between all neighbours. It is the fake set's, the real one stands by.
  @Test func flickering() throws {
    func steps(_ name: String, _ step: UInt8) throws -> String {
      try workplace.write(
        name, shape: [1, 4, 16, 16, 3], (0..<4).flatMap { Array(repeating: UInt8($0) * step, count: 16 * 16 * 3) })
    }
    let (still, moving) = (try steps("still.npy", 0), try steps("moving.npy", 3))
    let score = try program.scores("temporal-flickering", still, moving)
    #expect(abs(score["temporal-flickering"] - 252.0 / 255) < 1e-7)
    #expect(
      score.scores[0].warnings.first { $0.code == "real-value" }?.text.hasPrefix("the real set's value is 1") == true)
    #expect(try program.scores("temporal-flickering", moving, still)["temporal-flickering"] == 1)
    let alone = try document(program.run("temporal-flickering", moving, "--json"))
    let result = try #require((alone["scores"] as? [[String: Any]])?.first)
    #expect(result["real"] is NSNull)
    #expect(abs((result["value"] as? Double ?? 0) - score["temporal-flickering"]) < 1e-12)
    #expect((result["warnings"] as? [Any])?.isEmpty == true)
    let short = try program.run("temporal-flickering", still, moving, "--skip-first", "3")
    #expect(
      short.status == 2
        && short.errors.hasPrefix(
          "error: \(moving): `moving.npy[0]` has too few frames: 1, and at least 2 are needed\n")
    )
  }

  /// What cannot be had of pixels is refused or said.
  @Test func whatPixelsDoNotHave() throws {
    let black = try workplace.writeArray("black.npy", frames: 3, side: 16, values: [0, 9, 3])
    let white = try workplace.writeArray("white.npy", frames: 3, side: 16, values: [255, 200, 3])
    let grouped = try program.run("psnr", black, white, "--group-by", "class")
    #expect(grouped.status == 2 && grouped.errors.hasPrefix("error: a protocol of psnr has no field `group-by`\n"))
    let interval = try document(program.run("psnr", black, white, "--bootstrap", "50", "--json"))
    let found = ((interval["scores"] as? [[String: Any]])?.first)?["interval"] as? [String: Any]
    #expect(found?["resamples"] as? Int == 50)
    let floor = try program.run("psnr", black, white, "--floor", "--json")
    #expect(floor.status == 2 || floor.output.contains("floor"))
  }

  /// Damage that no head tells: pixels that cannot be had stop with the set's name, or are left out of every score.
  @Test func whatOnlyPixelsTell() throws {
    let files = FileManager.default
    let picture = try Data(contentsOf: URL(fileURLWithPath: Workplace.fixtures + "/golden/fid/frames-a/00.png"))
    var damaged = picture
    damaged[picture.count / 2] ^= 4
    for (set, clips) in [("real", ["a", "b", "c"]), ("fake", ["a", "b", "c"])] {
      for clip in clips {
        try files.createDirectory(atPath: workplace.file("\(set)/\(clip)"), withIntermediateDirectories: true)
        let isDamaged = (set, clip) == ("fake", "b")
        for frame in 0..<3 {
          try (isDamaged && frame == 1 ? damaged : picture).write(
            to: URL(fileURLWithPath: workplace.file("\(set)/\(clip)/000\(frame).png")))
        }
      }
    }
    let (real, fake) = (workplace.file("real"), workplace.file("fake"))
    for command in [
      ["psnr", real, fake], ["temporal-flickering", fake], ["score", real, fake, "--metrics", "ssim,psnr"],
    ] {
      let stopped = try program.run(command)
      #expect(stopped.status == 2)
      #expect(stopped.errors.hasPrefix("error: \(fake): cannot decode `b/0001.png`: libpng"), "\(stopped.errors)")
    }
    let skipped = try program.run(
      "score", real, fake, "--metrics", "ssim,psnr,temporal-flickering", "--on-error", "skip", "--json")
    #expect(skipped.status == 4)
    let scores = try #require(document(skipped)["scores"] as? [[String: Any]])
    #expect(scores.count == 3)
    for score in scores {
      let names = (score["videos"] as? [[String: Any]])?.compactMap { $0["name"] as? String }
      #expect(names == ["a", "c"])
    }
    let left = try #require(document(skipped)["skipped"] as? [[String: Any]])
    #expect(left.count == 1 && (left[0]["path"] as? String) == fake + "/b")
  }
}
