import COpenBLAS

extension LinearAlgebra {
  /// The sum of the singular values of a row-major rows×columns matrix.
  ///
  /// From 512 singular values on by way of a band: a dense matrix becomes an upper band of 32 diagonals by blocked
  /// Householder reflections from both sides, nearly all of it products of matrices, and that band a bidiagonal
  /// (`dgbbrd`). `dgesdd` goes straight to the bidiagonal, half of it in products with vectors. Backward stable, like
  /// `dgesdd`: nothing is squared.
  static func nuclearNorm(_ matrix: [Double], rows: Int, columns: Int) throws -> Double {
    let values =
      min(rows, columns) >= bandedFrom
      ? try singularValuesByBand(matrix, rows: rows, columns: columns)
      : try singularValues(matrix, rows: rows, columns: columns)
    return values.reversed().reduce(0, +)
  }

  private static let bandedFrom = 512
  private static let band = 32
  private static let upper = CChar(UInt8(ascii: "U"))
  private static let left = CChar(UInt8(ascii: "L"))
  private static let right = CChar(UInt8(ascii: "R"))
  private static let plain = CChar(UInt8(ascii: "N"))
  private static let transposed = CChar(UInt8(ascii: "T"))
  private static let forward = CChar(UInt8(ascii: "F"))
  private static let byColumns = CChar(UInt8(ascii: "C"))
  private static let byRows = CChar(UInt8(ascii: "R"))

  /// In descending order.
  private static func singularValuesByBand(_ matrix: [Double], rows: Int, columns: Int) throws -> [Double] {
    useOneThread()
    // Column-major with m ≥ n. Steps of a power of two from column to column would meet in few lines of the caches.
    let (m, n) = (max(rows, columns), min(rows, columns))
    let step = m + 16
    var a = columnMajor(matrix, rows: rows, columns: columns, step: step)
    var work = [Double](repeating: 0, count: m * band)
    var scales = [Double](repeating: 0, count: band)
    var triangle = [Double](repeating: 0, count: band * band)
    let (stride, length, size) = (Int32(step), Int32(work.count), Int32(band))
    a.withUnsafeMutableBufferPointer { a in
      for start in Swift.stride(from: 0, to: n, by: band) {
        let width = min(band, n - start)
        let (tall, wide, rest) = (Int32(m - start), Int32(width), Int32(n - start - width))
        let panel = a.baseAddress! + start + start * step
        LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, tall, wide, panel, stride, &scales, &work, length)
        guard rest > 0 else { break }
        let beside = panel + width * step
        LAPACKE_dlarft_work(LAPACK_COL_MAJOR, forward, byColumns, tall, wide, panel, stride, scales, &triangle, size)
        LAPACKE_dlarfb_work(
          LAPACK_COL_MAJOR, left, transposed, forward, byColumns, tall, rest, wide, panel, stride, triangle, size,
          beside,
          stride, &work, rest)
        LAPACKE_dgelqf_work(LAPACK_COL_MAJOR, wide, rest, beside, stride, &scales, &work, length)
        let reflections = min(wide, rest)
        LAPACKE_dlarft_work(
          LAPACK_COL_MAJOR, forward, byRows, rest, reflections, beside, stride, scales, &triangle, size)
        LAPACKE_dlarfb_work(
          LAPACK_COL_MAJOR, right, plain, forward, byRows, tall - wide, rest, reflections, beside, stride, triangle,
          size,
          beside + width, stride, &work, tall - wide)
      }
    }

    var banded = [Double](repeating: 0, count: (band + 1) * n)
    for column in 0..<n {
      for row in max(0, column - band)...column {
        banded[band + row - column + column * (band + 1)] = a[row + column * step]
      }
    }
    var diagonal = [Double](repeating: 0, count: n)
    var beyond = diagonal
    let order = Int32(n)
    var info = LAPACKE_dgbbrd(
      LAPACK_COL_MAJOR, plain, order, order, 0, 0, size, &banded, size + 1, &diagonal, &beyond, nil, 1, nil, 1, nil, 1)
    guard info == 0 else { throw DistanceError.noConvergence(routine: "dgbbrd", info: Int(info)) }
    info = LAPACKE_dbdsqr(LAPACK_COL_MAJOR, upper, order, 0, 0, 0, &diagonal, &beyond, nil, 1, nil, 1, nil, 1)
    guard info == 0 else { throw DistanceError.noConvergence(routine: "dbdsqr", info: Int(info)) }
    return diagonal
  }

  /// The row-major matrix, or its transpose where that is taller, column-major with columns `step` apart.
  private static func columnMajor(_ matrix: [Double], rows: Int, columns: Int, step: Int) -> [Double] {
    var result = [Double](repeating: 0, count: min(rows, columns) * step)
    guard rows > columns else {
      for row in 0..<rows {
        for column in 0..<columns { result[row * step + column] = matrix[row * columns + column] }
      }
      return result
    }
    let tile = 32
    for top in stride(from: 0, to: rows, by: tile) {
      for first in stride(from: 0, to: columns, by: tile) {
        for row in top..<min(top + tile, rows) {
          for column in first..<min(first + tile, columns) {
            result[column * step + row] = matrix[row * columns + column]
          }
        }
      }
    }
    return result
  }

  /// The upper triangular U with UᵀU = the symmetric n×n matrix and zeros below its diagonal, or nil unless its
  /// numerical rank (`rank(ofAscending:extent:)`) is n. O(n³/3) where the matrix is so far from singular that this is
  /// certain; else its eigenvalues tell.
  static func cholesky(_ matrix: [Double], order n: Int, extent: Int) -> [Double]? {
    useOneThread()
    var norm = 0.0
    for row in 0..<n {
      var sum = 0.0
      for value in matrix[row * n..<(row + 1) * n] { sum += value.magnitude }
      norm = max(norm, sum)
    }
    guard norm > 0 && norm.isFinite else { return nil }
    var factor = matrix
    // LAPACK's lower triangle, column-major, is the upper one of rows.
    guard LAPACKE_dpotrf(LAPACK_COL_MAJOR, lower, Int32(n), &factor, Int32(n)) == 0 else { return nil }
    // 1 / (‖A‖₁ ‖A⁻¹‖₁) ≤ smallest / largest eigenvalue; LAPACK's estimate of it is seldom three times too large.
    var reciprocal = 0.0
    let info = LAPACKE_dpocon(LAPACK_COL_MAJOR, lower, Int32(n), factor, Int32(n), norm, &reciprocal)
    guard info == 0 else { return nil }
    let unit = Double(extent) * Double.ulpOfOne
    guard reciprocal > unit / (4 * Double(n)) else { return nil }
    if reciprocal <= 16 * unit {
      guard let eigenvalues = try? eigenvalues(matrix, order: n), rank(ofAscending: eigenvalues, extent: extent) == n
      else { return nil }
    }
    for row in 1..<max(n, 1) {
      for column in 0..<row { factor[row * n + column] = 0 }
    }
    return factor
  }

  /// B·Aᵀ for the upper triangular n×n A and B m×n.
  static func productWithTransposedUpper(_ b: [Double], _ a: [Double], m: Int, n: Int) -> [Double] {
    guard m > 0 && n > 0 else { return [] }
    useOneThread()
    var result = b
    cblas_dtrmm(
      CblasRowMajor, CblasRight, CblasUpper, CblasTrans, CblasNonUnit, Int32(m), Int32(n), 1, a, Int32(n), &result,
      Int32(n))
    return result
  }
}
