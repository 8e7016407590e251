import Foundation

/// One clip as it is drawn: a shape, its motion, and the waves on it and behind it.
struct DemoDrawing {
  private let motion: DemoClips.Motion
  private let shape: DemoClips.Shape
  private let phase: Double
  private let speed: Double
  private let drift: Double
  private let tilt: Double
  /// Two of the shape and two of what is behind it.
  private let colours: [SIMD3<Float>]

  init(motion: DemoClips.Motion, shape: DemoClips.Shape) {
    (self.motion, self.shape) = (motion, shape)
    var random = DemoRandom("clip/\(motion)/\(shape)")
    phase = random.uniform(0...1)
    speed = random.uniform(0.8...1.2)
    drift = random.uniform(0...6)
    tilt = random.uniform(0...Double.pi)
    var palette = DemoRandom("palette/\(shape)")
    colours = (0..<4).map { index in
      let shift = index < 2 ? 0.25 : -0.15
      return SIMD3((0..<3).map { _ in Float(max(0, min(1, palette.uniform(0.1...0.9) + shift))) })
    }
  }

  /// [side][side][3] each, 0...1; a pixel is the mean of 2×2 points.
  func frames() -> [[Float]] { (0..<DemoClips.frames).map(frame) }

  private func frame(_ index: Int) -> [Float] {
    let time = Double(index) / Double(DemoClips.frames)
    let pose = pose(at: time)
    let points = 2 * DemoClips.side
    var frame = [Float](repeating: 0, count: DemoClips.side * DemoClips.side * 3)
    for row in 0..<points {
      for column in 0..<points {
        let x = (Double(column) + 0.5) / Double(points) * 2 - 1
        let y = (Double(row) + 0.5) / Double(points) * 2 - 1
        let colour = colour(x, y, time: time, pose)
        let place = (row / 2 * DemoClips.side + column / 2) * 3
        for channel in 0..<3 { frame[place + channel] += colour[channel] / 4 }
      }
    }
    return frame
  }

  private func colour(_ x: Double, _ y: Double, time: Double, _ pose: Pose) -> SIMD3<Float> {
    let (dx, dy) = (x - pose.x, y - pose.y)
    let u = (dx * cos(pose.angle) + dy * sin(pose.angle)) / pose.size
    let v = (dy * cos(pose.angle) - dx * sin(pose.angle)) / pose.size
    if isInside(u, v) {
      let wave = Float(texture(u, v, frequency: 6, angle: 0.4))
      return colours[0] * wave + colours[1] * (1 - wave)
    }
    let wave = Float(texture(x + 0.25 * time, y, frequency: 9, angle: tilt))
    return colours[2] * wave + colours[3] * (1 - wave)
  }

  /// A wavy pattern in 0...1.
  private func texture(_ x: Double, _ y: Double, frequency: Double, angle: Double) -> Double {
    let u = x * cos(angle) + y * sin(angle)
    let v = y * cos(angle) - x * sin(angle)
    return 0.5 + 0.25 * sin(frequency * u + drift) + 0.25 * sin(0.7 * frequency * v + 2 * sin(u * frequency / 3))
  }

  /// In units of the shape's size.
  private func isInside(_ x: Double, _ y: Double) -> Bool {
    let radius = (x * x + y * y).squareRoot()
    return switch shape {
    case .cross: max(abs(x), abs(y)) < 1 && min(abs(x), abs(y)) < 0.34
    case .disc: radius < 0.9
    case .ring: radius < 1 && radius > 0.5
    case .star: radius < 0.7 + 0.3 * cos(5 * atan2(y, x))
    }
  }

  /// Where the shape is: centre in -1...1, size, angle.
  private typealias Pose = (x: Double, y: Double, size: Double, angle: Double)

  private func pose(at time: Double) -> Pose {
    let turn = 2 * Double.pi * (speed * time + phase)
    switch motion {
    case .bounce: return (0.6 * sin(turn), 0.55 - abs(sin(1.5 * turn)), 0.34, 0)
    case .pulse: return (0.15 * sin(9 * phase), 0.15 * cos(9 * phase), 0.45 + 0.22 * sin(2 * turn), 0.3)
    case .spin: return (0.2 * sin(9 * phase), 0.1, 0.52, turn)
    case .swing:
      let angle = 0.9 * sin(turn)
      return (0.9 * sin(angle), 0.95 * cos(angle) - 0.6, 0.36, -angle)
    }
  }
}
