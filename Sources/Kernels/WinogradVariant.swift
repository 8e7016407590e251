import Tensors

/// One of Winograd's minimal algorithms F(m×m, r×r) over space: tiles of m×m outputs, kernels of r×r taps.
struct WinogradVariant: Sendable {
  /// m
  let outputs: Int
  /// r
  let taps: Int
  /// G, one row for each of the m + r − 1 points: 1, p, p², ... over ∏ (p − q) of the other points; the last is ∞.
  let filterTransform: [[Double]]
  let input: MicroKernels.WinogradInputKernel
  let output: MicroKernels.WinogradOutputKernel

  /// Rows of a patch of the input: m + r − 1.
  var patch: Int { outputs + taps - 1 }
  var positions: Int { patch * patch }
  var name: String { "winograd F(\(outputs)x\(outputs),\(taps)x\(taps))" }

  /// G ⊗ G, [position][tap].
  var factors: [Double] {
    filterTransform.flatMap { y in filterTransform.flatMap { x in y.flatMap { a in x.map { b in a * b } } } }
  }

  /// The points that there are transforms for, beside ∞.
  private static let six = [0.0, 1, -1, 2, -2]
  private static let seven = [0, 1, -1, 0.5, -0.5, 2]

  /// The variants that there are transforms for.
  static func all(_ kernels: MicroKernels) -> [WinogradVariant] {
    [
      WinogradVariant(
        outputs: 4, taps: 3, filterTransform: filterTransform(six, taps: 3), input: kernels.winogradInput6,
        output: kernels.winogradOutput4of6),
      WinogradVariant(
        outputs: 5, taps: 3, filterTransform: filterTransform(seven, taps: 3), input: kernels.winogradInput7,
        output: kernels.winogradOutput5of7),
      WinogradVariant(
        outputs: 4, taps: 4, filterTransform: filterTransform(seven, taps: 4), input: kernels.winogradInput7,
        output: kernels.winogradOutput4of7),
    ]
  }

  /// G of F(4, 4) along one line, [position][tap].
  static var lineFactors: [Double] { filterTransform(seven, taps: 4).flatMap { $0 } }

  private static func filterTransform(_ points: [Double], taps: Int) -> [[Double]] {
    points.enumerated().map { index, point in
      var scale = 1.0
      for (other, value) in points.enumerated() where other != index { scale *= point - value }
      var power = 1.0
      return (0..<taps).map { _ in
        defer { power *= point }
        return power / scale
      }
    } + [(0..<taps).map { $0 == taps - 1 ? 1 : 0 }]
  }

  /// Products for each channel of a plane: how variants are compared.
  func products(of volume: Volume) -> Int {
    (volume.height + outputs - 1) / outputs * ((volume.width + outputs - 1) / outputs) * positions
  }
}
