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
    case instanceNormalisation(InstanceNormalisation)
    case copy(ChannelCopy)
    case constant(Constant)
    case gate(GRUGate)
    case correlation(Correlation)
    case halving(HalvedPlanes)
    case lookUp(LookUp)
    case convexUpsampling(ConvexUpsampling)
    case warp(Warp)
    case slopes(NegativeSlopes)
    case depthToSpace(DepthToSpace)
    case centring(Centring)
    case resampling(Resampling)
    case localCorrelation(LocalCorrelation)
    case blending(FieldBlending)
    case meanFrame(FrameMean)
  }

  /// Its node's place in the graph. A node has several steps where it takes turns with another one.
  let node: Int
  let name: String
  let kernel: Kernel
  /// Whether it is the node's first.
  let isFirst: Bool
  /// Activations whose halo others have written to.
  let cleared: [Activation]
  /// How often it runs: more than once in the graph's loop.
  let turns: Int

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
    case .instanceNormalisation(let normalisation): normalisation.run(team)
    case .copy(let copy): copy.run(team)
    case .constant(let constant): constant.run(team)
    case .gate(let gate): gate.run(team)
    case .correlation(let correlation): correlation.run(team)
    case .halving(let halving): halving.run(team)
    case .lookUp(let lookUp): lookUp.run(team)
    case .convexUpsampling(let upsampling): upsampling.run(team)
    case .warp(let warp): warp.run(team)
    case .slopes(let slopes): slopes.run(team)
    case .depthToSpace(let squares): squares.run(team)
    case .centring(let centring): centring.run(team)
    case .resampling(let resampling): resampling.run(team)
    case .localCorrelation(let correlation): correlation.run(team)
    case .blending(let blending): blending.run(team)
    case .meanFrame(let mean): mean.run(team)
    }
  }

  var layer: ProgramLayer {
    var all = layerOfTurn
    for _ in 1..<turns { all.add(layerOfTurn) }
    return all
  }

  private var layerOfTurn: ProgramLayer {
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
    case .instanceNormalisation(let normalisation):
      ProgramLayer(name: name, plan: "instance norm", bytes: normalisation.bytes)
    case .copy(let copy): ProgramLayer(name: name, plan: "copy", bytes: copy.bytes)
    case .constant(let constant): ProgramLayer(name: name, plan: "constant", bytes: constant.bytes)
    case .gate(let gate): ProgramLayer(name: name, plan: "gate", bytes: gate.bytes)
    case .correlation(let correlation):
      ProgramLayer(name: name, plan: "correlation", operations: correlation.operations, bytes: correlation.bytes)
    case .halving(let halving): ProgramLayer(name: name, plan: "average 2×2", bytes: halving.bytes)
    case .lookUp(let lookUp): ProgramLayer(name: name, plan: "look-up", bytes: lookUp.bytes)
    case .convexUpsampling(let upsampling): ProgramLayer(name: name, plan: "upsampling", bytes: upsampling.bytes)
    case .warp(let warp): ProgramLayer(name: name, plan: "warp", bytes: warp.bytes)
    case .slopes(let slopes): ProgramLayer(name: name, plan: "slopes", bytes: slopes.bytes)
    case .depthToSpace(let squares): ProgramLayer(name: name, plan: "copy", bytes: squares.bytes)
    case .centring(let centring): ProgramLayer(name: name, plan: "centring", bytes: centring.bytes)
    case .resampling(let resampling): ProgramLayer(name: name, plan: "resampling", bytes: resampling.bytes)
    case .localCorrelation(let correlation):
      ProgramLayer(
        name: name, plan: "local correlation", operations: correlation.operations, bytes: correlation.bytes)
    case .blending(let blending): ProgramLayer(name: name, plan: "blending", bytes: blending.bytes)
    case .meanFrame(let mean): ProgramLayer(name: name, plan: "mean", bytes: mean.bytes)
    }
  }
}
