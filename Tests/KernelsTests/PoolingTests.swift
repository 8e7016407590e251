import Kernels
import Tensors
import Testing

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

  @Test(arguments: [
    (Volume(1, 3, 3), Volume(1, 2, 2), Volume(2, 12, 12)), (Volume(cube: 3), Volume(cube: 2), Volume(5, 9, 8)),
    (Volume(cube: 2), Volume(cube: 2), Volume(3, 7, 7)), (Volume(cube: 3), Volume.one, Volume(2, 7, 7)),
  ])
  func equalsTheDefinition(kernel: Volume, stride: Volume, volume: Volume) {
    let same = SamePadding.volume(volume, kernel: kernel, stride: stride)
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
      let output = Activation(.blocked(channels: 48, same.output))
      MaxPooling(kernel: kernel, stride: stride, input: input, output: output, firstBlock: 1, with: table)
        .run(ThreadTeam(threads: 2))
      let difference = firstDifference(output, channels: 48) { c, t, y, x in
        guard c >= 16 else { return 0 }
        var most: Float = 0
        for kt in 0..<kernel.frames {
          for ky in 0..<kernel.height {
            for kx in 0..<kernel.width {
              let (a, b, d) = (
                t * stride.frames + kt - same.before.frames, y * stride.height + ky - same.before.height,
                x * stride.width + kx - same.before.width
              )
              guard (0..<volume.frames).contains(a), (0..<volume.height).contains(b), (0..<volume.width).contains(d)
              else { continue }
              most = max(most, input[c - 16, a, b, d])
            }
          }
        }
        return most
      }
      #expect(difference == nil, "kernel \(kernel) stride \(stride) with \(table.name): \(difference ?? "")")
    }
  }
}
