import Engine
import Files
import Foundation
import Networks
import Weights

/// RAFT's made-up weights of the recipes in `Fixtures/golden`, under the published names.
enum MadeUpRAFT {
  /// As `weights import` reads them.
  static let weights = Result { try scaled(1) }

  /// With a smaller flow head.
  static func scaled(_ scale: Float) throws -> NetworkWeights {
    let folder = NSTemporaryDirectory() + "vidmetrics-raft-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write(to: folder + "/raft-things.pth", prefix: "module.", scale: scale)
    let store = WeightStore(folder: folder + "/weights")
    guard case .network(let weights) = try store.importFiles([folder + "/raft-things.pth"], as: nil) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return weights
  }

  /// - Parameters:
  ///   - prefix: before the names.
  ///   - left: a tensor that is left out.
  ///   - scale: of the last convolution of the flow head: flows are about so much shorter.
  static func write(to path: String, prefix: String, leaving left: String? = nil, scale: Float = 1) throws {
    let shapes = Dictionary(
      uniqueKeysWithValues: try RAFT.graph(height: 128, width: 128, iterations: 1).parameters.map {
        ($0.name, $0.shape)
      })
    var tensors: [(name: String, shape: [Int], values: [Float])] = []
    for rule in TensorLayout.raft.rules where rule.file != left {
      // Gamma is a tensor that networks can do without; it has the shape of beta.
      let name = rule.name.hasSuffix("/gamma") ? String(rule.name.dropLast("gamma".count)) + "beta" : rule.name
      guard let own = shapes[name] else { throw CocoaError(.fileReadCorruptFile) }
      let shape = own.count == 4 ? [own[3], own[2], own[0], own[1]] : own
      let isLast = rule.file.hasPrefix("update_block.flow_head.conv2.")
      tensors.append((prefix + rule.file, shape, madeUp(rule.file, shape).map { isLast ? $0 * scale : $0 }))
      if rule.file.contains("downsample.1.") {
        let twin = rule.file.replacingOccurrences(of: "downsample.1.", with: "norm3.")
        tensors.append((prefix + twin, shape, madeUp(rule.file, shape)))
      }
    }
    try Safetensors.write(tensors, metadata: [:], to: path)
  }

  static func madeUp(_ name: String, _ shape: [Int]) -> [Float] {
    let gains = ["update_block.flow_head.conv2": 0.11, "update_block.mask.2": 2.0]
    let part = name.split(separator: ".").last.map(String.init) ?? ""
    let bound = (3 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
    let gain = gains[String(name.dropLast(part.count + 1))] ?? 1.4
    if shape.count == 4 { return madeUpNumbers(name, shape.reduce(1, *)) { (2 * $0 - 1) * bound * gain } }
    let (least, range): (Double, Double)
    switch part {
    case "running_var": (least, range) = (0.5, 1)
    case "weight": (least, range) = (0.8, 0.4)
    default: (least, range) = (-0.1, 0.2)
    }
    return madeUpNumbers(name, shape.reduce(1, *)) { least + range * $0 }
  }
}
