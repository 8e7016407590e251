import Tensors
import Threads

/// The definition of a convolution as nested loops, summed in float64: the oracle of the tests, and the plan that refuses
/// nothing.
///
/// - Complexity: one multiplication for each of T·H·W·kT·kH·kW·Cin·Cout, some hundred times slower than the other plans.
package struct NaiveConvolution: ConvolutionPlan {
  package let name = "naive"

  private let problem: ConvolutionProblem

  package static func refusal(of problem: ConvolutionProblem, with table: KernelTable) -> String? { nil }

  package init(
    _ problem: ConvolutionProblem, with table: KernelTable, workspace: Workspace, twin: (any ConvolutionPlan)?
  ) { self.problem = problem }

  package func run(_ team: ThreadTeam) {
    let volume = problem.outputVolume
    team.perform(chunks: volume.frames) { t in
      for y in 0..<volume.height {
        for x in 0..<volume.width {
          for channel in 0..<problem.weights.outputChannels {
            let output = problem.outputs[channel / ActivationLayout.block]
            let place = output.activation.layout.offset(channel % ActivationLayout.block, t, y, x)
            output.activation.block(output.block)[place] = value(channel, t, y, x)
          }
        }
      }
    }
  }

  /// One output value.
  package func value(_ channel: Int, _ t: Int, _ y: Int, _ x: Int) -> Float {
    let weights = problem.weights
    var sum = Double(weights.bias[channel])
    for kt in 0..<weights.kernel.frames {
      for ky in 0..<weights.kernel.height {
        for kx in 0..<weights.kernel.width {
          let row = (kt * weights.kernel.height + ky) * weights.kernel.width + kx
          for c in 0..<weights.inputChannels {
            let value = problem.input[
              c, t * problem.stride.frames + kt - problem.padBefore.frames,
              y * problem.stride.height + ky - problem.padBefore.height,
              x * problem.stride.width + kx - problem.padBefore.width]
            let weight = weights.values[(row * weights.inputChannels + c) * weights.outputChannels + channel]
            sum += Double(value) * Double(weight)
          }
        }
      }
    }
    return problem.rectify && sum < 0 ? 0 : Float(sum)
  }
}
