import Kernels
import Tensors
import Testing

@Suite struct WinogradTests {
  /// Sides that 4 divides and others, remainders of channels, one and three taps in time, groups of frames.
  static let sweep: [ConvolutionCase] = [
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(3, 16, 20), inputs: 16, outputs: 16),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(4, 14, 14), inputs: 24, outputs: 64),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(1, 17, 15), inputs: 40, outputs: 24),
    ConvolutionCase(kernel: Volume(1, 3, 3), volume: Volume(2, 19, 18), inputs: 32, outputs: 48, rectify: false),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(9, 56, 56), inputs: 64, outputs: 80),
  ]

  /// The transforms round: with unit roundoff u, products of sums of n terms of size |x||w| come out within
  /// 64·u·Σ|x||w|. (The worst case by the transforms' norms is far larger and never met; the largest error seen over
  /// these cases is 15·u·Σ|x||w|.)
  @Test(arguments: sweep) func equalsTheDefinitionWithinItsRounding(_ shape: ConvolutionCase) {
    let (problem, output) = shape.problem(seed: 7)
    let naive = NaiveConvolution(problem, with: tables[0], workspace: Workspace())
    var random = SplitMix64(seed: 8)
    let volume = problem.outputVolume
    let corners = [(0, 0, 0), (volume.frames - 1, volume.height - 1, volume.width - 1)]
    let places =
      corners
      + (0..<200).map { _ in
        (
          Int.random(in: 0..<volume.frames, using: &random), Int.random(in: 0..<volume.height, using: &random),
          Int.random(in: 0..<volume.width, using: &random)
        )
      }
    // |x| and |w| are 0...4, 20/9 on average.
    let size = 20.0 / 9 * 20 / 9 * Double(shape.kernel.count * shape.inputs)
    for table in tables {
      #expect(Convolution(problem, with: table, workspace: Workspace()).planName == "winograd 4x4")
      WinogradConvolution(problem, with: table, workspace: Workspace()).run(ThreadTeam(threads: 2))
      var largest = 0.0
      for (t, y, x) in places {
        for channel in 0..<shape.outputs {
          largest = max(largest, abs(Double(output[channel, t, y, x]) - Double(naive.value(channel, t, y, x))))
        }
      }
      let bound = 64 * Double(Float.ulpOfOne / 2) * size
      #expect(largest <= bound, "\(shape) with \(table.name): \(largest / bound * 64) u·Σ|x||w|")
    }
  }

  @Test func refusesWhatItCannotDo() {
    let table = tables[0]
    let small = ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(2, 7, 7), inputs: 16, outputs: 16)
    let strided = ConvolutionCase(
      kernel: Volume(cube: 3), stride: Volume(cube: 2), volume: Volume(2, 28, 28), inputs: 16, outputs: 16)
    let unpadded = ConvolutionCase(
      kernel: Volume(1, 3, 3), padding: .valid, volume: Volume(2, 28, 28), inputs: 16, outputs: 16)
    #expect(WinogradConvolution.refusal(of: unpadded.problem(seed: 1).0, with: table) == "not padded")
    #expect(WinogradConvolution.refusal(of: small.problem(seed: 1).0, with: table) == "the plane is smaller than 14")
    #expect(WinogradConvolution.refusal(of: strided.problem(seed: 1).0, with: table) == "not 3×3 with stride 1")
  }
}
