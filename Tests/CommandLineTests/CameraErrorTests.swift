import Foundation
import Scores
import Testing

/// Camera errors through the program: against CamI2V's and evo's own functions, by `Fixtures/golden/cameras/recipe.py`.
@Suite struct CameraErrorCommandTests {
  struct Golden: Decodable {
    struct Pair: Decodable {
      let cami2v: [String: Double]
      let evo: [String: [String: [String: Double]]]
    }
    let pairs: [String: Pair]
  }

  let workplace: Workplace
  let program: Program
  let golden: Golden
  private let folder = Workplace.fixtures + "/golden/cameras"

  init() throws {
    workplace = try Workplace()
    program = workplace.program
    golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/cameras.json")))
  }

  private func scores(_ more: String...) throws -> RunRecord {
    try program.scores(["camera-error", folder + "/real", folder + "/fake"] + more)
  }

  private func values(_ run: RunRecord, _ metric: String) throws -> [String: Double] {
    let score = try #require(run.scores.first { $0.metric == metric })
    let videos = try #require(score.videos)
    #expect(abs(score.value - videos.reduce(0) { $0 + $1.value } / Double(videos.count)) < 1e-12)
    return Dictionary(uniqueKeysWithValues: videos.map { ($0.name, $0.value) })
  }

  /// CamI2V adds 1e-9 to what it divides by.
  @Test func asCamI2V() throws {
    let (own, real) = (try scores(), try scores("--set", "camera-scale=real-furthest"))
    for (name, pair) in golden.pairs {
      for metric in ["rot-err", "trans-err", "cam-mc"] {
        let wanted = try #require(pair.cami2v[metric])
        #expect(abs((try values(own, metric)[name] ?? .nan) / wanted - 1) < 1e-8, "\(name) \(metric)")
      }
      for metric in ["trans-err", "cam-mc"] {
        let wanted = try #require(pair.cami2v[metric + " real-furthest"])
        #expect(abs((try values(real, metric)[name] ?? .nan) / wanted - 1) < 1e-8, "\(name) \(metric)")
      }
    }
    #expect(own.scores.map(\.metric) == ["rot-err", "trans-err", "cam-mc", "ate", "rpe-trans", "rpe-rot"])
    #expect(own.scores.allSatisfy { $0.real?.videos == 5 && $0.fake?.videos == 5 && $0.direction == .lower })
  }

  @Test(arguments: ["none", "first-frame", "rigid", "similarity"]) func asEvo(_ alignment: String) throws {
    for statistic in ["rmse", "mean"] {
      let run = try scores(
        "--protocol", "evo", "--set", "trajectory-alignment=\(alignment)", "--set", "trajectory-statistic=\(statistic)")
      for (name, pair) in golden.pairs {
        for metric in ["ate", "rpe-trans", "rpe-rot"] {
          let wanted = try #require(pair.evo[alignment]?[metric]?[statistic])
          #expect(abs((try values(run, metric)[name] ?? .nan) / wanted - 1) < 1e-12, "\(name) \(metric) \(statistic)")
        }
      }
    }
  }

  @Test func againstItself() throws {
    let run = try program.scores("camera-error", folder + "/real", folder + "/real", "--bootstrap", "100")
    #expect(run.scores.allSatisfy { abs($0.value) < 1e-15 && $0.has("sets-share-files") })
    #expect(run.scores.allSatisfy { $0.interval != nil })
  }

  /// More noise, larger errors: each estimate of a turning camera has its rotations spoiled by an angle.
  @Test func moreNoiseIsWorse() throws {
    func write(_ name: String, noise: Double) throws -> String {
      let lines = (0..<12).map { frame in
        let angle = 0.1 * Double(frame) + noise * sin(3.7 * Double(frame))
        let place = [Double(frame), 2 + noise * cos(2.3 * Double(frame)), 0.1 * Double(frame * frame)]
        return "\(frame) \(place[0]) \(place[1]) \(place[2]) 0 \(sin(angle / 2)) 0 \(cos(angle / 2))\n"
      }
      let path = workplace.file(name)
      try lines.joined().write(toFile: path, atomically: false, encoding: .utf8)
      return path
    }
    let real = try write("real.tum", noise: 0)
    let runs = try [0, 0.02, 0.1, 0.4].map { try program.scores("camera-error", real, write("fake.tum", noise: $0)) }
    for (better, worse) in zip(runs, runs.dropFirst()) {
      for (a, b) in zip(better.scores, worse.scores) { #expect(a.value < b.value, "\(a.metric)") }
    }
    #expect(runs[0].scores.allSatisfy { abs($0.value) < 1e-14 })
  }

  /// The first frame that is left is then the origin.
  @Test func firstFramesAreLeftOut() throws {
    func write(_ name: String, from: Int, bend: Double) throws -> String {
      let lines = (from..<9).map { frame in
        let angle = 0.2 * Double(frame) + bend * Double(frame * frame)
        return "\(frame) \(frame) \(bend * Double(frame)) 0 0 \(sin(angle / 2)) 0 \(cos(angle / 2))\n"
      }
      let path = workplace.file(name)
      try lines.joined().write(toFile: path, atomically: false, encoding: .utf8)
      return path
    }
    let whole = try program.scores(
      "camera-error", write("real.tum", from: 0, bend: 0), write("fake.tum", from: 0, bend: 0.03), "--skip-first", "3")
    let rest = try program.scores(
      "camera-error", write("real-3.tum", from: 3, bend: 0), write("fake-3.tum", from: 3, bend: 0.03))
    #expect(whole.scores.map(\.value) == rest.scores.map(\.value) && whole.scores.allSatisfy { $0.value > 0 })
  }

  @Test func recordedAndCompared() throws {
    let name = "cameras"
    let scored = try program.run("camera-error", folder + "/real", folder + "/fake", "--name", name)
    #expect(scored.status == 0, "\(scored.errors)")
    let shown = try program.run("show", "name:\(name)")
    #expect(shown.output.contains("RotErr") && shown.output.contains("cami2v  (version 1"), "\(shown)")
    let best = try program.run("best", "--metric", "trans-err")
    #expect(best.status == 0 && best.output.contains(name), "\(best)")
    let page = workplace.file("page.html")
    let report = try program.run("report", "--html", page)
    #expect(report.status == 0, "\(report.errors)")
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("TransErr") && text.contains("CamMC"))
  }

  /// In a suite poses are outputs like others.
  @Test func inASuite() throws {
    let text = """
      data: {truth: \(folder)/real}
      metrics: [camera-error]
      generators:
        - {name: estimated, outputs: \(folder)/fake}
        - {name: copied, command: "cp -r \(folder)/real/. {output}"}
      """
    let suite = workplace.file("suite.yaml")
    try text.write(toFile: suite, atomically: false, encoding: .utf8)
    let result = try program.run("run", suite, in: workplace.path)
    #expect(result.status == 0, "\(result.output) \(result.errors)")
    let best = try program.run("best", "--metric", "trans-err", in: workplace.path)
    #expect(best.status == 0 && best.output.contains("copied"), "\(best)")
  }

  @Test func messages() throws {
    func write(_ name: String, _ frames: Int) throws {
      let target = URL(fileURLWithPath: workplace.file(name))
      try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      let lines = (0..<frames).map { "\($0) 0 0 \($0) 0 0 0 1\n" }
      try Data(lines.joined().utf8).write(to: target)
    }
    try write("real/a.txt", 4)
    try write("real/b.txt", 4)
    try write("fake/a.txt", 4)
    try write("fake/b.txt", 3)
    let (real, fake) = (workplace.file("real"), workplace.file("fake"))
    let counts = try program.run("camera-error", real, fake)
    #expect(counts.status == 2)
    #expect(
      counts.errors == """
        error: \(fake): `b.txt` has 3 camera poses, and the real one 4: frame by frame they are compared
        hint: --on-error skip leaves such videos out, lists them and ends with status 4

        """, "\(counts.errors)")
    let skipped = try program.run("camera-error", real, fake, "--on-error", "skip")
    #expect(skipped.status == 4 && skipped.output.contains("fake/b.txt"), "\(skipped)")
    let mixed = try program.run("score", real, fake, "--metrics", "psnr,camera-error")
    #expect(
      mixed.errors == """
        error: psnr is of videos and camera-error of files of camera poses: the sets cannot be both
        hint: score camera-error by itself, with the folders of poses

        """)
    let clips = Workplace.fixtures + "/clips/real"
    let videos = try program.run("camera-error", real, clips)
    #expect(videos.status == 2 && videos.errors.hasPrefix("error: no camera poses in `\(clips)`"), "\(videos.errors)")
    let frames = try program.run("camera-error", real, real, "--frames", "4")
    #expect(frames.errors.hasPrefix("error: a protocol of camera-error has no field `frames`\n"), "\(frames.errors)")
  }
}
