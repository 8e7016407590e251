import Foundation
import Kernels
import Random
import Tensors
import Testing
import Threads

/// What a transformer does beside its products, against its definition in float64.
@Suite struct TransformerKernelTests {
  private func rows(_ count: Int, channels: Int, seed: UInt64 = 3, spread: Float = 2) -> Activation {
    var random = SplitMix64(seed: seed)
    let rows = Activation(.rows(count, channels: channels))
    for row in 0..<count {
      for c in 0..<channels { rows[c, 0, 0, row] = Float.random(in: -spread...spread, using: &random) }
    }
    return rows
  }

  private func channels(_ rows: Activation, _ row: Int) -> [Double] {
    (0..<rows.layout.channels).map { Double(rows[$0, 0, 0, row]) }
  }

  /// Measured: 4.7e-7, of values up to 5.
  @Test func layerNormalisation() {
    for table in tables {
      let input = rows(37, channels: 80)
      let output = Activation(.rows(37, channels: 80))
      let scale = (0..<80).map { 1 + Float($0) / 80 }
      let offset = (0..<80).map { Float($0) / 40 - 1 }
      LayerNormalisation(
        scale: scale, offset: offset, epsilon: 1e-5, input: input, output: output, with: table
      ).run(ThreadTeam(threads: 2))
      var worst = 0.0
      for row in 0..<37 {
        let values = channels(input, row)
        let mean = values.reduce(0, +) / 80
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 80
        for c in 0..<80 {
          let wanted = (values[c] - mean) / (variance + 1e-5).squareRoot() * Double(scale[c]) + Double(offset[c])
          worst = max(worst, abs(wanted - Double(output[c, 0, 0, row])))
        }
      }
      #expect(worst < 1e-6, "\(table.name)")
    }
  }

  /// Abramowitz and Stegun's erf is within 1.5e-7, so x·Φ(x) is within |x|·0.75e-7 and its rounding. Measured: 1.3e-7 of
  /// max(1, |x|).
  @Test(arguments: [ValueFunction.Kind.gelu, .quickGELU]) func activations(_ kind: ValueFunction.Kind) {
    for table in tables {
      let values = Activation(.rows(500, channels: 16))
      let inputs = (0..<8000).map { Float($0 - 4000) / 250 }
      for (index, x) in inputs.enumerated() { values[index % 16, 0, 0, index / 16] = x }
      ValueFunction(kind, of: values, into: values, with: table).run(ThreadTeam(threads: 1))
      for (index, x) in inputs.enumerated() {
        let x = Double(x)
        let wanted = kind == .gelu ? x / 2 * erfc(-x / 2.0.squareRoot()) : x / (1 + exp(-1.702 * x))
        let found = Double(values[index % 16, 0, 0, index / 16])
        guard abs(found - wanted) <= 2.5e-7 * max(1, abs(x)) else {
          Issue.record("\(table.name) \(kind): \(x) gives \(found), not \(wanted)")
          return
        }
      }
    }
  }

  /// Far from zero there is neither overflow nor a NaN, and a NaN is not hidden.
  @Test func activationsAtTheEnds() {
    for table in tables {
      let values = Activation(.rows(1, channels: 16))
      let inputs: [Float] = [-1e30, -200, -30, 30, 200, 1e18, .nan, 0]
      for kind in [ValueFunction.Kind.gelu, .quickGELU] {
        for (index, x) in inputs.enumerated() { values[index, 0, 0, 0] = x }
        ValueFunction(kind, of: values, into: values, with: table).run(ThreadTeam(threads: 1))
        let found = (0..<inputs.count).map { values[$0, 0, 0, 0] }
        #expect(found[1...2].allSatisfy { abs($0) < 1e-10 }, "\(found)")
        #expect(Array(found[3...5]) == Array(inputs[3...5]))
        #expect(found[6].isNaN && found[7] == 0)
      }
    }
  }

  /// Two sequences of two heads, heads of 64 channels and of what fills neither blocks nor panels. Measured: 8.8e-7, of
  /// values up to 2.
  @Test(arguments: [
    (5, false, 64), (16, false, 64), (50, false, 64), (77, true, 64), (197, false, 64), (1, true, 64), (33, false, 80),
    (33, true, 72), (18, false, 24), (7, true, 5), (20, false, 16),
  ])
  func attention(tokens: Int, isCausal: Bool, width: Int) {
    for table in tables {
      let input = rows(2 * tokens, channels: 6 * width, seed: UInt64(tokens))
      let output = Activation(.rows(2 * tokens, channels: 2 * width))
      let attention = Attention(
        tokens: tokens, heads: 2, isCausal: isCausal, input: input, output: output, with: table)
      attention.run(ThreadTeam(threads: 2))
      attention.run(ThreadTeam(threads: 1))
      var worst = 0.0
      for sequence in 0..<2 {
        let lines = (0..<tokens).map { channels(input, sequence * tokens + $0) }
        for head in 0..<2 {
          let (q, k, v) = (head * width, (2 + head) * width, (4 + head) * width)
          for row in stride(from: 0, to: tokens, by: 3) {
            let seen = isCausal ? row + 1 : tokens
            let powers = (0..<seen).map { other in
              exp(
                (0..<width).reduce(0.0) { $0 + lines[row][q + $1] * lines[other][k + $1] } / Double(width).squareRoot())
            }
            let sum = powers.reduce(0, +)
            for c in 0..<width {
              let wanted = (0..<seen).reduce(0.0) { $0 + powers[$1] / sum * lines[$1][v + c] }
              worst = max(worst, abs(wanted - Double(output[q + c, 0, 0, sequence * tokens + row])))
            }
          }
        }
      }
      #expect(worst < 2e-6, "\(table.name)")
    }
  }

  /// Scores far above the others' leave one token, without overflow.
  @Test func softMaxOfLargeScores() {
    for table in tables {
      let input = rows(20, channels: 192)
      for row in 0..<20 { for c in 0..<128 { input[c, 0, 0, row] = row == 3 || c < 64 ? 40 : 0 } }
      let output = Activation(.rows(20, channels: 64))
      Attention(tokens: 20, heads: 1, input: input, output: output, with: table).run(ThreadTeam(threads: 1))
      for c in 0..<64 { #expect(abs(output[c, 0, 0, 11] - input[128 + c, 0, 0, 3]) < 1e-6) }
    }
  }

  /// With a class token and without, frames of their own and tubelets of a clip.
  @Test(arguments: [(true, 2), (true, 1), (false, 2), (false, 1)]) func tokens(hasClassToken: Bool, sequences: Int) {
    let patches = Activation(
      .blocked(channels: 32, Volume(2, 2, 3), haloBefore: Volume(0, 0, 0), haloAfter: Volume(0, 0, 0)))
    for t in 0..<2 {
      for p in 0..<6 { for c in 0..<32 { patches[c, t, p / 3, p % 3] = Float(1000 * t + 100 * p + c) } }
    }
    let first = hasClassToken ? 1 : 0
    let count = first + 12 / sequences
    let output = Activation(.rows(sequences * count, channels: 32))
    let positions = (0..<count * 32).map { Float($0) / 8 }
    TokenRows(
      classToken: hasClassToken ? (0..<32).map { Float(-$0) } : nil, positions: positions, sequences: sequences,
      patches: patches, output: output
    ).run(ThreadTeam(threads: 2))
    for sequence in 0..<sequences {
      for token in 0..<count {
        for c in 0..<32 {
          let patch = sequence * 12 / sequences + token - first
          let value = token < first ? Float(-c) : Float(1000 * (patch / 6) + 100 * (patch % 6) + c)
          #expect(output[c, 0, 0, sequence * count + token] == value + positions[token * 32 + c])
        }
      }
    }
  }
}
