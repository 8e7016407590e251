import Kernels
import Networks
import Testing
import Weights

@Suite struct InceptionV3Tests {
  private let nothing = NetworkWeights(name: "nothing", network: "inception-v3", tensors: [:], source: "a test")

  private func network(epsilon: Float = 1e-3) throws -> InceptionV3 {
    try InceptionV3(weights: nothing, epsilon: epsilon, batch: 1, threads: 1, table: KernelTable(.widest))
  }

  @Test(arguments: [0, -1e-3, Float.nan, .infinity]) func anEpsilonIsAPositiveNumber(_ epsilon: Float) {
    #expect(throws: NetworkError.self) { try network(epsilon: epsilon) }
  }

  @Test func aMissingTensorIsNamed() {
    let error = #expect(throws: WeightsError.self) { try network() }
    #expect(error?.description.contains("`conv/kernel`") == true, "\(error?.description ?? "")")
  }
}
