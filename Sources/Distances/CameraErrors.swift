import Vocabulary

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How far the path of one camera is from that of another, frame by frame.
///
/// Sources: CamI2V `evaluation/glomap_evaluation.py` (RotErr, TransErr, CamMC, as CameraCtrl and MotionCtrl define them), evo
/// `core/metrics.py` (ATE, RPE), Umeyama 1991.
public struct CameraErrors: Sendable, Equatable {
  public var origin = CameraOrigin.firstFrame
  public var form = PoseForm.cameraToWorld
  public var scale = CameraScale.furthest
  public var reduction = FrameReduction.sum
  public var unit = AngleUnit.radians
  public var alignment = TrajectoryAlignment.similarity
  public var statistic = TrajectoryStatistic.rmse

  public init() {}

  public struct Values: Sendable, Equatable {
    /// RotErr: the angle between the rotations of each frame.
    public var rotation: Double
    /// TransErr: |t₁ - t₂| of each frame.
    public var translation: Double
    /// CamMC: the Euclidean distance of the 12 numbers of [R|t] of each frame.
    public var motion: Double
    /// ATE: the distance of the cameras' places, after `alignment`.
    public var trajectory: Double
    /// RPE: what one step differs by from the same step of the other path.
    public var relativeTranslation: Double
    public var relativeRotation: Double

    /// In the order of the metric's outputs.
    public var all: [Double] { [rotation, translation, motion, trajectory, relativeTranslation, relativeRotation] }
  }

  /// - Parameters:
  ///   - real, fake: from the camera to the world, one a frame.
  /// - Throws: `DistanceError.cameraCounts`, `.tooFewCameras` for less than two.
  public func between(real: [CameraPose], fake: [CameraPose]) throws -> Values {
    guard real.count == fake.count else { throw DistanceError.cameraCounts(first: real.count, second: fake.count) }
    guard real.count >= 2 else { throw DistanceError.tooFewCameras(real.count) }
    let (a, b) = scaled(compared(real), compared(fake))
    let rotations = zip(a, b).map { Self.angle($0, $1) * factor }
    let translations = zip(a, b).map { Self.length($0.translation - $1.translation) }
    let motions = zip(a, b).map { a, b in
      let shift = a.translation - b.translation
      return (a.squaredRotationDifference(to: b) + (shift * shift).sum()).squareRoot()
    }
    let aligned = try self.aligned(fake, to: real)
    let places = zip(aligned, real).map { Self.length($0.translation - $1.translation) }
    let steps = (1..<real.count).map { index in
      let (real, fake) = (Self.step(real, index), Self.step(aligned, index))
      return real.inverse.after(fake)
    }
    let still = CameraPose(matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0])
    return Values(
      rotation: reduced(rotations), translation: reduced(translations), motion: reduced(motions),
      trajectory: value(places), relativeTranslation: value(steps.map { Self.length($0.translation) }),
      relativeRotation: value(steps.map { Self.angle($0, still) * factor }))
  }

  private var factor: Double { unit == .degrees ? 180 / .pi : 1 }

  /// As the origin and the form want it.
  private func compared(_ poses: [CameraPose]) -> [CameraPose] {
    let back = poses[0].inverse
    let own = origin == .firstFrame ? poses.map { back.after($0) } : poses
    return form == .cameraToWorld ? own : own.map(\.inverse)
  }

  // MARK: Scale

  private func scaled(_ a: [CameraPose], _ b: [CameraPose]) -> ([CameraPose], [CameraPose]) {
    switch scale {
    case .none: (a, b)
    case .furthest: (Self.times(1 / Self.reach(a), a), Self.times(1 / Self.reach(b), b))
    case .realFurthest: (Self.times(1 / Self.reach(a), a), Self.times(1 / Self.reach(a), b))
    case .pathLength: (Self.times(1 / Self.pathLength(a), a), Self.times(1 / Self.pathLength(b), b))
    case .leastSquares: (a, Self.times(Self.product(a, b) / Self.product(b, b), b))
    }
  }

  /// A camera that stays where it is has no scale, and keeps its translations.
  private static func times(_ factor: Double, _ poses: [CameraPose]) -> [CameraPose] {
    guard factor.isFinite else { return poses }
    return poses.map { CameraPose(rows: $0.rows, translation: $0.translation * factor) }
  }

  private static func reach(_ poses: [CameraPose]) -> Double { poses.map { length($0.translation) }.max() ?? 0 }

  private static func pathLength(_ poses: [CameraPose]) -> Double {
    zip(poses.dropFirst(), poses).reduce(0) { $0 + length($1.0.translation - $1.1.translation) }
  }

  private static func product(_ a: [CameraPose], _ b: [CameraPose]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0.translation * $1.1.translation).sum() }
  }

  // MARK: Alignment

  /// The fake path laid over the real one.
  private func aligned(_ fake: [CameraPose], to real: [CameraPose]) throws -> [CameraPose] {
    switch alignment {
    case .none: return fake
    case .firstFrame:
      let map = real[0].after(fake[0].inverse)
      return fake.map { map.after($0) }
    case .rigid, .similarity:
      let fit = try SimilarityFit(
        of: fake.map(\.translation), to: real.map(\.translation), scales: alignment == .similarity)
      return fake.map { pose in
        let turned = CameraPose(rows: fit.rotation.rows, translation: .zero).after(pose)
        return CameraPose(rows: turned.rows, translation: fit(pose.translation))
      }
    }
  }

  // MARK: Frames together

  private func reduced(_ errors: [Double]) -> Double {
    let sum = errors.reduce(0, +)
    return reduction == .sum ? sum : sum / Double(errors.count)
  }

  private func value(_ errors: [Double]) -> Double {
    let count = Double(errors.count)
    return switch statistic {
    case .rmse: (errors.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
    case .mean: errors.reduce(0, +) / count
    }
  }

  private static func step(_ poses: [CameraPose], _ index: Int) -> CameraPose {
    poses[index - 1].inverse.after(poses[index])
  }

  private static func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }

  /// The angle between both rotations in radians, 0...π. The published arccos((tr(R₁ᵀR₂) - 1)/2) is the same angle, but
  /// loses half of its digits near 0; this one is 0 for equal rotations.
  private static func angle(_ a: CameraPose, _ b: CameraPose) -> Double {
    // |R₁ - R₂|² = 8 sin²(θ/2)
    let square = min(a.squaredRotationDifference(to: b) / 8, 1)
    return 2 * atan2(square.squareRoot(), (1 - square).squareRoot())
  }
}

/// The rotation, shift and scale that bring points nearest to others: least squares, without reflections. The rotation is the
/// unit quaternion of Horn (1987), which is that of Umeyama's singular vectors; points on a line, for which it is not the only
/// one, still have the one smallest error.
struct SimilarityFit {
  let rotation: CameraPose
  let scale: Double
  private let from: SIMD3<Double>
  private let to: SIMD3<Double>

  init(of points: [SIMD3<Double>], to others: [SIMD3<Double>], scales: Bool) throws {
    let count = Double(points.count)
    from = points.reduce(.zero, +) / count
    to = others.reduce(.zero, +) / count
    var sums = [Double](repeating: 0, count: 9)
    var spread = 0.0
    for (point, other) in zip(points, others) {
      let (a, b) = (point - from, other - to)
      for index in 0..<9 { sums[index] += a[index / 3] * b[index % 3] }
      spread += (a * a).sum()
    }
    let (xx, xy, xz, yx, yy, yz, zx, zy, zz) = (
      sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7], sums[8]
    )
    // In the order w, x, y, z.
    let matrix = [
      xx + yy + zz, yz - zy, zx - xz, xy - yx, yz - zy, xx - yy - zz, xy + yx, zx + xz, zx - xz, xy + yx, -xx + yy - zz,
      yz + zy, xy - yx, zx + xz, yz + zy, -xx - yy + zz,
    ]
    let (values, vectors) = try LinearAlgebra.eigen(matrix, order: 4)
    let best = vectors[12..<16].map { $0 }
    rotation = CameraPose(quaternion: SIMD4(best[1], best[2], best[3], best[0]), translation: .zero)
    // The largest eigenvalue is Σ b·Ra. Points that are one have no scale.
    scale = scales && spread > 0 ? values[3] / spread : 1
  }

  func callAsFunction(_ point: SIMD3<Double>) -> SIMD3<Double> { rotation.turned(point - from) * scale + to }
}
