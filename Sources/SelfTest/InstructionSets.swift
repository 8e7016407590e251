import Engine
import Foundation
import Kernels
import Networks
import Weights

/// I3D's logits of one clip of 16 frames, on every instruction set that this processor has.
public enum InstructionSets {
  static let group = "I3D, instruction sets"

  /// With the published weights each set is held to PyTorch's logits; the bound is the parity tests', 1e-4, where 3.0e-5 was
  /// the most that was measured. Without them each set is held to the baseline, with random weights: sums are taken in
  /// another order, and 1e-5 of the largest logit is thirty times what was measured.
  public static func checks(environment: [String: String], threads: Int) -> [Check] {
    let sets = InstructionSet.allCases.filter { $0 <= .widest }
    do {
      guard let weights = try weights(environment: environment) else { return try amongThemselves(sets, threads) }
      let golden = try Golden.i3d().logits["\(frames)"] ?? []
      return sets.map { set in
        check(group, "\(set)", "PyTorch") {
          .distance(measured: Double(largest(try logits(weights, set, threads), golden)), allowed: 1e-4)
        }
      }
    } catch {
      return sets.map { Check(group: group, name: "\($0)", source: "", .failed("\(error)")) }
    }
  }

  private static func amongThemselves(_ sets: [InstructionSet], _ threads: Int) throws -> [Check] {
    let baseline = try logits(RandomParameters(), .baseline, threads)
    let scale = baseline.map(abs).max() ?? 0
    guard sets.count > 1 else {
      return [
        Check(group: group, name: "\(sets[0])", source: "", .leftOut("this processor has no other to compare with"))
      ]
    }
    return sets.dropFirst().map { set in
      check(group, "\(set)", "baseline, random weights") {
        .distance(
          measured: Double(largest(baseline, try logits(RandomParameters(), set, threads)) / scale), allowed: 1e-5)
      }
    }
  }

  private static func logits(_ weights: any Parameters, _ set: InstructionSet, _ threads: Int) throws -> [Float] {
    let graph = try I3D.graph(frames: frames, epsilon: 1e-3)
    return try CPUDevice(KernelTable(set), threads: threads).compile(graph, weights, batch: 1).run(clip, count: 1)[0]
  }

  private static let frames = 16

  /// Bytes of a fixed stream, brought to -1...1: the clip of the golden logits.
  private static let clip: [Float] = (0..<frames * I3D.side * I3D.side * 3).map { index in
    let word = UInt32(truncatingIfNeeded: index) &* 1_103_515_245 &+ 12345
    return Float(word >> 16 & 255) * 2 / 255 - 1
  }

  private static func weights(environment: [String: String]) throws -> NetworkWeights? {
    let store = WeightStore(folder: WeightStore.defaultFolder(environment: environment))
    let name = KnownWeights.i3dKinetics400.name
    return store.has(name) ? try store.load(name) : nil
  }

  /// The largest difference; NaN is larger than all.
  private static func largest(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { most, pair in
      let difference = abs(pair.0 - pair.1)
      return difference.isNaN ? .infinity : max(most, difference)
    }
  }
}
