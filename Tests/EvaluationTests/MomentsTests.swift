import Distances
import Evaluation
import Files
import Foundation
import MetricCatalog
import Testing

/// Files of moments: made of videos, of features and of parts, and in the place of a set.
@Suite struct MomentsTests {
  let folder: TemporaryFolder
  let real: String
  let fake: String

  /// 150 videos are three blocks.
  init() throws {
    folder = try TemporaryFolder()
    real = try folder.writeSet("real", videos: 0..<150) { 5 + $0 % 3 }
    fake = try folder.writeSet("fake", videos: 200..<270) { _ in 6 }
  }

  private func extraction(
    _ set: String, _ asked: RequestedScore, isReal: Bool = true, shard: String? = nil
  ) -> FeatureExtraction {
    var extraction = FeatureExtraction(path: set, wanted: asked, cache: nil) { try FakeNetworks()($0) }
    extraction.isReal = isReal
    extraction.shard = shard.flatMap { Shard($0) }
    extraction.skipsUnusable = true
    return extraction
  }

  /// Names of files of features and of moments of a set.
  private func files(_ set: String, _ asked: RequestedScore, isReal: Bool = true) throws -> (features: String, String) {
    let name = "\(asked.evaluationProtocol.metric)-\(isReal)"
    let features = folder.file(name + "-features.safetensors")
    try FeatureFile.write(extraction(set, asked, isReal: isReal).run().features, to: features, replacing: true)
    let moments = folder.file(name + "-moments.safetensors")
    try FeatureFile.write(extraction(set, asked, isReal: isReal).moments().moments, to: moments, replacing: true)
    return (features, moments)
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  private func moments(_ path: String) throws -> MomentsSet {
    guard case .moments(let set) = try FeatureFile.read(path) else { throw FeatureFileError.notFeatures(path: path) }
    return set
  }

  /// Of videos in one piece and in shards, and of their features: one sequence of bytes.
  @Test(arguments: ["fvd", "fid"]) func anyWayGivesTheSameBytes(_ metric: String) throws {
    // A video that is left out, here as too short for a clip, keeps its place among the others.
    let isShort = metric == "fvd"
    if isShort { try folder.writeSet("real", videos: 30..<31) { _ in 2 } }
    let asked = try wanted(metric, nil, metric == "fvd" ? [("frames", "4")] : [])
    let (features, direct) = try files(real, asked)
    let whole = try moments(direct)
    #expect(whole.videos == 150 && whole.skipped.map { $0.video.hasPrefix("v30.npy") } == (isShort ? [true] : []))
    #expect(whole.tree.nodes.count == 1 && FeatureFile.isFeatureFile(direct))
    let set = try #require(try FeatureFile.read(features).set)
    let made = folder.file("made.safetensors")
    for threads in [1, 3] {
      try FeatureFile.write(MomentsSet(of: set, path: features, threads: threads), to: made, replacing: true)
      #expect(try bytes(made) == bytes(direct))
    }
    for parts in [2, 3, 7] {
      let shards = try (1...parts).reversed().map { part in
        let name = folder.file("part-\(part).safetensors")
        try FeatureFile.write(
          extraction(real, asked, shard: "\(part)/\(parts)").moments().moments, to: name, replacing: true)
        return try moments(name)
      }
      try FeatureFile.write(
        MomentsSet.merged(shards, names: shards.indices.map { "\($0)" }), to: made, replacing: true)
      #expect(try bytes(made) == bytes(direct), "\(parts)")
    }
  }

  @Test(arguments: ["fvd", "fid"]) func aSetForEveryFrechetDistance(_ metric: String) throws {
    let asked = try wanted(metric, nil, metric == "fvd" ? [("frames", "4")] : [])
    let (reals, fakes) = (try files(real, asked), try files(fake, asked, isReal: false))
    let direct = try scores(real, fake, [asked])[0]
    for (a, b) in [(reals.1, fakes.1), (reals.1, fakes.features), (reals.features, fakes.1), (reals.1, fake)] {
      let score = try scores(a, b, [asked])[0]
      #expect(isClose(score.value, direct.value, 1e-10), "\(score.value) \(direct.value)")
      #expect(score.real?.clips == direct.real?.clips && score.fake?.videos == direct.fake?.videos)
      #expect(!score.warnings.contains { $0.code == "from-statistics" || $0.code == "unknown-origin" })
      #expect(score.settings?.fingerprint == direct.settings?.fingerprint)
    }
    // Another divisor is no other set of moments.
    let one = try wanted(metric, nil, (metric == "fvd" ? [("frames", "4")] : []) + [("ddof", "0")])
    #expect(try isClose(scores(reals.1, fakes.1, [one])[0].value, scores(real, fake, [one])[0].value, 1e-10))
  }

  @Test func whatMomentsCannotDoIsRefused() throws {
    let four = [("frames", "4")]
    let (features, path) = try files(real, wanted("fvd", nil, four))
    func refusal(_ asked: RequestedScore) -> String? {
      message { _ = try scores(path, fake, [asked]) }?.replacingOccurrences(of: path, with: "FILE")
    }
    let way = "\nhint: give the videos, or features by `vidmetrics features extract`"
    #expect(
      try refusal(wanted("prdc", nil, four))
        == "`FILE` holds a mean and a covariance, from which prdc by `\(wanted("prdc", nil, four).evaluationProtocol.displayName)` cannot be computed"
        + way)
    #expect(
      try refusal(wanted("fvd", nil, four + [("group-by", "class")]))?.hasSuffix(" cannot be computed" + way) == true)
    #expect(
      try refusal(wanted("fvd", nil, four + [("max-videos-real", "149")])) == """
        `FILE` holds moments of 150 videos, and the protocol takes the first 149
        hint: `--set max-videos-real=all` takes all of them, and the score's name says so
        """)
    #expect(
      try refusal(wanted("fvd", nil, [("frames", "5")]))?.hasPrefix("`FILE` was made with frames = 4, and ") == true)
    let part = folder.file("part.safetensors")
    try FeatureFile.write(extraction(real, wanted("fvd", nil, four), shard: "2/3").moments().moments, to: part)
    #expect(
      try message { _ = try scores(part, fake, [wanted("fvd", nil, four)]) } == """
        `\(part)` holds the moments of a part of a set: those of videos 1 to 64, 129 to 150 of 150 are missing
        hint: `features merge` puts all parts together
        """)
    var set = try #require(try FeatureFile.read(features).set)
    set.origin?.shards = 2
    #expect(
      message { _ = try MomentsSet(of: set, path: "x.safetensors", threads: 1) } == """
        `x.safetensors` holds part 1 of 2 of a set: moments are of a whole set
        hint: merge its parts, or extract moments of each with `features extract --moments --shard`
        """)
  }

  @Test func partsThatDoNotBelongTogether() throws {
    let asked = try wanted("fvd", nil, [("frames", "4")])
    let parts = try (1...3).map { try extraction(real, asked, shard: "\($0)/3").moments().moments }
    func refusal(_ parts: [MomentsSet]) -> String? {
      message { _ = try MomentsSet.merged(parts, names: ["a", "b", "c"]) }
    }
    #expect(refusal([parts[0], parts[2], parts[0]]) == "`a` and `c` both hold the moments of videos 1 to 64")
    #expect(
      refusal([parts[2], parts[0]]) == """
        the moments of videos 65 to 128 of 150 are missing
        hint: moments of a part of a set are not those of the set: extract the others, and merge all of them
        """)
    try folder.writeSet("real", videos: 150..<151) { _ in 6 }
    let later = try extraction(real, asked, shard: "2/3").moments().moments
    #expect(
      refusal([parts[0], later])?.hasPrefix(
        "`a` is a part of 150 videos and `b` of 151 others, by their names and sizes\n")
        == true)
    let strided = try wanted("fvd", nil, [("frames", "4"), ("stride", "2")])
    #expect(
      refusal([parts[0], try extraction(real, strided, shard: "2/3").moments().moments]) == """
        `stride` is `1` in `a` and `2` in `b`
        hint: parts of one set are extracted with the same protocol
        """)
    let other = try extraction(fake, wanted("fid")).moments().moments
    #expect(refusal([parts[0], other]) == "`a` has features of 4 values and `b` of 3: they are not of one network")
  }

  @Test func aChangedFileIsRefused() throws {
    let asked = try wanted("fvd", nil, [("frames", "4")])
    let path = try files(real, asked).1
    let good = try bytes(path)
    for place in [good.count - 1, good.count - 8 * 10 - 5] {
      var bad = good
      bad[place] ^= 1
      try bad.write(to: URL(fileURLWithPath: path))
      #expect(message { _ = try FeatureFile.read(path) }?.contains("is not what was written") == true)
    }
    // The scatter of the last feature with itself becomes NaN.
    var bad = good
    bad[good.count - 1] = 0x7f
    bad[good.count - 2] = 0xff
    try bad.write(to: URL(fileURLWithPath: path))
    #expect(message { _ = try FeatureFile.read(path) }?.hasPrefix("`scatter[0, 9]` in `\(path)` is nan") == true)
  }

  /// A published set is a set like another, and each score says whose it is.
  @Test func aPublishedSet() throws {
    let asked = try wanted("fvd", nil, [("frames", "4")])
    let path = try files(real, asked).1
    var set = try moments(path)
    set.card = SetCard(
      title: "Made \"up\"", url: "https://example.org/made", licence: "CC0",
      command: "vidmetrics features publish real",
      version: "1")
    let published = folder.file("published.safetensors")
    try FeatureFile.write(set, to: published)
    #expect(try moments(published) == set)
    let (a, b) = (try scores(path, fake, [asked])[0], try scores(published, fake, [asked])[0])
    #expect(a.value == b.value && !a.warnings.contains { $0.code == "published-set" })
    #expect(
      b.warnings.filter { $0.code == "published-set" }.map(\.text) == [
        "the real set is `Made \"up\"`, published as moments at https://example.org/made: 150 videos, listing "
          + "\(set.listing.prefix(19)); none of them was seen here"
      ])
  }
}

/// Features that stay in their file.
@Suite struct MappedFeaturesTests {
  /// Rows of a file score as rows in memory, to the bit, and a limit takes the first videos of it.
  @Test func aFileIsItsRows() throws {
    let folder = try TemporaryFolder()
    // Several blocks of every pass.
    let (rows, columns) = (3000, 700)
    let values = (0..<rows * columns).map { Float(($0 &* 7919) % 1009) / 1009 + Float($0 % columns) / 50 }
    let names = (0..<rows).map { FeatureSet.Row(video: "v\($0 / 2)", digest: "", start: $0 % 2, count: 1, stride: 1) }
    let set = FeatureSet(
      features: FeatureMatrix(rows: rows, columns: columns, values: values), rows: names, recipe: ["frames": "1"])
    try FeatureFile.write(set, to: folder.file("x.safetensors"))
    let read = try #require(try FeatureFile.read(folder.file("x.safetensors")).set)
    #expect(read == set && read.rows.videos == 1500 && FeatureFile.digest(of: read) == FeatureFile.digest(of: set))
    #expect(try FeatureStatistics(read.features, ddof: 1) == FeatureStatistics(set.features, ddof: 1))
    #expect(read.features.first(7).values == Array(values[..<(7 * columns)]))
    #expect(read.features.selecting([2999, 0]) == set.features.selecting([2999, 0]))
    #expect(read.features.inArray == read.features)
    var changed = read
    changed.rows[1].video = "other"
    #expect(changed.rows[1].video == "other" && changed.rows[0] == names[0] && read.rows[1] == names[1])
    #expect(changed.rows.videos == 1501 && changed != read)
  }

  /// Parts are merged as they lie in their files, whatever the order of their rows, and whether their names stand apart or not.
  @Test(arguments: [40, 80_000]) func partsOfFiles(_ rows: Int) throws {
    let folder = try TemporaryFolder()
    let names = (0..<rows).map { index in
      FeatureSet.Row(
        video: index % 9 == 0 ? "ä \"\(index)\".mp4" : "folder/\(index).mp4",
        digest: "sha256:" + String(repeating: "0", count: 64), start: index, count: 16, stride: 1)
    }
    let values = (0..<rows * 2).map { Float($0) }
    func file(_ name: String, _ chosen: [Int]) throws -> String {
      let set = FeatureSet(
        features: FeatureMatrix(
          rows: chosen.count, columns: 2, values: chosen.flatMap { [values[2 * $0], values[2 * $0 + 1]] }),
        rows: chosen.map { names[$0] }, recipe: [:])
      try FeatureFile.write(set, to: folder.file(name))
      return folder.file(name)
    }
    func read(_ path: String) throws -> FeatureSet {
      guard case .set(let set) = try FeatureFile.read(path) else { throw FeatureFileError.notASet(path: path) }
      return set
    }
    let parts = try [
      file("a.safetensors", (0..<rows).filter { $0 % 3 == 0 }),
      file("b.safetensors", (0..<rows).filter { $0 % 3 == 1 }),
      file("c.safetensors", (0..<rows).filter { $0 % 3 == 2 }.reversed()),
    ].map { try read($0) }
    let merge = try FeatureMerge(parts)
    #expect(merge.rows == rows && merge.columns == 2)
    try merge.write(to: folder.file("merged.safetensors"))
    try FeatureFile.write(merge.merged, to: folder.file("memory.safetensors"))
    let files = try ["merged", "memory"].map {
      try Data(contentsOf: URL(fileURLWithPath: folder.file("\($0).safetensors")))
    }
    #expect(files[0] == files[1])
    let whole = try read(folder.file("merged.safetensors"))
    #expect(whole.rows.videos == rows && Set(whole.rows) == Set(names))
    // Each row kept its values.
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let merged = whole.features.values
    let isRight = whole.rows.enumerated().allSatisfy { index, row in
      places[row].map { merged[2 * index] == values[2 * $0] && merged[2 * index + 1] == values[2 * $0 + 1] } ?? false
    }
    #expect(isRight)
  }
}

extension StoredFeatures {
  fileprivate var set: FeatureSet? { if case .set(let set) = self { set } else { nil } }
}
