import Kernels
import Random
import Tensors
import Testing
import Threads

@Suite struct WinogradTests {
  /// Sides that the tiles divide and others, remainders of channels, one to seven taps and strides in time, kernels of
  /// three and of four, work that is cut into bands and into frames.
  static let sweep: [ConvolutionCase] = [
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(3, 16, 20), inputs: 16, outputs: 16),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(4, 14, 14), inputs: 24, outputs: 64),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(1, 17, 15), inputs: 40, outputs: 24),
    ConvolutionCase(kernel: Volume(1, 3, 3), volume: Volume(2, 19, 18), inputs: 32, outputs: 48, rectify: false),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(9, 56, 56), inputs: 64, outputs: 80),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(60, 14, 170), inputs: 48, outputs: 16),
    ConvolutionCase(
      kernel: Volume(7, 4, 4), stride: Volume(2, 1, 1), volume: Volume(60, 9, 170), inputs: 12, outputs: 64),
    ConvolutionCase(kernel: Volume(1, 3, 3), padding: .valid, volume: Volume(2, 23, 19), inputs: 32, outputs: 32),
    ConvolutionCase(
      kernel: Volume(7, 4, 4), stride: Volume(2, 1, 1), volume: Volume(9, 28, 30), inputs: 12, outputs: 64),
    ConvolutionCase(
      kernel: Volume(7, 4, 4), stride: Volume(2, 1, 1), volume: Volume(16, 33, 31), inputs: 20, outputs: 24),
  ]

  /// Rows and columns, five to eight taps, lengths that 4 divides and others.
  static let lines: [ConvolutionCase] = [
    ConvolutionCase(kernel: Volume(1, 1, 7), volume: Volume(3, 17, 17), inputs: 48, outputs: 64),
    ConvolutionCase(kernel: Volume(1, 7, 1), volume: Volume(2, 17, 12), inputs: 16, outputs: 40, rectify: false),
    ConvolutionCase(kernel: Volume(1, 1, 5), volume: Volume(1, 9, 8), inputs: 20, outputs: 16),
    ConvolutionCase(kernel: Volume(1, 8, 1), volume: Volume(1, 21, 5), inputs: 32, outputs: 32),
    ConvolutionCase(kernel: Volume(1, 1, 7), padding: .valid, volume: Volume(2, 6, 19), inputs: 32, outputs: 32),
    ConvolutionCase(kernel: Volume(1, 1, 7), volume: Volume(40, 17, 17), inputs: 192, outputs: 192),
  ]

  @Test func takesTheVariantWithTheFewestProducts() {
    func name(_ kernel: Int, _ side: Int) -> String {
      let shape = ConvolutionCase(
        kernel: Volume(1, kernel, kernel), volume: Volume(1, side, side), inputs: 16, outputs: 16)
      return Convolution(shape.problem(seed: 1).0, with: tables[0], workspace: Workspace()).planName
    }
    #expect(name(3, 14) == "winograd F(5x5,3x3)", "9 tiles of 49 products against 16 of 36")
    #expect(name(3, 56) == "winograd F(4x4,3x3)", "144 of 49 and 196 of 36 are as many: the smaller tile rounds less")
    #expect(name(4, 28) == "winograd F(4x4,4x4)")
    #expect(name(5, 28) == "direct")
    #expect(
      Convolution(Self.lines[0].problem(seed: 1).0, with: tables[0], workspace: Workspace()).planName
        == "winograd 2·F(4,4)")
  }

  /// A convolution with stride 2 on an image, and what is made of both for stride 1, are the same sums of small integers.
  @Test func squaresOfPixelsGiveTheSameConvolution() {
    let shape = ConvolutionCase(
      kernel: Volume(cube: 7), stride: Volume(cube: 2), volume: Volume(9, 16, 20), inputs: 3, outputs: 17, image: true)
    let (problem, _) = shape.problem(seed: 3)
    let naive = NaiveConvolution(problem, with: tables[0], workspace: Workspace())
    let image = (0..<shape.volume.count * 3).map { i in
      problem.input[i % 3, i / 3 / 320, i / 3 / 20 % 16, i / 3 % 20]
    }
    let squares = SpaceToDepth(
      into: Activation(
        .blocked(channels: 12, Volume(9, 8, 10), haloBefore: Volume(3, 1, 1), haloAfter: Volume(3, 2, 2))))
    squares.run(image, ThreadTeam(threads: 2))
    let output = Activation(.blocked(channels: 17, problem.outputVolume))
    let moved = ConvolutionProblem(
      weights: problem.weights.spaceToDepth(), stride: Volume(2, 1, 1), input: squares.output,
      outputs: OutputBlock.blocks(of: output, from: 0, count: 2))
    #expect(moved.weights.products == 1029)
    DirectConvolution(moved, with: tables[0], workspace: Workspace()).run(ThreadTeam(threads: 2))
    #expect(firstDifference(output, channels: 17) { naive.value($0, $1, $2, $3) } == nil)
  }

  /// The transforms round: with unit roundoff u, products of sums of n terms of size |x||w| come out within
  /// 64·u·Σ|x||w|. (The worst case by the transforms' norms is far larger and never met; the largest error seen over
  /// these cases is 31·u·Σ|x||w|.)
  @Test(arguments: sweep + lines) func equalsTheDefinitionWithinItsRounding(_ shape: ConvolutionCase) {
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
      #expect(Convolution(problem, with: table, workspace: Workspace()).planName.hasPrefix("winograd"))
      let convolution = Convolution(problem, with: table, workspace: Workspace())
      #expect(convolution.planName.hasPrefix("winograd"))
      convolution.run(ThreadTeam(threads: 2))
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
    let small = ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(2, 6, 7), inputs: 16, outputs: 16)
    let strided = ConvolutionCase(
      kernel: Volume(cube: 3), stride: Volume(cube: 2), volume: Volume(2, 28, 28), inputs: 16, outputs: 16)
    #expect(WinogradConvolution.refusal(of: small.problem(seed: 1).0, with: table) == "the plane is smaller than 7")
    #expect(WinogradLineConvolution.refusal(of: small.problem(seed: 1).0, with: table) == "not a line of 5 to 8 taps")
    #expect(WinogradConvolution.refusal(of: strided.problem(seed: 1).0, with: table) == "stride over space")
  }
}
