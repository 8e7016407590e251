import Distances
import MetricCatalog
import Scores
import Video

// Scores that are the mean of one value a video.
extension ScoreComputation {
  /// - Throws: `EvaluationError.needsVideos` for files of features.
  func videos(_ side: SampleSide) throws -> SetPlan {
    guard let videos = side.videos else {
      throw EvaluationError.needsVideos(path: side.path, metric: settled.metric)
    }
    return videos
  }

  /// A video and whose it is.
  struct Scored: Sendable {
    let video: SurveyedVideo
    let role: Role
  }

  /// The fake videos of the protocol, and behind them the real ones, where there are any.
  func scoredVideos() throws -> (all: [Scored], fakes: Int) {
    let fakes = try videos(fake).scored(samples.limit(.fake)).map { Scored(video: $0, role: .fake) }
    guard real.isGiven else { return (fakes, fakes.count) }
    return (fakes + (try videos(real).scored(samples.limit(.real)).map { Scored(video: $0, role: .real) }), fakes.count)
  }

  /// The value of each video or pair, computed side by side.
  ///
  /// - Parameter atOnce: so many; nil for as many as there are threads.
  /// - Throws: `UnreadableVideos`: all where they can be left out, else the first that is found.
  func readVideos<Value: Sendable>(
    _ count: Int, atOnce: Int? = nil, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    let results = try interruptible(count, atOnce: atOnce) { index -> Result<Value, UnreadableVideo> in
      do { return .success(try body(index)) } catch let video as UnreadableVideo {
        guard request.skipsUnusable else { throw UnreadableVideos(videos: [video]) }
        return .failure(video)
      }
    }
    let unreadable = results.compactMap { if case .failure(let video) = $0 { video } else { nil } }
    guard unreadable.isEmpty else { throw UnreadableVideos(videos: unreadable) }
    return try results.map { try $0.get() }
  }

  /// The value of a video from its frames: from all of them, or, where the protocol asks for the drift, what the last ones
  /// differ by from the first, or, where it cuts long videos into clips, the mean over these.
  ///
  /// - Parameters:
  ///   - count: frames that the metric takes of the video.
  ///   - rate: frames a second of the video.
  ///   - role: whose it is, which `name` is an item of.
  ///   - least: frames without which there is no value.
  ///   - body: the value of some of them, by their places; or those of several runs of them, where the video is read once for all.
  /// - Throws: `UnreadableVideo` with `EvaluationError.tooFewFrames`, `.driftTooShort` or what `ClipsOfVideo` throws; what `body`
  ///   throws.
  func value(
    ofFrames count: Int, rate: Double? = nil, of name: String, _ role: Role, least: Int,
    _ body: (Range<Int>) throws -> Double
  ) throws -> ValueOfFrames {
    try value(ofFrames: count, rate: rate, of: name, role, least: least, together: { try $0.map(body) })
  }

  func value(
    ofFrames count: Int, rate: Double?, of name: String, _ role: Role, least: Int,
    together body: ([Range<Int>]) throws -> [Double]
  ) throws -> ValueOfFrames {
    func refuse(_ error: EvaluationError) -> UnreadableVideo { UnreadableVideo(role: role, name: name, error: error) }
    guard count >= least else { throw refuse(.tooFewFrames(name: name, frames: count, least: least)) }
    if let clips = ClipsOfVideo(fields), fields.clipFrames == .all {
      do {
        let ranges = try clips.ranges(of: name, frames: count, rate: rate)
        // Of what is not a whole video there is as much as the shortest clip has.
        guard let shortest = ranges.map(\.count).min(), shortest >= least else {
          throw EvaluationError.tooFewFrames(name: name, frames: ranges.first?.count ?? 0, least: least)
        }
        return ValueOfFrames(
          value: try body(ranges).reduce(0, +) / Double(ranges.count), clips: ranges.count)
      } catch let error as EvaluationError { throw refuse(error) }
    }
    guard fields.drift == .yes else { return ValueOfFrames(value: try body([0..<count])[0]) }
    let length = Drift.length(of: count, share: fields.driftShare)
    guard length >= least, count > 1 else {
      throw refuse(
        .driftTooShort(
          name: name, frames: count, share: fields.driftShare, length: length, metric: settled.metric, least: least))
    }
    let found = try body([0..<length, count - length..<count])
    let ends = (first: found[0], last: found[1])
    return ValueOfFrames(value: abs(ends.first - ends.last), ends: ends)
  }

  /// Bytes of work side by side.
  ///
  /// - Parameter each: bytes for each video or pair.
  func demandMemory(_ each: [Int], one: String, many: String) throws {
    try demandMemory(each, atOnce: min(request.threads, each.count), one: one, many: many)
  }

  /// How many are computed side by side: as many as there are threads, fewer where memory is not enough for them. Each then
  /// has more threads.
  ///
  /// - Throws: `EvaluationError.memory` where one is too much.
  func sideBySide(_ each: [Int], one: String, many: String) throws -> Int {
    var (count, bytes) = (0, 0)
    for next in each.sorted(by: >).prefix(request.threads) {
      let sum = bytes.addingReportingOverflow(next)
      guard !sum.overflow, sum.partialValue <= request.memory.bytes else { break }
      (count, bytes) = (count + 1, sum.partialValue)
    }
    try demandMemory(each, atOnce: max(1, count), one: one, many: many)
    return max(1, count)
  }

  private func demandMemory(_ each: [Int], atOnce together: Int, one: String, many: String) throws {
    var need = MemoryNeed()
    need.add(
      together == 1 ? "1 \(one)" : "\(together) \(many) side by side",
      each.sorted(by: >).prefix(together).reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 })
    try request.memory.demand(need)
  }

  /// What is better where it is small is an error here, or a drift, and never below 0.
  func bounds(of score: ScoreRecord) -> ClosedRange<Double> {
    (score.direction == .lower ? 0 : -.infinity) ... .infinity
  }

  /// The note of the real set's values, which is the mean that the score is.
  ///
  /// - Parameter isShare: a share of videos says by itself how they spread.
  func realValue(_ values: some Collection<ValueOfFrames>, isShare: Bool = false) -> [ScoreWarning] {
    guard !values.isEmpty else { return [] }
    let over = MeanAndDeviation(of: values.map(\.value))
    let videos = values.map { videoValue("", $0.value, clips: $0.clips) }
    let text = "the real set's value is \(significant(mean(of: videos).value))"
    let hasDeviation = values.count > 1 && !isShare
    return [
      ScoreWarning(code: "real-value", text: text + (hasDeviation ? " ± \(significant(over.deviation))" : ""))
    ]
  }

  /// The mean over videos, or over the clips of all; what each counts for, where that differs.
  private func mean(of values: [VideoValue]) -> (value: Double, weights: [Double]?) {
    let weights = values.compactMap(\.clips).map(Double.init)
    guard weights.count == values.count else { return (MeanAndDeviation(of: values.map(\.value)).mean, nil) }
    return (zip(values, weights).reduce(0) { $0 + $1.0.value * $1.1 } / weights.reduce(0, +), weights)
  }

  /// A video's value, with what it counts for.
  func videoValue(_ name: String, _ value: Double, clips: Int) -> VideoValue {
    VideoValue(name: name, value: value, clips: fields.meanOver == .clips ? clips : nil)
  }

  /// - Parameters:
  ///   - name: of the score.
  ///   - kind: what an honesty that it cannot have is not done for, in words.
  func score(_ name: String, ofVideos values: [VideoValue], kind: String, warnings: [ScoreWarning]) throws
    -> ScoreRecord
  {
    let numbers = values.map(\.value)
    let over = MeanAndDeviation(of: numbers)
    let nothing = FeatureSet(features: FeatureMatrix(rows: 0, columns: 0, values: []), rows: [], recipe: [:])
    let (mean, weights) = mean(of: values)
    var score = try score(
      name, value: mean, real: nothing, fake: nothing, ranks: nil,
      warnings: warnings + request.honesty.notDone(for: kind, intervalsAreDone: true))
    score.std = values.count > 1 ? over.deviation : nil
    score.interval = try request.honesty.interval(
      ofMeans: numbers, weights: weights, seed: fields.seed, threads: request.threads,
      within: bounds(of: score))
    score.videos = values
    return score
  }
}
