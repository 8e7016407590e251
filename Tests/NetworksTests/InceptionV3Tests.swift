import Engine
import Kernels
import Networks
import Testing
import Weights

@Suite struct InceptionV3Tests {
  private let nothing = NetworkWeights(name: "nothing", network: "inception-v3", tensors: [:], source: "a test")

  private func network(epsilon: Float = 1e-3) throws -> any Program {
    try CPUDevice(KernelTable(.widest), threads: 1).compile(InceptionV3.graph(epsilon: epsilon), nothing, batch: 1)
  }

  @Test(arguments: [0, -1e-3, Float.nan, .infinity]) func anEpsilonIsAPositiveNumber(_ epsilon: Float) {
    #expect(throws: NetworkError.self) { try network(epsilon: epsilon) }
  }

  @Test func aMissingTensorIsNamed() {
    let error = #expect(throws: WeightsError.self) { try network() }
    #expect(error?.description.contains("`conv/kernel`") == true, "\(error?.description ?? "")")
  }
}
