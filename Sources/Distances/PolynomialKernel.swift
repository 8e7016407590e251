import COpenBLAS
import Vocabulary

/// (γ·xᵀy + c)ᵈ, in float64: scikit-learn's `polynomial_kernel`.
public struct PolynomialKernel: Sendable, Equatable {
  public let degree: Int
  public let gamma: KernelGamma
  /// scikit-learn's `coef0`.
  public let coefficient: Double

  /// - Parameter degree: 1 or more.
  public init(degree: Int, gamma: KernelGamma, coefficient: Double) {
    precondition(degree >= 1, "PolynomialKernel: a degree of 1 or more")
    self.degree = degree
    self.gamma = gamma
    self.coefficient = coefficient
  }

  /// Degree 3, γ = 1/columns, c = 1: KID's kernel (Bińkowski et al. 2018), and KVD's in TATS and LVDM.
  public static let cubic = PolynomialKernel(degree: 3, gamma: .perDimension, coefficient: 1)

  func factor(columns: Int) -> Double {
    switch gamma {
    case .perDimension: 1 / Double(columns)
    case .value(let value): value
    }
  }

  /// Turns γ·xᵀy into the kernel's values.
  func apply(to products: UnsafeMutableBufferPointer<Double>) {
    switch degree {
    case 1: for index in products.indices { products[index] += coefficient }
    case 2:
      for index in products.indices {
        let base = products[index] + coefficient
        products[index] = base * base
      }
    case 3:
      for index in products.indices {
        let base = products[index] + coefficient
        products[index] = base * base * base
      }
    default:
      for index in products.indices {
        let base = products[index] + coefficient
        var power = base
        for _ in 1..<degree { power *= base }
        products[index] = power
      }
    }
  }
}
