import COpenBLAS
import Threads

/// The few float64 routines of BLAS and LAPACK that the distances need. Matrices are row-major.
///
/// Everything runs on one OpenBLAS thread: OpenBLAS splits sums by thread, so more threads would give other last bits.
enum LinearAlgebra {
  /// LAPACK's work arrays hold 1 + 6n + 2n² numbers, counted in 32 bits.
  static let largestOrder = 32_000

  // LAPACK's letters for what to compute and which triangle to read.
  private static let none = CChar(UInt8(ascii: "N"))
  private static let vectorsToo = CChar(UInt8(ascii: "V"))
  static let lower = CChar(UInt8(ascii: "L"))

  static func useOneThread() {
    if openblas_get_num_threads() != 1 { openblas_set_num_threads(1) }
  }

  /// `body` of 0..<count on up to `threads` threads, results in order. OpenBLAS is set to one thread of its own first: callers
  /// on several threads then do not meet in it.
  static func parallelMap<Value: Sendable>(
    _ count: Int, threads: Int, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    useOneThread()
    return try Threads.parallelMap(count, threads: threads, body)
  }

  /// Eigenvalues of a symmetric n×n matrix in ascending order, and its eigenvectors as the rows of `vectors`.
  static func eigen(_ matrix: [Double], order n: Int) throws -> (values: [Double], vectors: [Double]) {
    var vectors = matrix
    let values = try symmetricEigen(&vectors, order: n, job: vectorsToo)
    return (values, vectors)
  }

  /// Eigenvalues of a symmetric n×n matrix in ascending order.
  static func eigenvalues(_ matrix: [Double], order n: Int) throws -> [Double] {
    var copy = matrix
    return try symmetricEigen(&copy, order: n, job: none)
  }

  /// `dsyevd` on the upper triangle of the row-major matrix (LAPACK's lower one, column-major).
  private static func symmetricEigen(_ matrix: inout [Double], order n: Int, job: CChar) throws -> [Double] {
    useOneThread()
    var values = [Double](repeating: 0, count: n)
    let info = LAPACKE_dsyevd(
      LAPACK_COL_MAJOR, job, lower, Int32(n), &matrix,
      Int32(n), &values)
    guard info == 0 else { throw DistanceError.noConvergence(routine: "dsyevd", info: Int(info)) }
    return values
  }

  /// Singular values of a rows×columns matrix in descending order (`dgesdd`, values only).
  static func singularValues(_ matrix: [Double], rows: Int, columns: Int) throws -> [Double] {
    guard rows > 0 && columns > 0 else { return [] }
    useOneThread()
    var copy = matrix
    var values = [Double](repeating: 0, count: min(rows, columns))
    // A row-major matrix is its transpose in column-major, which has the same singular values.
    let info = LAPACKE_dgesdd(
      LAPACK_COL_MAJOR, none, Int32(columns), Int32(rows), &copy,
      Int32(columns), &values, nil, Int32(columns), nil, Int32(rows))
    guard info == 0 else { throw DistanceError.noConvergence(routine: "dgesdd", info: Int(info)) }
    return values
  }

  /// A·Bᵀ for A m×k and B n×k.
  static func productTransposed(_ a: [Double], _ b: [Double], m: Int, n: Int, k: Int) -> [Double] {
    guard m > 0 && n > 0 else { return [] }
    useOneThread()
    var result = [Double](repeating: 0, count: m * n)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(m), Int32(n), Int32(k), 1, a, Int32(k), b, Int32(k), 0,
      &result, Int32(n))
    return result
  }

  /// A·B for A m×k and B k×n.
  static func product(_ a: [Double], _ b: [Double], m: Int, n: Int, k: Int) -> [Double] {
    guard m > 0 && n > 0 else { return [] }
    useOneThread()
    var result = [Double](repeating: 0, count: m * n)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a, Int32(k), b, Int32(n), 0, &result,
      Int32(n))
    return result
  }

  /// The upper triangle R, columns×columns with zeros below its diagonal, with RᵀR = XᵀX for X rows×columns, from Householder
  /// reflections: nothing is squared. rows ≥ columns.
  static func triangle(_ x: [Double], rows: Int, columns: Int) -> [Double] {
    precondition(rows >= columns, "LinearAlgebra: a triangle of as many rows")
    useOneThread()
    var copy = x
    var scales = [Double](repeating: 0, count: columns)
    // Row-major X is its transpose column-major: Xᵀ = LQ, and R = Lᵀ.
    let info = LAPACKE_dgelqf(LAPACK_COL_MAJOR, Int32(columns), Int32(rows), &copy, Int32(columns), &scales)
    precondition(info == 0, "dgelqf: \(info)")
    copy.removeLast((rows - columns) * columns)
    for row in 1..<max(columns, 1) {
      for column in 0..<row { copy[row * columns + column] = 0 }
    }
    return copy
  }

  /// The rows of X, rows×columns, in an orthonormal basis of a space of `rows` dimensions which holds them all: rows×rows, with
  /// their lengths and angles. rows ≤ columns.
  static func coordinates(_ x: [Double], rows: Int, columns: Int) -> [Double] {
    precondition(rows <= columns, "LinearAlgebra: no more rows than columns")
    useOneThread()
    var copy = x
    var scales = [Double](repeating: 0, count: rows)
    // Xᵀ = QR: row j of X has the coordinates of column j of R.
    let info = LAPACKE_dgeqrf(LAPACK_COL_MAJOR, Int32(columns), Int32(rows), &copy, Int32(columns), &scales)
    precondition(info == 0, "dgeqrf: \(info)")
    return (0..<rows * rows).map { index in
      let (row, place) = (index / rows, index % rows)
      return place <= row ? copy[row * columns + place] : 0
    }
  }

  /// Adds scale·XᵀX to the upper triangle of the d×d `sum`, for X rows×d.
  static func addGram(_ x: [Double], rows: Int, columns d: Int, scale: Double, to sum: inout [Double]) {
    useOneThread()
    cblas_dsyrk(
      CblasRowMajor, CblasUpper, CblasTrans, Int32(d), Int32(rows), scale, x, Int32(d), 1, &sum, Int32(d))
  }

  /// XᵀX for X rows×d, of which the upper triangle alone is written.
  static func upperGram(_ x: [Double], rows: Int, columns d: Int, into result: UnsafeMutableBufferPointer<Double>) {
    useOneThread()
    cblas_dsyrk(
      CblasRowMajor, CblasUpper, CblasTrans, Int32(d), Int32(rows), 1, x, Int32(d), 0, result.baseAddress!, Int32(d))
  }

  /// X·Xᵀ for X rows×columns, symmetric to the bit.
  static func gram(_ x: [Double], rows: Int, columns: Int) -> [Double] {
    useOneThread()
    var result = [Double](repeating: 0, count: rows * rows)
    cblas_dsyrk(
      CblasRowMajor, CblasUpper, CblasNoTrans, Int32(rows), Int32(columns), 1, x, Int32(columns), 0, &result,
      Int32(rows))
    mirrorUpper(&result, order: rows)
    return result
  }

  /// Copies the upper triangle of an n×n matrix to its lower one.
  static func mirrorUpper(_ matrix: inout [Double], order n: Int) {
    let tile = 32
    matrix.withUnsafeMutableBufferPointer { matrix in
      for top in stride(from: 0, to: n, by: tile) {
        for first in stride(from: 0, through: top, by: tile) {
          for row in top..<min(top + tile, n) {
            for column in first..<max(first, min(first + tile, row)) {
              matrix[row &* n &+ column] = matrix[column &* n &+ row]
            }
          }
        }
      }
    }
  }

  /// How many eigenvalues (ascending) are above `unit roundoff · extent · largest`: NumPy's rule for a matrix rank.
  static func rank(ofAscending eigenvalues: [Double], extent: Int) -> Int {
    guard let largest = eigenvalues.last, largest > 0 else { return 0 }
    let tolerance = Double(extent) * Double.ulpOfOne * largest
    return eigenvalues.reduce(0) { $1 > tolerance ? $0 + 1 : $0 }
  }
}
