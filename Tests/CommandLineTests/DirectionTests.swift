import Evaluation
import Foundation
import Random
import Scores
import Tensors
import Testing
import Video

/// Worse videos have worse scores: the project's own clips, spoiled more and more, with the real networks.
@Suite(.serialized, .enabled(if: Workplace.hasWeights && Workplace.hasInception, Workplace.withoutWeights))
struct DirectionTests {
  /// The clips of a set, [N][T][H][W][3].
  struct Clips {
    var videos: [[[UInt8]]]
    let side: Int

    /// Every video changed by `body`, which has the video's number.
    func changed(_ body: (Int, [[UInt8]]) -> [[UInt8]]) -> Clips {
      Clips(videos: videos.enumerated().map { body($0, $1) }, side: side)
    }
  }

  static let frames = 10
  let workplace: Workplace
  /// All 24 frames of the 16 real clips.
  let all: Clips

  init() throws {
    workplace = try Workplace(weights: true)
    var videos: [[[UInt8]]] = []
    var side = 0
    for item in try VideoSet.open(Workplace.fixtures + "/clips/real").videos {
      var frames: [[UInt8]] = []
      try item.read((0..<24).map { FrameWindow(start: $0, count: 1) }) { _, frame in
        if case .bytes(let bytes) = frame.samples { frames.append(bytes) }
        side = frame.width
      }
      videos.append(frames)
    }
    all = Clips(videos: videos, side: side)
    #expect(videos.count == 16 && videos.allSatisfy { $0.count == 24 } && side == 96)
  }

  /// The first frames of every video: what the spoiled sets are compared with.
  private var plain: Clips { all.changed { Array($1.prefix(Self.frames)) } }

  private func first(_ count: Int, of clips: Clips, from: Int = 0) -> Clips {
    Clips(videos: Array(clips.videos[from..<from + count]), side: clips.side)
  }

  private func write(_ clips: Clips, _ name: String) throws -> String {
    try workplace.write(
      name + ".npy", shape: [clips.videos.count, clips.videos[0].count, clips.side, clips.side, 3],
      Array(clips.videos.joined().joined()))
  }

  /// Three box blurs of that radius over both axes, edges repeated.
  private func blurred(_ frame: [UInt8], side: Int, radius: Int) -> [UInt8] {
    var values = frame.map { Float($0) }
    for _ in 0..<3 {
      for (step, line) in [(3, side * 3), (side * 3, 3)] {
        var result = values
        for row in 0..<side {
          for channel in 0..<3 {
            let first = row * line + channel
            for place in 0..<side {
              var sum: Float = 0
              for shift in -radius...radius {
                sum += values[first + min(max(place + shift, 0), side - 1) * step]
              }
              result[first + place * step] = sum / Float(2 * radius + 1)
            }
          }
        }
        values = result
      }
    }
    return values.map { UInt8($0.rounded()) }
  }

  private func noisy(_ video: [[UInt8]], _ sigma: Double, seed: Int) -> [[UInt8]] {
    var stream = SplitMix64(seed: UInt64(seed) &* 7919)
    return video.map { $0.map { UInt8(min(max(Double($0) + sigma * stream.normal(), 0), 255).rounded()) } }
  }

  private func growing(_ values: [Double]) -> Bool { zip(values, values.dropFirst()).allSatisfy { $0 < $1 } }

  /// One call a level: all metrics share one decoding pass, and FVD, KVD and PRDC one I3D.
  private func levels(_ levels: [Clips], _ reference: String, _ kind: String) throws -> [RunRecord] {
    try levels.enumerated().map { index, clips in
      try workplace.program.scores(
        "score", reference, write(clips, "\(kind)-\(index)"), "--metrics",
        "fvd,kvd:fvd-paper,prdc,fid,kid,psnr,ssim", "--set", "kvd.resize=half-pixel-bilinear", "--set",
        "fid.samples=1", "--set", "kid.samples=1", "--set", "kid.subsets=0", "--set", "prdc.neighbours=1", "--set",
        "prdc.neighbour-rule=inclusive")
    }
  }

  @Test func blurAndNoise() throws {
    // Three of each motion.
    let plain = Clips(
      videos: self.plain.videos.enumerated().filter { $0.offset % 4 > 0 }.map(\.element), side: all.side)
    let reference = try write(plain, "plain")
    let blurs = [1, 2, 4].map { radius in
      plain.changed { $1.map { blurred($0, side: all.side, radius: radius) } }
    }
    let noises = [8.0, 24, 64].map { sigma in plain.changed { noisy($1, sigma, seed: $0) } }
    for (kind, sets) in [("blur", blurs), ("noise", noises)] {
      let scores = try levels(sets, reference, kind)
      for metric in ["fvd", "kvd", "fid", "kid"] {
        let values = scores.map { $0[metric] }
        #expect(growing(values), "\(kind): \(metric) \(values)")
      }
      for metric in ["psnr", "ssim"] {
        let values = scores.map { $0[metric] }
        #expect(growing(values.reversed()), "\(kind): \(metric) \(values)")
      }
      // With 12 clips these are steps of a twelfth (the nearest neighbour only, or every ball holds all): they may stand
      // still, but never turn, and fall in all.
      for metric in ["precision", "density", "coverage"] {
        let values = scores.map { $0[metric] }
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 }, "\(kind): \(metric) \(values)")
        #expect(values[2] < 0.5 * values[0], "\(kind): \(metric) \(values)")
      }
      // I3D saw 12 clips of the level, Inception 12 frames; the reference's are kept from the first call.
      #expect(scores[0].circumstances.clipsComputed == (kind == "blur" ? 48 : 24))
      #expect(scores[2].circumstances.clipsComputed == 24 && scores[2].circumstances.clipsCached == 24)
    }
  }

  /// Order and speed are what makes a video: I3D sees them.
  @Test func orderAndSpeed() throws {
    let (all, plain) = (first(10, of: all), first(10, of: plain))
    let reference = try write(plain, "plain")
    func score(_ clips: Clips, _ name: String) throws -> RunRecord {
      try workplace.program.scores(
        "score", reference, write(clips, name), "--metrics", "fvd,kvd:fvd-paper,temporal-flickering", "--set",
        "kvd.resize=half-pixel-bilinear")
    }
    let same = try score(plain, "same")
    #expect(abs(same["fvd"]) < 1e-6)
    let shuffled = try [2, 5, 10].map { block in
      try score(
        plain.changed { video, frames in
          var stream = SplitMix64(seed: UInt64(video) + 1)
          return stride(from: 0, to: frames.count, by: block).flatMap {
            let part = Array(frames[$0..<$0 + block])
            return block == 2 ? part.reversed() : part.shuffled(using: &stream)
          }
        }, "shuffled-\(block)")
    }
    for metric in ["fvd", "kvd"] {
      let values = [same[metric]] + shuffled.map { $0[metric] }
      #expect(growing(values), "\(metric) \(values)")
    }
    let flickering = [same["temporal-flickering"]] + shuffled.map { $0["temporal-flickering"] }
    #expect(growing(flickering.reversed()), "\(flickering)")

    let faster = try score(all.changed { _, frames in (0..<Self.frames).map { frames[$0 * 2] } }, "faster")
    let slower = try [2, 3].map { factor in
      try score(all.changed { _, frames in (0..<Self.frames).map { frames[$0 / factor] } }, "slower-\(factor)")
    }
    // A level that is clearly something: more than what every second frame swapped makes.
    #expect(faster["fvd"] > 10 && slower[0]["fvd"] > 10 && growing(slower.map { $0["fvd"] }))
    #expect(growing([faster, same, slower[0], slower[1]].map { $0["temporal-flickering"] }))
  }

  /// FID and KID of all frames do not know the order: shuffled videos score the same to rounding.
  @Test func orderDoesNotCountForFrames() throws {
    let real = try write(first(2, of: plain), "real")
    let fake = first(2, of: plain, from: 8)
    let shuffled = fake.changed { video, frames in
      var stream = SplitMix64(seed: UInt64(video) + 1)
      return frames.shuffled(using: &stream)
    }
    #expect(fake.videos != shuffled.videos)
    let scores = try [write(fake, "fake"), write(shuffled, "shuffled")].map {
      try workplace.program.scores(
        "score", real, $0, "--metrics", "fid,kid", "--set", "kid.subsets=0")
    }
    for metric in ["fid", "kid"] {
      #expect(abs(scores[0][metric] / scores[1][metric] - 1) < 1e-9, "\(metric) \(scores.map { $0[metric] })")
      #expect(scores[0][metric] > 0.01)
    }
  }
}

extension SplitMix64 {
  fileprivate mutating func normal() -> Double {
    let (u, v) = (Double.random(in: 0x1p-53..<1, using: &self), Double.random(in: 0..<1, using: &self))
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }
}
