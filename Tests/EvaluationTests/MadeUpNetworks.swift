import Evaluation
import Foundation
import Kernels
import MetricCatalog
import Networks
import Weights

/// VBench's networks with small made-up weights in the published layouts (`Fixtures/golden/vbench/recipe.py small`).
struct MadeUpNetworks {
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/golden")

  static let tables: [KernelTable] = {
    [KernelTable(.baseline)] + (InstructionSet.widest >= .avx2 ? [KernelTable(.avx2)] : [])
      + (InstructionSet.widest >= .avx512 ? [KernelTable(.avx512)] : [])
  }()

  /// The files of each network's weights.
  private static let files: [String: [String]] = [
    "dino-vitb16": ["transformers/dino_vitbase16_pretrain.pth"], "clip-vit-b-32": ["vbench/ViT-B-32.pt"],
    "clip-vit-l-14": ["vbench/ViT-L-14.pt"], "aesthetic-vit-l-14": ["vbench/sa_0_4_vit_l_14_linear.pth"],
    "musiq-spaq": ["musiq/musiq_small.pth"], "dinov2-vitb14": ["transformers/dinov2_vitb14_pretrain.pth"],
    "dreamsim-ensemble": [
      "transformers/dreamsim_dino_vitb16_checkpoint.zip", "transformers/dino_vitbase16_pretrain.pth",
    ],
  ]

  /// Where weights are kept.
  let store: WeightStore

  func weights(_ name: String) throws -> NetworkWeights {
    let files = (Self.files[name] ?? []).map { Self.fixtures.appendingPathComponent($0).path }
    guard case .network(let weights) = try store.importFiles(files, as: nil) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return weights
  }

  func network(_ settled: EvaluationProtocol, _ table: KernelTable) throws -> any FeatureNetwork {
    let weights = try weights(settled.fields.weights)
    let kind: NetworkKind =
      switch settled.fields.weights {
      case "dino-vitb16": .dino
      case "dinov2-vitb14": .dinov2
      case "dreamsim-ensemble": .dreamSimDINO
      case "clip-vit-l-14": .clipImageLarge
      case "musiq-spaq": .musiq
      default: .clipImage
      }
    var options = NetworkKind.Options()
    options.activation = .quickGELU
    return try EmbeddingNetwork(
      kind, fingerprint: weights.fingerprint.description, options: options, table: table,
      columns: kind == .musiq ? 1 : 64
    ) { weights }
  }

  /// - Parameter name: of a metric, or `metric-aliased`.
  func wanted(_ name: String) throws -> RequestedScore {
    let isAliased = name.hasSuffix("-aliased")
    let metric = isAliased ? String(name.dropLast("-aliased".count)) : name
    let preset = isAliased ? "vbench-aliased" : try Metric.named(metric).defaultProtocol
    var wanted = RequestedScore(try EvaluationProtocol.named(preset, metric: metric))
    if !wanted.evaluationProtocol.fields.headWeights.isEmpty {
      let head = try weights(wanted.evaluationProtocol.fields.headWeights)
      wanted.head = { head }
    }
    return wanted
  }
}
