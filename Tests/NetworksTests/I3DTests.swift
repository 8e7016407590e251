import Engine
import Kernels
import Networks
import Testing
import Weights

@Suite struct I3DTests {
  private func network(_ weights: NetworkWeights, epsilon: Float = 1e-3, frames: Int) throws -> any Program {
    try CPUDevice(KernelTable(.widest), threads: 1).compile(
      I3D.graph(frames: frames, epsilon: epsilon), weights, batch: 1)
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

@Suite struct I3DLayerTests {
  private func network(frames: Int, _ endpoint: I3D.Endpoint = .logitsMean) throws -> any Program {
    try CPUDevice(KernelTable(.widest), threads: 2).compile(
      I3D.graph(frames: frames, epsilon: 1e-3, endpoint: endpoint), RandomParameters(), batch: 1)
  }

  private func clip() -> [Float] { (0..<9 * I3D.side * I3D.side * 3).map { Float($0 % 251) / 125 - 1 } }

  /// 2·T·H·W·k³·Cin·Cout over the paper's table.
  @Test func operationsAreThoseOfTheDirectConvolution() throws {
    func cost(_ positions: Int, _ kernel: Int, _ inputs: Int, _ outputs: Int) -> Int {
      2 * positions * kernel * inputs * outputs
    }
    let (at56, at28, at14, at7) = (8 * 56 * 56, 8 * 28 * 28, 4 * 14 * 14, 2 * 7 * 7)
    var expected = cost(8 * 112 * 112, 343, 3, 64) + cost(at56, 1, 64, 64) + cost(at56, 27, 64, 192)
    var inputs = 192
    for (positions, b) in [
      (at28, [64, 96, 128, 16, 32, 32]), (at28, [128, 128, 192, 32, 96, 64]), (at14, [192, 96, 208, 16, 48, 64]),
      (at14, [160, 112, 224, 24, 64, 64]), (at14, [128, 128, 256, 24, 64, 64]), (at14, [112, 144, 288, 32, 64, 64]),
      (at14, [256, 160, 320, 32, 128, 128]), (at7, [256, 160, 320, 32, 128, 128]),
      (at7, [384, 192, 384, 48, 128, 128]),
    ] {
      expected += cost(positions, 1, inputs, b[0] + b[1] + b[3] + b[5])
      expected += cost(positions, 27, b[1], b[2]) + cost(positions, 27, b[3], b[4])
      inputs = b[0] + b[2] + b[4] + b[5]
    }
    let layers = try network(frames: 16).layers
    #expect(layers.compactMap(\.operations).reduce(0, +) == expected)
    #expect(layers.filter { $0.plan == "max pool" }.map(\.operations) == [Int?](repeating: nil, count: 13))
    #expect(layers.count == 2 + 3 + 4 + 9 * 5)
  }

  /// Nothing asks for a head's weights, the other layers are the same ones.
  @Test func mixed5cNeedsNoHead() throws {
    let network = try network(frames: 9, .mixed5cMean)
    #expect(network.outputCounts == [1024])
    #expect(network.layers.dropLast() == (try self.network(frames: 9)).layers.dropLast())
    let clip = clip()
    let features = network.run(clip, count: 1)[0]
    #expect(features.count == 1024 && Set(features).count > 1 && features.allSatisfy { $0 >= 0 && $0.isFinite })
    #expect(try network.twin().run(clip, count: 1)[0] == features)
  }

  @Test func profilingChangesNoBit() throws {
    let network = try network(frames: 9)
    let clip = clip()
    let profile = network.profile(clip)
    let logits = network.run(clip, count: 1)[0]
    #expect(profile.outputs == [logits] && logits.allSatisfy(\.isFinite) && Set(logits).count > 1)
    #expect(profile.times.count == network.layers.count && profile.times.allSatisfy { $0 > .zero })
  }
}
