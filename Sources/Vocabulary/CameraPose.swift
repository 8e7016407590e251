/// Where a camera is and how it is turned, as a map of points: x → R·x + t. Poses of files become maps from the camera to the
/// world, whose t is the camera's place.
public struct CameraPose: Sendable, Equatable {
  /// Of R.
  public var rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)
  public var translation: SIMD3<Double>

  public init(
    rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>), translation: SIMD3<Double>
  ) {
    self.rows = rows
    self.translation = translation
  }

  /// - Parameter matrix: [R|t], row by row: 12 numbers.
  public init(matrix: [Double]) {
    precondition(matrix.count == 12, "CameraPose: a matrix of 3 × 4")
    self.init(
      rows: (
        SIMD3(matrix[0], matrix[1], matrix[2]), SIMD3(matrix[4], matrix[5], matrix[6]),
        SIMD3(matrix[8], matrix[9], matrix[10])
      ), translation: SIMD3(matrix[3], matrix[7], matrix[11]))
  }

  /// - Parameter quaternion: x, y, z and w, of any length but 0.
  public init(quaternion: SIMD4<Double>, translation: SIMD3<Double>) {
    let q = quaternion / (quaternion * quaternion).sum().squareRoot()
    let (x, y, z, w) = (q.x, q.y, q.z, q.w)
    self.init(
      rows: (
        SIMD3(1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        SIMD3(2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        SIMD3(2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y))
      ), translation: translation)
  }

  public static func == (a: CameraPose, b: CameraPose) -> Bool { a.rows == b.rows && a.translation == b.translation }

  /// R·x + t.
  public func callAsFunction(_ point: SIMD3<Double>) -> SIMD3<Double> { turned(point) + translation }

  /// R·x.
  public func turned(_ vector: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3((rows.0 * vector).sum(), (rows.1 * vector).sum(), (rows.2 * vector).sum())
  }

  private var columns: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
    let r = rows
    return (SIMD3(r.0.x, r.1.x, r.2.x), SIMD3(r.0.y, r.1.y, r.2.y), SIMD3(r.0.z, r.1.z, r.2.z))
  }

  public var determinant: Double { (rows.0 * Self.cross(rows.1, rows.2)).sum() }

  /// The largest of |R·Rᵀ - 1|: 0 for a rotation.
  public var skewness: Double {
    let (a, b, c) = rows
    let lengths = [a, b, c].map { abs(($0 * $0).sum() - 1) }
    let angles = [a * b, b * c, c * a].map { abs($0.sum()) }
    return (lengths + angles).reduce(0, max)
  }

  /// The map back, by the inverse of R and not by its transpose: what programs with a matrix of 4 × 4 compute, also of
  /// rotations that are rounded.
  public var inverse: CameraPose {
    let scale = 1 / determinant
    let transposed = CameraPose(
      rows: (
        Self.cross(rows.1, rows.2) * scale, Self.cross(rows.2, rows.0) * scale, Self.cross(rows.0, rows.1) * scale
      ), translation: .zero
    ).columns
    let back = CameraPose(rows: transposed, translation: .zero)
    return CameraPose(rows: transposed, translation: -back.turned(translation))
  }

  /// First `other`, then this one.
  public func after(_ other: CameraPose) -> CameraPose {
    let columns = other.columns
    func row(_ own: SIMD3<Double>) -> SIMD3<Double> {
      SIMD3((own * columns.0).sum(), (own * columns.1).sum(), (own * columns.2).sum())
    }
    return CameraPose(rows: (row(rows.0), row(rows.1), row(rows.2)), translation: self(other.translation))
  }

  /// Σ over the entries of R of the squared differences.
  public func squaredRotationDifference(to other: CameraPose) -> Double {
    let (a, b, c) = (rows.0 - other.rows.0, rows.1 - other.rows.1, rows.2 - other.rows.2)
    return (a * a).sum() + (b * b).sum() + (c * c).sum()
  }

  private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }
}
