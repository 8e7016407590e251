import Evaluation
import Foundation
import History
import MetricCatalog

// Documents that `--json` printed: of a score, or of a run that `show` told of.
extension RunImport {
  /// A run with the id that the document has; of one that was not recorded, with an id of its contents.
  func document() throws -> Run {
    let text = try text()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let read: Document
    do { read = try decoder.decode(Document.self, from: Data(text.utf8)) } catch {
      throw ImportError.row(path: path, line: nil, reason: "it is no document of schema `\(ScoreDocument.schema)`")
    }
    let fake = read.results.first?.fake.map { Run.name(ofSet: $0.path) }
    var run = run("document " + text, name: read.name ?? fake ?? "run")
    run.origin = read.origin ?? .measured
    run.id = read.run ?? run.id
    run.date = read.date ?? run.date
    (run.suite, run.generator, run.checkpoint, run.step) = (read.suite, read.generator, read.checkpoint, read.step)
    run.dataset = read.dataset ?? run.dataset
    run.source = read.source ?? labels.source
    run.note = read.note
    run.tags = (read.tags ?? []) + labels.tags.filter { !(read.tags ?? []).contains($0) }
    run.circumstances = read.circumstances
    run.generation = read.generation
    run.skipped = read.skipped
    run.artefacts = read.artefacts ?? []
    run.scores = read.results.map(\.score)
    return run
  }

  private struct Document: Decodable {
    let results: [Entry]
    let skipped: [SkippedInput]
    let run, date, name, suite, generator, checkpoint, dataset, source, note: String?
    let origin: Run.Origin?
    let step: Int?
    let tags: [String]?
    let environment: Environment
    let timing: Timing?
    let generation: Run.Generation?
    let artefacts: [Artefact]?

    var circumstances: Run.Circumstances {
      var facts = Run.Circumstances()
      (facts.command, facts.workingFolder) = (environment.command, environment.workingFolder)
      (facts.gitCommit, facts.gitIsDirty) = (environment.gitCommit, environment.gitIsDirty)
      (facts.version, facts.host, facts.os) = (environment.version, environment.host, environment.os)
      (facts.processor, facts.isa, facts.decoder) = (environment.processor, environment.isa, environment.decoder)
      (facts.totalSeconds, facts.readingSeconds) = (timing?.totalSeconds, timing?.readingSeconds)
      (facts.extractionSeconds, facts.distanceSeconds) = (timing?.extractionSeconds, timing?.distanceSeconds)
      (facts.clipsComputed, facts.clipsCached) = (timing?.clipsComputed, timing?.clipsCached)
      facts.threads = timing?.threads
      return facts
    }
  }

  private struct Environment: Decodable {
    let command, workingFolder, gitCommit, version, host, os, processor, isa, decoder: String?
    let gitIsDirty: Bool?
  }

  private struct Timing: Decodable {
    let totalSeconds, readingSeconds, extractionSeconds, distanceSeconds: Double?
    let clipsComputed, clipsCached, threads: Int?
  }

  /// Samples are called clips there.
  private struct Counted: Decodable {
    let label: String?
    let start, frames: Int?
    let value: Double
    let realClips, fakeClips: Int
  }

  private struct Interval: Decodable {
    let low, high, level: Double
    let resamples: Int?
    let method: String?
  }

  private struct Prompts: Decodable { let digest: String }

  private struct Entry: Decodable {
    let metric: String
    let value: Double
    let direction: Direction
    let std: Double?
    let interval: Interval?
    let `protocol`: RunScore.Settings?
    let sample: String?
    let features: Int?
    let real, fake: RunScore.ScoredSide?
    let prompts: Prompts?
    let groups, series: [Counted]?
    let runs: [Double]?
    let floor: RunScore.Floor?
    let nCurve: [RunScore.CurvePoint]?
    let videos, distances: [RunScore.VideoValue]?
    let warnings: [RunScore.Warning]

    var score: RunScore {
      var score = RunScore(metric: metric, value: value, direction: direction)
      (score.std, score.settings, score.sample, score.features) = (std, `protocol`, sample, features)
      (score.real, score.fake, score.promptsDigest) = (real, fake, prompts?.digest)
      score.interval = interval.map {
        RunScore.Interval(
          low: $0.low, high: $0.high, level: $0.level, resamples: $0.resamples, method: $0.method ?? "bootstrap")
      }
      (score.repeats, score.floor, score.curve) = (runs, floor, nCurve)
      score.groups = groups?.map {
        .init(label: $0.label ?? "", value: $0.value, realSamples: $0.realClips, fakeSamples: $0.fakeClips)
      }
      score.series = series?.map {
        .init(
          start: $0.start ?? 0, frames: $0.frames ?? 0, value: $0.value, realSamples: $0.realClips,
          fakeSamples: $0.fakeClips)
      }
      (score.videos, score.distances, score.warnings) = (videos, distances, warnings)
      return score
    }
  }
}
