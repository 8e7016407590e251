/// How the trace of the covariance root is taken.
public enum RootMethod: String, Sendable, CaseIterable, Codable {
  /// Symmetric eigendecomposition, eigenvalues below 0 count as 0.
  case symmetricEigen = "symmetric-eigen"
  /// TensorFlow's `trace_sqrt_product`: singular values below `root-eps` are kept and not rooted.
  case svd
}

/// What the inner product is multiplied by in a polynomial kernel.
public enum KernelGamma: Sendable, Hashable, Codable {
  /// One over the number of features.
  case perDimension
  case value(Double)
}

/// What becomes of the diagonals in the squared mean discrepancy of m and n samples.
public enum KernelEstimator: String, Sendable, CaseIterable, Codable {
  /// Σᵢ≠ⱼ k(xᵢ, xⱼ) / (m(m - 1)) + Σᵢ≠ⱼ k(yᵢ, yⱼ) / (n(n - 1)) - 2 Σ k(xᵢ, yⱼ) / (mn). It may be below 0.
  case unbiased
  /// All pairs: Σ k(xᵢ, xⱼ) / m² + Σ k(yᵢ, yⱼ) / n² - 2 Σ k(xᵢ, yⱼ) / (mn). 0 or more, to rounding.
  case biased
}

/// Which package's order of draws subsets follow, from one NumPy generator.
public enum SubsetDraw: String, Sendable, CaseIterable, Codable {
  /// Rows of the first set, then of the second. Its seed is 2020. A set smaller than a subset is an error.
  case torchFidelity = "torch-fidelity"
  /// `kernel_distance(feats1, feats2)`: rows of the second set, then of the first. A subset has no more rows than the smaller
  /// set. It leaves NumPy's generator unseeded; the seed stands for `np.random.seed(seed)` before.
  case cleanFID = "clean-fid"
  /// Rows of the first set, then of the second, each the beginning of a permutation by PyTorch's generator, which the package
  /// leaves unseeded; the seed stands for `torch.manual_seed(seed)` before.
  case torchmetrics
}

/// When a sample is in a ball.
public enum NeighbourRule: String, Sendable, CaseIterable, Codable {
  /// Distance < radius: package `prdc`.
  case strict
  /// Distance ≤ radius: torch-fidelity's precision and recall, where k is 3.
  case inclusive
}

/// What happens to samples that do not fill a batch.
public enum PartialBatch: String, Sendable, CaseIterable, Codable {
  case keep
  /// Programs that compute in batches of 40 and leave the rest out.
  case drop40 = "drop-40"
  /// TATS and LVDM compute fake clips in batches of 32 and leave the rest of them out; real clips are kept.
  case dropFake32 = "drop-32-fake"
}

/// The type of numbers that statistics and distances are computed in.
public enum Precision: String, Sendable, CaseIterable, Codable { case float64 }

/// A choice between two.
public enum Switch: String, Sendable, CaseIterable, Codable { case no, yes }
