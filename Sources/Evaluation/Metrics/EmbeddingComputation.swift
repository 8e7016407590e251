import Distances
import Files
import MetricCatalog
import Networks
import Scores
import Vocabulary

/// PIC, CLIP-SIM, frame consistency and VBench's dimensions: cosines of embeddings of a video's frames with those of its input,
/// of its prompt or of its other frames, what a linear head makes of them, or a number that the network itself gives. A video's value is the mean over its frames, the
/// score the mean over videos, or over the frames of all videos.
struct EmbeddingComputation {
  private let computation: ScoreComputation
  private let metric: Metric
  private let comparand: Metric.Comparand
  private var fields: ProtocolFields { computation.settled.fields }

  init(_ computation: ScoreComputation, _ metric: Metric, _ comparand: Metric.Comparand) {
    self.computation = computation
    self.metric = metric
    self.comparand = comparand
  }

  /// - Throws: `UnreadableVideos`, `EvaluationError.zeroEmbedding`, and what the network of prompts throws.
  func score() throws -> ScoreRecord {
    var found = try values()
    if let fast = computation.fast.first {
      found = fused(found, with: try EmbeddingComputation(fast, metric, comparand).values())
    }
    return try score(found)
  }

  private struct Video {
    let name: String
    /// Values of frames that its own is a mean over.
    let terms: Int
    var value: ValueOfFrames
  }

  private struct Values {
    let frames: FeatureSet
    var videos: [Video]
    /// Videos that have nothing between clips.
    var ofOneClip = 0
  }

  /// What differs inside the clips of a video and what differs between them, in one value.
  private func fused(_ inside: Values, with between: Values) -> Values {
    let found = Dictionary(between.videos.map { ($0.name, $0.value.value) }) { first, _ in first }
    var both = inside
    for index in both.videos.indices {
      let own = both.videos[index]
      both.videos[index].value = ValueOfFrames(
        value: VBenchLong.fused(
          inside: own.value.value, between: found[own.name], by: fields.fusion, share: fields.fast.share),
        clips: own.value.clips)
    }
    both.ofOneClip = between.ofOneClip
    return both
  }

  /// The value of each video.
  ///
  /// - Throws: `EvaluationError.noLongVideo` where clips are compared with each other, and no video has two.
  private func values() throws -> Values {
    guard let part = computation.samples.parts.first else { throw EvaluationError.noFeatures(metric: metric.name) }
    let frames = computation.fake.features(part, round: 0, computation.samples)
    let reference = try self.reference(part, videos: frames.rowsOfVideos.map { frames.rows[$0[0]].video })
    var videos: [Video] = []
    var unusable: [UnreadableVideo] = []
    var ofOneClip = 0
    let rates = frameRates()
    for rows in frames.rowsOfVideos {
      let name = frames.rows[rows[0]].video
      if fields.clipFrames == .first, rows.count < metric.leastOfVideo {
        ofOneClip += 1
        continue
      }
      let own =
        comparand == .itself
        ? rows.map { scale * Double(frames.features.row($0)[frames.features.row($0).startIndex]) } : []
      if own.contains(where: { !$0.isFinite }) {
        unusable.append(
          UnreadableVideo(
            role: .fake, name: name, error: EvaluationError.isNoNumber(what: "rating", weights: fields.weights)))
        continue
      }
      let embeddings =
        comparand == .itself
        ? [] : try rows.map { try Embedding(frames.features.row($0), of: name, centre: fields.centre) }
      // The partner of an input that was skipped has nothing to be compared with.
      guard !reference.lacks(name) else { continue }
      do {
        let value = try computation.value(
          ofFrames: rows.count, rate: rates[name], of: name, .fake, least: metric.leastOfVideo
        ) {
          comparand == .itself ? Self.mean(Array(own[$0])) : try self.value(name, Array(embeddings[$0]), reference)
        }
        videos.append(Video(name: name, terms: rows.count + 1 - metric.leastOfVideo, value: value))
      } catch let video as UnreadableVideo { unusable.append(video) }
    }
    guard unusable.isEmpty else {
      // Of a file of features no video can be left out.
      if computation.fake.videos == nil { throw unusable[0].error }
      throw UnreadableVideos(videos: unusable)
    }
    guard ofOneClip == 0 || !videos.isEmpty else {
      throw EvaluationError.noLongVideo(path: computation.fake.path, seconds: fields.clipSeconds)
    }
    return Values(frames: frames, videos: videos, ofOneClip: ofOneClip)
  }

  /// Of each video that has one; a file of features says none.
  private func frameRates() -> [String: Double] {
    let all = computation.fake.videos?.scored(computation.samples.limit(.fake)) ?? []
    return Dictionary(all.compactMap { video in video.facts.frameRate.map { (video.item.name, $0) } }) { first, _ in
      first
    }
  }

  private func note(_ found: Values) -> [ScoreWarning] {
    guard found.ofOneClip > 0 else { return [] }
    let isFused = fields.fusion != .none
    let videos = found.videos.count + (isFused ? 0 : found.ofOneClip)
    return [
      ScoreWarning(
        code: "one-clip-videos",
        text: "\(found.ofOneClip) of \(videos) videos are not longer than \(fields.clipSeconds) s and have nothing to "
          + "compare: " + (isFused ? "they have the value inside their clip alone" : "they are left out"))
    ]
  }

  /// What some frames of a video are worth: the mean over frames, but for VBench-I2V.
  private func value(_ name: String, _ embeddings: [Embedding], _ reference: Reference) throws -> Double {
    func own(_ rows: [String: ArraySlice<Float>]) throws -> Embedding {
      guard let row = rows[name] else { preconditionFailure("EmbeddingComputation: `lacks` is asked before") }
      return try Embedding(row, of: name, centre: fields.centre)
    }
    switch reference {
    case .rows(let rows):
      let own = try own(rows)
      return Self.mean(embeddings.map { scale * cosine($0, own) })
    case .nothing: preconditionFailure("EmbeddingComputation: the network's own numbers are compared with nothing")
    case .frames: return Self.mean(consecutive(embeddings, with: fields.compareWith))
    case .rowsAndFrames(let rows):
      let own = try own(rows)
      let alike = embeddings.map { cosine($0, own) }
      let smooth = consecutive(embeddings, with: .previous)
      // VBench-I2V's weights.
      return 0.4 * (alike.max() ?? 0) + 0.3 * Self.mean(smooth) + 0.3 * (smooth.min() ?? 0)
    case .head(let head): return Self.mean(try embeddings.map { scale * (try head.value(ofUnit: $0.unit)) })
    }
  }

  /// The frames behind the first, each compared with those that the protocol says.
  private func consecutive(_ embeddings: [Embedding], with compared: ComparedFrame) -> [Double] {
    embeddings.indices.dropFirst().map { index in
      switch compared {
      case .previous: cosine(embeddings[index], embeddings[index - 1])
      case .first: cosine(embeddings[index], embeddings[0])
      case .previousAndFirst:
        (cosine(embeddings[index], embeddings[index - 1]) + cosine(embeddings[index], embeddings[0])) / 2
      }
    }
  }

  private func cosine(_ a: Embedding, _ b: Embedding) -> Double {
    let cosine = a.cosine(b)
    return fields.clamp == .frame ? max(cosine, 0) : cosine
  }

  private var scale: Double {
    switch comparand {
    case .prompts, .head, .itself: fields.scaleFactor
    case .inputs, .frames, .inputsAndFrames: 1
    }
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  // MARK: What frames are compared with

  private enum Reference {
    /// For each video one embedding.
    case rows([String: ArraySlice<Float>])
    case frames
    case rowsAndFrames([String: ArraySlice<Float>])
    case head(LinearHead)
    case nothing

    func lacks(_ video: String) -> Bool {
      switch self {
      case .rows(let rows), .rowsAndFrames(let rows): rows[video] == nil
      case .frames, .head, .nothing: false
      }
    }
  }

  private func reference(_ part: ProtocolSamples.Part, videos: [String]) throws -> Reference {
    switch comparand {
    case .inputs: .rows(inputs(part, videos))
    case .prompts: .rows(try promptFeatures(videos))
    case .frames: .frames
    case .inputsAndFrames: .rowsAndFrames(inputs(part, videos))
    case .head: .head(try head())
    case .itself: .nothing
    }
  }

  private func head() throws -> LinearHead {
    guard let load = computation.wanted.head else {
      throw EvaluationError.wrongNetwork(
        weights: fields.headWeights, network: "unknown", needed: WeightsSlot.linearHead)
    }
    return try LinearHead(load(), columns: computation.samples.columns)
  }

  private func inputs(_ part: ProtocolSamples.Part, _ videos: [String]) -> [String: ArraySlice<Float>] {
    let isOwnFrame = fields.input == .firstFrame
    let set = (isOwnFrame ? computation.fake : computation.real).inputs(part, computation.samples)
    let rows = Dictionary(set.rows.enumerated().map { ($1.video, $0) }) { first, _ in first }
    return videos.reduce(into: [:]) { found, video in
      let name = isOwnFrame ? video : computation.inputs?.input(of: video)
      if let row = name.flatMap({ rows[$0] }) { found[video] = set.features.row(row) }
    }
  }

  private func promptFeatures(_ videos: [String]) throws -> [String: ArraySlice<Float>] {
    guard let prompts = computation.prompts, let network = computation.textNetwork else {
      throw EvaluationError.noPrompts(path: computation.fake.path)
    }
    let texts = videos.map { prompts.text(of: $0, prefix: fields.promptPrefix) }
    let features = try PromptFeatures(network: network, cache: computation.cache)(texts)
    return Dictionary(zip(videos, texts.compactMap { features[$0]?[...] })) { first, _ in first }
  }

  // MARK: Together

  private func score(_ found: Values) throws -> ScoreRecord {
    let (videos, all) = (found.videos, found.frames)
    let values = videos.map { computation.videoValue($0.name, $0.value.value, clips: $0.value.clips) }
    guard !values.isEmpty else {
      throw EvaluationError.tooFewClips(
        role: "fake", path: computation.fake.path, clips: 0, sample: "video", least: 1,
        skipped: computation.real.skipped.count + computation.fake.skipped.count)
    }
    let names = Set(values.map(\.name))
    let frames = all.selecting(all.rows.indices.filter { names.contains(all.rows[$0].video) })
    let over = MeanAndDeviation(of: values.map(\.value))
    let honesty = computation.request.honesty
    let nothing = FeatureSet(features: FeatureMatrix(rows: 0, columns: 0, values: []), rows: [], recipe: [:])
    // A drift is one difference for each video.
    let counts: [Double]? =
      switch fields.meanOver {
      case _ where fields.drift == .yes: nil
      case .videos: nil
      case .frames: videos.map { Double($0.terms) }
      case .clips: videos.map { Double($0.value.clips) }
      }
    let value =
      counts.map { zip(values, $0).reduce(0) { $0 + $1.0.value * $1.1 } / $0.reduce(0, +) } ?? over.mean
    var score = try computation.score(
      computation.settled.scoreName, value: fields.clamp == .score ? max(value, 0) : value, real: nothing,
      fake: frames, ranks: nil,
      warnings: warnings(values.map(\.name)) + Drift.note(videos.map(\.value), share: fields.driftShare)
        + note(found)
        + honesty.notDone(for: "means over videos", intervalsAreDone: true))
    score.std = values.count > 1 ? over.deviation : nil
    score.interval = try honesty.interval(
      ofMeans: values.map(\.value), weights: counts, seed: fields.seed, threads: computation.request.threads,
      within: computation.bounds(of: score))
    score.videos = values
    score.fake?.videos = values.count
    if comparand == .prompts, let prompts = computation.prompts {
      score.prompts = prompts.scored(values.map(\.name), prefix: fields.promptPrefix)
    }
    return score
  }

  private func warnings(_ videos: [String]) throws -> [ScoreWarning] {
    var all: [ScoreWarning] = []
    if metric.reference == .inputs, fields.input == .given, let inputs = computation.inputs {
      if inputs.unpaired > 0 {
        all.append(
          ScoreWarning(
            code: "unpaired-videos",
            text: "\(count(inputs.unpaired, "input")) of \(inputs.found) have no fake video of their name"))
      }
      all += otherShapes(inputs, videos)
    }
    if comparand == .prompts, let prompts = computation.prompts {
      all += prompts.warnings
      if let network = computation.textNetwork { all += try truncated(prompts, videos, network) }
    }
    return all
  }

  /// Both are brought to one square, so that a picture of another shape is another picture.
  private func otherShapes(_ inputs: InputPairs, _ videos: [String]) -> [ScoreWarning] {
    func facts(_ side: SampleSide) -> [String: VideoFacts] {
      let scored = side.videos?.scored(computation.samples.limit(side.role)) ?? []
      return Dictionary(scored.map { ($0.item.name, $0.facts) }) { first, _ in first }
    }
    let (pictures, fakes) = (facts(computation.real), facts(computation.fake))
    let others = videos.compactMap { name -> String? in
      guard let a = inputs.input(of: name).flatMap({ pictures[$0] }), let b = fakes[name] else { return nil }
      let ratio = Double(a.width * b.height) / Double(a.height * b.width)
      return abs(ratio - 1) > 0.02 ? "`\(name)` is \(b.width)x\(b.height), its input \(a.width)x\(a.height)" : nil
    }
    guard let first = others.first else { return [] }
    return [
      ScoreWarning(
        code: "input-shapes-differ",
        text:
          "\(others.count) of \(count(videos.count, "video")) have another shape than their input, and both are brought "
          + "to one square: \(first)")
    ]
  }

  private func truncated(_ prompts: Prompts, _ videos: [String], _ network: any TextNetwork) throws -> [ScoreWarning] {
    let long = try videos.filter { try network.isTruncated(prompts.text(of: $0, prefix: fields.promptPrefix)) }
    guard let first = long.first else { return [] }
    return [
      ScoreWarning(
        code: "prompt-truncated",
        text:
          "\(long.count) of \(count(videos.count, "prompt")) are longer than the network reads, and cut off, such as "
          + "that of `\(first)`")
    ]
  }
}

extension FeatureMatrix {
  fileprivate func row(_ index: Int) -> ArraySlice<Float> { values[index * columns..<(index + 1) * columns] }
}

/// One row of features, ready to be compared.
private struct Embedding {
  private let values: [Double]
  private let norm: Double

  /// - Parameter name: of the video, or of the one whose input or prompt this is.
  /// - Throws: `EvaluationError.zeroEmbedding`.
  init(_ row: ArraySlice<Float>, of name: String, centre: EmbeddingCentre) throws {
    let mean = centre == .ownMean ? row.reduce(0.0) { $0 + Double($1) } / Double(row.count) : 0
    values = row.map { Double($0) - mean }
    norm = values.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
    guard norm > 0 else { throw EvaluationError.zeroEmbedding(name: name, isCentred: centre == .ownMean) }
  }

  var unit: [Double] { values.map { $0 / norm } }

  func cosine(_ other: Embedding) -> Double {
    zip(values, other.values).reduce(0.0) { $0 + $1.0 * $1.1 } / (norm * other.norm)
  }
}
