import Evaluation
import Files
import Foundation
import History
import MetricCatalog
import ProcessLimits
import Reporting
import Scores
import Vocabulary

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

extension RunRecord {
  /// What an evaluation found, as a run of now.
  ///
  /// - Parameter place: what the evaluation does not know: the command, the working folder and its commit.
  public init(
    _ result: EvaluationResult, labels: RunLabels = RunLabels(), id: String = RunRecord.newID(),
    place: Circumstances = .ofThisProcess()
  ) {
    let fake = result.scores.first?.fake.map { Self.name(ofSet: $0.path) }
    self.init(id: id, date: RunRecord.now(), name: labels.name ?? labels.generator ?? fake ?? "run")
    (suite, generator, checkpoint, step) = (labels.suite, labels.generator, labels.checkpoint, labels.step)
    (dataset, tags) = (labels.dataset, labels.tags)
    circumstances = result.circumstances
    (circumstances.command, circumstances.workingFolder) = (place.command, place.workingFolder)
    (circumstances.gitCommit, circumstances.gitIsDirty) = (place.gitCommit, place.gitIsDirty)
    (scores, skipped) = (result.scores, result.skipped)
  }
}

extension HistoryStore {
  /// Records a run, and keeps beside the history the features that its scores were computed from, and previews of its videos.
  ///
  /// The run says which files are kept. A set larger than `KeptFiles.mostBytes` is not, and a warning of the
  /// score says so.
  ///
  /// - Parameters:
  ///   - features: those of each score.
  ///   - made: previews that the evaluation has made.
  /// - Throws: `HistoryError`, `FilesError.unwritable`.
  public func record(_ run: inout RunRecord, keeping features: [ScoredFeatures?], _ made: [MadePreview] = []) throws {
    for (index, scored) in features.enumerated() {
      guard let scored else { continue }
      let large = [scored.real, scored.fake].filter { $0.features.rows * $0.features.columns * 4 > KeptFiles.mostBytes }
      guard large.isEmpty else {
        run.scores[index].warnings.append(Self.notKept)
        continue
      }
      run.scores[index].real?.features = try keep(scored.real)
      run.scores[index].fake?.features = try keep(scored.fake)
    }
    let maker = PreviewMaker(history: self) { score, video in
      features.indices.contains(score) ? features[score]?.nearestReal(to: video) : nil
    }
    for own in made {
      try files.keep(own.preview.digest, .previews) { try WholeFile.write(own.jpeg, to: $0) }
    }
    let previews = try maker.previews(of: run) + made.map(\.preview)
    run.previews = previews.isEmpty ? nil : previews
    try record(run)
  }

  /// - Returns: the digest that the features are kept under.
  private func keep(_ set: FeatureSet) throws -> String {
    let digest = FeatureFile.digest(of: set)
    try files.keep(digest, .features) { try FeatureFile.write(set, to: $0, replacing: true) }
    return digest
  }

  private static let notKept = ScoreWarning(
    code: "features-not-kept",
    text:
      "features of more than \(NumberText.memory(KeptFiles.mostBytes)) a set are not kept beside the history: no verdict "
      + "can be given of this score")
}

extension ScoredFeatures {
  /// The real video that has the feature nearest to one of a fake video's. O(samples of it · N · D).
  func nearestReal(to video: String) -> String? {
    var nearest: (distance: Float, row: Int)?
    for row in fake.rows.indices where fake.rows[row].video == video {
      fake.features.withRows(row..<row + 1) { own in
        for other in real.rows.indices {
          let distance = real.features.withRows(other..<other + 1) { values in
            var distance: Float = 0
            for column in own.indices {
              let difference = own[column] - values[column]
              distance += difference * difference
            }
            return distance
          }
          if nearest.map({ distance < $0.distance }) ?? true { nearest = (distance, other) }
        }
      }
    }
    return nearest.map { real.rows[$0.row].video }
  }
}

extension KeptFiles {
  /// Measures differences from what the runs of the history have kept.
  ///
  /// - Parameter unit: what is drawn and exchanged as one; `none`: each video.
  public func differences(unit: Grouping = .none) -> ScoreDifferences {
    ScoreDifferences(threads: ProcessLimits.processors, unit: unit) { found($0, .features) }
  }
}
