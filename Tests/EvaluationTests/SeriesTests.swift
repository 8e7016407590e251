import Evaluation
import MetricCatalog
import Scores
import Testing

/// Scores along time: each value is the plain score of what lies in its window, and every sample is computed once.
@Suite struct SeriesTests {
  let folder: TemporaryFolder
  let networks = FakeNetworks()
  let real: String
  let fake: String

  init() throws {
    folder = try TemporaryFolder()
    real = try folder.writeSet("real", videos: 0..<7) { _ in 21 }
    fake = try folder.writeSet("fake", videos: 20..<26) { _ in 18 }
  }

  private func cut(_ range: Range<Int>) throws -> (real: String, fake: String) {
    (
      try folder.writeSet("real-\(range)", videos: 0..<7, lengths: { _ in 21 }, cut: range),
      try folder.writeSet("fake-\(range)", videos: 20..<26, lengths: { _ in 18 }, cut: range)
    )
  }

  private func series(_ metric: String, _ name: String, _ settings: [(String, String)]) throws -> ScoreRecord {
    try scores(real, fake, [wanted(metric, name, settings)], networks: networks)[0]
  }

  @Test(arguments: ["fvd", "kvd"]) func windowsOfClips(_ metric: String) throws {
    let base = [("frames", "4"), ("offset-real", "random")]
    for (reference, step) in [("same", 4), ("same", 3), ("all", 4), ("all", 2), ("sampled", 4)] {
      let found = try series(
        metric, "tats",
        base + [
          ("series", "windows"), ("window", "4"), ("window-step", "\(step)"), ("window-reference", reference),
        ])
      let points = try #require(found.series)
      #expect(points.map(\.start) == Array(stride(from: 0, through: 14, by: step)))
      for point in points {
        #expect(point.frames == 4 && point.fakeSamples == 6)
        let part = try cut(point.start..<point.start + 4)
        let plain: ScoreRecord
        switch reference {
        case "same": plain = try scores(part.real, part.fake, [wanted(metric, "tats", base)])[0]
        case "sampled": plain = try scores(real, part.fake, [wanted(metric, "tats", base)])[0]
        default:
          // All windows of the real videos, as clips of a set of their own.
          for start in Swift.stride(from: 0, through: 17, by: step) {
            try folder.writeSet(
              "windows-\(step)/\(start)", videos: 0..<7, lengths: { _ in 21 }, cut: start..<start + 4)
          }
          plain = try scores(folder.file("windows-\(step)"), part.fake, [wanted(metric, "tats", base)])[0]
        }
        #expect(isClose(point.value, plain.value, 1e-11), "\(reference), \(point.start)")
        #expect(point.realSamples == plain.real?.clips)
      }
      let mean = points.map(\.value).reduce(0, +) / Double(points.count)
      let square = points.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / Double(points.count)
      #expect(isClose(found.value, mean) && isClose(found.std ?? .nan, square.squareRoot()))
    }
  }

  /// A clip of growing length from the first frame on: FVD of T = 4, 7, 10, 13 frames.
  @Test func prefixesOfClips() throws {
    let found = try series(
      "fvd", "stylegan-v",
      [("frames", "14"), ("offset-real", "start"), ("series", "prefixes"), ("window", "4"), ("window-step", "3")])
    let points = try #require(found.series)
    #expect(points.map(\.frames) == [4, 7, 10, 13] && points.allSatisfy { $0.start == 0 })
    for point in points {
      let settings = [("frames", "\(point.frames)"), ("offset-real", "start")]
      #expect(try point.value == scores(real, fake, [wanted("fvd", "stylegan-v", settings)])[0].value)
    }
    #expect(
      message {
        _ = try series("fvd", "stylegan-v", [("frames", "5"), ("series", "prefixes"), ("window", "6")])
      } == """
        prefixes begin with 6 frames, and the protocol's clips have 5
        hint: --frames sets the longest prefix, --window the shortest
        """)
  }

  /// Sliding windows of frames: as of cut videos, and every frame of both sets is computed once for all of them.
  @Test(arguments: ["same", "all"]) func windowsOfFrames(_ reference: String) throws {
    let found = try series(
      "fid", "clean",
      [("series", "windows"), ("window", "5"), ("window-step", "2"), ("window-reference", reference)])
    #expect(networks.frames.computed.load(ordering: .relaxed) == 7 * 21 + 6 * 18)
    let points = try #require(found.series)
    #expect(points.map(\.start) == [0, 2, 4, 6, 8, 10, 12])
    for point in points {
      let part = try cut(point.start..<point.start + 5)
      let plain = try scores(reference == "same" ? part.real : real, part.fake, [wanted("fid", "clean")])[0]
      #expect(isClose(point.value, plain.value, 1e-11) && point.fakeSamples == 30)
      #expect(point.realSamples == (reference == "same" ? 35 : 147))
    }
  }

  @Test func prefixesOfFrames() throws {
    let found = try series(
      "kid", "clean", [("series", "prefixes"), ("window", "3"), ("window-step", "6"), ("subsets", "0")])
    let points = try #require(found.series)
    #expect(points.map(\.frames) == [3, 9, 15])
    #expect(networks.frames.computed.load(ordering: .relaxed) == 7 * 21 + 6 * 18)
    for point in points {
      let part = try cut(0..<point.frames)
      let plain = try scores(part.real, part.fake, [wanted("kid", "clean", [("subsets", "0")])])[0]
      #expect(isClose(point.value, plain.value, 1e-11))
    }
  }

  /// Windows are numbered by the frames of the videos, whatever is left out at their beginning.
  @Test func skippedFrames() throws {
    for (metric, name) in [("fvd", "tats"), ("fid", "clean")] {
      let settings = [
        ("skip-first", "3"), ("series", "windows"), ("window", "4"), ("window-step", "4"), ("window-reference", "same"),
      ]
      let points = try #require(series(metric, name, settings).series)
      #expect(points.map(\.start) == [3, 7, 11])
      let part = try cut(7..<11)
      let own = metric == "fvd" ? [("frames", "4")] : []
      #expect(
        try isClose(points[1].value, scores(part.real, part.fake, [wanted(metric, name, own)])[0].value, 1e-11))
    }
  }

  /// LVDM's quality over time: 16-frame clips of long videos against random real clips, drawn from the seed.
  @Test func asLVDM() throws {
    let rows = try PaperTable.named("lvdm").rows.filter {
      $0.decidingFields.contains { $0.definition.name == "series" }
    }
    #expect(rows.map(\.metric) == ["fvd", "kvd"])
    let long = try folder.writeSet("long", videos: 40..<45) { _ in 67 }
    let found = try scores(real, long, rows.map { RequestedScore($0) }, networks: networks)
    // 5 videos of 4 windows and 7 random clips, for both metrics.
    #expect(networks.clips.computed.load(ordering: .relaxed) == 27)
    for score in found {
      #expect(
        score.series?.map(\.start) == [0, 16, 32, 48] && score.series?.allSatisfy { $0.realSamples == 7 } == true)
    }
    let second = try folder.writeSet("second", videos: 40..<45, lengths: { _ in 67 }, cut: 16..<32)
    for (score, metric) in zip(found, ["fvd", "kvd"]) {
      let plain = try scores(real, second, [wanted(metric, "tats")])[0]
      #expect(isClose(score.series?[1].value ?? .nan, plain.value, 1e-11))
    }
  }

  @Test func videosOfDifferentLength() throws {
    try folder.writeSet("fake", videos: 26..<29) { _ in 9 }
    let settings = [("series", "windows"), ("window", "4"), ("window-step", "4"), ("window-reference", "all")]
    let found = try series("fvd", "tats", settings)
    #expect(found.series?.map(\.fakeSamples) == [9, 9, 6, 6])
    #expect(
      found.warnings.first { $0.code == "uneven-windows" }?.text
        == "windows hold from 6 to 9 fake clips, since videos differ in length: their values cannot be compared as they are"
    )
  }

  /// A window with too few samples has no value. The score must say which are left out.
  @Test func windowsThatAreLeftOut() throws {
    // Only one fake video reaches the windows at 20 and 24; real videos end before both.
    try folder.writeSet("fake", videos: 30..<31) { _ in 28 }
    let settings = [("series", "windows"), ("window", "4"), ("window-step", "4"), ("window-reference", "same")]
    let found = try series("fvd", "tats", settings)
    #expect(found.series?.map(\.start) == [0, 4, 8, 12])
    #expect(found.warnings.contains { $0.text.contains("left out") })
  }

  /// Neither set reaches the second window with the samples that a covariance needs.
  @Test func noWindowAtAll() throws {
    #expect(
      message { _ = try series("fid", "clean", [("series", "windows"), ("window", "30")]) }
        == "no fake video has the 30 frames of a window\n"
        + "hint: `vidmetrics inspect` shows how long the videos are")
  }
}
