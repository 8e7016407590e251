import Distances
import Evaluation
import Foundation
import MetricCatalog
import Testing

/// Files of features in the place of a set.
@Suite struct StoredFeaturesTests {
  let folder: TemporaryFolder
  let networks = FakeNetworks()
  let real: String
  let fake: String

  init() throws {
    folder = try TemporaryFolder()
    real = try folder.writeSet("real", videos: 0..<11) { 12 + $0 % 3 }
    fake = try folder.writeSet("fake", videos: 20..<29) { _ in 13 }
  }

  @discardableResult
  private func extract(
    _ set: String, _ wanted: RequestedScore, to name: String, isReal: Bool = true, shard: String? = nil
  ) throws -> String {
    var extraction = FeatureExtraction(path: set, wanted: wanted, cache: nil) { try networks($0) }
    extraction.isReal = isReal
    extraction.shard = shard.flatMap { Shard($0) }
    try FeatureFile.write(extraction.run().features, to: folder.file(name))
    return folder.file(name)
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  /// However many machines share the work, and in whatever order their parts come back.
  @Test(arguments: [("fvd", 1), ("fvd", 3), ("fvd", 16), ("fid", 3)])
  func mergedPartsAreTheWhole(_ metric: String, _ parts: Int) throws {
    let clips = metric == "fvd" ? [("frames", "4"), ("clips", "2")] : []
    let asked = try wanted(metric, nil, clips)
    let direct = try extract(real, asked, to: "direct.safetensors")
    let names = try (1...parts).map {
      try extract(real, asked, to: "part-\($0).safetensors", shard: "\($0)/\(parts)")
    }.reversed()
    let sets = try names.map { path -> FeatureSet in
      guard case .set(let set) = try FeatureFile.read(path) else { throw EvaluationError.alreadyFeatures(path: path) }
      return set
    }
    try FeatureFile.write(FeatureSet.merged(sets, names: Array(names)), to: folder.file("merged.safetensors"))
    #expect(try bytes(folder.file("merged.safetensors")) == bytes(direct))

    let fakes = try extract(fake, asked, to: "fake.safetensors", isReal: false)
    networks.clips.computed.store(0, ordering: .relaxed)
    networks.frames.computed.store(0, ordering: .relaxed)
    let stored = try scores(folder.file("merged.safetensors"), fakes, [asked], networks: networks)[0]
    #expect(networks.clips.computed.load(ordering: .relaxed) + networks.frames.computed.load(ordering: .relaxed) == 0)
    let videos = try scores(real, fake, [asked])[0]
    #expect(stored.value == videos.value)
    #expect(
      stored.real?.clips == videos.real?.clips && stored.real?.videos == 11 && stored.real?.rank == videos.real?.rank)
    #expect(try scores(direct, fake, [asked])[0].value == videos.value, "features against videos")
  }

  @Test func featuresOfAnotherProtocolAreRefused() throws {
    func refusal(_ stored: RequestedScore, _ asked: RequestedScore, isReal: Bool = true) throws -> String? {
      let path = folder.file("stored.safetensors")
      try? FileManager.default.removeItem(atPath: path)
      try extract(real, stored, to: "stored.safetensors", isReal: isReal)
      return message { _ = try scores(path, fake, [asked]) }?.replacingOccurrences(of: path, with: "FILE")
    }
    func words(_ field: String, _ stored: String, _ asked: String) -> String {
      "`FILE` was made with \(field) = \(stored), and the protocol asks for \(asked)\n"
        + "hint: extract the features with this protocol and for this side (`--as real` or `--as fake`), or set the field"
    }
    let four = [("frames", "4")]
    #expect(
      try refusal(wanted("fvd", nil, four), wanted("fvd", nil, [("frames", "5")])) == words("frames", "4", "5"))
    #expect(
      try refusal(wanted("fvd", nil, four), wanted("fvd", "tats", four)) == words("batch-norm-eps", "0.001", "1e-05"))
    // stylegan-v draws real clips and takes fake ones at the start.
    #expect(
      try refusal(wanted("fvd", nil, four), wanted("fvd", nil, four), isReal: false)
        == words("offset", "start", "random"))
    #expect(
      try refusal(wanted("fvd", nil, four), wanted("fvd", nil, four + [("seed", "1")])) == words("seed", "0", "1"))
    #expect(
      try refusal(wanted("fvd", nil, four), wanted("kvd", "tats", four)) == words("batch-norm-eps", "0.001", "1e-05"))
    #expect(
      try refusal(wanted("fid"), wanted("fid", "ttur")) == words("resize", "pil-bicubic", "tf1-bilinear"))
    // What is computed from the same features takes them.
    #expect(try refusal(wanted("fvd", nil, four), wanted("prdc", nil, four)) == nil)
    #expect(
      try refusal(wanted("fvd", nil, four), wanted("fvd", nil, four + [("repeats", "3")]))?
        .hasPrefix("`FILE` holds features, and ") == true)
  }

  /// A file that was written before there was a field says nothing of it, which means that the field changed nothing; what a
  /// later program wrote, or what decides and is left out, is refused by its name.
  @Test func recipesThatSayLessOrMore() throws {
    let asked = try wanted("fvd", nil, [("frames", "4")])
    let path = try extract(real, asked, to: "full.safetensors")
    guard case .set(let full) = try FeatureFile.read(path) else {
      Issue.record("no set")
      return
    }
    func refusal(_ field: String, _ value: String?) throws -> String? {
      var set = full
      set.recipe[field] = value
      let name = folder.file("changed.safetensors")
      try FeatureFile.write(set, to: name, replacing: true)
      return message { _ = try scores(name, fake, [asked]) }.map { String($0.prefix { $0 != "\n" }) }?
        .replacingOccurrences(of: name, with: "FILE")
    }
    for field in ["crop", "loader-resize", "loader-resolution", "skip-first", "value-range"] {
      #expect(full.recipe[field] != nil)
      #expect(try refusal(field, nil) == nil, "\(field)")
    }
    #expect(
      try refusal("weights-fingerprint", nil)?.hasPrefix("`FILE` was made with weights-fingerprint = not set, and ")
        == true)
    #expect(
      try refusal("batch-norm-eps", nil)
        == "`FILE` was made with batch-norm-eps = not set, and the protocol asks for 0.001")
    #expect(
      try refusal("decoding-version", "2")
        == "`FILE` was made with decoding-version = 2, and the protocol asks for 1")
    #expect(try refusal("decoding-version", "1") == nil)
    #expect(
      try refusal("colour-space", "linear")
        == "`FILE` was made with colour-space = linear, and the protocol asks for not set")
  }

  /// A limit on videos holds for files of features as for the videos that they came from.
  @Test func limitsOfStoredFeatures() throws {
    let all = try wanted("fvd", nil, [("frames", "4"), ("max-videos-real", "all")])
    let stored = try extract(real, all, to: "all.safetensors")
    let few = try wanted("fvd", nil, [("frames", "4"), ("max-videos-real", "5")])
    let videos = try scores(real, fake, [few])[0]
    #expect(videos.real?.videos == 5)
    let score = try scores(stored, fake, [few])[0]
    #expect(score.real?.videos == 5 && score.value == videos.value)
  }

  @Test func featuresAlongTimeAndByGroups() throws {
    let settings = [("series", "windows"), ("window", "4"), ("window-step", "3"), ("window-reference", "all")]
    for (metric, name) in [("fvd", "tats"), ("fid", "clean")] {
      let asked = try wanted(metric, name, settings)
      let files = try [(real, true), (fake, false)].map {
        try extract($0.0, asked, to: "\(metric)-\($0.1).safetensors", isReal: $0.1)
      }
      let videos = try scores(real, fake, [asked])[0]
      let stored = try scores(files[0], files[1], [asked])[0]
      #expect(stored.series == videos.series && stored.series?.isEmpty == false && stored.std == videos.std)
    }
    // Plain features do not hold the clips of windows.
    let plain = try extract(real, wanted("fvd", "tats", [("frames", "4")]), to: "plain.safetensors")
    #expect(
      message { _ = try scores(plain, fake, [wanted("fvd", "tats", settings)]) }
        == "`\(plain)` was made with series = none, and the protocol asks for windows\n"
        + "hint: extract the features with this protocol and for this side (`--as real` or `--as fake`), or set the field"
    )

    // As 0.1.0 wrote them.
    guard case .set(var old) = try FeatureFile.read(folder.file("fvd-true.safetensors")) else {
      Issue.record("no set")
      return
    }
    for field in ["series", "window", "window-step"] { #expect(old.recipe.removeValue(forKey: field) != nil) }
    old.recipe["clips"] = "windows of 4, 3 apart"
    try FeatureFile.write(old, to: folder.file("old.safetensors"))
    let windows = try wanted("fvd", "tats", settings)
    #expect(
      try scores(folder.file("old.safetensors"), fake, [windows])[0].value == scores(real, fake, [windows])[0].value)

    let grouping = [("frames", "4"), ("group-by", "regex:v.*([01234])\\.npy")]
    let (folderOf, asked) = (folder.file("grouped"), try wanted("fvd", nil, grouping))
    try folder.writeSet("grouped", videos: 0..<20) { _ in 9 }
    try FileManager.default.createDirectory(atPath: folder.file("only"), withIntermediateDirectories: true)
    for video in 0..<20 where video % 10 < 5 {
      try FileManager.default.copyItem(atPath: folderOf + "/v\(video).npy", toPath: folder.file("only/v\(video).npy"))
    }
    let only = folder.file("only")
    let stored = try extract(only, asked, to: "only.safetensors")
    #expect(try scores(stored, only, [asked])[0].groups == scores(only, only, [asked])[0].groups)
  }

  /// Files of several networks and protocols in one folder are one set; each score takes its own.
  @Test func aFolderOfFeatures() throws {
    let (fvd, tats) = (try wanted("fvd", nil, [("frames", "4")]), try wanted("fvd", "tats", [("frames", "4")]))
    let all = [fvd, try wanted("fid"), tats]
    for (side, set) in [("real", real), ("fake", fake)] {
      try FileManager.default.createDirectory(atPath: folder.file("of-\(side)"), withIntermediateDirectories: true)
      for (index, asked) in all.enumerated() {
        try extract(set, asked, to: "of-\(side)/\(index).safetensors", isReal: side == "real")
      }
    }
    let (reals, fakes) = (folder.file("of-real"), folder.file("of-fake"))
    let direct = try scores(real, fake, all)
    let stored = try scores(reals, fakes, all, networks: networks)
    #expect(networks.clips.computed.load(ordering: .relaxed) == 20 * 2 && stored.map(\.value) == direct.map(\.value))
    #expect(stored.map(\.settings?.fingerprint) == direct.map(\.settings?.fingerprint))
    #expect(Set(stored.map(\.real?.digest)).count == 3 && stored[1].real?.path == reals + "/1.safetensors")
    #expect(try scores(reals, fake, [tats])[0].value == direct[2].value)
    let other = try wanted("fvd", nil, [("frames", "5")])
    #expect(
      message { _ = try scores(reals, fake, [other]) }?.hasPrefix(
        "`\(reals)/0.safetensors` was made with frames = 4, and the protocol asks for 5\n") == true)
    guard case .set(var unknown) = try FeatureFile.read(reals + "/0.safetensors") else { return }
    unknown.recipe = [:]
    try FeatureFile.write(unknown, to: reals + "/3.safetensors")
    #expect(
      message { _ = try scores(reals, fake, [fvd]) }?.hasPrefix(
        "`\(reals)/3.safetensors` does not say how its features were made, ") == true)
    try "".write(toFile: fakes + "/notes.txt", atomically: false, encoding: .utf8)
    let mixed = message { _ = try scores(real, fakes, [fvd]) }
    #expect(
      mixed?.split(separator: "\n").first
        == "`\(fakes)` holds files of features (`0.safetensors`) and something else (`notes.txt`)")
  }

  /// Batches of any sizes are the whole, and one that is not like the others is refused and left out.
  @Test(arguments: [[9], [1, 8], [3, 3, 3]]) func batchesAreTheWhole(sizes: [Int]) throws {
    let all = [try wanted("fvd", nil, [("frames", "4")]), try wanted("kvd", nil, [("frames", "4")]), try wanted("fid")]
    var template = FeatureExtraction(path: "", wanted: all[0], cache: nil) { [networks] in try networks($0) }
    template.isReal = false
    let batches = FeatureAccumulation(all, like: template)
    var start = 20
    for (index, size) in sizes.enumerated() {
      let set = try folder.writeSet("batch-\(index)", videos: start..<start + size) { _ in 13 }
      try batches.add(set, name: "batch-\(index)")
      start += size
    }
    #expect(batches.videos == 9)
    let short = try folder.writeSet("short", videos: 0..<2) { _ in 2 }
    #expect(throws: (any Error).self) { try batches.add(short, name: "short") }
    #expect(throws: EvaluationError.sameBatch(name: "batch-0")) { try batches.add(short, name: "batch-0") }
    #expect(batches.videos == 9)
    let written = folder.file("written")
    try FileManager.default.createDirectory(atPath: written, withIntermediateDirectories: true)
    // KVD's features are of another epsilon than FVD's.
    #expect(try batches.write(to: written) == ["fvd-1.safetensors", "kvd-2.safetensors", "fid-3.safetensors"])
    #expect(try scores(real, written, all).map(\.value) == scores(real, fake, all).map(\.value))
    batches.reset()
    #expect(throws: FeatureFileError.nothingToMerge) { try batches.write(to: folder.file("empty")) }
  }

  private func statistics(_ path: String, _ name: String) throws -> String {
    guard case .set(let set) = try FeatureFile.read(path) else { throw EvaluationError.alreadyFeatures(path: path) }
    let found = try FeatureStatistics(set.features, ddof: 1)
    try FeatureFile.write(
      mean: found.mean, covariance: found.covariance, count: set.rows.count, to: folder.file(name))
    return folder.file(name)
  }

  /// Mean and covariance as pytorch-fid writes them, on either side or both.
  @Test func statisticsScoreAsTheirFeatures() throws {
    let asked = try wanted("fid")
    let files = try [("real", real), ("fake", fake)].map {
      try extract($0.1, asked, to: $0.0 + ".safetensors", isReal: $0.0 == "real")
    }
    let npz = try zip(files, ["real.npz", "fake.npz"]).map { try statistics($0, $1) }
    let value = try scores(files[0], files[1], [asked])[0].value
    for (a, b) in [(npz[0], files[1]), (files[0], npz[1]), (npz[0], npz[1]), (npz[0], fake)] {
      let score = try scores(a, b, [asked])[0]
      #expect(isClose(score.value, value, 1e-9))
      #expect(score.warnings.contains { $0.code == "from-statistics" })
      #expect(score.real?.clips == 142 && score.fake?.clips == 117)
    }
  }

  @Test func statisticsAreRefusedWhereTheyDoNotDo() throws {
    let file = try extract(real, wanted("fid"), to: "real.safetensors")
    let npz = try statistics(file, "real.npz")
    let way = "\nhint: give the videos, or features by `vidmetrics features extract`"
    #expect(
      message { _ = try scores(npz, fake, [wanted("kid")]) }
        == "`\(npz)` holds a mean and a covariance, from which kid by `clean` cannot be computed" + way)
    #expect(
      message { _ = try scores(npz, fake, [wanted("fid", nil, [("group-by", "class")])]) }
        == "`\(npz)` holds a mean and a covariance, from which fid by `clean + group-by=class` cannot be computed" + way
    )
    #expect(
      message { _ = try scores(npz, fake, [wanted("fvd", nil, [("frames", "4"), ("ddof", "1")])]) }
        == "`\(npz)` holds 3 features a row, and fvd with this protocol has 4")
    #expect(
      message { _ = try scores(file, fake, [wanted("psnr")]) }
        == "`\(file)` holds features, and psnr needs the videos themselves")
    #expect(
      message { try extract(file, wanted("fid"), to: "again.safetensors") }
        == "`\(file)` holds features already\nhint: `vidmetrics features info` says which")
  }

  /// A covariance divided by N - 1 is none that a protocol with divisor N has.
  @Test func statisticsOfAnotherDivisor() throws {
    let asked = try wanted("fvd", nil, [("frames", "4")])  // ddof 0
    let files = try [("real", real), ("fake", fake)].map {
      try extract($0.1, asked, to: $0.0 + ".safetensors", isReal: $0.0 == "real")
    }
    let npz = try zip(files, ["real.npz", "fake.npz"]).map { try statistics($0, $1) }
    for fakes in [files[1], npz[1], fake] {
      #expect(
        message { _ = try scores(npz[0], fakes, [asked]) }
          == "the covariance in `\(npz[0])` is NumPy's, divided by N - 1, and the protocol divides by N\n"
          + "hint: --ddof 1 computes both sets that way, and the score's name says so")
    }
    let one = try wanted("fvd", nil, [("frames", "4"), ("ddof", "1")])
    #expect(try isClose(scores(npz[0], npz[1], [one])[0].value, scores(files[0], files[1], [one])[0].value, 1e-9))
  }

  /// An array [N][D] from elsewhere is scored, and the score says that nobody knows how it was made.
  @Test func foreignFeatures() throws {
    func write(_ name: String, _ rows: Int, _ offset: Float) throws -> String {
      let values = (0..<rows * 4).map { Float(($0 * 7919) % 101) / 50 + offset }
      let bytes = values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }
      try folder.write(folder.npyHeader("<f4", [rows, 4]) + bytes, name)
      return folder.file(name)
    }
    let (a, b) = (try write("a.npy", 12, 0), try write("b.npy", 9, 1))
    let score = try scores(a, b, [wanted("fvd")])[0]
    #expect(score.real?.clips == 12 && score.fake?.clips == 9 && score.value > 1)
    #expect(
      score.warnings.filter { $0.code == "unknown-origin" }.map(\.text)
        == [a, b].map {
          "the features of `\($0)` do not say how they were made: check yourself whether they fit this protocol"
        })
    #expect(
      message { _ = try scores(a, b, [wanted("fid")]) }
        == "`\(a)` holds 4 features a row, and fid with this protocol has 3")
  }
}
