import Kernels
import Networks
import Testing
import Weights

@Suite struct I3DTests {
  private func network(_ weights: NetworkWeights, epsilon: Float = 1e-3, frames: Int) throws -> I3D {
    try I3D(weights: weights, epsilon: epsilon, frames: frames, threads: 1, table: KernelTable(.widest))
  }

  private let nothing = NetworkWeights(name: "nothing", network: "i3d", tensors: [:], source: "a test")

  @Test func eightFramesAreTooFew() {
    #expect(throws: NetworkError.tooFewFrames(frames: 8, least: 9)) { try network(nothing, frames: 8) }
    #expect(
      NetworkError.tooFewFrames(frames: 8, least: 9).description
        == "I3D cannot see a clip of 8 frames: its strides and its last pool need at least 9")
  }

  @Test(arguments: [0, -1e-3, Float.nan, .infinity]) func anEpsilonIsAPositiveNumber(_ epsilon: Float) {
    #expect(throws: NetworkError.self) { try network(nothing, epsilon: epsilon, frames: 16) }
  }

  @Test func aMissingTensorIsNamed() {
    let error = #expect(throws: WeightsError.self) { try network(nothing, frames: 16) }
    #expect(error?.description.contains("`Conv3d_1a_7x7/kernel`") == true, "\(error?.description ?? "")")
  }
}
