import Evaluation
import Foundation
import MetricCatalog
import Scores
import Testing
import Weights

/// What happens to a video moves each of VBench's dimensions the way it must, whatever the weights are.
@Suite struct VBenchDirectionTests {
  private let folder: TemporaryFolder
  private let networks: MadeUpNetworks

  init() throws {
    folder = try TemporaryFolder()
    networks = MadeUpNetworks(store: WeightStore(folder: folder.file("weights")))
  }

  private static let (height, width, frames) = (48, 64, 8)

  /// A picture of squares, moved to the right by so many pixels.
  private static func picture(_ seed: Int, moved: Int = 0) -> [Double] {
    (0..<height * width * 3).map { index in
      let (y, x, c) = (index / 3 / width, index / 3 % width, index % 3)
      var v =
        UInt64(bitPattern: Int64(((seed * 64 + y / 8) * 64 + (x + moved) / 8) * 4 + c + 1)) &* 0x9E37_79B9_7F4A_7C15
      v ^= v >> 29
      v = v &* 0xBF58_476D_1CE4_E5B9
      return Double((v ^ v >> 32) % 200 + 28)
    }
  }

  private static func noisy(_ frame: [Double], _ strength: Double, seed: Int) -> [Double] {
    var state = UInt32(truncatingIfNeeded: seed &* 2_654_435_761 &+ 12345)
    return frame.map { value in
      state = state &* 1_664_525 &+ 1_013_904_223
      return value + strength * (Double(state >> 8) / Double(1 << 24) - 0.5)
    }
  }

  /// The mean of 5x5 pixels.
  private static func blurred(_ frame: [Double]) -> [Double] {
    (0..<frame.count).map { index in
      let (y, x, c) = (index / 3 / width, index / 3 % width, index % 3)
      var (sum, count) = (0.0, 0.0)
      for dy in -2...2 {
        for dx in -2...2 where (0..<height).contains(y + dy) && (0..<width).contains(x + dx) {
          sum += frame[((y + dy) * width + x + dx) * 3 + c]
          count += 1
        }
      }
      return sum / count
    }
  }

  private static func tinted(_ frame: [Double], _ share: Double) -> [Double] {
    frame.enumerated().map { index, value in (1 - share) * value + share * [230.0, 120, 20][index % 3] }
  }

  private func score(_ metric: String, _ video: [[Double]], picture: [Double]? = nil) throws -> Double {
    func write(_ frames: [[Double]], _ name: String) throws {
      let bytes = frames.joined().map { UInt8(min(max($0.rounded(), 0), 255)) }
      try folder.write(
        folder.npyHeader("|u1", [1, frames.count, Self.height, Self.width, 3]) + bytes, "\(name)/v.npy")
    }
    try write(video, "videos")
    if let picture { try write([picture], "pictures") }
    let wanted = try networks.wanted(metric)
    var request = ScoreRequest(
      real: picture == nil ? nil : folder.file("pictures"), fake: folder.file("videos"), scores: [wanted])
    request.threads = 2
    return try Evaluation(request: request, cache: nil) { try networks.network($0, MadeUpNetworks.tables.last!) }.run()
      .scores[0].value
  }

  private static let still = (0..<frames).map { _ in picture(1) }
  private static let moving = (0..<frames).map { picture(1, moved: $0) }
  private static let cut = (0..<frames).map { $0 < frames / 2 ? picture(1) : picture(2) }

  @Test(arguments: ["subject-consistency", "background-consistency"])
  func consistency(_ metric: String) throws {
    let still = try score(metric, Self.still)
    #expect(abs(still - 1) < 1e-6, "freezing")
    let moving = try score(metric, Self.moving)
    #expect(moving < still - 1e-4)
    // Neighbours are no neighbours any more.
    let shuffled = try score(metric, [0, 5, 2, 7, 1, 6, 3, 4].map { Self.moving[$0] })
    #expect(shuffled < moving)
    #expect(try score(metric, Self.cut) < still - 1e-4, "a scene cut")
    let noise = try [20.0, 60, 160].map { strength in
      try score(metric, (0..<Self.frames).map { Self.noisy(Self.picture(1), strength, seed: $0) })
    }
    #expect(still > noise[0] && noise[0] > noise[1] && noise[1] > noise[2])
    // A blur takes the noise away, and of a still nothing.
    let blurred = try score(
      metric, (0..<Self.frames).map { Self.blurred(Self.noisy(Self.picture(1), 160, seed: $0)) })
    #expect(blurred > noise[2])
    #expect(abs(try score(metric, Self.still.map(Self.blurred)) - 1) < 1e-6)
    let drift = try [0.2, 0.5, 0.9].map { share in
      try score(metric, (0..<Self.frames).map { Self.tinted(Self.picture(1), share * Double($0) / 7) })
    }
    #expect(still > drift[0] && drift[0] > drift[1] && drift[1] > drift[2], "colour drift")
  }

  @Test(arguments: ["i2v-subject", "i2v-background"])
  func imageToVideo(_ metric: String) throws {
    let own = try score(metric, Self.still, picture: Self.picture(1))
    #expect(own > 0.999, "a still of its own picture, but for the two resizes")
    #expect(try score(metric, Self.moving, picture: Self.picture(1)) < own - 1e-4, "freezing raises it")
    let blurred = try score(metric, Self.still.map(Self.blurred), picture: Self.picture(1))
    #expect(blurred < own - 1e-4, "a blur")
    let other = try score(metric, Self.still, picture: Self.picture(2))
    #expect(other < own - 1e-3, "another picture")
    // Frames that are worse one by one hold their likeness by the first, which the largest one takes.
    let drift = try [0.2, 0.5, 0.9].map { share in
      try score(
        metric, (0..<Self.frames).map { Self.tinted(Self.picture(1), share * Double($0) / 7) },
        picture: Self.picture(1))
    }
    #expect(own > drift[0] && drift[0] > drift[1] && drift[1] > drift[2], "colour drift")
    let cut = try score(metric, Self.cut, picture: Self.picture(1))
    #expect(cut < own - 1e-4, "a scene cut")
    // Two cuts are no more of a loss by the least likeness, and by the mean they are.
    let cuts = try score(
      metric, (0..<Self.frames).map { ($0 / 2).isMultiple(of: 2) ? Self.picture(1) : Self.picture(2) },
      picture: Self.picture(1))
    #expect(cuts < cut)
    let noise = try [20.0, 160].map { strength in
      try score(
        metric, (0..<Self.frames).map { Self.noisy(Self.picture(1), strength, seed: $0) }, picture: Self.picture(1))
    }
    #expect(own > noise[0] && noise[0] > noise[1])
    #expect(
      try score(metric, [0, 5, 2, 7, 1, 6, 3, 4].map { Self.moving[$0] }, picture: Self.picture(1))
        < score(metric, Self.moving, picture: Self.picture(1)), "shuffling")
  }

  /// It looks at frames one by one: their order is nothing to it, and a repeated frame counts as often as it is there.
  @Test func aestheticQuality() throws {
    let (a, b) = (
      try score("aesthetic-quality", [Self.picture(1)]), try score("aesthetic-quality", [Self.picture(2)])
    )
    #expect(abs(a - b) > 1e-3)
    #expect(abs(try score("aesthetic-quality", Self.still) - a) < 1e-6, "freezing")
    let moving = try score("aesthetic-quality", Self.moving)
    #expect(abs(try score("aesthetic-quality", [0, 5, 2, 7, 1, 6, 3, 4].map { Self.moving[$0] }) - moving) < 1e-6)
    #expect(abs(try score("aesthetic-quality", Self.cut) - (a + b) / 2) < 1e-6)
    #expect(abs(try score("aesthetic-quality", Self.cut.reversed()) - (a + b) / 2) < 1e-6)
    #expect(
      abs(try score("aesthetic-quality", [Self.picture(1), Self.picture(1), Self.picture(2)]) - (2 * a + b) / 3) < 1e-6)
  }
}
