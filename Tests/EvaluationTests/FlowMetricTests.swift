import Distances
import Engine
import Evaluation
import Foundation
import Kernels
import MetricCatalog
import Networks
import Scores
import Testing
import Vocabulary

/// Warping error, flow error, motion magnitude and the static filter against what published programs made of the same clips
/// with the same made-up weights (`Fixtures/golden/warping/recipe.py golden`).
@Suite(.serialized) struct FlowMetricTests {
  private struct Golden: Decodable {
    struct Masks: Decodable {
      let size: [Int]
      let hidden: [Int]
      let squared: Double
      let absolute: Double
    }
    struct Video: Decodable {
      let clip: [Int]
      var fastBlind: Double?
      var hidden: Double?
      var evalcrafter: Double?
      var magnitude: Double?

      enum CodingKeys: String, CodingKey {
        case clip, hidden, evalcrafter, magnitude
        case fastBlind = "fast-blind"
      }
    }
    struct Errors: Decodable {
      let clips: [[Int]]
      let errors: [Double]
    }
    struct Static: Decodable {
      let clip: [Int]
      let scale: Float
      let stands: Bool
      let lengths: [Double]
    }
    let scale: Float
    let masks: Masks
    let videos: [Video]
    let errors: [Errors]
    let `static`: [Static]
  }

  private static let golden = Result {
    try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: MadeUpNetworks.fixtures.appendingPathComponent("warping/warping.json")))
  }
  static let weights = Result { try MadeUpRAFT.scaled(golden.get().scale) }

  /// Clips are [number, T, H, W].
  static func write(
    _ clip: [Int], _ path: String, _ folder: borrowing TemporaryFolder, bytes: [UInt8]? = nil
  ) throws {
    try folder.write(
      folder.npyHeader("|u1", [1] + clip[1...] + [3]) + (bytes ?? madeUpClip(clip[0], clip[1], clip[2], clip[3])), path)
  }

  func requested(
    _ metric: String, _ name: String? = nil, _ settings: [(field: String, value: String)] = [],
    scale: Float? = nil, table: KernelTable = KernelTable(.widest)
  ) throws -> RequestedScore {
    let weights = try scale.map { try MadeUpRAFT.scaled($0) } ?? Self.weights.get()
    let preset = try EvaluationProtocol.named(name ?? Metric.named(metric).defaultProtocol, metric: metric)
    var wanted = RequestedScore(try preset.overriding(settings))
    wanted.flow = FlowNetwork(table: table, iterations: wanted.evaluationProtocol.fields.flowIterations) { weights }
    return wanted
  }

  func score(_ wanted: RequestedScore, real: String? = nil, _ fake: String, flows: GivenFlows? = nil) throws
    -> ScoreRecord
  {
    var wanted = wanted
    wanted.flows = flows
    var request = ScoreRequest(real: real, fake: fake, scores: [wanted])
    request.threads = 2
    try request.check()
    return try Evaluation(request: request, cache: nil) { _ in throw CocoaError(.featureUnsupported) }.run().scores[0]
  }

  func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  // MARK: Arithmetic

  private func madeUpFlows(_ height: Int, _ width: Int) -> (forward: [Float], backward: [Float]) {
    func flow(_ name: String, _ sign: Double, _ noise: (Double) -> Double) -> [Float] {
      let numbers = madeUpNumbers(name, 2 * height * width) { $0 }
      return (0..<2 * height * width).map { index in
        let (x, y) = (Double(index / 2 % width), Double(index / 2 / width))
        let slope = index % 2 == 0 ? 2 + 0.02 * x : -1 + 0.01 * y
        return Float(sign * slope + noise(Double(numbers[index])))
      }
    }
    return (flow("forward", 1) { 0.2 * $0 }, flow("backward", -1) { 1.6 * $0 - 0.8 })
  }

  /// Which pixels are left out, each of them, and the error over the others.
  @Test func masksOfThePublishedProgram() throws {
    let golden = try Self.golden.get().masks
    let (height, width) = (golden.size[0], golden.size[1])
    let (forward, backward) = madeUpFlows(height, width)
    var warping = WarpingError(height: height, width: width)
    let hidden = try warping.occluded(forward: forward, backward: backward)
    #expect(hidden.map { $0 ? 1 : 0 } == golden.hidden)
    let frames = madeUpClip(7, 2, height, width).map { Float($0) / 255 }
    let (first, second) = (Array(frames[..<(frames.count / 2)]), Array(frames[(frames.count / 2)...]))
    func error() throws -> WarpingError.Value {
      try warping.between(first, second, forward: forward, backward: backward)
    }
    let all = try error()
    #expect(abs(all.error / golden.squared - 1) < 1e-6 && all.visible == hidden.count { !$0 })
    warping.channels = .sum
    #expect(abs(try error().error / (3 * golden.squared) - 1) < 1e-6)
    (warping.channels, warping.difference) = (.mean, .absolute)
    #expect(abs(try error().error / golden.absolute - 1) < 1e-6)
    // Fewer pixels are left out by one rule than by both, and none by none.
    warping.occlusion = .consistency
    let consistent = try error().visible
    warping.occlusion = .none
    #expect(all.visible < consistent && consistent < height * width)
    #expect(try error().visible == height * width)
  }

  /// A picture that moves by whole pixels is warped back to itself, but for what comes in at the edge.
  @Test func motionIsUndone() throws {
    let (height, width, shift) = (5, 9, 2)
    func picture(_ left: Int) -> [Float] {
      (0..<height * width * 3).map { index in
        Float((index / 3 % width + left) * 7 % 11 + index / 3 / width + index % 3) / 20
      }
    }
    let (first, second) = (picture(0), picture(shift))
    // What was at x is now at x - 2.
    let forward = (0..<2 * height * width).map { $0 % 2 == 0 ? Float(-shift) : 0 }
    let backward = forward.map { -$0 }
    var warping = WarpingError(height: height, width: width)
    let warped = try warping.warped(second, channels: 3, by: forward)
    for y in 0..<height {
      for x in 0..<width {
        let (pixel, seen) = (y * width + x, y * width + max(x - shift, 0))
        #expect(warped[3 * pixel..<3 * pixel + 3] == second[3 * seen..<3 * seen + 3])
        if x >= shift { #expect(warped[3 * pixel] == first[3 * pixel]) }
      }
    }
    warping.difference = .absolute
    let edge = (0..<height).flatMap { y in (0..<shift).map { y * width + $0 } }
    let apart = edge.map { abs(Double(second[3 * ($0 / width * width)] - first[3 * $0])) }.reduce(0, +)
    let found = try warping.between(first, second, forward: forward, backward: backward)
    #expect(found.visible == height * width && abs(found.error - apart / Double(height * width)) < 1e-7)
    // Half-way between pixels, and far beyond the edges.
    let half = try WarpingError(height: 1, width: 2).warped([0, 1], channels: 1, by: [0.25, 0, -0.25, 0])
    #expect(half == [0.25, 0.75])
    let far = try WarpingError(height: 1, width: 2).warped([3, 5], channels: 1, by: [1e30, -1e30, -1e30, 1e30])
    #expect(far == [5, 3])
    // Flows that do not lead back.
    let blind = try warping.between(first, second, forward: forward, backward: forward)
    #expect(blind.error == 0 && blind.visible == 0)
    #expect(
      message { _ = try warping.between(first, second, forward: [1], backward: backward) }
        == "1 values are not a flow of 5 × 9 × 2")
  }

  @Test func endPointErrors() {
    let flow = FlowField(height: 1, width: 3, values: [3, 4, 0, 0, 1, 1])
    #expect(flow.endPointError(to: FlowField(height: 1, width: 3, values: [0, 0, 0, 1, 1, 1])) == 2)
    #expect(flow.endPointError(to: FlowField(height: 1, width: 3, values: [0, 0, 1.7e9, 0, 0, -1.7e9])) == 5)
    #expect(flow.endPointError(to: FlowField(height: 1, width: 3, values: [Float](repeating: 2e9, count: 6))).isNaN)
    #expect(abs(flow.meanLength - (5 + 2.0.squareRoot()) / 3) < 1e-7)
  }

  // MARK: Published programs

  /// Flows differ by 1e-4 of their length, which can bring a pixel over a threshold. Measured: 4.1e-5.
  @Test(arguments: MadeUpNetworks.tables.indices) func publishedPrograms(_ index: Int) throws {
    let (golden, folder, table) = (try Self.golden.get(), try TemporaryFolder(), MadeUpNetworks.tables[index])
    for (number, video) in golden.videos.enumerated() {
      // EvalCrafter's frames are large: once is enough.
      guard video.evalcrafter == nil || index == MadeUpNetworks.tables.count - 1 else { continue }
      try Self.write(video.clip, "set-\(number)/clip.npy", folder)
      for (metric, name, wanted) in [
        ("warping-error", "fast-blind", video.fastBlind), ("warping-error", "evalcrafter", video.evalcrafter),
        ("motion-magnitude", "evalcrafter", video.magnitude),
      ] {
        guard let wanted else { continue }
        let found = try score(requested(metric, name, table: table), folder.file("set-\(number)"))
        let words = "\(table.name) \(metric) \(name) \(video.clip): \(found.value) \(wanted)"
        #expect(abs(found.value / wanted - 1) < 2e-4, "\(words)")
        #expect(found.videos?.map(\.value) == [found.value])
        if let hidden = video.hidden {
          let note = found.warnings.first { $0.code == "occluded-pixels" }?.text ?? ""
          let share = note.split(separator: " ").first.flatMap { Double($0) } ?? -1
          #expect(hidden > 0.05 && hidden < 0.95 && abs(share - 100 * hidden) < 0.1, "\(note): \(hidden)")
        }
      }
    }
  }

  /// The error of each two frames, and their mean.
  @Test func errorsBetweenFlows() throws {
    let (golden, folder) = (try Self.golden.get(), try TemporaryFolder())
    for (number, pair) in golden.errors.enumerated() {
      let name = "clip-\(number).npy"
      try Self.write(pair.clips[0], "real/\(name)", folder)
      try Self.write(pair.clips[1], "fake/\(name)", folder)
    }
    let found = try score(requested("flow-error"), real: folder.file("real"), folder.file("fake"))
    let means = golden.errors.map { $0.errors.reduce(0, +) / Double($0.errors.count) }
    #expect(found.videos?.count == means.count)
    for (video, wanted) in zip(found.videos ?? [], means) {
      #expect(abs(video.value / wanted - 1) < 1e-4, "\(video) \(wanted)")
    }
    #expect(abs(found.value - (found.videos ?? []).map(\.value).reduce(0, +) / Double(means.count)) < 1e-12)
    // Along time: of the third pair of frames there is one video.
    let series = try #require(found.series)
    #expect(series.map(\.start) == [0, 1, 2] && series.allSatisfy { $0.frames == 2 })
    #expect(series.map(\.fakeSamples) == [2, 2, 1])
    for (place, point) in series.enumerated() {
      let own = golden.errors.compactMap { place < $0.errors.count ? $0.errors[place] : nil }
      #expect(abs(point.value / (own.reduce(0, +) / Double(own.count)) - 1) < 1e-4)
    }
    #expect(
      ScoreText.text([found], skipped: []).contains("series    3 pairs of frames, each over the videos that have it"))
    // A video has no error against itself.
    let same = try score(requested("flow-error"), real: folder.file("real"), folder.file("real"))
    #expect(same.value == 0 && same.series?.allSatisfy { $0.value == 0 } == true)
  }

  /// The filter's verdicts, and the score of what it lets through.
  @Test func staticFilter() throws {
    let (golden, folder) = (try Self.golden.get(), try TemporaryFolder())
    #expect(Set(golden.static.map(\.stands)) == [true, false])
    for (scale, videos) in Dictionary(grouping: golden.static, by: \.scale) {
      let set = "set-\(scale)"
      for (number, video) in videos.enumerated() { try Self.write(video.clip, "\(set)/clip-\(number).npy", folder) }
      let standing = videos.indices.filter { videos[$0].stands }.map { "clip-\($0).npy[0]" }
      let wanted = try requested("temporal-flickering", "vbench-static", scale: scale)
      guard !standing.isEmpty else {
        #expect(
          message { _ = try score(wanted, folder.file(set)) }
            == "\(folder.file(set)): all \(videos.count) videos move, and the static filter leaves none\n"
            + "hint: `--protocol vbench` scores all of them, and motion counts")
        continue
      }
      let found = try score(wanted, real: folder.file(set), folder.file(set))
      let all = try score(
        RequestedScore(EvaluationProtocol.named("vbench", metric: "temporal-flickering")), folder.file(set))
      #expect(found.videos == all.videos?.filter { standing.contains($0.name) }, "\(scale)")
      let note = found.warnings.first { $0.code == "moving-videos-left-out" }?.text
      let moving = videos.count - standing.count
      #expect(note?.hasPrefix("\(moving) of \(videos.count) fake videos ") ?? (moving == 0), "\(note ?? "none")")
      #expect(found.warnings.contains { $0.code == "real-value" && $0.text.contains(significant(found.value)) })
    }
  }
}
