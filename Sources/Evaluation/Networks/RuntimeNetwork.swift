import Engine
import Files
import Foundation
import Networks
import Weights

/// A network that another program computes, see `RuntimeProcess`. It gets the graph as the network builds it, with the weights
/// and the options of the protocol, as ONNX.
struct RuntimeNetwork: FeatureNetwork {
  let identity: String
  let isa: String
  let columns: Int
  let side: Int
  let minimumFrames: Int
  let isPerFrame: Bool
  private let device: String
  private let kind: NetworkKind
  private let options: NetworkKind.Options
  /// nil: there is none, and features come from files.
  private let runtime: RuntimeProcess?
  private let weights: @Sendable () throws -> NetworkWeights

  /// - Parameters:
  ///   - fingerprint: of the weights.
  ///   - device: that the protocol asks for.
  init(
    _ kind: NetworkKind, fingerprint: String, options: NetworkKind.Options, device: String, runtime: RuntimeProcess?,
    weights: @escaping @Sendable () throws -> NetworkWeights
  ) throws {
    self.kind = kind
    self.options = options
    self.runtime = runtime?.device == device ? runtime : nil
    self.weights = weights
    let row = kind.row
    guard let side = row.side else { preconditionFailure("RuntimeNetwork: a network of square frames is needed") }
    self.side = side
    minimumFrames = row.minimumFrames
    isPerFrame = row.isPerFrame
    isa = device
    columns = try kind.columns(options)
    identity = kind.identity(weights: fingerprint, kernels: device, options)
    self.device = device
  }

  /// What the other program takes is not known here.
  func memory(frames: Int) -> Int { 0 }

  /// All take turns in the one process.
  func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor] {
    guard let runtime else { throw EvaluationError.noDevice(device) }
    var options = options
    options.frames = max(frames, minimumFrames)
    let weights = try weights()
    let graph = try kind.graph(weights, options)
    let found = graph.shape(graph.outputs[0]).count
    guard found == columns else { throw kind.otherColumns(found, needed: columns) }
    let file = try ExportedGraph(graph.onnx(weights))
    return (0..<teams.count).map { _ in
      RuntimeExtractor(runtime, file, columns: columns, side: side, isPerFrame: isPerFrame)
    }
  }
}

/// A graph in a temporary file, for as long as somebody needs it.
private final class ExportedGraph: Sendable {
  let path: String

  init(_ bytes: [UInt8]) throws {
    path = NSTemporaryDirectory() + "/vidmetrics-\(UUID().uuidString).onnx"
    try WholeFile.write(path) { file in try bytes.withUnsafeBytes(file.write) }
  }

  deinit { unlink(path) }
}

private final class RuntimeExtractor: FeatureExtractor {
  private let runtime: RuntimeProcess
  private let graph: ExportedGraph
  private let columns: Int
  private let side: Int
  private let isPerFrame: Bool

  init(_ runtime: RuntimeProcess, _ graph: ExportedGraph, columns: Int, side: Int, isPerFrame: Bool) {
    self.runtime = runtime
    self.graph = graph
    self.columns = columns
    self.side = side
    self.isPerFrame = isPerFrame
  }

  /// A clip a call, or the frames that travel together: what is computed beside it never depends on timing.
  func features(of clip: UnsafePointer<Float>, frames: Int, whenRead: () -> Void) throws -> [Float] {
    let shape = isPerFrame ? [frames, 1, side, side, 3] : [1, frames, side, side, 3]
    defer { whenRead() }
    return try runtime.run(graph.path, clip, shape: shape, columns: columns)
  }
}
