import Kernels
import Random
import Tensors
import Testing
import Threads

@Suite struct PoolingTests {
  /// TensorFlow's "SAME": out = ceil(n/s), the odd cell behind.
  @Test(arguments: [
    (224, 7, 2, 112, 2, 3), (225, 7, 2, 113, 3, 3), (112, 3, 2, 56, 0, 1), (113, 3, 2, 57, 1, 1), (7, 2, 2, 4, 0, 1),
    (8, 2, 2, 4, 0, 0), (28, 3, 1, 28, 1, 1), (1, 7, 2, 1, 3, 3), (5, 1, 3, 2, 0, 0),
  ])
  func samePadding(size: Int, kernel: Int, stride: Int, output: Int, before: Int, after: Int) {
    let same = SamePadding(size: size, kernel: kernel, stride: stride)
    #expect((same.output, same.before, same.after) == (output, before, after))
  }

  /// TensorFlow's "VALID": out = floor((n − k)/s) + 1, nothing around.
  @Test(arguments: [(299, 3, 2, 149), (149, 3, 1, 147), (147, 3, 2, 73), (8, 3, 2, 3), (3, 3, 2, 1), (5, 1, 3, 2)])
  func validPadding(size: Int, kernel: Int, stride: Int, output: Int) {
    let valid = Padding.valid.volume(Volume(cube: size), kernel: Volume(cube: kernel), stride: Volume(cube: stride))
    #expect(valid.output == Volume(cube: output) && valid.before == Volume(cube: 0) && valid.after == Volume(cube: 0))
  }

  @Test(
    arguments: [
      (Volume(1, 3, 3), Volume(1, 2, 2), Volume(2, 12, 12)), (Volume(cube: 3), Volume(cube: 2), Volume(5, 9, 8)),
      (Volume(cube: 2), Volume(cube: 2), Volume(3, 7, 7)), (Volume(cube: 3), Volume.one, Volume(2, 7, 7)),
    ], [Padding.same, .valid])
  func equalsTheDefinition(_ shape: (kernel: Volume, stride: Volume, volume: Volume), padding: Padding) {
    let (kernel, stride, volume) = shape
    guard padding == .same || volume.frames >= kernel.frames else { return }
    let padded = padding.volume(volume, kernel: kernel, stride: stride)
    for table in tables {
      var random = SplitMix64(seed: 6)
      let input = Activation(.blocked(channels: 32, volume))
      for c in 0..<32 {
        for t in 0..<volume.frames {
          for y in 0..<volume.height {
            for x in 0..<volume.width { input[c, t, y, x] = Float.random(in: 0...1, using: &random) }
          }
        }
      }
      let output = Activation(.blocked(channels: 48, padded.output))
      MaxPooling(
        kernel: kernel, stride: stride, padding: padding, input: input, output: output, firstBlock: 1, with: table
      )
      .run(ThreadTeam(threads: 2))
      let difference = firstDifference(output, channels: 48) { c, t, y, x in
        guard c >= 16 else { return 0 }
        var most: Float = 0
        for kt in 0..<kernel.frames {
          for ky in 0..<kernel.height {
            for kx in 0..<kernel.width {
              let (a, b, d) = (
                t * stride.frames + kt - padded.before.frames, y * stride.height + ky - padded.before.height,
                x * stride.width + kx - padded.before.width
              )
              guard (0..<volume.frames).contains(a), (0..<volume.height).contains(b), (0..<volume.width).contains(d)
              else { continue }
              most = max(most, input[c - 16, a, b, d])
            }
          }
        }
        return most
      }
      #expect(difference == nil, "kernel \(kernel) stride \(stride) \(padding) with \(table.name): \(difference ?? "")")
    }
  }

  /// Sums of small integers are exact, and a quotient is rounded once, so equality is ==.
  @Test(arguments: [
    (Volume(1, 3, 3), Volume(3, 8, 8)), (Volume(1, 3, 3), Volume(1, 1, 5)), (Volume(1, 5, 3), Volume(2, 17, 4)),
    (Volume(cube: 3), Volume(4, 3, 6)), (Volume(1, 2, 2), Volume(2, 5, 5)),
  ])
  func averageEqualsTheDefinition(kernel: Volume, volume: Volume) {
    let before = Padding.same.volume(volume, kernel: kernel, stride: .one).before
    for (table, rectify) in tables.flatMap({ [($0, true), ($0, false)] }) {
      var random = SplitMix64(seed: 9)
      let input = Activation(.blocked(channels: 32, volume, haloBefore: Volume(cube: 2), haloAfter: Volume(cube: 2)))
      for c in 0..<32 {
        for t in 0..<volume.frames {
          for y in 0..<volume.height {
            for x in 0..<volume.width { input[c, t, y, x] = random.smallInteger() }
          }
        }
      }
      let output = Activation(.blocked(channels: 48, volume))
      AveragePooling(kernel: kernel, rectify: rectify, input: input, output: output, firstBlock: 1, with: table)
        .run(ThreadTeam(threads: 2))
      let difference = firstDifference(output, channels: 48) { c, t, y, x in
        guard c >= 16 else { return 0 }
        var sum: Float = 0
        var count: Float = 0
        for a in t - before.frames..<t - before.frames + kernel.frames where (0..<volume.frames).contains(a) {
          for b in y - before.height..<y - before.height + kernel.height where (0..<volume.height).contains(b) {
            for d in x - before.width..<x - before.width + kernel.width where (0..<volume.width).contains(d) {
              sum += input[c - 16, a, b, d]
              count += 1
            }
          }
        }
        return rectify ? max(sum / count, 0) : sum / count
      }
      #expect(difference == nil, "kernel \(kernel) rectified \(rectify) with \(table.name): \(difference ?? "")")
    }
  }

  /// Why the pointwise convolution of a branch may come before its average pool: with numbers that divide, both orders
  /// are the same.
  @Test func aPointwiseConvolutionCommutesWithTheAverage() {
    var random = SplitMix64(seed: 10)
    let volume = Volume(2, 9, 8)
    let x = Activation(.blocked(channels: 32, volume))
    for c in 0..<32 {
      for t in 0..<2 {
        // Multiples of 4·9, so that the quotients by 9, 6 and 4 are integers.
        for y in 0..<9 { for z in 0..<8 { x[c, t, y, z] = 36 * random.smallInteger() } }
      }
    }
    let weights = ConvolutionWeights(
      kernel: .one, inputChannels: 32, outputChannels: 16, values: (0..<512).map { _ in random.smallInteger() },
      bias: (0..<16).map { _ in random.smallInteger() })
    for table in tables {
      let (pooled, projected) = (Activation(x.layout), Activation(.blocked(channels: 16, volume)))
      let (first, second) = (Activation(projected.layout), Activation(projected.layout))
      func convolve(_ input: Activation, _ output: Activation, rectify: Bool) {
        let problem = ConvolutionProblem(
          weights: weights, rectify: rectify, input: input, outputs: [OutputBlock(output, 0)])
        Convolution(problem, with: table, workspace: Workspace()).run(ThreadTeam(threads: 1))
      }
      func average(_ input: Activation, _ output: Activation, rectify: Bool) {
        AveragePooling(kernel: Volume(1, 3, 3), rectify: rectify, input: input, output: output, with: table)
          .run(ThreadTeam(threads: 1))
      }
      average(x, pooled, rectify: false)
      convolve(pooled, first, rectify: true)
      convolve(x, projected, rectify: false)
      average(projected, second, rectify: true)
      #expect(firstDifference(first, channels: 16) { second[$0, $1, $2, $3] } == nil, "\(table.name)")
    }
  }
}
