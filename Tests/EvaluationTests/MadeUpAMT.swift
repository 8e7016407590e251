import Engine
import Files
import Foundation
import Networks
import Weights

/// AMT-S's made-up weights of the recipe `Fixtures/golden/amt`, under the published names.
enum MadeUpAMT {
  /// As `weights import` reads them.
  static let weights = Result {
    let folder = NSTemporaryDirectory() + "vidmetrics-amt-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write(to: folder + "/amt-s.pth")
    let store = WeightStore(folder: folder + "/weights")
    guard case .network(let weights) = try store.importFiles([folder + "/amt-s.pth"], as: nil) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return weights
  }

  /// - Parameter left: a tensor that is left out.
  static func write(to path: String, leaving left: String? = nil) throws {
    let shapes = Dictionary(
      uniqueKeysWithValues: try AMT.graph(height: 128, width: 128).parameters.map { ($0.name, $0.shape) })
    var tensors: [(name: String, shape: [Int], values: [Float])] = []
    for rule in TensorLayout.amt.rules where rule.file != left {
      guard let own = shapes[rule.name] else { throw CocoaError(.fileReadCorruptFile) }
      var shape = own
      if case .axes(let axes) = rule.form { for (axis, side) in zip(axes, own) { shape[axis] = side } }
      tensors.append(("state_dict." + rule.file, shape, madeUp(rule.file, shape)))
    }
    try Safetensors.write(tensors, metadata: [:], to: path)
  }

  private static let gains = [
    "decoder4.convblock.2": 0.4, "decoder3.convblock.2": 0.3, "decoder2.convblock.2": 0.3,
    "decoder1.convblock.2": 0.06, "update4.flow_head.2": 0.35, "update3.flow_head.2": 0.1,
    "update2.flow_head.2": 0.08, "comb_block.2": 0.15,
  ]

  private static func madeUp(_ name: String, _ shape: [Int]) -> [Float] {
    let part = name.split(separator: ".").last.map(String.init) ?? ""
    let layer = String(name.dropLast(part.count + 1))
    let count = shape.reduce(1, *)
    guard shape.count == 4 else {
      return madeUpNumbers(name, count) { part == "weight" ? 0.1 + 0.3 * $0 : 0.2 * $0 - 0.1 }
    }
    let inputs = layer.hasSuffix("convblock.2") ? 4 * shape[0] : shape.dropFirst().reduce(1, *)
    let bound = (3 / Double(inputs)).squareRoot() * (gains[layer] ?? 1.2)
    return madeUpNumbers(name, count) { (2 * $0 - 1) * bound }
  }
}
