import Foundation
import Kernels
import Tensors
import Testing

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
      ValueFunction(kind, of: values, with: table).run(ThreadTeam(threads: 1))
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
        ValueFunction(kind, of: values, with: table).run(ThreadTeam(threads: 1))
        let found = (0..<inputs.count).map { values[$0, 0, 0, 0] }
        #expect(found[1...2].allSatisfy { abs($0) < 1e-10 }, "\(found)")
        #expect(Array(found[3...5]) == Array(inputs[3...5]))
        #expect(found[6].isNaN && found[7] == 0)
      }
    }
  }

  /// Two sequences of two heads. Measured: 8.8e-7, of values up to 2.
  @Test(arguments: [(5, false), (16, false), (50, false), (77, true), (197, false), (1, true)])
  func attention(tokens: Int, isCausal: Bool) {
    for table in tables {
      let input = rows(2 * tokens, channels: 3 * 128, seed: UInt64(tokens))
      let output = Activation(.rows(2 * tokens, channels: 128))
      Attention(tokens: tokens, isCausal: isCausal, input: input, output: output, with: table)
        .run(ThreadTeam(threads: 2))
      var worst = 0.0
      for sequence in 0..<2 {
        let lines = (0..<tokens).map { channels(input, sequence * tokens + $0) }
        for head in 0..<2 {
          for row in stride(from: 0, to: tokens, by: 7) {
            let seen = isCausal ? row + 1 : tokens
            let powers = (0..<seen).map { other in
              exp((0..<64).reduce(0.0) { $0 + lines[row][head * 64 + $1] * lines[other][128 + head * 64 + $1] } / 8)
            }
            let sum = powers.reduce(0, +)
            for c in 0..<64 {
              let wanted = (0..<seen).reduce(0.0) { $0 + powers[$1] / sum * lines[$1][256 + head * 64 + c] }
              worst = max(worst, abs(wanted - Double(output[head * 64 + c, 0, 0, sequence * tokens + row])))
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
      Attention(tokens: 20, input: input, output: output, with: table).run(ThreadTeam(threads: 1))
      for c in 0..<64 { #expect(abs(output[c, 0, 0, 11] - input[128 + c, 0, 0, 3]) < 1e-6) }
    }
  }

  @Test func tokens() {
    let patches = Activation(
      .blocked(channels: 32, Volume(2, 2, 2), haloBefore: Volume(0, 0, 0), haloAfter: Volume(0, 0, 0)))
    for f in 0..<2 {
      for p in 0..<4 { for c in 0..<32 { patches[c, f, p / 2, p % 2] = Float(1000 * f + 100 * p + c) } }
    }
    let output = Activation(.rows(10, channels: 32))
    let positions = (0..<5 * 32).map { Float($0) / 8 }
    TokenRows(classToken: (0..<32).map { Float(-$0) }, positions: positions, patches: patches, output: output)
      .run(ThreadTeam(threads: 2))
    for f in 0..<2 {
      for token in 0..<5 {
        for c in 0..<32 {
          let value = token == 0 ? Float(-c) : Float(1000 * f + 100 * (token - 1) + c)
          #expect(output[c, 0, 0, 5 * f + token] == value + positions[token * 32 + c])
        }
      }
    }
  }
}
