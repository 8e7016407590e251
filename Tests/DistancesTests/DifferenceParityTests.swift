import Distances
import Testing
import Vocabulary

/// `Fixtures/golden/distances/difference.py`: from the definitions, in NumPy.
@Suite struct DifferenceParityTests {
  struct Goldens: Decodable {
    let permutations: Int
    let seed: UInt64
    let cases: [Case]
  }

  struct Case: Decodable, CustomTestStringConvertible {
    let measure: String
    /// Of the real set and both fake ones.
    let rows: [Int]
    let columns: Int
    /// Rows of a unit.
    let each: Int
    let prefixes: String
    let value, standardError, degrees, lower, upper, p: Double

    var testDescription: String { "\(measure) \(rows)×\(columns) by \(each) \(prefixes)" }

    var labels: [[String]] {
      zip(prefixes, rows).map { prefix, rows in (0..<rows).map { "\(prefix)\($0 / each)" } }
    }
  }

  static let goldens: Goldens = {
    do { return try Golden.read("difference") } catch { fatalError("\(error)") }
  }()

  @Test("value, error, degrees, interval and p", arguments: goldens.cases)
  func difference(_ golden: Case) throws {
    let real = Golden.features(rows: golden.rows[0], columns: golden.columns, seed: 1)
    let a = Golden.features(rows: golden.rows[1], columns: golden.columns, seed: 2, shift: 40)
    let b = Golden.features(rows: golden.rows[2], columns: golden.columns, seed: 3, shift: 70, unit: 224)
    let influence =
      golden.measure == "frechet"
      ? try FrechetDistance(ddof: 1, root: .symmetricEigen).influence(real: real, a, b)
      : try KernelDistance(kernel: .cubic, estimator: .unbiased).influence(real: real, a, b)
    let units = DifferenceUnits(real: golden.labels[0], first: golden.labels[1], second: golden.labels[2])
    let test = DifferenceTest(permutations: Self.goldens.permutations, seed: Self.goldens.seed)
    let found = try test.difference(influence.value, influence, units: units)
    #expect(relative(found.value, golden.value) < 1e-9)
    #expect(relative(found.standardError, golden.standardError) < 1e-6)
    #expect(relative(found.degreesOfFreedom, golden.degrees) < 1e-6)
    let interval = found.interval(level: 0.95)
    let reach = golden.upper - golden.value
    #expect(abs(interval.lowerBound - golden.lower) < 1e-6 * reach)
    #expect(abs(interval.upperBound - golden.upper) < 1e-6 * reach)
    #expect(found.p == golden.p)
  }
}
