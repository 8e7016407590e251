import Evaluation
import Foundation
import History
import MetricCatalog
import Scores

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
