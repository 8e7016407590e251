import Foundation
import History
import MetricCatalog
import Random
import Scores

/// A folder that goes with the test.
final class Folder {
  let path = NSTemporaryDirectory() + "vidmetrics-history-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// Names and contents of all files.
  func contents() throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: path)
    return Dictionary(
      uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: file($0)) ?? Data()) })
  }
}

/// The same runs each time.
typealias Dice = SplitMix64

extension Dice {
  mutating func maybe<Value>(_ value: (inout Dice) -> Value) -> Value? {
    Bool.random(using: &self) ? value(&self) : nil
  }

  mutating func list<Value>(_ value: (inout Dice) -> Value) -> [Value] {
    (0..<Int.random(in: 0...3, using: &self)).map { _ in value(&self) }
  }

  /// Any finite number, of any magnitude.
  mutating func number() -> Double {
    while true {
      let value = Double(bitPattern: next())
      if value.isFinite, value != 0 { return value }
    }
  }

  mutating func count() -> Int { Int.random(in: 0...1_000_000, using: &self) }

  mutating func text() -> String {
    ["", "a", "naïve 'quoted' \"text\"", "line\nbreak", "日本語", "x,y;--", "null"].randomElement(using: &self) ?? ""
  }
}

extension RunRecord {
  /// Anything that a run can be.
  static func random(_ dice: inout Dice) -> RunRecord {
    var run = RunRecord(id: String(dice.next(), radix: 16), date: RunRecord.now(), name: dice.text())
    run.origin = [.measured, .imported, .published].randomElement(using: &dice) ?? .measured
    run.suite = dice.maybe { $0.text() }
    run.generator = dice.maybe { $0.text() }
    run.checkpoint = dice.maybe { $0.text() }
    run.step = dice.maybe { $0.count() }
    run.dataset = dice.maybe { $0.text() }
    run.tags = [["b", "a"], [], ["one"]].randomElement(using: &dice) ?? []
    run.source = dice.maybe { $0.text() }
    run.note = dice.maybe { $0.text() }
    run.circumstances.command = dice.maybe { $0.text() }
    run.circumstances.workingFolder = dice.maybe { $0.text() }
    run.circumstances.gitCommit = dice.maybe { $0.text() }
    run.circumstances.gitIsDirty = dice.maybe { $0.count() % 2 == 0 }
    run.circumstances.version = dice.maybe { $0.text() }
    run.circumstances.host = dice.maybe { $0.text() }
    run.circumstances.os = dice.maybe { $0.text() }
    run.circumstances.processor = dice.maybe { $0.text() }
    run.circumstances.isa = dice.maybe { $0.text() }
    run.circumstances.decoder = dice.maybe { $0.text() }
    run.circumstances.threads = dice.maybe { $0.count() + 1 }
    run.circumstances.totalSeconds = dice.maybe { $0.number() }
    run.circumstances.readingSeconds = dice.maybe { $0.number() }
    run.circumstances.extractionSeconds = dice.maybe { $0.number() }
    run.circumstances.distanceSeconds = dice.maybe { $0.number() }
    run.circumstances.clipsComputed = dice.maybe { $0.count() }
    run.circumstances.clipsCached = dice.maybe { $0.count() }
    run.generation = dice.maybe { dice in
      var made = Generation()
      made.command = dice.maybe { $0.text() }
      made.samples = dice.maybe { $0.count() }
      made.seconds = dice.maybe { $0.number() }
      made.peakMemory = dice.maybe { $0.count() }
      made.seed = dice.maybe { $0.count() }
      return made
    }
    run.scores = dice.list { ScoreRecord.random(&$0) }
    run.skipped = dice.list { SkippedInput(path: $0.text(), reason: $0.text()) }
    run.artefacts = dice.list { dice in
      Artefact(kind: dice.text(), path: dice.text(), bytes: dice.maybe { $0.count() })
    }
    let previews = dice.list { dice in
      Preview(
        kind: Preview.Kind.allCases[dice.count() % Preview.Kind.allCases.count],
        side: [.real, .fake][dice.count() % 2], video: dice.text(),
        title: dice.text(), digest: dice.text(), bytes: dice.count(), value: dice.maybe { $0.number() })
    }
    run.previews = previews.isEmpty ? nil : previews
    return run
  }

  /// A run of one score.
  static func made(
    _ id: String, _ metric: String = "fvd", _ value: Double = 1, date: String = RunRecord.now(),
    settings: Settings? = nil
  ) -> RunRecord {
    var run = RunRecord(id: id, date: date, name: "model")
    var score = ScoreRecord(metric: metric, value: value, direction: .lower)
    score.settings = settings
    score.real = ScoredSet(path: "real", digest: "sha256:0")
    run.scores = [score]
    return run
  }
}

extension ScoreRecord {
  static func random(_ dice: inout Dice) -> ScoreRecord {
    var score = ScoreRecord(
      metric: "m" + dice.text(), value: dice.number(), direction: [.lower, .higher][dice.count() % 2])
    score.std = dice.maybe { $0.number() }
    score.interval = dice.maybe { dice in
      let ends = [dice.number(), dice.number()].sorted()
      return ScoreInterval(
        low: ends[0], high: ends[1], level: 0.95, resamples: dice.maybe { $0.count() }, method: dice.text())
    }
    let metric = score.metric
    score.settings = dice.maybe { dice in
      var settings = Settings(
        name: dice.text(), version: dice.count(), fingerprint: "", overrides: [dice.text(): .text(dice.text())],
        fields: [
          "ddof": .integer(dice.count()), "eps": .number(1 / 3 + dice.number()).asInJSON, "root": .text(dice.text()),
        ])
      // Documents are refused whose fields do not give it.
      settings.fingerprint =
        EvaluationProtocol.fingerprint(ofScore: metric, version: settings.version, fields: settings.fields).description
      return settings
    }
    score.sample = dice.maybe { $0.text() }
    score.features = dice.maybe { $0.count() }
    score.real = dice.maybe { side(&$0) }
    score.fake = dice.maybe { side(&$0) }
    score.prompts = dice.maybe { dice in
      ScoredPrompts(source: dice.maybe { $0.text() }, count: dice.maybe { $0.count() }, digest: dice.text())
    }
    score.floor = dice.maybe { dice in
      ScoreFloor(value: dice.number(), samples: dice.count(), scoreAtSamples: dice.maybe { $0.number() })
    }
    score.repeats = dice.maybe { $0.list { $0.number() } }
    score.groups = dice.maybe {
      $0.list { GroupScore(label: $0.text(), value: $0.number(), realSamples: $0.count(), fakeSamples: $0.count()) }
    }
    score.series = dice.maybe {
      $0.list {
        SeriesPoint(
          start: $0.count(), frames: $0.count(), value: $0.number(), realSamples: $0.count(), fakeSamples: $0.count())
      }
    }
    score.curve = dice.maybe { $0.list { CurvePoint(samples: $0.count(), value: $0.number()) } }
    score.spectrum = dice.maybe {
      $0.list { dice in SpectrumPoint(frequency: dice.number(), fake: dice.number(), real: dice.maybe { $0.number() }) }
    }
    score.videos = dice.maybe { $0.list { VideoValue(name: $0.text(), value: $0.number()) } }
    score.distances = dice.maybe { $0.list { VideoValue(name: $0.text(), value: $0.number()) } }
    score.warnings = dice.list { ScoreWarning(code: $0.text(), text: $0.text()) }
    return score
  }

  private static func side(_ dice: inout Dice) -> ScoredSet {
    var set = ScoredSet(
      path: dice.text(), videos: dice.maybe { $0.count() }, clips: dice.maybe { $0.count() },
      rank: dice.maybe { $0.count() }, digest: dice.maybe { $0.text() })
    set.features = dice.maybe { $0.text() }
    return set
  }
}

extension Settings {
  static func made(_ fields: [String: FieldValue] = ["ddof": .integer(0)], fingerprint: String = "sha256:a") -> Self {
    Settings(name: "stylegan-v", version: 1, fingerprint: fingerprint, overrides: [:], fields: fields)
  }
}
