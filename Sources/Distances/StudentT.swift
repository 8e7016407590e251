import Foundation

/// Student's distribution.
package enum StudentT {
  /// The value that a share `level` of the distribution lies within, on both sides of 0: 2.131 of 95 % and 15 degrees.
  ///
  /// - Parameters:
  ///   - level: above 0 and below 1.
  ///   - degrees: 1 or more, not always whole.
  package static func twoSided(_ level: Double, degrees: Double) -> Double {
    precondition(level > 0 && level < 1 && degrees > 0, "StudentT: a level between 0 and 1")
    var (low, high) = (0.0, 1.0)
    while outside(high, degrees: degrees) > 1 - level { high *= 2 }
    for _ in 0..<200 where high - low > 1e-14 * high {
      let middle = (low + high) / 2
      if outside(middle, degrees: degrees) > 1 - level { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The share of the distribution beyond ±t: the regularised incomplete beta function of ν/2 and 1/2 at ν/(ν + t²).
  package static func outside(_ t: Double, degrees: Double) -> Double {
    let x = degrees / (degrees + t * t)
    let (a, b) = (degrees / 2, 0.5)
    guard x > 0 && x < 1 else { return x <= 0 ? 0 : 1 }
    let beta = logBetaOfHalf(a)
    let front: Double = exp(a * log(x) + b * log(1 - x) - beta)
    return x < (a + 1) / (a + b + 2)
      ? front * fraction(a, b, x) / a : 1 - front * fraction(b, a, 1 - x) / b
  }

  /// log B(a, 1/2); of large a by its series, since the two large logarithms cancel.
  private static func logBetaOfHalf(_ a: Double) -> Double {
    let half: Double = 0.5 * log(Double.pi)
    if a > 1e4 { return half - 0.5 * log(a) + 1 / (8 * a) }
    return half + lgamma(a).0 - lgamma(a + 0.5).0
  }

  /// The continued fraction of the incomplete beta function by Lentz's method (Numerical Recipes, 6.4).
  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let least = 1e-300
    func away(_ value: Double) -> Double { abs(value) < least ? least : value }
    var (c, d) = (1.0, 1 / away(1 - (a + b) * x / (a + 1)))
    var result = d
    for step in 1...10_000 {
      let m = Double(step)
      let even: Double = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      let odd: Double = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      for term in [even, odd] {
        d = 1 / away(1 + term * d)
        c = away(1 + term / c)
        result *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return result
  }
}
