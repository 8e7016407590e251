import Tensors

/// One of Winograd's minimal algorithms F(m×m, r×r) over space: tiles of m×m outputs, kernels of r×r taps.
struct WinogradVariant: Sendable {
  /// m
  let outputs: Int
  /// r
  let taps: Int
  /// G, one row for each of the m + r − 1 points: 1, p, p², ... over ∏ (p − q) of the other points; the last is ∞.
  let filterTransform: [[Double]]
  let input: KernelTable.WinogradInputKernel
  let output: KernelTable.WinogradOutputKernel

  /// Rows of a patch of the input: m + r − 1.
  var patch: Int { outputs + taps - 1 }
  var positions: Int { patch * patch }
  var name: String { "winograd F(\(outputs)x\(outputs),\(taps)x\(taps))" }

  init(
    outputs: Int, taps: Int, points: [Double], input: @escaping KernelTable.WinogradInputKernel,
    output: @escaping KernelTable.WinogradOutputKernel
  ) {
    self.outputs = outputs
    self.taps = taps
    self.input = input
    self.output = output
    filterTransform =
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

  /// The variants that there are transforms for, by the instruction set's micro-kernels.
  static func all(
    _ input6: @escaping KernelTable.WinogradInputKernel, _ input7: @escaping KernelTable.WinogradInputKernel,
    _ output4of6: @escaping KernelTable.WinogradOutputKernel, _ output4of7: @escaping KernelTable.WinogradOutputKernel,
    _ output5of7: @escaping KernelTable.WinogradOutputKernel
  ) -> [WinogradVariant] {
    let six = [0.0, 1, -1, 2, -2]
    let seven = [0, 1, -1, 0.5, -0.5, 2]
    return [
      WinogradVariant(outputs: 4, taps: 3, points: six, input: input6, output: output4of6),
      WinogradVariant(outputs: 5, taps: 3, points: seven, input: input7, output: output5of7),
      WinogradVariant(outputs: 4, taps: 4, points: seven, input: input7, output: output4of7),
    ]
  }

  /// Products for each channel of a plane: how variants are compared.
  func products(of volume: Volume) -> Int {
    (volume.height + outputs - 1) / outputs * ((volume.width + outputs - 1) / outputs) * positions
  }
}
