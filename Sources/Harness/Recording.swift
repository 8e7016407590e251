import Evaluation
import Foundation
import History
import MetricCatalog

/// What a run is called and where it belongs; unknown is nil.
public struct RunLabels: Sendable, Equatable {
  public var name: String?
  public var suite: String?
  public var generator: String?
  public var checkpoint: String?
  public var step: Int?
  public var dataset: String?
  public var tags: [String] = []

  public init() {}
}

extension Run {
  /// The scores of a document as a run of now.
  ///
  /// - Parameters:
  ///   - circumstances: what the document does not know: the command, the working folder and its commit.
  public init(
    document: ScoreDocument, labels: RunLabels = RunLabels(), id: String = Run.newID(),
    circumstances: Circumstances = .ofThisProcess()
  ) {
    let fake = document.scores.first.map { Self.name(ofSet: $0.fake.path) }
    self.init(id: id, date: Run.now(), name: labels.name ?? labels.generator ?? fake ?? "run")
    suite = labels.suite
    generator = labels.generator
    checkpoint = labels.checkpoint
    step = labels.step
    dataset = labels.dataset
    tags = labels.tags
    self.circumstances = circumstances
    self.circumstances.version = document.environment.version
    self.circumstances.isa = document.environment.isa
    self.circumstances.decoder = document.environment.decoder
    self.circumstances.processor = document.environment.processor
    self.circumstances.host = document.environment.host
    self.circumstances.os = document.environment.os
    let timing = document.timing
    self.circumstances.threads = timing.threads
    self.circumstances.totalSeconds = timing.totalSeconds
    self.circumstances.readingSeconds = timing.readingSeconds
    self.circumstances.extractionSeconds = timing.extractionSeconds
    self.circumstances.distanceSeconds = timing.distanceSeconds
    self.circumstances.clipsComputed = timing.clipsComputed
    self.circumstances.clipsCached = timing.clipsCached
    scores = document.scores.map(RunScore.init)
    skipped = document.skipped.map { SkippedInput(path: $0.path, reason: $0.reason) }
  }

  /// A set's last folder or file, without the latter's extension: `generated/` is `generated`.
  static func name(ofSet path: String) -> String {
    let url = URL(fileURLWithPath: path)
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists && isFolder.boolValue ? url.lastPathComponent : url.deletingPathExtension().lastPathComponent
  }
}

extension RunScore {
  /// A score of this program, all of it.
  public init(_ score: Score) {
    let settled = score.evaluationProtocol
    self.init(metric: score.metric, value: score.value, direction: settled.direction)
    std = score.std
    interval = score.interval.map {
      Interval(low: $0.low, high: $0.high, level: $0.level, resamples: $0.resamples, method: "bootstrap")
    }
    settings = Settings(
      name: settled.name, version: settled.version, fingerprint: settled.fingerprint.description,
      overrides: Dictionary(settled.overrides.map { ($0.field, $0.value.asInJSON) }) { $1 },
      fields: Dictionary(settled.decidingFields.map { ($0.definition.name, $0.value.asInJSON) }) { $1 })
    sample = score.sample
    features = score.features
    real = score.real.map(ScoredSide.init)
    fake = ScoredSide(score.fake)
    promptsDigest = score.prompts?.digest
    floor = score.floor.map { Floor(value: $0.value, samples: $0.samples, scoreAtSamples: $0.scoreAtSamples) }
    repeats = score.runs
    groups = score.groups?.map {
      Group(label: $0.label, value: $0.value, realSamples: $0.realSamples, fakeSamples: $0.fakeSamples)
    }
    series = score.series?.map {
      Point(
        start: $0.start, frames: $0.frames, value: $0.value, realSamples: $0.realSamples, fakeSamples: $0.fakeSamples)
    }
    curve = score.curve?.map { CurvePoint(samples: $0.samples, value: $0.value) }
    videos = score.perVideo?.map { VideoValue(name: $0.name, value: $0.value) }
    warnings = score.warnings.map { Warning(code: $0.code, text: $0.text) }
  }
}

extension RunScore.ScoredSide {
  init(_ set: ScoredSet) {
    self.init(path: set.path, videos: set.videos, clips: set.clips, rank: set.rank, digest: set.digest)
  }
}
