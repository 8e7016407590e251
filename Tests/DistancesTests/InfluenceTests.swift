import Distances
import Foundation
import Testing
import Vocabulary

/// Influences are what a distance does when a row weighs a little more.
@Suite struct InfluenceTests {
  private static let frechet = FrechetDistance(ddof: 0, root: .symmetricEigen)

  /// Every row 400 times, one of them 401 times: the finite difference of the weight.
  private func raised(_ set: FeatureMatrix, row: Int) -> (set: FeatureMatrix, weight: Double) {
    let rows = Array(repeating: Array(0..<set.rows), count: 400).flatMap { $0 } + [row]
    return (set.selecting(rows), 1 / Double(rows.count))
  }

  @Test(
    "the derivative by a row's weight, whichever set is the shorter and whichever has fewer rows than columns",
    arguments: [(5, 7, 9), (7, 5, 9), (12, 6, 8), (6, 12, 8), (12, 14, 8), (8, 8, 8), (30, 8, 8), (8, 30, 8)])
  func derivatives(sizes: (a: Int, b: Int, columns: Int)) throws {
    let a = FeatureMatrix.random(rows: sizes.a, columns: sizes.columns, seed: 1)
    let b = FeatureMatrix.random(rows: sizes.b, columns: sizes.columns, seed: 2, mean: 0.3, scale: 1.4)
    let found = try Self.frechet.influence(a, b)
    let value = try Self.frechet.between(a, b).value
    #expect(relative(found.value, value) < 1e-12)
    func largest(_ values: [Double]) -> Double { values.map(abs).max() ?? 0 }
    for row in 0..<3 {
      let (more, weight) = raised(a, row: row)
      let slope = (try Self.frechet.between(more, b).value - value) / weight
      #expect(abs(slope - found.first[row]) < 0.01 * largest(found.first), "first \(row)")
      let (moreB, weightB) = raised(b, row: row)
      let slopeB = (try Self.frechet.between(a, moreB).value - value) / weightB
      #expect(abs(slopeB - found.second[row]) < 0.01 * largest(found.second), "second \(row)")
    }
    #expect(abs(found.first.reduce(0, +)) < 1e-12 * largest(found.first) * Double(sizes.a))
    #expect(abs(found.second.reduce(0, +)) < 1e-12 * largest(found.second) * Double(sizes.b))
  }

  @Test("rows on a line, in closed form: (x-μ)²(1 - σ'/σ) + 2(x-μ)(μ-μ') less its mean")
  func oneColumn() throws {
    let a = FeatureMatrix(rows: 4, columns: 1, values: [0, 1, 2, 5])
    let b = FeatureMatrix(rows: 3, columns: 1, values: [1, 4, 7])
    let found = try Self.frechet.influence(a, b)
    let (mean, other, variance, otherVariance) = (2.0, 4.0, 3.5, 6.0)
    for (row, x) in [0.0, 1, 2, 5].enumerated() {
      let place = x - mean
      let ratio = (otherVariance / variance).squareRoot()
      let wanted = (place * place - variance) * (1 - ratio) + 2 * place * (mean - other)
      #expect(abs(found.first[row] - wanted) < 1e-12)
    }
  }

  @Test("of the difference to one real set: the real set's, and the pool of both")
  func difference() throws {
    let real = FeatureMatrix.random(rows: 30, columns: 6, seed: 3)
    let a = FeatureMatrix.random(rows: 20, columns: 6, seed: 1)
    let b = FeatureMatrix.random(rows: 22, columns: 6, seed: 2, scale: 1.5)
    for threads in [1, 3] {
      let frechet = FrechetDistance(ddof: 0, root: .symmetricEigen, threads: threads)
      let found = try frechet.influence(real: real, a, b)
      let (ofA, ofB) = (try frechet.influence(real, a), try frechet.influence(real, b))
      #expect(found.first == ofA.second && found.second == ofB.second)
      #expect(found.real == zip(ofA.first, ofB.first).map { $1 - $0 })
      let pool = a.followed(by: b)
      let pooled = try frechet.influence(real, pool).second
      // The pool's covariance is put together from those of both.
      for (value, wanted) in zip(found.pooled, pooled) { #expect(abs(value - wanted) < 1e-10) }
      let distances = try [a, b].map { try frechet.between(real, $0).value }
      #expect(relative(found.value, distances[1] - distances[0]) < 1e-10)
    }
  }

  @Test("kernel distances: the derivative of the biased estimator, and the value of the unbiased one")
  func kernel() throws {
    let a = FeatureMatrix.random(rows: 7, columns: 4, seed: 1)
    let b = FeatureMatrix.random(rows: 6, columns: 4, seed: 2, scale: 1.3)
    let real = FeatureMatrix.random(rows: 8, columns: 4, seed: 3)
    let unbiased = KernelDistance(kernel: .cubic, estimator: .unbiased)
    #expect(relative(try unbiased.influence(a, b).value, try unbiased.between(a, b)) < 1e-12)
    let found = try unbiased.influence(real: real, a, b)
    // 2(mean of k(x, own) - mean of k(x, real)) by the definition, row by row.
    func k(_ x: FeatureMatrix, _ i: Int, _ y: FeatureMatrix, _ j: Int) -> Double {
      let dot = (0..<4).reduce(0.0) { $0 + Double(x.values[i * 4 + $1]) * Double(y.values[j * 4 + $1]) }
      return pow(dot / 4 + 1, 3)
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let own = (0..<a.rows).map { i in mean((0..<a.rows).filter { $0 != i }.map { k(a, i, a, $0) }) }
    let other = (0..<a.rows).map { i in mean((0..<real.rows).map { k(a, i, real, $0) }) }
    let distances = try [a, b].map { try unbiased.between(real, $0) }
    #expect(relative(found.value, distances[1] - distances[0]) < 1e-10)
    let wanted = DifferenceInfluence.centred(zip(own, other).map { 2 * ($0 - $1) })
    for (value, wanted) in zip(found.first, wanted) { #expect(abs(value - wanted) < 1e-12) }
    let realWanted = DifferenceInfluence.centred(
      (0..<real.rows).map { i in
        2 * (mean((0..<a.rows).map { k(real, i, a, $0) }) - mean((0..<b.rows).map { k(real, i, b, $0) }))
      })
    for (value, wanted) in zip(found.real, realWanted) { #expect(abs(value - wanted) < 1e-12) }
    // The pool's are those of one set of both.
    let pooled = try unbiased.influence(real, a.followed(by: b)).second
    for (value, wanted) in zip(found.pooled, pooled) { #expect(abs(value - wanted) < 1e-12) }
  }
}
