import Kernels
import Random
import Tensors
import Testing
import Threads

/// Every micro-kernel that this processor can run, the AVX-512 tile compiled for narrower vectors among them.
let tables: [KernelTable] = {
  var tables = [KernelTable(.baseline), .runTiles(compiledFor: .baseline)]
  if InstructionSet.widest >= .avx2 { tables += [KernelTable(.avx2), .runTiles(compiledFor: .avx2)] }
  if InstructionSet.widest >= .avx512 { tables.append(KernelTable(.avx512)) }
  return tables
}()

/// A convolution to be tried, small integers for its numbers: all sums are exact in float32, so equality is ==.
struct ConvolutionCase: CustomStringConvertible, Sendable {
  var kernel: Volume
  var stride = Volume.one
  var padding = Padding.same
  var volume: Volume
  var inputs: Int
  var outputs: Int
  var image = false
  var rectify = true

  var description: String {
    "kernel \(kernel) stride \(stride) \(padding) input \(volume) channels \(inputs)->\(outputs) image \(image)"
  }

  /// The convolution with the plan under test, and its output, not yet computed.
  func problem(seed: UInt64) -> (ConvolutionProblem, Activation) {
    var random = SplitMix64(seed: seed)
    let padded = padding.volume(volume, kernel: kernel, stride: stride)
    let layout: ActivationLayout =
      image
      ? .image(channels: inputs, volume, haloBefore: padded.before, haloAfter: padded.after)
      : .blocked(channels: inputs, volume, haloBefore: padded.before, haloAfter: padded.after)
    let input = Activation(layout)
    for t in 0..<volume.frames {
      for y in 0..<volume.height {
        for x in 0..<volume.width { for c in 0..<inputs { input[c, t, y, x] = random.smallInteger() } }
      }
    }
    let weights = ConvolutionWeights(
      kernel: kernel, inputChannels: inputs, outputChannels: outputs,
      values: (0..<kernel.count * inputs * outputs).map { _ in random.smallInteger() },
      bias: (0..<outputs).map { _ in random.smallInteger() })
    let output = Activation(.blocked(channels: outputs, padded.output))
    let problem = ConvolutionProblem(
      weights: weights, stride: stride, padding: padding, rectify: rectify, input: input,
      outputs: OutputBlock.blocks(of: output, from: 0, count: output.layout.blocks))
    return (problem, output)
  }
}

extension SplitMix64 {
  /// -4...4: products of two and sums of 100,000 of them stay below 2^24.
  mutating func smallInteger() -> Float { Float(Int.random(in: -4...4, using: &self)) }
}

@Suite struct ConvolutionTests {
  /// Remainders of pixels (6, 2, 7 and 14 to a tile) and of channels (16, 32), strides, odd and even sizes.
  static let sweep: [ConvolutionCase] = {
    var cases: [ConvolutionCase] = []
    for width in [1, 2, 5, 6, 7, 8, 13, 14, 15, 29] {
      cases.append(ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(2, 3, width), inputs: 16, outputs: 16))
    }
    for (inputs, outputs) in [(1, 1), (15, 17), (24, 64), (32, 48), (40, 80), (48, 24)] {
      cases.append(
        ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(2, 5, 7), inputs: inputs, outputs: outputs))
      cases.append(ConvolutionCase(kernel: .one, volume: Volume(3, 4, 5), inputs: inputs, outputs: outputs))
    }
    for side in [6, 7, 11] {
      for channels in [1, 2, 3] {
        cases.append(
          ConvolutionCase(
            kernel: Volume(cube: 7), stride: Volume(cube: 2), volume: Volume(side, side, side + 8), inputs: channels,
            outputs: 33, image: true))
      }
      cases.append(
        ConvolutionCase(
          kernel: Volume(1, 3, 3), stride: Volume(1, 2, 2), volume: Volume(2, side, side), inputs: 32, outputs: 32))
      cases.append(
        ConvolutionCase(
          kernel: Volume(cube: 2), stride: Volume(cube: 3), volume: Volume(side, side, side), inputs: 16, outputs: 16,
          rectify: false))
    }
    // Not padded: what does not fill a window is left out; images and blocks, with and without stride.
    for side in [7, 8, 10] {
      for stride in [1, 2] {
        cases.append(
          ConvolutionCase(
            kernel: Volume(1, 3, 3), stride: Volume(1, stride, stride), padding: .valid,
            volume: Volume(3, side, side + 7), inputs: 32, outputs: 48))
        cases.append(
          ConvolutionCase(
            kernel: Volume(1, 3, 3), stride: Volume(1, stride, stride), padding: .valid,
            volume: Volume(2, side + 22, side), inputs: 3, outputs: 32, image: true))
      }
      cases.append(
        ConvolutionCase(
          kernel: Volume(2, 3, 5), stride: Volume(2, 1, 3), padding: .valid, volume: Volume(5, side, side), inputs: 24,
          outputs: 16, rectify: false))
    }
    // Zeros on all sides of a frame, which with a stride are not those of "SAME": AlexNet's first.
    for side in [31, 34] {
      cases.append(
        ConvolutionCase(
          kernel: Volume(1, 11, 11), stride: Volume(1, 4, 4), padding: .zeros(2), volume: Volume(2, side, side + 3),
          inputs: 3, outputs: 32, image: true))
    }
    // Kernels that are longer along one axis, and wide ones.
    for (height, width) in [(1, 7), (7, 1), (5, 5), (1, 3), (3, 1)] {
      for side in [8, 17, 21] {
        cases.append(
          ConvolutionCase(
            kernel: Volume(1, height, width), volume: Volume(3, side, side), inputs: 48, outputs: 80))
      }
    }
    // Few tiles and many panels, which are cut into ranges of panels: one tile, a token's row for a frame, and more tiles than
    // a chunk takes.
    for (width, inputs, outputs) in [(3, 48, 560), (33, 300, 530), (563, 32, 336)] {
      cases.append(ConvolutionCase(kernel: .one, volume: Volume(1, 1, width), inputs: inputs, outputs: outputs))
    }
    // A plane large enough to be cut by itself.
    cases.append(ConvolutionCase(kernel: Volume(1, 3, 3), volume: Volume(3, 21, 20), inputs: 16, outputs: 48))
    return cases
  }()

  @Test(arguments: sweep) func equalsTheDefinition(_ shape: ConvolutionCase) {
    for table in tables {
      let (problem, output) = shape.problem(seed: 1)
      #expect(DirectConvolution.refusal(of: problem, with: table) == nil, "\(shape) with \(table.name)")
      DirectConvolution(problem, with: table, workspace: Workspace()).run(ThreadTeam(threads: 2))
      let naive = NaiveConvolution(problem, with: table, workspace: Workspace())
      let difference = firstDifference(output, channels: shape.outputs) { naive.value($0, $1, $2, $3) }
      #expect(difference == nil, "\(shape) with \(table.name): \(difference ?? "")")
    }
  }

  /// The real shapes of I3D at T = 16, at places chosen by a seeded generator (the definition is too slow for all).
  static let networkShapes: [ConvolutionCase] = [
    ConvolutionCase(
      kernel: Volume(cube: 7), stride: Volume(cube: 2), volume: Volume(16, 224, 224), inputs: 3, outputs: 64,
      image: true),
    ConvolutionCase(kernel: .one, volume: Volume(8, 56, 56), inputs: 64, outputs: 64),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(8, 56, 56), inputs: 64, outputs: 192),
    ConvolutionCase(kernel: .one, volume: Volume(8, 28, 28), inputs: 480, outputs: 192),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(8, 28, 28), inputs: 16, outputs: 32),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(4, 14, 14), inputs: 112, outputs: 224),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(4, 14, 14), inputs: 24, outputs: 64),
    ConvolutionCase(kernel: Volume(cube: 3), volume: Volume(2, 7, 7), inputs: 192, outputs: 384),
    ConvolutionCase(kernel: .one, volume: Volume(2, 7, 7), inputs: 832, outputs: 128),
  ]

  @Test(arguments: networkShapes) func equalsTheDefinitionOnTheNetworksShapes(_ shape: ConvolutionCase) {
    let (problem, output) = shape.problem(seed: 2)
    let naive = NaiveConvolution(problem, with: tables[0], workspace: Workspace())
    var random = SplitMix64(seed: 3)
    let volume = problem.outputVolume
    let places = (0..<150).map { _ in
      (
        Int.random(in: 0..<shape.outputs, using: &random), Int.random(in: 0..<volume.frames, using: &random),
        Int.random(in: 0..<volume.height, using: &random), Int.random(in: 0..<volume.width, using: &random)
      )
    }
    for table in tables {
      DirectConvolution(problem, with: table, workspace: Workspace()).run(ThreadTeam(threads: 2))
      for (c, t, y, x) in places {
        #expect(
          output[c, t, y, x] == naive.value(c, t, y, x), "\(shape) with \(table.name): channel \(c) at \(t),\(y),\(x)")
      }
    }
  }

  @Test func siblingsAsOneConvolutionAreTheSameBits() {
    var random = SplitMix64(seed: 4)
    let input = Activation(.blocked(channels: 32, Volume(2, 9, 9)))
    for c in 0..<32 {
      for t in 0..<2 {
        for y in 0..<9 { for x in 0..<9 { input[c, t, y, x] = Float.random(in: -1...1, using: &random) } }
      }
    }
    let parts = [16, 24, 48].map { outputs in
      ConvolutionWeights(
        kernel: .one, inputChannels: 32, outputChannels: outputs,
        values: (0..<32 * outputs).map { _ in Float.random(in: -1...1, using: &random) },
        bias: (0..<outputs).map { _ in Float.random(in: -1...1, using: &random) })
    }
    func activations() -> [Activation] {
      parts.map { Activation(.blocked(channels: $0.outputChannels, Volume(2, 9, 9))) }
    }
    func blocks(_ activation: Activation) -> [OutputBlock] {
      OutputBlock.blocks(of: activation, from: 0, count: activation.layout.blocks)
    }
    for table in tables {
      let (apart, together) = (activations(), activations())
      for (part, output) in zip(parts, apart) {
        Convolution(
          ConvolutionProblem(weights: part, input: input, outputs: blocks(output)), with: table, workspace: Workspace()
        )
        .run(ThreadTeam(threads: 1))
      }
      let joined = ConvolutionWeights.joined(parts.map { $0.paddedToBlocks() })
      Convolution(
        ConvolutionProblem(weights: joined, input: input, outputs: together.flatMap(blocks)), with: table,
        workspace: Workspace()
      )
      .run(ThreadTeam(threads: 2))
      for (a, b) in zip(apart, together) {
        #expect(firstDifference(a, channels: a.layout.channels) { b[$0, $1, $2, $3] } == nil, "\(table.name)")
      }
    }
  }

  @Test func aNaNIsSeenInTheOutput() {
    for table in tables {
      let (problem, output) = ConvolutionCase(
        kernel: Volume(cube: 3), volume: Volume(2, 4, 4), inputs: 16, outputs: 16
      ).problem(seed: 5)
      problem.input[3, 1, 2, 2] = .nan
      Convolution(problem, with: table, workspace: Workspace()).run(ThreadTeam(threads: 1))
      #expect(output[0, 1, 2, 2].isNaN, "\(table.name)")
    }
  }
}

/// Where `activation` differs from `wanted`, in words; nil if nowhere.
func firstDifference(_ activation: Activation, channels: Int, _ wanted: (Int, Int, Int, Int) -> Float) -> String? {
  let volume = activation.layout.volume
  for c in 0..<channels {
    for t in 0..<volume.frames {
      for y in 0..<volume.height {
        for x in 0..<volume.width {
          let value = wanted(c, t, y, x)
          if activation[c, t, y, x] != value {
            return "channel \(c) at \(t),\(y),\(x) is \(activation[c, t, y, x]) instead of \(value)"
          }
        }
      }
    }
  }
  return nil
}
