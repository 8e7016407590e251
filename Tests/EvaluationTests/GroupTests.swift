import Evaluation
import Foundation
import MetricCatalog
import Scores
import Testing

/// Scores of groups of videos, as cFVD and sFVD: the mean over groups of the plain score of each.
@Suite struct GroupTests {
  let folder: TemporaryFolder
  /// Two subjects, three classes each, four real and three fake videos a class.
  let real: String
  let fake: String
  static let subjects = ["anna", "berta"]
  static let classes = ["run", "sit", "walk"]

  init() throws {
    folder = try TemporaryFolder()
    (real, fake) = (folder.file("real"), folder.file("fake"))
    try write("real", 4, seed: 0, subjects: Self.subjects, classes: Self.classes)
    try write("fake", 3, seed: 500, subjects: Self.subjects, classes: Self.classes)
  }

  /// `SET/subject/class/vI.npy`, where a video's frames depend on its place among all subjects and classes.
  private func write(_ set: String, _ videos: Int, seed: Int, subjects: [String], classes: [String]) throws {
    for (s, subject) in Self.subjects.enumerated() where subjects.contains(subject) {
      for (c, label) in Self.classes.enumerated() where classes.contains(label) {
        for video in 0..<videos {
          try folder.writeVideo(
            "\(set)/\(subject)/\(label)/v\(video).npy", FakeVideos.frames(6, seed: seed + 100 * s + 10 * c + video))
        }
      }
    }
  }

  private func grouped(_ grouping: String, _ metric: String = "fvd", _ settings: [(String, String)] = []) throws
    -> ScoreRecord
  {
    let clips = metric == "fid" ? [] : [("frames", "4")]
    return try scores(
      real, fake, [wanted(metric, nil, clips + [("offset-real", "start"), ("group-by", grouping)] + settings)])[0]
  }

  private func plain(_ set: String) throws -> Double {
    try scores(
      folder.file("real-" + set), folder.file("fake-" + set),
      [wanted("fvd", nil, [("frames", "4"), ("offset-real", "start")])])[0].value
  }

  @Test func namesAndLabels() throws {
    let folders = Self.subjects.flatMap { subject in Self.classes.map { "\(subject)/\($0)" } }
    for (grouping, name, labels) in [
      ("class", "cfvd", Self.classes), ("subject", "sfvd", Self.subjects), ("dir", "fvd/dir", folders),
      ("regex:^(..)", "fvd/regex:^(..)", ["an", "be"]), ("regex:run|sit|walk", "fvd/regex:run|sit|walk", Self.classes),
    ] {
      let score = try grouped(grouping)
      #expect(score.metric == name && score.groups?.map(\.label) == labels)
      #expect(score.settings?.overrides["group-by"] != nil)
      #expect(
        score.groups?.allSatisfy { $0.realSamples == 24 / labels.count && $0.fakeSamples == 18 / labels.count } == true)
    }
    #expect(try grouped("class", "kvd").metric == "kvd/class")
    #expect(try grouped("class", "fid").metric == "fid/class")
    #expect(try grouped("subject", "prdc").metric == "precision/subject")
  }

  /// Each group's value is what a folder with only that group scores, and the whole is their mean and deviation.
  @Test func groupsAreScoresOfTheirFolders() throws {
    for (grouping, labels) in [("class", Self.classes), ("subject", Self.subjects)] {
      for label in labels {
        for (set, videos, seed) in [("real", 4, 0), ("fake", 3, 500)] {
          try write(
            "\(set)-\(label)", videos, seed: seed, subjects: grouping == "subject" ? [label] : Self.subjects,
            classes: grouping == "class" ? [label] : Self.classes)
        }
      }
      let own = try labels.map { try plain($0) }
      let mean = own.reduce(0, +) / Double(own.count)
      for ddof in [0, 1] {
        let score = try grouped(grouping, "fvd", [("group-ddof", "\(ddof)")])
        #expect(score.groups?.map(\.value) == own)
        let squares = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(isClose(score.value, mean))
        #expect(isClose(score.std ?? .nan, (squares / Double(own.count - ddof)).squareRoot()))
      }
    }
  }

  @Test func smallGroupsAreNamed() throws {
    let score = try grouped("dir")
    #expect(
      score.warnings.first { $0.code == "small-groups" }?.text == """
        6 of 6 groups have no more samples than the 4 features: `anna/run` (4 real, 3 fake), `anna/sit` (4 real, 3 fake), \
        `anna/walk` (4 real, 3 fake), `berta/run` (4 real, 3 fake) and 2 more
        their values depend strongly on the number of samples
        """)
    #expect(!(try grouped("class")).warnings.contains { $0.code == "small-groups" })
  }

  @Test func groupsOfOneSideOnly() throws {
    try folder.writeVideo("real/anna/jump/v.npy", FakeVideos.frames(6, seed: 900))
    try folder.writeVideo("fake/anna/fly/v.npy", FakeVideos.frames(6, seed: 901))
    #expect(
      message { _ = try grouped("class") } == """
        groups by `class` differ: only the real set has `jump`; only the fake set has `fly`
        hint: both sets need the same groups; leave the others out of the folders or the manifest
        """)
  }

  @Test func groupsThatAreTooSmall() throws {
    for set in ["real", "fake"] { try folder.writeVideo("\(set)/anna/jump/v.npy", FakeVideos.frames(6, seed: 900)) }
    #expect(
      message { _ = try grouped("class") }
        == "group `jump` has 1 real and 1 fake samples: at least 2 a side are needed")
  }

  @Test func videosWithoutAGroup() throws {
    try folder.writeVideo("real/loose.npy", FakeVideos.frames(6, seed: 900))
    let hint =
      "\nhint: a folder above each video names its group, or a manifest's column does (a .csv or .jsonl with `path` and more)"
    #expect(message { _ = try grouped("class") } == "`loose.npy[0]` belongs to no group by `class`" + hint)
    #expect(
      message { _ = try grouped("regex:walk") } == "`anna/run/v0.npy[0]` belongs to no group by `regex:walk`\n"
        + "hint: the pattern must match every video's name")
    #expect(message { _ = try grouped("regex:(") } == "`(` is not a regular expression")
    // It has more ways to fail on this name than there are atoms.
    try folder.writeVideo("real/anna/run/\(String(repeating: "a", count: 60)).npy", FakeVideos.frames(6, seed: 1))
    let late = try #require(message { _ = try grouped("regex:(a+)+!") })
    #expect(
      late.hasPrefix("the regular expression `(a+)+!` did not finish within 5 s on `anna/run/aaaa")
        && late.hasSuffix(
          ".npy[0]`\nhint: a repetition within a repetition, as in (a+)+, can be matched in very many ways: "
            + "write it without"),
      "\(late)")
  }

  /// The columns of a manifest go before the folders.
  @Test func columnsOfAManifest() throws {
    var lines = ["path,class,take"]
    for subject in Self.subjects {
      for label in Self.classes {
        for video in 0..<3 {
          lines.append("fake/\(subject)/\(label)/v\(video).npy,\(label == "sit" ? "slow" : "fast"),\(video)")
        }
      }
    }
    try folder.write(Array(lines.joined(separator: "\n").utf8), "list.csv")
    func labels(_ grouping: String) throws -> [String]? {
      try scores(
        folder.file("list.csv"), folder.file("list.csv"),
        [wanted("fvd", nil, [("frames", "4"), ("offset-real", "start"), ("group-by", grouping)])])[0].groups?.map(
          \.label)
    }
    #expect(try labels("class") == ["fast", "slow"])
    #expect(try labels("column:take") == ["0", "1", "2"])
    #expect(try labels("subject") == ["anna", "berta"])
  }

  /// What a plain score does with its sets, that of groups does too, or says why not.
  @Test func equalCountsOfGroups() throws {
    let score = try grouped("class", "fvd", [("equal-counts", "yes")])
    #expect(score.groups?.allSatisfy { $0.realSamples == $0.fakeSamples } == true)
  }

  /// Intervals and the like of a score over groups: given, or refused; not left out in silence.
  @Test func honestyOfGroups() throws {
    var honesty = Honesty()
    honesty.bootstrap = 50
    honesty.floor = true
    let score = try scores(
      real, fake, [wanted("fvd", nil, [("frames", "4"), ("group-by", "class")])], honesty: honesty)[0]
    #expect(
      score.warnings.first { $0.code == "plain-scores-only" }?.text
        == "no interval, no floor is given for groups: plain scores have them")
  }
}
