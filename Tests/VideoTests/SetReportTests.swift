import Testing
import Video

@Suite struct SetReportTests {
  @Test func problemsAreNamed() throws {
    let folder = try TemporaryFolder()
    for name in ["bt709.mp4", "untagged.mp4", "sixteen.gif", "truncated.mp4", "editlist.mp4", "vfr.mkv", "damaged.mp4"]
    {
      try folder.copy(name, as: name)
    }
    try folder.copy("pictures/rgb.png", as: "f/1.png")
    try folder.copy("pictures/rgb.png", as: "f/3.png")
    try folder.copy("pictures/rgb.png", as: "f/4.png")
    let set = try VideoSet.open(folder.path)
    let report = SetReport(set, sampler: ClipSampler(frames: 8, clips: .all), threads: 2)
    #expect(report.entries.map(\.name) == set.videos.map(\.name))
    let problems = Dictionary(uniqueKeysWithValues: report.problems.map { ($0.code, $0) })
    #expect(problems[.unreadable]?.videos == ["truncated.mp4"])
    #expect(problems[.tooShort]?.videos == ["editlist.mp4", "f"])
    #expect(problems[.gaps]?.videos == ["f"])
    #expect(problems[.variableRate]?.videos == ["vfr.mkv"])
    #expect(problems[.untaggedColour]?.videos == ["damaged.mp4", "editlist.mp4", "untagged.mp4", "vfr.mkv"])
    #expect(problems[.mixedSizes]?.text == "sizes differ: 64x48 (6), 17x13 (1)")
    #expect(problems[.mixedLoss]?.text == "some are lossy (6), others lossless (1)")
    #expect(report.lengths.map { "\($0.value): \($0.videos)" } == ["16: 4", "10: 1", "3: 1", "5: 1"])
    #expect(report.entries.compactMap(\.clips).reduce(0, +) == 9)
    #expect(
      report.entries.first { $0.name == "f" }?.failure
        == "`f` is too short: 3 frames found, 8 needed")
  }

  @Test func nothingToSay() throws {
    let folder = try TemporaryFolder()
    try folder.copy("bt709.mp4", as: "a.mp4")
    try folder.copy("bt709.mp4", as: "b.mp4")
    let report = try SetReport(VideoSet.open(folder.path), threads: 2)
    #expect(report.problems.isEmpty)
    #expect(report.totalFrames == 32 && report.entries.allSatisfy { $0.clips == nil })
  }
}
