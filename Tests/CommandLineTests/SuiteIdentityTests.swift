import Digests
import Foundation
import Testing

/// What makes a step of a suite run again: a change of what goes into it, whatever it is, and of nothing else.
@Suite struct SuiteIdentityTests {
  private func copy(_ from: String, _ to: String, in suite: SuitePlace) throws {
    let target = suite.place.file(to)
    try FileManager.default.createDirectory(
      atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try? FileManager.default.removeItem(atPath: target)
    try FileManager.default.copyItem(atPath: SuitePlace.clips + "/" + from, toPath: target)
  }

  /// Runs by generator.
  private func counts(_ suite: SuitePlace) throws -> [String: Int] {
    try suite.runs().reduce(into: [:]) { $0[$1["generator"] as? String ?? "", default: 0] += 1 }
  }

  private func twoFolders(metrics: String, more: String = "") throws -> SuitePlace {
    let suite = try SuitePlace("  - {name: a, outputs: a}\n  - {name: b, outputs: b}", metrics: metrics, more: more)
    for set in ["a", "b"] {
      for video in ["disc", "cross"] { try copy("fake-mild/spin/\(video).mp4", "\(set)/\(video).mp4", in: suite) }
    }
    return suite
  }

  @Test func anotherFakeVideo() throws {
    let suite = try twoFolders(metrics: "[temporal-flickering]")
    for _ in 0..<2 {
      let result = try suite.run()
      #expect(result.status == 0, "\(result.errors)")
      #expect(try counts(suite) == ["a": 1, "b": 1])
    }
    try copy("fake-strong/spin/disc.mp4", "a/disc.mp4", in: suite)
    let result = try suite.run()
    #expect(try counts(suite) == ["a": 2, "b": 1])
    #expect(result.errors.contains("b: the history has these scores as run "))
    #expect(!result.errors.contains("a: the history has these scores as run "))
    // The same videos under each other's names are other videos, as they are pairs with what has their name.
    try FileManager.default.moveItem(atPath: suite.place.file("b/disc.mp4"), toPath: suite.place.file("b/x.mp4"))
    try FileManager.default.moveItem(atPath: suite.place.file("b/cross.mp4"), toPath: suite.place.file("b/disc.mp4"))
    try FileManager.default.moveItem(atPath: suite.place.file("b/x.mp4"), toPath: suite.place.file("b/cross.mp4"))
    #expect(try suite.run().status == 0)
    #expect(try counts(suite) == ["a": 2, "b": 2])
  }

  @Test func anotherRealVideo() throws {
    let suite = try twoFolders(metrics: "[psnr]", more: "data: {clips: real}")
    for video in ["disc", "cross"] { try copy("real/spin/\(video).mp4", "real/\(video).mp4", in: suite) }
    for _ in 0..<2 {
      let result = try suite.run()
      #expect(result.status == 0, "\(result.errors)")
      #expect(try counts(suite) == ["a": 1, "b": 1])
    }
    try copy("fake-strong/spin/disc.mp4", "real/disc.mp4", in: suite)
    #expect(try suite.run().status == 0)
    #expect(try counts(suite) == ["a": 2, "b": 2])
  }

  // MARK: What outputs are made from

  /// Two generators that do not know of each other; the first has a checkpoint, prompts or pictures.
  private func generators(_ keys: String, _ placeholders: String) throws -> SuitePlace {
    let suite = try SuitePlace(
      """
        - name: a
      \(keys.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
          command: "echo a >> calls; cp '\(SuitePlace.clips)'/fake-mild/spin/disc.mp4 {output}; : \(placeholders)"
        - name: b
          command: "echo b >> calls; cp '\(SuitePlace.clips)'/fake-mild/spin/disc.mp4 {output}"
      """)
    try suite.write("weights.pt", "12345678")
    try copy("real/spin/disc.mp4", "one.png", in: suite)
    try copy("real/spin/cross.mp4", "two.png", in: suite)
    return suite
  }

  /// Runs the suite before and after a change: what was made from something else is not taken for what is wanted, and says
  /// what changed; the other generator's outputs stand.
  private func refusal(_ suite: SuitePlace, _ change: () throws -> Void) throws -> String {
    for _ in 0..<2 {
      let result = try suite.run()
      #expect(result.status == 0, "\(result.errors)")
    }
    let calls = suite.text("calls")
    try change()
    let result = try suite.run()
    #expect(result.status == 2 && suite.text("calls") == calls)
    #expect(result.errors.contains("b: 1 video from before: "))
    #expect(result.errors.components(separatedBy: "\nfailed: ").count == 2, "\(result.errors)")
    let forced = try suite.run("--force", "--only", "a")
    #expect(forced.status == 0 && suite.text("calls").hasPrefix(calls + "a\n"), "\(forced.errors)")
    #expect(suite.text("calls").split(separator: "\n").count { $0 == "b" } == 1)
    #expect(try suite.run().status == 0, "and then it is there")
    return suite.errors(result)
  }

  @Test func anotherCommand() throws {
    let suite = try generators("seed: 3", "{seed}")
    let words = try refusal(suite) {
      let file = suite.text("suite.yaml")
      try suite.write("suite.yaml", file.replacingOccurrences(of: ": {seed}", with: "true {seed}"))
    }
    #expect(words.contains("was made otherwise: the command was `"))
  }

  /// As large as before, and written within the same second.
  @Test func anotherCheckpoint() throws {
    let suite = try generators("checkpoints: [weights.pt]", "{checkpoint}")
    let words = try refusal(suite) {
      let path = suite.place.file("weights.pt")
      let before = try #require(FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
      try suite.write("weights.pt", "87654321")
      let second = before.timeIntervalSince1970.rounded(.down)
      let within = before.timeIntervalSince1970 - second < 0.5 ? 0.25 : -0.25
      try FileManager.default.setAttributes(
        [.modificationDate: before.addingTimeInterval(within)], ofItemAtPath: path)
    }
    #expect(words.contains("was made otherwise: the checkpoint's file was `8 bytes of "))
  }

  @Test func anotherFileInACheckpointsFolder() throws {
    let suite = try generators("checkpoints: [step-1]", "{checkpoint}")
    try copy("real/spin/disc.mp4", "step-1/model/a.bin", in: suite)
    let words = try refusal(suite) { try copy("real/spin/cross.mp4", "step-1/model/a.bin", in: suite) }
    #expect(words.contains("was made otherwise: the checkpoint's file was `"))
  }

  @Test func otherPrompts() throws {
    let suite = try generators("prompts: [a boat, a train]", "{prompt}")
    let words = try refusal(suite) {
      let file = suite.text("suite.yaml")
      try suite.write("suite.yaml", file.replacingOccurrences(of: "[a boat, a train]", with: "[a train, a boat]"))
    }
    #expect(words.contains("was made otherwise: prompts, classes or pictures were others"))
  }

  /// Other pixels under the old name, and the same pixels under a new one.
  @Test func anotherPicture() throws {
    let suite = try generators("images: [one.png, two.png]", "{image}")
    let words = try refusal(suite) { try copy("fake-strong/spin/disc.mp4", "one.png", in: suite) }
    #expect(words.contains("was made otherwise: prompts, classes or pictures were others"))
    try FileManager.default.moveItem(atPath: suite.place.file("one.png"), toPath: suite.place.file("three.png"))
    let file = suite.text("suite.yaml")
    try suite.write("suite.yaml", file.replacingOccurrences(of: "one.png", with: "three.png"))
    #expect(try suite.run().errors.contains("a: 2 videos from before: "))
  }

  /// Records that hold whole seconds and count pictures by their paths, as 0.1.0 wrote them, are compared by their own rules.
  @Test func recordsOfTheFirstRelease() throws {
    let suite = try generators("checkpoints: [weights.pt]\nimages: [one.png]", "{checkpoint} {image}")
    #expect(try suite.run().status == 0)
    let record = try #require(
      FileManager.default.subpathsOfDirectory(atPath: suite.place.file("runs/suite/a")).first {
        $0.hasSuffix("generation.json")
      })
    let name = "runs/suite/a/" + record
    var json = try #require(
      JSONSerialization.jsonObject(with: Data(suite.text(name).utf8)) as? [String: Any])
    var recipe = try #require(json["recipe"] as? [String: Any])
    let date = try #require(
      FileManager.default.attributesOfItem(atPath: suite.place.file("weights.pt"))[.modificationDate] as? Date)
    recipe["checkpoint_stamp"] = "8 bytes of \(Int(date.timeIntervalSince1970))"
    let path = suite.place.file("one.png")
    recipe["conditions"] = SHA256.digest(of: "- - \(path.utf8.count):\(path) 1\n").description
    json["recipe"] = recipe
    try suite.write(name, String(decoding: JSONSerialization.data(withJSONObject: json), as: UTF8.self))
    let kept = try suite.run()
    #expect(kept.status == 0 && kept.errors.contains(" 1 video from before: "), "\(kept.errors)")
    try suite.write("weights.pt", "123456789")
    #expect(try suite.run().status == 2)
  }
}
