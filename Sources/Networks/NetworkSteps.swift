import Kernels

/// One layer of a network, bound to its activations.
struct NetworkStep: Sendable {
  enum Operation: Sendable {
    case convolution(Convolution)
    case maxPooling(MaxPooling)
    case averagePooling(AveragePooling)
  }

  /// The endpoint's name in the paper or the reference program.
  let name: String
  let operation: Operation

  func run(_ team: ThreadTeam) {
    switch operation {
    case .convolution(let convolution): convolution.run(team)
    case .maxPooling(let pooling): pooling.run(team)
    case .averagePooling(let pooling): pooling.run(team)
    }
  }
}
