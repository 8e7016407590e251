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
  private static let weights = Result { try MadeUpRAFT.scaled(golden.get().scale) }

  /// Clips are [number, T, H, W].
  private static func write(
    _ clip: [Int], _ path: String, _ folder: borrowing TemporaryFolder, bytes: [UInt8]? = nil
  ) throws {
    try folder.write(
      folder.npyHeader("|u1", [1] + clip[1...] + [3]) + (bytes ?? madeUpClip(clip[0], clip[1], clip[2], clip[3])), path)
  }

  private func requested(
    _ metric: String, _ name: String? = nil, _ settings: [(field: String, value: String)] = [],
    scale: Float? = nil, table: KernelTable = KernelTable(.widest)
  ) throws -> RequestedScore {
    let weights = try scale.map { try MadeUpRAFT.scaled($0) } ?? Self.weights.get()
    let preset = try EvaluationProtocol.named(name ?? Metric.named(metric).defaultProtocol, metric: metric)
    var wanted = RequestedScore(try preset.overriding(settings))
    wanted.flow = FlowNetwork(table: table, iterations: wanted.evaluationProtocol.fields.flowIterations) { weights }
    return wanted
  }

  private func score(_ wanted: RequestedScore, real: String? = nil, _ fake: String, flows: GivenFlows? = nil) throws
    -> ScoreRecord
  {
    var request = ScoreRequest(real: real, fake: fake, scores: [wanted])
    request.threads = 2
    request.flows = flows
    try request.check()
    return try Evaluation(request: request, cache: nil) { _ in throw CocoaError(.featureUnsupported) }.run().scores[0]
  }

  private func message(_ body: () throws -> Void) -> String {
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

  // MARK: Whose flow

  @Test func flowOfTheRealVideo() throws {
    let folder = try TemporaryFolder()
    let clip = [0, 3, 121, 128]
    try Self.write(clip, "real/a.npy", folder)
    try Self.write(clip, "same/a.npy", folder)
    try Self.write(clip, "grey/a.npy", folder, bytes: [UInt8](repeating: 99, count: 3 * 121 * 128 * 3))
    let own = try score(requested("warping-error", nil, [("flow-iterations", "3")]), folder.file("same"))
    let wanted = try requested("warping-error", nil, [("flow-iterations", "3"), ("flow-of", "real")])
    let same = try score(wanted, real: folder.file("real"), folder.file("same"))
    #expect(same.value == own.value && own.value > 0)
    // By its own flow, and by that of the real video, one colour differs by nothing; what is left out is the flow's.
    let grey = try score(wanted, real: folder.file("real"), folder.file("grey"))
    func share(_ score: ScoreRecord) -> String? { score.warnings.first { $0.code == "occluded-pixels" }?.text }
    #expect(grey.value == 0 && share(grey) == share(same) && share(grey) != nil)
    #expect(
      message { _ = try score(wanted, folder.file("same")) }
        == "warping-error compares two sets, and one is given\nhint: `vidmetrics warping-error REAL FAKE`")
    #expect(wanted.evaluationProtocol.pairsVideos)
    // Beside the real set's own value, which is a note.
    let beside = try score(
      requested("warping-error", nil, [("flow-iterations", "3"), ("scale-factor", "1000")]), real: folder.file("real"),
      folder.file("same"))
    #expect(abs(beside.value - 1000 * own.value) < 1e-9)
    #expect(beside.warnings.contains { $0.code == "real-value" && $0.text.contains(significant(beside.value)) })
  }

  /// Nothing to compare is an error that names the video; where rules of occlusion are off, there is always something.
  @Test func everyPixelOccluded() throws {
    let folder = try TemporaryFolder()
    try Self.write([0, 3, 121, 128], "set/a.npy", folder)
    let wanted = try requested("warping-error", nil, [("flow-iterations", "20")], scale: 1)
    #expect(
      message { _ = try score(wanted, folder.file("set")) }.contains(
        "in all 2 pairs of frames of `a.npy[0]` every pixel is occluded, or on an edge of motion: nothing is left to be compared "
          + "(`--set occlusion=none` compares all pixels)"))
    var off = wanted
    off.evaluationProtocol = try wanted.evaluationProtocol.overriding("occlusion", with: "none")
    let found = try score(off, folder.file("set"))
    #expect(found.value > 0 && found.warnings.allSatisfy { $0.code != "occluded-pixels" })
  }

  /// What is left out is told, and of which videos all of a pair.
  @Test func whatIsLeftOutIsTold() {
    func video(_ visible: [Int]) -> OcclusionCount {
      visible.reduce(into: OcclusionCount()) { $0.add(visible: $1, of: 50) }
    }
    let videos = [("a", video([50, 25])), ("b", video([0, 25, 0])), ("c", video([0, 50]))]
    let notes = OcclusionCount.notes(videos, by: .consistency)
    #expect(notes.map(\.code) == ["occluded-pixels", "occluded-pairs"])
    #expect(notes[0].text == "57.14286 % of the pixels are left out: they are occluded")
    #expect(
      notes[1].text
        == "pairs of frames of which no pixel is left count as 0, as in the published program, and make the error smaller: "
        + "`b` (2 of 3 pairs), `c` (1 of 2 pairs)")
    #expect(OcclusionCount.notes(videos, by: .none).isEmpty)
    let edges = OcclusionCount.notes([("a", video([25]))], by: .consistencyAndBoundaries)
    #expect(edges.map(\.text) == ["50.00000 % of the pixels are left out: they are occluded, or on edges of motion"])
  }

  @Test func videosThatTheyCannotTake() throws {
    let folder = try TemporaryFolder()
    try Self.write([0, 2, 200, 300], "half/a.npy", folder)
    #expect(
      message { _ = try score(requested("warping-error", "evalcrafter"), folder.file("half")) }.contains(
        "`a.npy[0]` is 300x200, and warping-error needs frames of 242x242 at least"))
    #expect(
      message { _ = try score(requested("motion-magnitude", nil, [("stride", "2")]), folder.file("half")) }.contains(
        "`a.npy[0]` has too few frames: 2, of which one in 2 is taken, and at least 2 are needed"))
    try Self.write([0, 1, 121, 128], "one/a.npy", folder)
    #expect(
      message { _ = try score(requested("motion-magnitude"), folder.file("one")) }.contains(
        "`a.npy[0]` has too few frames: 1, and at least 2 are needed"))
    try Self.write([0, 2, 121, 128], "small/a.npy", folder)
    #expect(
      message { _ = try score(requested("flow-error"), real: folder.file("half"), folder.file("small")) }.contains(
        "is 300x200 in the real set and 128x121 in the fake one"))
  }

  // MARK: Given flows

  /// Flows that are given are those that are estimated, to the bit, where they are the same.
  @Test func givenFlows() throws {
    let folder = try TemporaryFolder()
    for (set, number) in [("real", 0), ("fake", 4)] {
      for name in ["a", "b"] { try Self.write([number, 3, 121, 128], "\(set)/\(name).npy", folder) }
    }
    let weights = try Self.weights.get()
    let network = try OpticalFlow(
      weights, height: 121, width: 128, iterations: 2, on: CPUDevice(KernelTable(.widest), threads: 1))
    let levels = madeUpClip(0, 3, 121, 128).map { Float($0) }
    let size = levels.count / 3
    for name in ["a", "b"] {
      for t in 0..<2 {
        let flow = network.flow(
          from: Array(levels[t * size..<(t + 1) * size]), to: Array(levels[(t + 1) * size..<(t + 2) * size]))
        try folder.write(FlowFile.bytes(flow), "flows/\(name)/\(t).flo")
        #expect(try FlowFile.read(folder.file("flows/\(name)/\(t).flo")) == flow)
      }
    }
    let settings = [(field: "flow-iterations", value: "2")]
    let estimated = try score(requested("flow-error", nil, settings), real: folder.file("real"), folder.file("fake"))
    let flows = try GivenFlows(folder: folder.file("flows"))
    let wanted = try requested("flow-error", nil, settings + [("flow-given", flows.digest.description)])
    let given = try score(wanted, real: folder.file("real"), folder.file("fake"), flows: flows)
    #expect(given.value == estimated.value && given.series == estimated.series && given.value > 0)
    #expect(given.settings?.fingerprint != estimated.settings?.fingerprint)
    #expect(
      wanted.evaluationProtocol.displayName
        == "end-point + flow-iterations=2 + flow-given=" + flows.digest.description.prefix(19))
    // Also of the ends of videos: each error is that of its place.
    let drift = [
      (field: "drift", value: "yes"), (field: "drift-share", value: "0.5"), (field: "skip-first", value: "0"),
    ]
    for name in ["a", "b"] {
      for (set, number) in [("long-real", 0), ("long-fake", 4)] {
        try Self.write([number, 4, 121, 128], "\(set)/\(name).npy", folder)
      }
      try FileManager.default.createDirectory(
        atPath: folder.file("long-flows/\(name)"), withIntermediateDirectories: true)
      let levels = madeUpClip(0, 4, 121, 128).map { Float($0) }
      for t in 0..<3 {
        let flow = network.flow(
          from: Array(levels[t * size..<(t + 1) * size]), to: Array(levels[(t + 1) * size..<(t + 2) * size]))
        try FlowFile.write(flow, to: folder.file("long-flows/\(name)/\(t).flo"))
      }
    }
    let long = try GivenFlows(folder: folder.file("long-flows"))
    let ofEnds = try score(
      requested("flow-error", nil, settings + drift), real: folder.file("long-real"), folder.file("long-fake"))
    let givenEnds = try score(
      requested("flow-error", nil, settings + drift + [("flow-given", long.digest.description)]),
      real: folder.file("long-real"), folder.file("long-fake"), flows: long)
    #expect(givenEnds.value == ofEnds.value && ofEnds.value > 0 && ofEnds.series == nil)
    // Files are those of the frames by whose numbers they are called.
    let late = settings + [(field: "skip-first", value: "1")]
    let ofLate = try score(requested("flow-error", nil, late), real: folder.file("long-real"), folder.file("long-fake"))
    let givenLate = try score(
      requested("flow-error", nil, late + [("flow-given", long.digest.description)]), real: folder.file("long-real"),
      folder.file("long-fake"), flows: long)
    #expect(givenLate.value == ofLate.value && givenLate.series?.count == 2)
    // What is missing, cut, of another size, or other flows than the protocol's.
    #expect(
      message { _ = try score(wanted, real: folder.file("real"), folder.file("fake")) }.hasPrefix(
        "the protocol asks for given flows, \(flows.digest), which are not there\nhint: `--flow FOLDER` gives flows"))
    func error(_ body: () throws -> Void) throws -> String {
      try body()
      return message {
        let flows = try GivenFlows(folder: folder.file("flows"))
        let wanted = try requested("flow-error", nil, settings + [("flow-given", flows.digest.description)])
        _ = try score(wanted, real: folder.file("real"), folder.file("fake"), flows: flows)
      }
    }
    let path = folder.file("flows/b/1.flo")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(
      try error { try folder.write(Array(bytes.dropLast(8)), "flows/b/1.flo") }
        == "`\(path)` is damaged or not what it seems: the number of pixels should be 15488 and is 15487")
    #expect(
      try error { try folder.write([0, 0, 0, 0] + bytes.dropFirst(4), "flows/b/1.flo") }
        == "`\(path)` is damaged or not what it seems: it has no tag PIEH at its beginning, as .flo files have it")
    #expect(
      try error {
        try folder.write(FlowFile.bytes(FlowField(height: 1, width: 2, values: [1, 2, 3, 4])), "flows/b/1.flo")
      } == "`\(path)` is a flow of 2x1, and the frames of `b` are 128x121")
    #expect(
      try error {
        try folder.write(
          FlowFile.bytes(FlowField(height: 121, width: 128, values: .init(repeating: 2e9, count: 2 * 15488))),
          "flows/b/1.flo")
      } == "`\(path)` holds values that are not numbers, or none that is known (up to 1e9)")
    #expect(
      try error { try FileManager.default.removeItem(atPath: path) }
        == "`\(folder.file("flows"))` holds no flow of `b` from frame 1 on\nhint: its files are called by the number of the first "
        + "of two frames, from 0 on: `1.flo`")
    #expect(
      try error {
        try FileManager.default.moveItem(atPath: folder.file("flows/b/0.flo"), toPath: folder.file("flows/b/x.flo"))
      }
      .hasPrefix("`\(folder.file("flows"))` holds 1 flow of `b`, of which 2 pairs of frames are compared\nhint: "))
    #expect(
      try error { try FileManager.default.removeItem(atPath: folder.file("flows/b")) }.hasPrefix(
        "`\(folder.file("flows"))` holds no flows of `b`\nhint: they are .flo files"))
    let none = message { _ = try GivenFlows(folder: folder.file("real")) }
    #expect(none.hasPrefix("`\(folder.file("real"))` holds no flows\n"))
  }

  /// VBench-Long: each clip is a video of its own.
  @Test func dynamicsOfClips() throws {
    let folder = try TemporaryFolder()
    let moving = madeUpClip(3, 4, 121, 128)
    let frame = moving.count / 4
    let still = (0..<4).flatMap { _ in moving[..<frame] }
    try Self.write([0, 8, 121, 128], "long/a.npy", folder, bytes: still + moving)
    let settings = [(field: "flow-iterations", value: "2"), ("flow-rate", "2"), ("frame-rate", "2.5")]
    let network = try OpticalFlow(
      Self.weights.get(), height: 121, width: 128, iterations: 2, on: CPUDevice(KernelTable(.widest), threads: 2))
    let levels = moving.map { Float($0) }
    func length(_ first: Int, _ second: Int) -> Double {
      network.paddedFlow(
        from: Array(levels[first * frame..<(first + 1) * frame]),
        to: Array(levels[second * frame..<(second + 1) * frame])
      ).fastest(share: 0.05)
    }
    // One of the clips is called dynamic, the other is not: which one is nothing to made-up weights.
    let (ofStill, ofMoving) = (length(0, 0), max(length(0, 1), length(1, 2), length(2, 3)))
    try #require(abs(ofStill - ofMoving) > 1e-3 * ofStill, "\(ofStill) \(ofMoving)")
    let between = String((ofStill + ofMoving) / 2 * 256 / 121)
    let long = try score(
      requested("dynamic-degree", "vbench-long", settings + [("flow-threshold", between)]), folder.file("long"))
    #expect(long.value == 0.5 && long.videos?.map(\.clips) == [2])
  }

  /// Three pairs that move are not too many where three may move, and are where two may.
  @Test func asManyPairsAsMayMove() throws {
    let folder = try TemporaryFolder()
    try Self.write([3, 4, 121, 128], "moving/a.npy", folder)
    func filtered(pairs: String) throws -> ScoreRecord {
      try score(
        requested(
          "temporal-flickering", "vbench-static",
          [
            (field: "flow-iterations", value: "1"), ("flow-threshold", "0.0001"), ("flow-pairs", pairs),
            ("flow-ends", "1000000000"),
          ]), folder.file("moving"))
    }
    // flow-pairs counts of 16 frames, and there are four.
    #expect(try filtered(pairs: "12").videos?.count == 1)
    #expect(throws: EvaluationError.noneStands(path: folder.file("moving"), videos: 1)) {
      _ = try filtered(pairs: "8")
    }
  }
}
