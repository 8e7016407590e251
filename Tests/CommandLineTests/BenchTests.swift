import Foundation
import Testing

/// Benchmarks from outside. No time is held against a number: machines differ.
@Suite(.serialized) struct BenchTests {
  let workplace: Workplace
  let program: Program

  init() throws {
    workplace = try Workplace()
    program = workplace.program
  }

  private func positive(_ document: [String: Any], _ key: String) -> Bool {
    document[key].flatMap { $0 as? Double }.map { $0 > 0 && $0.isFinite } ?? false
  }

  /// 2·T·H·W·k³·Cin·Cout at T = 9, in the order of the layers; siblings that read one input are one layer.
  private static let operations: [Int] = {
    let (at56, at28, at14, at7) = (5 * 56 * 56, 5 * 28 * 28, 3 * 14 * 14, 2 * 7 * 7)
    var all = [5 * 112 * 112 * 343 * 3 * 64, at56 * 64 * 64, at56 * 27 * 64 * 192]
    var inputs = 192
    for (positions, b) in [
      (at28, [64, 96, 128, 16, 32, 32]), (at28, [128, 128, 192, 32, 96, 64]), (at14, [192, 96, 208, 16, 48, 64]),
      (at14, [160, 112, 224, 24, 64, 64]), (at14, [128, 128, 256, 24, 64, 64]), (at14, [112, 144, 288, 32, 64, 64]),
      (at14, [256, 160, 320, 32, 128, 128]), (at7, [256, 160, 320, 32, 128, 128]),
      (at7, [384, 192, 384, 48, 128, 128]),
    ] {
      all += [positions * inputs * (b[0] + b[1] + b[3]), positions * 27 * b[1] * b[2], positions * 27 * b[3] * b[4]]
      all.append(positions * inputs * b[5])
      inputs = b[0] + b[2] + b[4] + b[5]
    }
    return all.map { 2 * $0 }
  }()

  @Test func theNetworkLayerByLayer() throws {
    let result = try program.run(
      "bench", "--frames", "9", "--repeats", "1", "--threads", "2", "--per-layer", "--json")
    #expect(result.status == 0 && result.errors.isEmpty)
    let json = try document(result)
    #expect(json["schema"] as? String == "vidmetrics.bench/1" && json["benchmark"] as? String == "i3d")
    #expect(json["frames"] as? Int == 9 && json["threads"] as? Int == 2 && json["repeats"] as? Int == 1)
    #expect(json["weights"] as? String == "random (not fetched)")
    #expect((json["isa"] as? String)?.firstMatch(of: /^\w+ \d+x\d+$/) != nil)
    #expect(json["processor"] != nil)
    #expect((json["version"] as? String)?.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
    for key in ["median_ms_per_clip", "min_ms_per_clip", "clips_per_second"] { #expect(positive(json, key), "\(key)") }

    let layers = try #require(json["layers"] as? [[String: Any]])
    #expect(layers.first?["name"] as? String == "Input" && layers.last?["name"] as? String == "Logits")
    #expect(layers.allSatisfy { positive($0, "median_ms") && $0["plan"] is String })
    let convolutions = layers.filter { !($0["gflop"] is NSNull) }
    #expect(convolutions.compactMap { $0["gflop"] as? Double }.map { Int(($0 * 1e9).rounded()) } == Self.operations)
    #expect(convolutions.allSatisfy { positive($0, "gflops_per_s") })
    #expect(layers.dropFirst().dropLast().allSatisfy { positive($0, "megabytes") })
    let others = layers.filter { $0["gflop"] is NSNull }
    #expect(others.allSatisfy { $0["gflops_per_s"] is NSNull && $0["peak_share"] is NSNull })
    #expect(positive(json, "peak_gflops_per_s") && convolutions.allSatisfy { positive($0, "peak_share") })
    #expect(others.map { $0["plan"] as? String } == ["copy"] + [String](repeating: "max pool", count: 13) + ["head"])
    // Some 50 shares, each right to half an ulp of 1.
    #expect(abs(layers.compactMap { $0["share"] as? Double }.reduce(0, +) - 1) < 1e-13)
  }

  @Test func theTableForPeople() throws {
    let plain = try program.run("bench", "i3d", "--frames", "9", "--repeats", "1")
    #expect(plain.status == 0 && plain.errors.isEmpty)
    #expect(plain.output.hasPrefix("i3d: 9 frames of 224x224, ") && !plain.output.contains("GFLOP"))
    #expect(plain.output.hasSuffix("\nweights: random (not fetched)\n"))

    let result = try program.run("bench", "--frames", "9", "--repeats", "1", "--per-layer")
    let parts = result.output.components(separatedBy: "\n\n")
    try #require(parts.count == 2)
    let lines = parts[1].split(separator: "\n")
    #expect(lines.count == 56 && lines.allSatisfy { $0.count <= 100 && $0.count == lines[0].count })
    #expect(lines[0].hasPrefix("layer ") && lines[0].hasSuffix("  share %"))
    #expect(lines.last?.hasPrefix("total ") == true && lines.last?.hasSuffix(" 100.0") == true)
  }

  @Test(.enabled(if: Workplace.hasWeights, Workplace.withoutWeights)) func fetchedWeightsAreUsed() throws {
    let own = try Workplace(weights: true)
    let result = try own.program.run("bench", "i3d", "--frames", "9", "--repeats", "1")
    #expect(result.output.hasSuffix("\nweights: i3d-kinetics400\n"))
  }

  @Test func decoding() throws {
    let array = try workplace.writeArray("a.npy", frames: 12, side: 32, values: [0, 9, 200])
    let json = try document(program.run("bench", "decode", array, "--frames", "10", "--repeats", "2", "--json"))
    #expect(json["benchmark"] as? String == "decode" && json["frames"] as? Int == 10)
    #expect(json["videos"] as? Int == 3 && json["clips"] as? Int == 3 && json["repeats"] as? Int == 2)
    for key in [
      "median_ms_per_clip", "min_ms_per_clip", "clips_per_second", "frames_per_second", "median_decode_ms_per_clip",
      "median_resize_ms_per_clip",
    ] { #expect(positive(json, key), "\(key)") }
    let text = try program.run("bench", "decode", array, "--frames", "10", "--repeats", "1")
    #expect(text.status == 0 && text.output.hasPrefix("decode: 3 clips of 10 frames in 3 videos, 1 thread\nmedian: "))
  }

  @Test func distance() throws {
    let json = try document(
      program.run("bench", "distance", "--samples", "64", "--features", "16", "--repeats", "2", "--json"))
    #expect(json["benchmark"] as? String == "distance" && json["samples"] as? Int == 64)
    #expect(json["features"] as? Int == 16 && positive(json, "median_statistics_ms"))
    let roots = try #require(json["roots"] as? [[String: Any]])
    #expect(roots.map { $0["root"] as? String } == ["symmetric-eigen", "svd"])
    for root in roots {
      #expect(positive(root, "median_ms_from_statistics") && positive(root, "median_ms_from_features"))
    }
    let few = try program.run("bench", "distance", "--samples", "8", "--features", "16", "--repeats", "1")
    #expect(few.output.hasPrefix("distance: 8 samples of 16 features a set\n"))
    #expect(few.output.contains("\nsymmetric-eigen from features (low-rank)  "))
    #expect(few.output.contains("\nsvd from features (full)                  "))
  }

  @Test func peak() throws {
    let json = try document(program.run("bench", "peak", "--threads", "2", "--json"))
    let sets = try #require(json["sets"] as? [[String: Any]])
    #expect(sets.first?["isa"] as? String == "baseline" && json["threads"] as? Int == 2)
    for set in sets { #expect(positive(set, "gflops_per_s") && positive(set, "gflops_per_s_one_thread")) }
    let text = try program.run("bench", "peak", "--threads", "1")
    #expect(text.status == 0 && text.output.contains("\nGFLOP/s   one thread  all 1\n"))
  }

  @Test func numbersThatCannotBe() throws {
    for (arguments, message) in [
      (["--repeats", "0"], "`0` is not a number of repeats: 1 to 100000 are expected"),
      (["i3d", "--repeats", "-2"], "`-2` is not a number of repeats: 1 to 100000 are expected"),
      (["--threads", "0"], "`0` is not a number of threads: 1 or more are expected"),
      (
        ["--frames", "5"],
        "clips of 5 frames are too short for I3D, which needs at least 9\nhint: --frames sets the length of a clip"
      ),
      (["--frames", "2000"], "`2000` is not a number of frames: 9 to 1024 are expected"),
      (["decode", "a", "--frames", "0"], "`0` is not a number of frames: 1 to 1000000 are expected"),
      (["decode", "a", "--repeats", "0"], "`0` is not a number of repeats: 1 to 100000 are expected"),
      (["distance", "--samples", "1"], "`1` is not a number of samples: 2 to 1048576 are expected"),
      (["distance", "--features", "0"], "`0` is not a number of features: 1 to 16384 are expected"),
      (["distance", "--repeats", "0"], "`0` is not a number of repeats: 1 to 100000 are expected"),
    ] {
      let result = try program.run(["bench"] + arguments)
      #expect(result.status == 2 && result.output.isEmpty, "\(arguments)")
      #expect(result.errors == "error: \(message)\n", "\(arguments)")
    }
  }

  @Test func setsThatCannotBe() throws {
    let none = try program.run("bench", "decode")
    #expect(none.status == 2 && none.output.isEmpty)
    #expect(none.errors.hasPrefix("error: Missing expected argument '<set>'\nHelp:  <set>  The set.\nUsage: "))
    let missing = try program.run("bench", "decode", workplace.file("none"))
    #expect(missing.status == 2 && missing.errors == "error: no such file or folder: `\(workplace.file("none"))`\n")
    let array = try workplace.writeArray("a.npy", frames: 9, side: 8, values: [0])
    let short = try program.run("bench", "decode", array)
    #expect(short.status == 2 && short.errors == "error: `a.npy[0]` is too short: 9 frames found, 16 needed\n")
  }

  @Test func unknownBenchmarks() throws {
    let near = try program.run("bench", "i4d")
    #expect(near.status == 2 && near.output.isEmpty)
    #expect(near.errors.hasPrefix("error: there is no command `i4d`\nhint: did you mean `i3d`?\n"))
    let far = try program.run("bench", "everything")
    #expect(
      far.errors.hasPrefix(
        "error: there is no command `everything`\nhint: the commands are i3d, inception, vit, vit-l14, musiq, raft, amt, decode, distance, features, peak, verdicts\n"
      )
    )
  }
}
