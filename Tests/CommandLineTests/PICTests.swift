import Foundation
import Scores
import Testing

/// PIC through the program, with the distance whose weights are FID's.
@Suite(.serialized, .enabled(if: Workplace.hasInception, Workplace.withoutInception)) struct PICTests {
  private static let pictures = Workplace.fixtures + "/golden/fid"
  private static let names = ["bounce", "pulse", "spin"]
  let workplace: Workplace
  let program: Program

  init() throws {
    workplace = try Workplace(weights: true)
    program = workplace.program
    for name in Self.names {
      try copy(Workplace.fixtures + "/clips/real/\(name)/star.mp4", "real/\(name).mp4")
      try copy(Workplace.fixtures + "/clips/fake-mild/\(name)/star.mp4", "fake/\(name).mp4")
    }
  }

  private func copy(_ source: String, _ name: String) throws {
    let target = URL(fileURLWithPath: workplace.file(name))
    try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: source, toPath: target.path)
  }

  private func picture(_ index: Int, _ name: String) throws {
    try copy(Self.pictures + "/frames-a/0\(index).png", name)
  }

  private func write(_ text: String, _ name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: workplace.file(name)))
    return workplace.file(name)
  }

  /// Two frames of each video.
  private func pic(_ sets: String..., more: [String] = []) throws -> ScoreRecord {
    let arguments = ["pic"] + sets.map(workplace.file) + ["--distance", "inception-cosine", "--stride", "12"] + more
    return try program.scores(arguments).scores[0]
  }

  private func error(_ arguments: String...) throws -> String {
    let result = try program.run(["pic"] + arguments + ["--distance", "inception-cosine", "--stride", "12"])
    #expect(result.status == 2 && result.output.isEmpty)
    return result.errors
  }

  /// Each value is the mean of the cosines that the features in a file give, and another order of the inputs lowers it.
  @Test func valuesAreCosinesOfFeatures() throws {
    let score = try pic("real", "fake", more: ["--bootstrap", "100"])
    #expect(score.metric == "pic[inception-cosine]" && score.sample == "frame" && score.features == 2048)
    #expect(score.real?.videos == 3 && score.real?.clips == 3 && score.fake?.clips == 6 && score.warnings.isEmpty)
    var rows: [String: [[Float]]] = [:]
    for (set, stride) in [("real", "24"), ("fake", "12")] {
      let out = workplace.file("\(set).safetensors")
      let result = try program.run(
        "features", "extract", workplace.file(set), "--metric", "fid", "--set", "stride=\(stride)", "--out", out)
      #expect(result.status == 0, "\(result.errors)")
      rows[set] = try features(out)
    }
    let (inputs, frames) = (try #require(rows["real"]), try #require(rows["fake"]))
    let values = try #require(score.videos)
    #expect(values.map(\.name) == Self.names.map { $0 + ".mp4" })
    for index in 0..<3 {
      let wanted = (cosine(inputs[index], frames[2 * index]) + cosine(inputs[index], frames[2 * index + 1])) / 2
      #expect(abs(values[index].value - wanted) < 1e-12)
    }
    #expect(abs(score.value - values.reduce(0) { $0 + $1.value } / 3) < 1e-15)
    // A file of features is a set of videos here, too; nothing is computed anew.
    let stored = workplace.file("stored.safetensors")
    _ = try program.run(
      "features", "extract", workplace.file("fake"), "--metric", "pic", "--protocol", "inception-cosine", "--stride",
      "12",
      "--out", stored)
    #expect(try pic("real", "stored.safetensors").videos == values)

    // Every video gets the input of another one.
    let manager = FileManager.default
    for (index, name) in Self.names.enumerated() {
      try manager.createDirectory(atPath: workplace.file("swapped"), withIntermediateDirectories: true)
      try manager.createSymbolicLink(
        atPath: workplace.file("swapped/\(Self.names[(index + 1) % 3]).mp4"),
        withDestinationPath: workplace.file("real/\(name).mp4"))
    }
    let swapped = try pic("swapped", "fake")
    #expect(try swapped.value < score.value && pic("real", "real").value > score.value)
  }

  /// Pictures right below the set and a manifest's column name inputs; a folder of pictures below the set is a video.
  @Test func inputsOfAllShapes() throws {
    for (index, name) in Self.names.enumerated() { try picture(index + 1, "pictures/\(name).png") }
    let pictures = try pic("pictures", "fake", more: ["--max-videos", "2"])
    #expect(pictures.videos?.map(\.name) == ["bounce.mp4", "pulse.mp4"] && pictures.real?.clips == 2)
    #expect(pictures.warnings.map(\.code) == ["input-shapes-differ"])
    #expect(
      pictures.warnings.first?.text
        == "2 of 2 videos have another shape than their input, and both are brought to one square: `bounce.mp4` is "
        + "96x96, its input 64x48")

    // Frame folders: the first frame counts.
    for (index, name) in Self.names.enumerated() {
      try picture(index + 1, "folders/\(name)/000.png")
      try picture(9, "folders/\(name)/001.png")
    }
    #expect(try pic("folders", "fake", more: ["--max-videos", "2"]).videos == pictures.videos)

    _ = try write(
      "path,image\nfake/bounce.mp4,pictures/bounce.png\nfake/pulse.mp4,pictures/pulse.png\nfake/spin.mp4,\n", "set.csv")
    let empty = try error(workplace.file("set.csv"))
    #expect(empty.hasPrefix("error: \(workplace.file("set.csv")): `image` of `fake/spin.mp4` is empty\n"))
    _ = try write("path,image\nfake/bounce.mp4,pictures/bounce.png\nfake/pulse.mp4,pictures/pulse.png\n", "set.csv")
    let byColumn = try pic("set.csv")
    #expect(byColumn.videos?.map(\.value) == pictures.videos?.map(\.value))
    #expect(byColumn.settings?.fingerprint == (try pic("pictures", "fake").settings?.fingerprint))
    #expect(try pic("set.csv", more: ["--input", "column:image"]).videos == byColumn.videos)
    let unknown = try error(workplace.file("set.csv"), "--input", "column:first")
    #expect(unknown.hasPrefix("error: \(workplace.file("set.csv")): it has no column `first`, but `path`, `image`\n"))
  }

  /// The first frame compares with itself: 1. `--skip-first 1` leaves it out and it is the input all the same.
  @Test func theirOwnFirstFrames() throws {
    let score = try pic("fake", more: ["--input", "first-frame"])
    #expect(score.settings?.name == "inception-cosine" && score.real == nil)
    let later = try pic("fake", more: ["--input", "first-frame", "--set", "skip-first=12"])
    for (both, second) in zip(score.videos ?? [], later.videos ?? []) {
      #expect(abs(both.value - (1 + second.value) / 2) < 1e-12)
    }
    #expect(later.videos?.count == 3 && later.fake?.clips == 3)
    let table = try program.run(
      "pic", workplace.file("fake"), "--input", "first-frame", "--distance", "inception-cosine", "--stride", "12")
    #expect(table.output.hasPrefix("PIC[inception-cosine]  0."))
    #expect(table.output.contains("\ninput     each video's first frame\n"))
    // The name goes everywhere.
    let lines = workplace.file("metric.jsonl")
    _ = try pic("fake", more: ["--input", "first-frame", "--append", lines])
    #expect(try String(contentsOfFile: lines, encoding: .utf8).contains("\"metric\": \"pic[inception-cosine]\""))
  }

  @Test func whatIsMissing() throws {
    let fake = workplace.file("fake")
    try picture(1, "few/bounce.png")
    try picture(2, "few/moon.png")
    let few = workplace.file("few")
    #expect(
      try error(few, fake) == """
        error: `\(few)` has no input for `pulse`, `spin` of `\(fake)`
        hint: an input has its video's path below the set, whatever its extension; a folder of pictures below the set is \
        one video unless --images is given; --input column:NAME takes them from a manifest

        """)
    #expect(
      try error(fake) == """
        error: pic needs the picture that each video of `\(fake)` was made from
        hint: `vidmetrics pic INPUTS \(fake)` (of `vidmetrics vbench`: --inputs) takes a folder of pictures of the videos' names, or real videos, of which \
        the first frame is taken; `--input first-frame` takes each generated video's own first frame; \
        `--input column:NAME` a column of a manifest

        """)
    #expect(
      try error(few, fake, "--input", "first-frame") == """
        error: `\(few)` is not used: pic looks at the fake set alone
        hint: leave out the first set or --input, which says that the inputs are with the fake set

        """)
    #expect(
      try error(fake, "--input", "column:image").hasPrefix("error: --input column:image is a column of a manifest"))
    #expect(
      try error(fake, "--input", "picture").hasPrefix(
        "error: --input picture: `first-frame` or `column:NAME` is expected"))
    try picture(3, "few/bounce.jpg")
    #expect(
      try error(few, fake)
        .hasPrefix("error: `\(few)` has several files of one name but for the ending: `bounce.jpg`, `bounce.png`, so"))

    // An input without a video is said; one that cannot be read stops the run, or leaves its video out.
    for name in ["pulse", "spin"] { try picture(4, "few/\(name).png") }
    try FileManager.default.removeItem(atPath: few + "/bounce.jpg")
    let unpaired = try pic("few", "fake")
    #expect(
      unpaired.warnings.first { $0.code == "unpaired-videos" }?.text
        == "1 input of 4 have no fake video of their name")
    try Data("no picture".utf8).write(to: URL(fileURLWithPath: few + "/spin.png"))
    #expect(
      try error(few, fake).hasPrefix(
        "error: \(few): `spin.png` is a short text that begins with `no picture`, not a PNG, JPEG, WebP, BMP, TIFF or "
          + "PNM picture\n"))
    let skipped = try program.run(
      "pic", few, fake, "--distance", "inception-cosine", "--stride", "12", "--on-error", "skip", "--json")
    #expect(skipped.status == 4)
    let videos = try firstScore(skipped)["videos"] as? [[String: Any]]
    #expect(videos?.map { $0["name"] as? String } == ["bounce.mp4", "pulse.mp4"])
  }

  /// What runs without DreamSim's weights is said before any work.
  @Test func withoutWeights() throws {
    let clips = Workplace.fixtures + "/clips/real"
    let result = try program.run("pic", clips, clips)
    #expect(result.status == 2)
    #expect(
      result.errors == """
        error: weights `dreamsim-ensemble` are not on this machine
        hint: `vidmetrics weights fetch dreamsim-ensemble` gets them, `vidmetrics weights import \
        dreamsim_ensemble_checkpoint.zip dino_vitbase16_pretrain.pth` takes the published files
        hint: `--distance inception-cosine` needs only the weights of FID, and its score has another name

        """)
    let several = try program.run("score", clips, clips, "--metrics", "fid,pic,psnr")
    #expect(
      several.errors.contains(
        "\nhint: without them `fid,psnr` can be computed: ask for these alone\nhint: `--metrics pic:inception-cosine` needs only"
      ))
    #expect(
      try program.run("score", clips, clips, "--table", "dynamicrafter").errors.contains(
        "\nhint: without them `fvd,kvd` can be computed: ask for these alone\n"))
  }

  /// Several metrics, of which only some look at the first set.
  @Test func oneOfSeveral() throws {
    let (real, fake) = (workplace.file("real"), workplace.file("fake"))
    let both = try program.scores(
      "score", real, fake, "--metrics", "psnr,pic:inception-cosine", "--set", "pic.stride=12")
    #expect(both.scores.map(\.metric) == ["psnr", "pic[inception-cosine]"])
    #expect(both["pic[inception-cosine]"] == (try pic("real", "fake").value))
    let own = try program.scores(
      "score", real, fake, "--metrics", "psnr,pic:inception-cosine", "--set", "pic.stride=12", "--input", "first-frame")
    let alone = try pic("fake", more: ["--input", "first-frame"])
    #expect(own.scores[1].real == nil && own.scores[1].value == alone.value)
    #expect(
      try program.run("score", fake, "--metrics", "psnr").errors
        == "error: psnr compares two sets, and one is given\nhint: `vidmetrics psnr REAL FAKE`\n")
    #expect(
      try program.run("score", real, fake, "--metrics", "psnr", "--input", "first-frame").errors
        == "error: --input is for pic, which is not asked for\n")
  }

  // MARK: Features of a file

  private func features(_ path: String) throws -> [[Float]] {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let length = bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    let head = try #require(JSONSerialization.jsonObject(with: bytes[8..<8 + length]) as? [String: Any])
    let tensor = try #require(head["features"] as? [String: Any])
    let shape = try #require(tensor["shape"] as? [Int])
    let offset = try #require((tensor["data_offsets"] as? [Int])?.first) + 8 + length
    return bytes.withUnsafeBytes { bytes in
      (0..<shape[0]).map { row in
        (0..<shape[1]).map {
          Float(
            bitPattern: bytes.loadUnaligned(fromByteOffset: offset + 4 * (row * shape[1] + $0), as: UInt32.self))
        }
      }
    }
  }

  private func cosine(_ a: [Float], _ b: [Float]) -> Double {
    func dot(_ x: [Float], _ y: [Float]) -> Double { zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  }
}
