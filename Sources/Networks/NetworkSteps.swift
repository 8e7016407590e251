import Kernels

/// One layer of a network, bound to its activations.
struct NetworkStep: Sendable {
  enum Operation: Sendable {
    case convolution(Convolution)
    case maxPooling(MaxPooling)
    case averagePooling(AveragePooling)
    case normalisation(LayerNormalisation)
    case attention(Attention)
    case function(ValueFunction)
    case addition(Addition)
    case tokens(TokenRows)
  }

  /// The endpoint's name in the paper or the reference program.
  let name: String
  let operation: Operation

  func run(_ team: ThreadTeam) {
    switch operation {
    case .convolution(let convolution): convolution.run(team)
    case .maxPooling(let pooling): pooling.run(team)
    case .averagePooling(let pooling): pooling.run(team)
    case .normalisation(let normalisation): normalisation.run(team)
    case .attention(let attention): attention.run(team)
    case .function(let function): function.run(team)
    case .addition(let addition): addition.run(team)
    case .tokens(let tokens): tokens.run(team)
    }
  }
}

/// What is known of a layer before it runs.
package struct NetworkLayer: Sendable, Equatable {
  package let name: String
  /// How it is computed: `winograd F(4x4,3x3)`, `direct`, `max pool`.
  package let plan: String
  /// Multiplications and additions of the direct convolution, whatever the plan; nil for what is no convolution.
  package let operations: Int?
  /// What must be read and written at the least: the input's values, the output's, the weights, each once; nil for what is
  /// none of the network's layers.
  package let bytes: Int?

  init(name: String, plan: String, operations: Int? = nil, bytes: Int? = nil) {
    self.name = name
    self.plan = plan
    self.operations = operations
    self.bytes = bytes
  }
}

extension NetworkStep {
  var layer: NetworkLayer {
    switch operation {
    case .convolution(let convolution):
      NetworkLayer(
        name: name, plan: convolution.planName, operations: convolution.problem.operations,
        bytes: convolution.problem.bytes)
    case .maxPooling(let pooling): NetworkLayer(name: name, plan: "max pool", bytes: pooling.bytes)
    case .averagePooling(let pooling): NetworkLayer(name: name, plan: "average pool", bytes: pooling.bytes)
    case .normalisation(let normalisation): NetworkLayer(name: name, plan: "layer norm", bytes: normalisation.bytes)
    case .attention(let attention):
      NetworkLayer(name: name, plan: "attention", operations: attention.operations, bytes: attention.bytes)
    case .function(let function): NetworkLayer(name: name, plan: function.kind.rawValue, bytes: function.bytes)
    case .addition(let addition): NetworkLayer(name: name, plan: "sum", bytes: addition.bytes)
    case .tokens(let tokens): NetworkLayer(name: name, plan: "tokens", bytes: tokens.bytes)
    }
  }
}
