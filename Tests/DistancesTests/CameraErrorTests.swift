import Distances
import Foundation
import Testing
import Vocabulary

/// Camera errors against closed forms; against published programs see the tests of the command line.
@Suite struct CameraErrorTests {
  /// About the y axis, by an angle in radians.
  private func turned(_ angle: Double, _ x: Double = 0, _ y: Double = 0, _ z: Double = 0) -> CameraPose {
    CameraPose(matrix: [cos(angle), 0, sin(angle), x, 0, 1, 0, y, -sin(angle), 0, cos(angle), z])
  }

  /// Straight ahead, `step` a frame.
  private func dolly(_ frames: Int, step: Double = 1, turn: Double = 0) -> [CameraPose] {
    (0..<frames).map { turned(turn * Double($0), 0, 0, step * Double($0)) }
  }

  private func errors(_ change: (inout CameraErrors) -> Void = { _ in }) -> CameraErrors {
    var errors = CameraErrors()
    change(&errors)
    return errors
  }

  private func expect(_ value: Double, _ wanted: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
      abs(value - wanted) <= 1e-12 * max(1, abs(wanted)), "\(value), not \(wanted)", sourceLocation: sourceLocation)
  }

  @Test(
    "a camera that turns by 0.1 more in each frame: the sum 0.1 · (1 + ... + 4), the mean, degrees; CamMC is 2√2 sin(θ/2)"
  )
  func knownRotation() throws {
    let (real, fake) = (dolly(5), (0..<5).map { turned(0.1 * Double($0), 0, 0, Double($0)) })
    let sum = try errors().between(real: real, fake: fake)
    expect(sum.rotation, 1)
    expect(sum.translation, 0)
    expect(sum.motion, (1...4).reduce(0) { $0 + 2 * 2.0.squareRoot() * sin(0.05 * Double($1)) })
    expect(sum.relativeRotation, 0.1)
    let mean = try errors { ($0.reduction, $0.unit) = (.mean, .degrees) }.between(real: real, fake: fake)
    expect(mean.rotation, 0.2 * 180 / .pi)
    expect(mean.relativeRotation, 0.1 * 180 / .pi)
    let small = try errors().between(real: dolly(2), fake: [turned(0), turned(1e-9, 0, 0, 1)])
    #expect(abs(small.rotation - 1e-9) < 1e-24, "the arccos of a trace would be 0: \(small.rotation)")
    let half = try errors().between(real: dolly(2), fake: [turned(0), turned(.pi, 0, 0, 1)])
    expect(half.rotation, .pi)
  }

  @Test("a path beside the other by 3 and 4: no error from the first frame on, 5 a frame in the world")
  func shiftedPath() throws {
    let real = dolly(4)
    let fake = real.map { CameraPose(rows: $0.rows, translation: $0.translation + SIMD3(3, 4, 0)) }
    let own = try errors { $0.scale = .none }.between(real: real, fake: fake)
    #expect(own.translation == 0 && own.motion == 0)
    let world = try errors { ($0.origin, $0.scale, $0.alignment) = (.world, .none, .none) }.between(
      real: real, fake: fake)
    expect(world.translation, 20)
    expect(world.motion, 20)
    expect(world.trajectory, 5)
    #expect(world.relativeTranslation == 0)
    let first = try errors { $0.alignment = .firstFrame }.between(real: real, fake: fake)
    #expect(first.trajectory == 0)
  }

  /// A fake path of twice the steps.
  @Test(arguments: [
    (CameraScale.none, 6.0), (.furthest, 0), (.realFurthest, 2), (.pathLength, 0), (.leastSquares, 0),
  ]) func scales(_ scale: CameraScale, _ wanted: Double) throws {
    let found = try errors { $0.scale = scale }.between(real: dolly(4), fake: dolly(4, step: 2))
    expect(found.translation, wanted)
    #expect(found.rotation == 0)
  }

  @Test("a path that goes there and back: its length is not its furthest place") func lengthIsNotReach() throws {
    let back = [0, 1, 2, 1].map { turned(0, 0, 0, $0) }
    expect(try errors { $0.scale = .pathLength }.between(real: dolly(4), fake: back).translation, 2.0 / 3)
    expect(try errors().between(real: dolly(4), fake: back).translation, 1.0 / 6 + 1.0 / 3 + 1.0 / 2)
  }

  @Test("world-to-camera translations turn with the camera") func forms() throws {
    let (real, fake) = ([turned(0), turned(0, 0, 0, 1)], [turned(0), turned(.pi / 2, 0, 0, 1)])
    expect(try errors { $0.scale = .none }.between(real: real, fake: fake).translation, 0)
    expect(
      try errors { ($0.scale, $0.form) = (.none, .worldToCamera) }.between(real: real, fake: fake).translation,
      2.0.squareRoot())
  }

  @Test("a turned, moved and scaled copy of a path has no ATE; without its scale it has") func alignment() throws {
    let real = (0..<9).map { turned(0.2 * Double($0), sin(Double($0)), cos(1.3 * Double($0)), Double($0)) }
    let map = CameraPose(quaternion: SIMD4(0.3, -0.5, 0.1, 0.8), translation: SIMD3(4, -7, 1))
    let fake = real.map { pose in
      let moved = map.after(pose)
      return CameraPose(rows: moved.rows, translation: moved.translation * 3)
    }
    let found = try errors().between(real: real, fake: fake)
    #expect(found.trajectory < 1e-14 && found.relativeTranslation < 1e-14 && found.relativeRotation < 1e-14)
    #expect(found.rotation < 1e-13 && found.translation < 1e-13)
    #expect(try errors { $0.alignment = .rigid }.between(real: real, fake: fake).trajectory > 1)
    // On one line, where no rotation is the only best one.
    let line = try errors().between(real: dolly(5), fake: dolly(5, step: 4).map { map.after($0) })
    #expect(line.trajectory < 1e-14)
    // And a mirrored path is no turned one.
    let mirrored = real.map { CameraPose(rows: $0.rows, translation: $0.translation * SIMD3(-1, 1, 1)) }
    #expect(try errors().between(real: real, fake: mirrored).trajectory > 0.1)
  }

  @Test func aStillCamera() throws {
    let still = dolly(4, step: 0)
    for scale in CameraScale.allCases {
      let found = try errors { $0.scale = scale }.between(real: still, fake: still)
      #expect(found.all == [0, 0, 0, 0, 0, 0], "\(scale)")
    }
    let against = try errors().between(real: dolly(4), fake: still)
    expect(against.translation, 2)
    expect(against.trajectory, (5.0 / 4).squareRoot())
  }

  @Test("0, 0 and 3 have the mean 1 and the root mean square √3") func statistics() throws {
    let real = [turned(0), turned(0), turned(0)]
    let fake = [turned(0), turned(0), turned(0, 0, 3, 0)]
    let raw = errors { ($0.alignment, $0.scale) = (.none, .none) }
    expect(try raw.between(real: real, fake: fake).trajectory, 3.0.squareRoot())
    let mean = errors { ($0.alignment, $0.statistic) = (.none, .mean) }
    expect(try mean.between(real: real, fake: fake).trajectory, 1)
    expect(try mean.between(real: real, fake: fake).relativeTranslation, 1.5)
  }

  @Test func messages() {
    #expect(
      message { _ = try CameraErrors().between(real: dolly(3), fake: dolly(2)) }
        == "3 camera poses against 2: a frame of one path belongs to the same frame of the other")
    #expect(
      message { _ = try CameraErrors().between(real: dolly(1), fake: dolly(1)) }
        == "1 camera pose: a path has at least 2")
  }
}
