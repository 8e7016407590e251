import Evaluation
import Foundation
import Networks
import Scores
import Testing
import Video

/// The pictures of the flow that scores compute anyhow.
@Suite struct FlowPreviewTests {
  private static let (real, fake) = (FlowPreviews.Video(.real, "a.mp4"), FlowPreviews.Video(.fake, "a.mp4"))

  private func previews(videos: [FlowPreviews.Video] = [real], pairs: Int = 4) -> FlowPreviews {
    var limits = FlowPictureLimits()
    limits.pairs = pairs
    return FlowPreviews(videos.map { ($0, "a") }, limits: limits)
  }

  /// A grey frame that moves as one, and its next.
  private func keep(
    _ u: Float, _ v: Float, at first: Int, every step: Int = 1, size: (height: Int, width: Int) = (192, 256),
    flowSize: (height: Int, width: Int)? = nil, in previews: FlowPreviews, of video: FlowPreviews.Video = real
  ) {
    let flow = flowSize ?? size
    previews.keep(
      FlowField(
        height: flow.height, width: flow.width,
        values: (0..<2 * flow.height * flow.width).map { $0.isMultiple(of: 2) ? u : v }),
      of: video, [Float](repeating: Float(first), count: size.height * size.width * 3), height: size.height,
      width: size.width, numbers: (first, first + step))
  }

  /// The colour of a tile's middle: of a frame, and of the flow below it.
  private func tile(_ picture: Picture, _ place: Int, of count: Int) -> (frame: [UInt8], flow: [UInt8]) {
    func pixel(_ y: Int) -> [UInt8] {
      let x = (2 * place + 1) * picture.width / (2 * count)
      return Array(picture.pixels[(y * picture.width + x) * 3..<(y * picture.width + x) * 3 + 3])
    }
    return (pixel(picture.height / 4), pixel(3 * picture.height / 4))
  }

  /// A picture that is shifted is one colour: that of its direction, at full strength, and half as strong where it moves half as fast.
  @Test func aShiftIsOneColour() throws {
    let previews = previews()
    keep(3, 0, at: 10, in: previews)
    keep(0, 1.5, at: 20, in: previews)
    keep(-3, 0, at: 30, in: previews)
    let strip = try #require(previews.strip(of: Self.real))
    #expect(strip.frames == 3 && strip.speed == 3)
    #expect(strip.picture.width == 3 * 128 + 2 * 4 && strip.picture.height == 2 * 96)
    let tiles = (0..<3).map { tile(strip.picture, $0, of: 3) }
    #expect(tiles.map(\.frame) == [10, 20, 30].map { [UInt8](repeating: $0, count: 3) })
    // Red to the right, yellow down, cyan to the left.
    #expect(tiles[0].flow == [255, 0, 0])
    let half = FlowWheel.colours[13...14].reduce(.zero, +) / 4 + 127.5
    #expect((0..<3).allSatisfy { abs(Double(tiles[1].flow[$0]) - half[$0]) <= 1 }, "\(tiles[1].flow) \(half)")
    let left = FlowWheel.colours[27]
    #expect((0..<3).allSatisfy { abs(Double(tiles[2].flow[$0]) - left[$0]) <= 1 }, "\(tiles[2].flow) \(left)")
    // One hue all over the tile.
    for y in 96..<192 {
      for x in 0..<128 {
        let place = (y * strip.picture.width + x) * 3
        #expect(Array(strip.picture.pixels[place..<place + 3]) == [255, 0, 0], "\(x) \(y)")
      }
    }
  }

  /// A flow that is faded is that flow in the colours of a larger wheel.
  @Test func fadedIsAtALargerScale() {
    let flow = FlowField(height: 12, width: 18, values: madeUpNumbers("faded", 432) { 20 * $0 - 10 })
    let longest = flow.lengths.max() ?? 0
    let faded = Picture(flow).faded(to: 0.4).pixels
    let wanted = Picture(flow, largest: longest / 0.4).pixels
    #expect(zip(faded, wanted).allSatisfy { abs(Int($0) - Int($1)) <= 1 } && faded != Picture(flow).pixels)
  }

  /// Of many pairs few are kept, from the first on, however many come.
  @Test func pairsAreSpread() throws {
    let previews = previews()
    for frame in 0..<40 { keep(1, 0, at: 3 * frame, in: previews) }
    // Frames that are looked at again are shown once.
    for frame in 0..<40 { keep(1, 0, at: 3 * frame, in: previews) }
    let strip = try #require(previews.strip(of: Self.real))
    #expect(strip.frames == 4)
    let shown = (0..<4).map { tile(strip.picture, $0, of: 4).frame[0] }
    #expect(shown[0] == 0 && shown[3] >= 90 && zip(shown, shown.dropFirst()).allSatisfy { $1 >= $0 + 20 }, "\(shown)")
  }

  /// Pixels of the video's own frames, for each frame that passes.
  @Test func speedIsInPixelsAFrame() throws {
    let previews = previews()
    keep(6, 8, at: 0, every: 4, flowSize: (96, 128), in: previews)
    #expect(try #require(previews.strip(of: Self.real)).speed == 5)
    let still = self.previews()
    keep(0, 0, at: 0, in: still)
    let strip = try #require(still.strip(of: Self.real))
    #expect(strip.speed == 0 && tile(strip.picture, 0, of: 1).flow == [255, 255, 255])
  }

  /// No number, no picture; no video that was not chosen.
  @Test func whatCannotBeShownIsLeftOut() {
    let previews = previews(videos: [Self.real, Self.fake])
    keep(.nan, 0, at: 0, in: previews)
    keep(.infinity, 0, at: 1, in: previews)
    keep(1, 0, at: 2, in: previews, of: FlowPreviews.Video(.fake, "b.mp4"))
    #expect(previews.made().isEmpty)
    keep(1, 0, at: 3, in: previews, of: Self.fake)
    let made = previews.made()
    #expect(made.map(\.preview.side) == [.fake] && made[0].preview.frames == 1 && made[0].preview.title == "a")
    #expect(made[0].preview.bytes == made[0].jpeg.count && made[0].jpeg.starts(with: [0xff, 0xd8]))
  }

  // MARK: Of scores

  private func result(
    _ metric: String, _ name: String? = nil, _ settings: [(field: String, value: String)] = [], real: String?,
    _ fake: String, threads: Int = 2, limits: FlowPictureLimits? = FlowPictureLimits()
  ) throws -> EvaluationResult {
    let wanted = try FlowMetricTests().requested(metric, name, settings + [("flow-iterations", "1")])
    var request = ScoreRequest(real: real, fake: fake, scores: [wanted])
    (request.threads, request.flowPictures) = (threads, limits)
    return try Evaluation(request: request, cache: nil) { _ in throw CocoaError(.featureUnsupported) }.run()
  }

  /// Every metric that computes flow shows it, real and fake of one name beside each other; the score is the same without.
  @Test(
    arguments: [
      ("motion-magnitude", nil, []), ("flow-error", nil, []), ("warping-error", nil, [("occlusion", "none")]),
      ("warping-error", nil, [("occlusion", "none"), ("flow-of", "real")]),
      ("dynamic-degree", nil, [("frame-rate", "8")]),
      ("temporal-flickering", "vbench-static", [("flow-threshold", "99")]),
    ] as [(String, String?, [(String, String)])])
  func ofEachMetric(_ metric: String, _ name: String?, _ settings: [(field: String, value: String)]) throws {
    let folder = try TemporaryFolder()
    for (set, first) in [("real", 1), ("fake", 4)] {
      for number in 0..<2 {
        try FlowMetricTests.write([first + number, 5, 125, 131], "\(set)/clip-\(number).npy", folder)
      }
    }
    let (real, fake) = (folder.file("real"), folder.file("fake"))
    let result = try result(metric, name, settings, real: real, fake)
    let isOfReal = settings.contains { $0.field == "flow-of" }
    let sides: [Preview.Side] = isOfReal ? [.real, .real] : [.real, .fake, .real, .fake]
    #expect(result.previews.map(\.preview.side) == sides, "\(metric)")
    #expect(result.previews.map(\.preview.title).first == "clip-0.npy[0]")
    for made in result.previews {
      #expect(made.preview.kind == .flow && (1...4).contains(made.preview.frames ?? 0) && made.preview.value ?? 0 > 0)
    }
    let alone = try self.result(metric, name, settings, real: real, fake, threads: 1)
    #expect(alone.previews.map(\.preview) == result.previews.map(\.preview), "threads")
    let without = try self.result(metric, name, settings, real: real, fake, limits: nil)
    #expect(without.previews.isEmpty && without.scores == result.scores)
    guard metric == "motion-magnitude" else { return }
    // What is around the frame is not shown, whether it counts or not.
    let cut = try self.result(metric, name, [("flow-padding", "cut")], real: real, fake)
    #expect(cut.scores != result.scores && cut.previews.map(\.preview) == result.previews.map(\.preview))
    // Without a real set, and of fewer videos.
    var few = FlowPictureLimits()
    few.videos = 1
    let lone = try self.result(metric, name, settings, real: nil, fake, limits: few).previews
    #expect(lone.map(\.preview.video) == ["clip-0.npy[0]"] && lone[0].preview == result.previews[1].preview)
  }
}
