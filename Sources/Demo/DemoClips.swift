import Foundation
import ProcessLimits
import Random
import Threads
import Video

/// Clips that the program draws: a textured shape moves over a textured, slowly drifting background. 4 motions × 4 shapes,
/// 16 frames of 96×96, each a folder of PNG files: `SET/MOTION/SHAPE/00.png`.
///
/// The sets `mild` and `strong` are the real clips damaged. What is drawn depends on the names alone.
public enum DemoClips {
  /// What is done to a set.
  struct Damage {
    /// Standard deviation of a Gaussian, in pixels.
    var blur = 0.0
    /// Standard deviation, in grey levels.
    var noise = 0.0
    /// Frames are moved by up to so many pixels.
    var jitter = 0
    /// The chance that a frame is replaced by one that is up to three away.
    var stutter = 0.0
    /// The share of grey that is mixed in.
    var wash = 0.0
  }

  /// The names of the sets, the real one first.
  public static var names: [String] { sets.map(\.name) }

  static let sets: [(name: String, damage: Damage)] = [
    ("real", Damage()),
    ("mild", Damage(blur: 0.6, noise: 3, jitter: 1, stutter: 0.05, wash: 0.05)),
    ("strong", Damage(blur: 2, noise: 14, jitter: 4, stutter: 0.5, wash: 0.35)),
  ]
  /// Every file that `write` makes, below its folder: `real/spin/star/00.png`.
  public static var files: Set<String> {
    let clips = Motion.allCases.flatMap { motion in Shape.allCases.map { "\(motion)/\($0)" } }
    return Set(names.flatMap { set in clips.flatMap { clip in (0..<frames).map { "\(set)/\(clip)/\(file($0))" } } })
  }

  private static func file(_ frame: Int) -> String { (frame < 10 ? "0" : "") + "\(frame).png" }

  public static let count = Motion.allCases.count * Shape.allCases.count
  static let frames = 16
  static let side = 96

  /// Draws every set below `folder`, clips side by side.
  ///
  /// - Throws: what the first clip throws that cannot be written.
  public static func write(to folder: String) throws {
    let clips = Motion.allCases.flatMap { motion in Shape.allCases.map { (motion, $0) } }
    _ = try parallelMap(clips.count, threads: ProcessLimits.processors) { index in
      let (motion, shape) = clips[index]
      let drawn = DemoDrawing(motion: motion, shape: shape).frames()
      for (name, damage) in sets {
        var random = DemoRandom("\(name)/\(motion)/\(shape)")
        try write(damage.applied(to: drawn, &random), to: "\(folder)/\(name)/\(motion)/\(shape)")
      }
    }
  }

  private static func write(_ frames: [[Float]], to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (index, frame) in frames.enumerated() {
      let pixels = frame.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
      let png = try PictureEncoder.png(Picture(width: side, height: side, pixels: pixels))
      try Data(png).write(to: URL(fileURLWithPath: "\(folder)/\(file(index))"))
    }
  }

  enum Motion: String, CaseIterable {
    case bounce, pulse, spin, swing
  }

  enum Shape: String, CaseIterable {
    case cross, disc, ring, star
  }
}

/// Random numbers that depend on a name and on nothing else.
struct DemoRandom {
  private var stream: SplitMix64

  init(_ name: String) { stream = SplitMix64(seed: 0, name: name) }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(stream.next() >> 11) * 0x1p-53
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(stream.next(below: UInt64(range.count)))
  }

  /// By the method of Box and Muller.
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform(0...1 - 0x1p-53))).squareRoot()
    return radius * cos(2 * .pi * uniform(0...1))
  }
}

extension DemoClips.Damage {
  /// - Parameter frames: [side][side][3] each, 0...1.
  func applied(to frames: [[Float]], _ random: inout DemoRandom) -> [[Float]] {
    frames.indices.map { index in
      let isMoved = random.uniform(0...1) < stutter
      let source = isMoved ? index + random.integer(-3...3) : index
      let frame = blurred(frames[max(0, min(frames.count - 1, source))])
      let (down, right) = (random.integer(-jitter...jitter), random.integer(-jitter...jitter))
      let side = DemoClips.side
      return frame.indices.map { place in
        let (y, x, channel) = (place / 3 / side, place / 3 % side, place % 3)
        let value = frame[((y + down + side) % side * side + (x + right + side) % side) * 3 + channel]
        let washed = (1 - Float(wash)) * value + Float(wash) * 0.5
        return noise == 0 ? washed : washed + Float(random.normal() * noise / 255)
      }
    }
  }

  /// Along x, then along y; edges are repeated.
  private func blurred(_ frame: [Float]) -> [Float] {
    guard blur > 0 else { return frame }
    let reach = Int((3 * blur).rounded(.up))
    let weights = (-reach...reach).map { Float(exp(-0.5 * (Double($0) / blur) * (Double($0) / blur))) }
    let total = weights.reduce(0, +)
    let side = DemoClips.side
    func pass(_ source: [Float], _ neighbour: (Int, Int, Int) -> Int) -> [Float] {
      source.indices.map { place in
        let (y, x, channel) = (place / 3 / side, place / 3 % side, place % 3)
        return (-reach...reach).reduce(Float(0)) { sum, step in
          sum + weights[step + reach] * source[neighbour(y, x, step) * 3 + channel]
        } / total
      }
    }
    func inside(_ place: Int) -> Int { max(0, min(side - 1, place)) }
    let across = pass(frame) { y, x, step in y * side + inside(x + step) }
    return pass(across) { y, x, step in inside(y + step) * side + x }
  }
}
