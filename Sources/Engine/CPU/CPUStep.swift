import Kernels
import Tensors
import Threads

/// One node of a graph, bound to its activations.
struct CPUStep: Sendable {
  enum Kernel: Sendable {
    case convolution(Convolution)
    case maxPooling(MaxPooling)
    case averagePooling(AveragePooling)
    case normalisation(LayerNormalisation)
    case attention(Attention)
    case function(ValueFunction)
    case addition(Addition)
    case tokens(TokenRows)
    case groupNormalisation(GroupNormalisation)
    case flattening(FlattenedFrames)
  }

  /// Its node's place in the graph. A node has several steps where it takes turns with another one.
  let node: Int
  let name: String
  let kernel: Kernel
  /// Whether it is the node's first.
  let isFirst: Bool
  /// Activations whose halo others have written to.
  let cleared: [Activation]

  func run(_ team: ThreadTeam) {
    for activation in cleared { activation.clearHalo(team) }
    switch kernel {
    case .convolution(let convolution): convolution.run(team)
    case .maxPooling(let pooling): pooling.run(team)
    case .averagePooling(let pooling): pooling.run(team)
    case .normalisation(let normalisation): normalisation.run(team)
    case .attention(let attention): attention.run(team)
    case .function(let function): function.run(team)
    case .addition(let addition): addition.run(team)
    case .tokens(let tokens): tokens.run(team)
    case .groupNormalisation(let normalisation): normalisation.run(team)
    case .flattening(let flattening): flattening.run(team)
    }
  }

  var layer: ProgramLayer {
    switch kernel {
    case .convolution(let convolution):
      ProgramLayer(
        name: name, plan: convolution.planName, operations: convolution.problem.operations,
        bytes: convolution.problem.valueBytes + (isFirst ? convolution.problem.weightBytes : 0))
    case .maxPooling(let pooling): ProgramLayer(name: name, plan: "max pool", bytes: pooling.bytes)
    case .averagePooling(let pooling): ProgramLayer(name: name, plan: "average pool", bytes: pooling.bytes)
    case .normalisation(let normalisation): ProgramLayer(name: name, plan: "layer norm", bytes: normalisation.bytes)
    case .attention(let attention):
      ProgramLayer(name: name, plan: "attention", operations: attention.operations, bytes: attention.bytes)
    case .function(let function): ProgramLayer(name: name, plan: function.kind.rawValue, bytes: function.bytes)
    case .addition(let addition): ProgramLayer(name: name, plan: "sum", bytes: addition.bytes)
    case .tokens(let tokens): ProgramLayer(name: name, plan: "tokens", bytes: tokens.bytes)
    case .groupNormalisation(let normalisation):
      ProgramLayer(name: name, plan: "group norm", bytes: normalisation.bytes)
    case .flattening(let flattening): ProgramLayer(name: name, plan: "copy", bytes: flattening.bytes)
    }
  }
}
