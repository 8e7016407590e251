import Distances
import MetricCatalog
import Scores
import Tensors
import Video

/// Physics-IQ: where and when generated videos move, against the first of two real takes of each scene, measured by what the
/// takes differ by.
struct PhysicsComputation {
  private let computation: ScoreComputation
  private let metric: Metric
  private var fields: ProtocolFields { computation.fields }

  init(_ computation: ScoreComputation, _ metric: Metric) {
    self.computation = computation
    self.metric = metric
  }

  func scores() throws -> [ScoreRecord] {
    let (real, fake) = (try computation.videos(computation.real), try computation.videos(computation.fake))
    let limits = (real: computation.samples.limit(.real), fake: computation.samples.limit(.fake))
    let lost = (real.leftOut(limits.real) + fake.leftOut(limits.fake)).map { TakeNames.scene($0.name) }
    let scenes = try TakeNames(
      real: real, fake: fake, limits: (real.scored(limits.real), fake.scored(limits.fake)), metric: metric.name,
      lost: Set(lost))
    try computation.demandMemory(scenes.all.map(memory), one: "scene", many: "scenes")
    let found = try computation.readVideos(scenes.all.count) { try agreements(scenes.all[$0]) }
    func values(_ path: KeyPath<Agreements, MotionAgreement>) -> [PhysicsIQ.Values] {
      found.map { PhysicsIQ.Values($0[keyPath: path], fields.scoreRounding) }
    }
    let score = PhysicsIQ(videos: values(\.fake), takes: values(\.takes), rounding: fields.scoreRounding)
    let names = scenes.all.map(\.name)
    let notes = warnings(scenes)
    var records = [try physicsIQ(score, names, notes + [variance(score)])]
    for (output, path) in zip(
      metric.outputs.dropFirst(),
      [\PhysicsIQ.Values.spatial, \.spatiotemporal, \.weighted, \.error])
    {
      let own = zip(names, score.videos).map { VideoValue(name: $0, value: $1[keyPath: path]) }
      records.append(try computation.score(output.name, ofVideos: own, kind: "metrics of pixels", warnings: notes))
    }
    return records
  }

  private func physicsIQ(_ score: PhysicsIQ, _ names: [String], _ notes: [ScoreWarning]) throws -> ScoreRecord {
    let parts = try score.parts()
    var record = try computation.score(
      metric.name, ofVideos: zip(names, parts).map { VideoValue(name: $0, value: $1) }, kind: "metrics of pixels",
      warnings: notes)
    record.value = try score.score()
    // Each draw has takes of its own.
    do {
      record.interval = try computation.request.honesty.interval(
        ofVideos: names.count, seed: fields.seed, threads: computation.request.threads, around: record.value,
        within: 0...100
      ) { try score.score($0) }
    } catch DistanceError.noPhysicalVariance {
      record.interval = nil
      record.warnings.append(
        ScoreWarning(
          code: "plain-scores-only",
          text:
            "no interval is given: some draws hold only scenes whose two takes never move at one place, and have nothing "
            + "to be measured by"))
    }
    return record
  }

  /// What the takes have, by which the score is measured.
  private func variance(_ score: PhysicsIQ) -> ScoreWarning {
    func mean(_ path: KeyPath<PhysicsIQ.Values, Double>) -> String {
      significant(MeanAndDeviation(of: score.takes.map { $0[keyPath: path] }).mean)
    }
    return ScoreWarning(
      code: "physical-variance",
      text:
        "take 2 against take 1: spatial IoU \(mean(\.spatial)), spatiotemporal IoU \(mean(\.spatiotemporal)), weighted "
        + "spatial IoU \(mean(\.weighted)), MSE \(mean(\.error))")
  }

  private func warnings(_ scenes: TakeNames) -> [ScoreWarning] {
    var all: [ScoreWarning] = []
    if scenes.unmatched > 0 {
      all.append(
        ScoreWarning(
          code: "unpaired-videos",
          text:
            "\(count(scenes.unmatched, "scene")) of \(scenes.found) \(scenes.unmatched == 1 ? "has" : "have") no fake video"
        ))
    }
    let untimed = scenes.all.count { $0.first.facts.frameRate == nil }
    if untimed > 0 {
      all.append(
        ScoreWarning(
          code: "no-frame-rate",
          text:
            "\(untimed) of \(count(scenes.all.count, "scene")) have no frame rate: all of their frames are compared, and not "
            + "the first \(fields.firstSeconds) s"))
    }
    return all
  }

  // MARK: One scene

  private struct Agreements: Sendable {
    let fake: MotionAgreement
    let takes: MotionAgreement
  }

  private func agreements(_ scene: TakeNames.Scene) throws -> Agreements {
    let counts = [scene.first, scene.second, scene.fake].map { frames(of: $0) }
    // Without its fake video a scene is not scored.
    func refuse(_ error: EvaluationError) -> UnreadableVideo {
      UnreadableVideo(role: .fake, name: scene.fake.item.name, error: error)
    }
    let length = counts[0]
    guard counts.allSatisfy({ $0 == length }) else {
      throw refuse(.sceneLengths(name: scene.name, takes: [counts[0], counts[1]], fake: counts[2]))
    }
    guard length >= 2 else { throw refuse(.tooFewFrames(name: scene.name, frames: length, least: 2)) }
    let size = (height: scene.first.facts.height / 4, width: scene.first.facts.width / 4)
    guard min(size.height, size.width) > 0 else {
      throw refuse(
        .pairTooSmall(
          name: scene.name, size: "\(scene.first.facts.width)x\(scene.first.facts.height)", metric: metric.name,
          least: 4))
    }
    let first = try moving(scene.first, .real, length, size)
    let takes = try first.agreement(with: moving(scene.second, .real, length, size))
    return Agreements(fake: try first.agreement(with: moving(scene.fake, .fake, length, size)), takes: takes)
  }

  /// The first seconds, or all frames of what has no rate.
  private func frames(of video: SurveyedVideo) -> Int {
    let all = video.facts.frameCount - fields.skipFirst
    return min(all, video.facts.frameRate.map { Int($0) * fields.firstSeconds } ?? all)
  }

  /// Masks are made of whole frames, and then made as small as a quarter of the first take.
  private func moving(
    _ video: SurveyedVideo, _ role: Role, _ frames: Int, _ size: (height: Int, width: Int)
  ) throws -> MovingFrames {
    let (height, width) = (video.facts.height, video.facts.width)
    var masks = MotionMasks(height: height, width: width)
    masks.threshold = fields.motionThreshold
    let small = BilinearBytes(height: height, width: width, channels: 3, toHeight: size.height, toWidth: size.width)
    let smallMask = BilinearBytes(height: height, width: width, channels: 1, toHeight: size.height, toWidth: size.width)
    var found = MovingFrames()
    let windows = (0..<frames).map { FrameWindow(start: fields.skipFirst + $0, count: 1) }
    try video.read(windows, as: role) { _, frame in
      let bytes = Self.bytes(frame, video.item.valueRange)
      found.append(small(bytes), mask: smallMask(masks.next(bytes)))
    }
    return found
  }

  /// As a video file would hold them.
  private static func bytes(_ frame: Frames, _ range: ValueRange) -> [UInt8] {
    func byte(_ value: Float) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }
    switch frame.samples {
    case .bytes(let bytes): return bytes
    case .floats(let floats):
      switch range {
      case .byte: return floats.map(byte)
      case .symmetric: return floats.map { byte(($0 + 1) * 127.5) }
      case .unit, .network: return floats.map { byte($0 * 255) }
      }
    }
  }

  /// Two videos small, and one whole.
  private func memory(_ scene: TakeNames.Scene) -> Int {
    let small = scene.first.facts.width * scene.first.facts.height / 16 * 4 * frames(of: scene.first)
    let largest = [scene.first, scene.second, scene.fake].map { video in
      video.facts.width * video.facts.height * 24
        + video.facts.memory(reading: [FrameWindow(start: 0, count: 1)], holdsFloats: video.item.holdsFloats)
    }
    return 2 * small + (largest.max() ?? 0)
  }
}
