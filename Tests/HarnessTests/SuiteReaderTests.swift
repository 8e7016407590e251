import Foundation
import Harness
import MetricCatalog
import Testing

@Suite struct SuiteReaderTests {
  /// The repository's clips, so that paths are there.
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/suite").path

  private func read(_ text: String, watching: Bool = false) throws -> Suite {
    try Suite.parse(text, file: Self.folder + "/test.yaml", watching: watching)
  }

  /// The message, with the file as `test.yaml`.
  private func message(_ text: String) -> String {
    do {
      _ = try read(text)
      return "none"
    } catch { return "\(error)".replacingOccurrences(of: Self.folder + "/", with: "") }
  }

  /// A generator with more lines, from line 4 on.
  private func suite(_ lines: String..., metrics: String = "[fvd]") -> String {
    """
    data: {clips: ../clips/real}
    metrics: \(metrics)
    generators:
      - name: g
    \(lines.map { "    " + $0 }.joined(separator: "\n"))
    """
  }

  /// Drift stands beside the plain score, as groups do; a share of frames is of the drift alone.
  @Test func drift() throws {
    let lines = "outputs: ../clips/fake-mild"
    let asked = "[{metric: psnr, drift: true, set: {drift-share: 0.3}}, {metric: temporal-flickering, drift: true}]"
    let read = try read(suite(lines, metrics: asked))
    #expect(
      read.generators[0].metrics.map { "\($0.evaluationProtocol.metric): \($0.evaluationProtocol.displayName)" } == [
        "psnr: common-metrics", "psnr: common-metrics + drift=yes + drift-share=0.3", "temporal-flickering: vbench",
        "temporal-flickering: vbench + drift=yes + drift-share=0.15",
      ])
    #expect(
      message(suite(lines, metrics: "[{metric: fvd, drift: true}]")).hasPrefix("test.yaml:2: fvd has no drift: "))
  }

  /// Flows of the real videos belong to the metric that compares with them.
  @Test func flows() throws {
    let lines = "outputs: ../clips/fake-mild"
    #expect(
      message(suite(lines, metrics: "[{metric: fvd, flow: flows}]"))
        == "test.yaml:2: `flow` is for flow-error, and this is fvd")
    let empty = message(suite(lines, metrics: "[{metric: flow-error, flow: ../clips}]"))
    #expect(empty.hasPrefix("test.yaml:2: `") && empty.contains("Fixtures/clips` holds no flows"), "\(empty)")
  }

  /// Outputs are videos or files of camera poses.
  @Test func setsOfPoses() throws {
    let lines = "outputs: ../clips/fake-mild"
    #expect(try read(suite(lines, metrics: "[camera-error]")).generators[0].input.isOfPoses)
    #expect(try !read(suite(lines)).generators[0].input.isOfPoses)
    #expect(
      message(suite(lines, metrics: "[fvd, camera-error]"))
        == """
        test.yaml:4: fvd is of videos and camera-error of files of camera poses: the sets cannot be both
        hint: score camera-error by itself, with the folders of poses
        """)
  }

  @Test func everythingIsRead() throws {
    let suite = try read(
      """
      name: demo
      data:
        clips: {path: ../clips/real, name: Clips}
      generators:
        - name: g
          label: "G (ours)"
          command: ./g {output} {seed} {count} {checkpoint}
          count: 16
          seed: 3
          repeats: 2
          checkpoints: [copy.sh, {path: broken.sh, step: 7}]
          time-limit: 1h30m
          metrics: ["kvd:tats", {metric: fid, protocol: clean, set: {samples: 4}, group-by: class}]
          tags: x
        - {name: there, outputs: ../clips/fake-mild}
      metrics: {table: lvdm, only: fvd}
      set: {clips: all}
      bootstrap: 100
      floor: true
      """)
    #expect(suite.data.map(\.label) == ["Clips"])
    let g = suite.generators[0]
    #expect(g.seeds == [3, 4] && g.timeLimit == 5400 && g.label == "G (ours)" && g.tags == ["x"])
    #expect(g.checkpoints.map(\.step) == [nil, 7])
    #expect(
      g.metrics.map { "\($0.evaluationProtocol.metric): \($0.evaluationProtocol.displayName)" } == [
        "kvd: tats + clips=all", "fid: clean + samples=4", "fid: clean + samples=4 + group-by=class",
      ])
    #expect(suite.generators[1].metrics.map(\.evaluationProtocol.name) == ["lvdm", "lvdm/over-time"])
    #expect(suite.honesty.bootstrap == 100 && suite.honesty.floor)
    let jobs = try suite.jobs()
    #expect(
      jobs.map(\.title) == [
        "g at copy, seed 3", "g at copy, seed 4", "g at broken, seed 3", "g at broken, seed 4", "there",
      ])
    #expect(jobs[1].folder.hasSuffix("Fixtures/suite/runs/demo/g/copy/seed-4"))
    #expect(try suite.jobs(only: ["g"], limit: 4)[0].folder.hasSuffix("runs/demo/g/limit-4/copy/seed-3"))
    #expect(try suite.jobs(only: ["g"], limit: 4)[0].wanted == 4)
  }

  @Test func unknownNamesHaveTheirLineAndTheNearest() {
    #expect(
      message(suite("comand: ./g {output}"))
        == "test.yaml:5: a generator has no key `comand`\nhint: did you mean `command`?")
    #expect(
      message("gen: []\n")
        == "test.yaml:1: a suite has no key `gen`\nhint: the keys of a suite are name, data, generators, metrics, set, "
        + "bootstrap, floor, n-curve, value-range, include, exclude, path-column, layout, images, pair-by, on-error, "
        + "allow-other-weights, tags, reports")
    #expect(
      message(suite("outputs: ../clips/fake-mild", metrics: "[fvd, kvdd]"))
        == "test.yaml:2: there is no metric `kvdd`\nhint: did you mean `kvd`?")
    #expect(
      message(suite("outputs: ../clips/fake-mild", metrics: "['fvd:tatz']"))
        == "test.yaml:2: there is no protocol `tatz`\nhint: did you mean `tats`?")
    #expect(
      message(suite("outputs: ../clips/fake-mild", metrics: "[{metric: fvd, set: {frame: 16}}]"))
        == "test.yaml:2: a protocol of fvd has no field `frame`\nhint: did you mean `frames`?")
    #expect(
      message(suite("outputs: ../clips/fake-mild", "data: clip"))
        == "test.yaml:6: there is no real set `clip`\nhint: did you mean `clips`?")
    #expect(
      message(suite("outputs: ../clips/fake-mild") + "\nset: {samples: 3}\n")
        == "test.yaml:6: a protocol of fvd has no field `samples`\nhint: `vidmetrics protocols show NAME` lists its fields"
    )
  }

  @Test func wrongValuesAreRefusedBeforeAnyWork() {
    #expect(message(suite("count: many")) == "test.yaml:4: a generator without `outputs` needs the key `command`")
    #expect(
      message(suite("command: ./g {output} {count}", "count: many")) == "test.yaml:6: `count` is not a whole number")
    #expect(
      message(suite("command: ./g {output}", "count: 0"))
        == "test.yaml:6: `0` is not a value of `count`: a whole number from 1 to 10000000 is expected")
    #expect(
      message(suite("command: ./g {output} {prompt}"))
        == "test.yaml:5: the command has `{prompt}`, and nothing says what goes there\nhint: add `prompts`")
    #expect(
      message(suite("command: ./g {output}", "seeds: [1, 2]"))
        == "test.yaml:5: `seeds` is given, and the command has no `{seed}`")
    #expect(
      message(suite("command: ./g {output}", "time-limit: soon"))
        == "test.yaml:6: `soon` is not a value of `time-limit`: a time up to a year, such as 90s, 10m or "
        + "1h30m is expected")
    #expect(
      message(suite("command: ./g {output} {prompt}", "prompts: nowhere.txt"))
        == "test.yaml:6: `prompts`: there is no file or folder `nowhere.txt`")
    #expect(message(suite("outputs: nowhere")) == "test.yaml:5: `outputs`: there is no file or folder `nowhere`")
    #expect(
      message(suite("outputs: ../clips/fake-mild") + "\n  - {name: g, outputs: ../clips/real}")
        == "test.yaml:6: there are two generators `g`, the first in line 4")
    #expect(
      message("metrics: fvd\ngenerators: {name: g, outputs: ../clips/real}")
        == "test.yaml:2: fvd compares with real videos, and the suite has no `data`")
    #expect(
      message(suite("outputs: ../clips/fake-mild", metrics: "[fvd, 'fvd:stylegan-v']"))
        == "test.yaml:2: there are two metrics `fvd: stylegan-v`, the first in line 2")
    #expect(message("a: [1\n").hasPrefix("test.yaml:2: this is not YAML: "))
    #expect(message("name: x\nname: y\n") == "test.yaml:1: there are two keys `name`")
  }

  /// No number is taken that the work could not bear, whatever key it stands at.
  @Test func numbersHaveRanges() {
    let seeds = "a whole number from 0 to 9007199254740991 is expected"
    for (key, value, range) in [
      ("repeats", "1000000000", "a whole number from 1 to 10000 is expected"), ("seed", "9223372036854775807", seeds),
      ("seed", "9223372036854775808", seeds), ("seed", "-1", seeds), ("seeds", "[1, 99999999999999999999]", seeds),
      ("count", "10000001", "a whole number from 1 to 10000000 is expected"),
      ("time-limit", "400d", "a time up to a year, such as 90s, 10m or 1h30m is expected"),
      ("time-limit", "1e300", "a time up to a year, such as 90s, 10m or 1h30m is expected"),
      ("time-limit", "999999h", "a time up to a year, such as 90s, 10m or 1h30m is expected"),
    ] {
      let shown = value.split(separator: " ").last.map { $0.filter { $0 != "]" } } ?? ""
      #expect(
        message(suite("command: ./g {output} {seed}", "\(key): \(value)"))
          == "test.yaml:6: `\(shown)` is not a value of `\(key)`: \(range)", "\(key): \(value)")
    }
    #expect(
      message(suite("command: ./g {output}") + "\nbootstrap: 1000001")
        == "test.yaml:6: `1000001` is not a value of `bootstrap`: a whole number from 40 to 1000000 is expected")
    #expect(
      message(suite("command: ./g {output}") + "\nn-curve: 1")
        == "test.yaml:6: `1` is not a value of `n-curve`: a whole number from 2 to 1000 is expected")
    let prompts = (1...101).map(String.init).joined(separator: ", ")
    #expect(
      message(suite("command: ./g {output} {seed} {prompt}", "repeats: 10000", "prompts: [\(prompts)]"))
        == "test.yaml:4: `g` has more than 1000000 calls (seeds x checkpoints x prompts, classes or pictures)")
    #expect(
      message(suite("outputs: ../clips/fake-mild") + "\nreports: {html: nowhere/r.html}")
        == "test.yaml:6: `html`: there is no file or folder `nowhere`")
  }

  /// The plain score that groups bring along is no second one.
  @Test func aMetricAndItsGroups() throws {
    let grouped = try read(
      suite(
        "outputs: ../clips/fake-mild",
        metrics: "[fvd, {metric: fvd, group-by: [class, dir]}, {metric: kvd, group-by: class}, kvd]"))
    #expect(grouped.generators[0].metrics.map(\.evaluationProtocol.metric) == ["fvd", "fvd", "fvd", "kvd", "kvd"])
  }

  /// Each prompt is a call with a folder of its own; classes give their names to folders.
  @Test func conditionsAreCalls() throws {
    let prompts = try read(
      suite("command: ./g {output} {prompt} {count}", "count: 2", "prompts: [\"a 'red' boat\", \"two\\nlines\"]"))
    let job = try #require(prompts.jobs().first)
    #expect(job.calls.map(\.folder) == ["0001", "0002"] && job.wanted == 4)
    #expect(job.calls[1].condition == Condition(prompt: "two\nlines"))
    #expect(try prompts.jobs(limit: 3)[0].calls.map(\.count) == [2, 1])
    let classes = try read(suite("command: ./g {output} {class}", "classes: [spin, swing]"))
    #expect(try classes.jobs()[0].calls.map(\.folder) == ["spin", "swing"])
  }

  @Test func aWatchedSuiteNeedsNoCheckpoints() throws {
    let text = suite("command: ./g {output} {checkpoint}")
    #expect(
      message(text)
        == "test.yaml:5: the command has `{checkpoint}`, and nothing says what goes there\nhint: add `checkpoints`")
    #expect(try read(text, watching: true).generators.count == 1)
  }
}
