import Distances
import Testing

@Suite struct PRDCTests {
  struct Cases: Decodable {
    struct Case: Decodable {
      struct Values: Decodable {
        let precision: Double
        let recall: Double
        let density: Double?
        let coverage: Double?
      }
      let rows: [Int]
      let columns: Int
      let shift: Int
      let copies: Int
      let k: Int
      let prdc: Values
      let inclusive: Values
    }
    let cases: [Case]
  }

  @Test("against prdc and torch-fidelity: prdc_recipe.py")
  func parity() throws {
    for golden in try Golden.read("prdc", as: Cases.self).cases {
      let real = Golden.features(rows: golden.rows[0], columns: golden.columns, seed: 1)
      let made = Golden.features(rows: golden.rows[1], columns: golden.columns, seed: 2, shift: golden.shift)
      let split = golden.copies * golden.columns
      let generated = FeatureMatrix(
        rows: made.rows, columns: made.columns, values: Array(real.values[..<split]) + Array(made.values[split...]))
      let strict = try PRDC(k: golden.k).between(real: real, generated: generated)
      #expect(relative(strict.precision, golden.prdc.precision) < 1e-14)
      #expect(relative(strict.recall, golden.prdc.recall) < 1e-14)
      #expect(relative(strict.density, try #require(golden.prdc.density)) < 1e-14)
      #expect(relative(strict.coverage, try #require(golden.prdc.coverage)) < 1e-14)
      // torch-fidelity's means are float32.
      let inclusive = try PRDC(k: golden.k, rule: .inclusive).between(real: real, generated: generated)
      #expect(relative(inclusive.precision, golden.inclusive.precision) < 1e-7)
      #expect(relative(inclusive.recall, golden.inclusive.recall) < 1e-7)
    }
  }

  @Test("on a line, by hand")
  func byHand() throws {
    // Radii with k = 1: real 1, 1, 8; generated 0.5, 0.5, 90.
    let real = FeatureMatrix(rows: 3, columns: 1, values: [0, 1, 9])
    let generated = FeatureMatrix(rows: 3, columns: 1, values: [1.5, 2, 92])
    let strict = try PRDC(k: 1).between(real: real, generated: generated)
    // 1.5 is within 1 of 1 and within 8 of 9; 2 is within 8 of 9, and at 1 of 1; 92 is in no ball.
    #expect(strict.precision == 2 / 3.0)
    #expect(strict.density == 3 / 3.0)
    #expect(strict.coverage == 2 / 3.0)
    // In the ball of 92: 9. 1 lies at 0.5 from 1.5.
    #expect(strict.recall == 1 / 3.0)
    let inclusive = try PRDC(k: 1, rule: .inclusive).between(real: real, generated: generated)
    #expect(inclusive.density == 4 / 3.0)
    #expect(inclusive.recall == 2 / 3.0)
  }

  @Test("a set against itself: every point is in its own ball")
  func selfComparison() throws {
    let features = FeatureMatrix.random(rows: 80, columns: 5, seed: 2)
    let result = try PRDC(k: 3).between(real: features, generated: features)
    #expect(result.precision == 1 && result.recall == 1 && result.coverage == 1)
    // A ball holds its own point and the k - 1 nearer ones: k neighbours on average.
    #expect(result.density == 1)
  }

  @Test("duplicates far from the origin have radius 0")
  func duplicates() throws {
    let one = FeatureMatrix.random(rows: 1, columns: 7, seed: 3, mean: 1000)
    let same = one.selecting([0, 0, 0, 0])
    let strict = try PRDC(k: 2).between(real: same, generated: same)
    #expect(strict.precision == 0 && strict.coverage == 0)
    let inclusive = try PRDC(k: 2, rule: .inclusive).between(real: same, generated: same)
    #expect(inclusive.precision == 1 && inclusive.coverage == 1)
  }

  @Test func messages() {
    let five = FeatureMatrix.random(rows: 5, columns: 2, seed: 1)
    let six = FeatureMatrix.random(rows: 6, columns: 2, seed: 1)
    #expect(
      message { _ = try PRDC(k: 5).between(real: six, generated: five) }
        == "the second set has 5 features: 6 are needed for 5 nearest neighbours")
    #expect(
      message { _ = try PRDC(k: 0).between(real: six, generated: five) }
        == "the number of nearest neighbours is 0: it must be 1 or more")
    #expect(throws: Never.self) { try PRDC(k: 4).between(real: six, generated: five) }
  }
}
