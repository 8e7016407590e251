import Distances
import MetricCatalog
import Scores
import Video
import Vocabulary

/// Camera errors: the path of the camera in each fake video against that in the real one of the same name. Each score is the
/// mean over videos.
struct CameraComputation {
  private let computation: ScoreComputation
  private let metric: Metric

  init(_ computation: ScoreComputation, _ metric: Metric) {
    self.computation = computation
    self.metric = metric
  }

  func scores() throws -> [ScoreRecord] {
    let pairs = try VideoPairs(computation, metric)
    let errors = CameraErrors(computation.fields)
    let skip = computation.fields.skipFirst
    let values = try computation.readVideos(pairs.all.count) { index in
      let pair = pairs.all[index]
      let (real, fake) = (try path(of: pair.real, .real), try path(of: pair.fake, .fake))
      guard real.count == fake.count else {
        let counts = EvaluationError.cameraCounts(name: pair.fake.item.name, real: real.count, fake: fake.count)
        throw UnreadableVideo(role: .fake, name: pair.fake.item.name, error: counts)
      }
      guard real.count >= skip + 2 else {
        let name = pair.fake.item.name
        let error = EvaluationError.tooFewFrames(name: name, frames: fake.count - skip, least: 2)
        throw UnreadableVideo(role: .fake, name: name, error: error)
      }
      return try errors.between(real: Array(real.dropFirst(skip)), fake: Array(fake.dropFirst(skip))).all
    }
    return try metric.outputs.enumerated().map { place, output in
      try computation.score(
        output.name, ofVideos: zip(pairs.all, values).map { VideoValue(name: $0.name, value: $1[place]) },
        kind: "camera errors", warnings: pairs.warnings)
    }
  }

  private func path(of video: SurveyedVideo, _ role: Role) throws -> [CameraPose] {
    do { return try video.item.cameraPath() } catch {
      throw UnreadableVideo(role: role, name: video.item.name, error: error)
    }
  }
}

extension CameraErrors {
  init(_ fields: ProtocolFields) {
    self.init()
    (origin, form, scale) = (fields.cameraOrigin, fields.poseForm, fields.cameraScale)
    (reduction, unit) = (fields.frameReduction, fields.angleUnit)
    (alignment, statistic) = (fields.trajectoryAlignment, fields.trajectoryStatistic)
  }
}
