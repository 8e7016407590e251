import Kernels
import Tensors
import Testing
import Threads

/// Group normalisation, flattening and sums of maps against their definitions, with every instruction set.
@Suite struct GroupNormalisationTests {
  private static let tables: [KernelTable] = {
    [KernelTable(.baseline)] + (InstructionSet.widest >= .avx2 ? [KernelTable(.avx2)] : [])
      + (InstructionSet.widest >= .avx512 ? [KernelTable(.avx512)] : [])
  }()

  private func maps(_ channels: Int, _ volume: Volume, halo: Int, seed: Int) -> Activation {
    let halo = Volume(0, halo, halo)
    let map = Activation(.blocked(channels: channels, volume, haloBefore: halo, haloAfter: halo))
    var state = UInt32(truncatingIfNeeded: seed)
    for c in 0..<channels {
      for t in 0..<volume.frames {
        for y in 0..<volume.height {
          for x in 0..<volume.width {
            state = state &* 1_664_525 &+ 1_013_904_223
            map[c, t, y, x] = Float(state >> 8) / Float(1 << 24) * Float(1 + c % 3) + Float(t)
          }
        }
      }
    }
    return map
  }

  @Test(arguments: [(64, 32), (32, 2), (48, 48), (256, 32)], [false, true])
  func groups(_ sizes: (channels: Int, groups: Int), _ rectifies: Bool) {
    let (channels, groups) = sizes
    let volume = Volume(3, 5, 4)
    let epsilon: Float = 1e-3
    let scale = (0..<channels).map { 1 + Float($0 % 5) / 10 }
    let offset = (0..<channels).map { Float($0 % 7) / 10 - 0.3 }
    for table in Self.tables {
      let input = maps(channels, volume, halo: 1, seed: channels)
      let output = maps(channels, volume, halo: 2, seed: 0)
      GroupNormalisation(
        groups: groups, scale: scale, offset: offset, epsilon: epsilon, rectifies: rectifies, input: input,
        output: output, with: table
      ).run(ThreadTeam(threads: 2))
      let lanes = channels / groups
      for t in 0..<volume.frames {
        for group in 0..<groups {
          var values: [Double] = []
          for c in group * lanes..<(group + 1) * lanes {
            for y in 0..<volume.height { for x in 0..<volume.width { values.append(Double(input[c, t, y, x])) } }
          }
          let mean = values.reduce(0, +) / Double(values.count)
          let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
          for c in group * lanes..<(group + 1) * lanes {
            for y in 0..<volume.height {
              for x in 0..<volume.width {
                let wanted =
                  (Double(input[c, t, y, x]) - mean) / (variance + Double(epsilon)).squareRoot() * Double(scale[c])
                  + Double(offset[c])
                #expect(abs(Double(output[c, t, y, x]) - (rectifies ? max(wanted, 0) : wanted)) < 1e-5, "\(table.name)")
              }
            }
          }
        }
      }
    }
  }

  @Test func framesAreFlattened() {
    let input = maps(32, Volume(3, 2, 5), halo: 1, seed: 3)
    let output = Activation(.rows(3, channels: 32 * 10))
    FlattenedFrames(input, into: output).run(ThreadTeam(threads: 2))
    for t in 0..<3 {
      for y in 0..<2 {
        for x in 0..<5 {
          for c in 0..<32 { #expect(output[(y * 5 + x) * 32 + c, 0, 0, t] == input[c, t, y, x]) }
        }
      }
    }
  }

  @Test(arguments: [0, 1]) func mapsAreAdded(_ halo: Int) {
    let volume = Volume(2, 3, 4)
    let (a, b) = (maps(16, volume, halo: 0, seed: 1), maps(16, volume, halo: halo, seed: 2))
    b[3, 1, 2, 2] = -100
    for table in Self.tables {
      let output = maps(16, volume, halo: 0, seed: 0)
      Addition(a, b, rectify: true, into: output, with: table).run(ThreadTeam(threads: 2))
      for c in 0..<16 {
        for t in 0..<2 {
          for y in 0..<3 {
            for x in 0..<4 { #expect(output[c, t, y, x] == max(a[c, t, y, x] + b[c, t, y, x], 0), "\(table.name)") }
          }
        }
      }
    }
  }

  /// 33×31 pixels at their own size: two rows of one patch, filled up by 15 zeros above and 16 below, none to the left and one
  /// to the right.
  @Test func patchesAreFilledUp() {
    let patches = ScalePatches(
      height: 33, width: 31, side: 32, scales: [.init(height: 33, width: 31, isFrame: true)])
    #expect(patches.count == 2)
    let frame = [Float](repeating: 1, count: 33 * 31 * 3)
    var found = [Float](repeating: 9, count: patches.values)
    patches.run(frame, into: &found)
    for y in 0..<64 {
      for x in 0..<32 {
        let inside = y >= 15 && y < 48 && x < 31
        #expect(found[(y * 32 + x) * 3] == (inside ? 1 : 0), "\(y) \(x)")
      }
    }
  }
}
