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

extension FlowMetricTests {
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
    // A share of real videos is said without a deviation.
    for name in ["a", "b"] { try Self.write([0, 4, 121, 128], "real/\(name).npy", folder, bytes: moving) }
    let beside = try score(
      requested("dynamic-degree", nil, settings + [("flow-threshold", "0")]), real: folder.file("real"),
      folder.file("real"))
    #expect(beside.warnings.first { $0.code == "real-value" }?.text == "the real set's value is 1.000000")
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
