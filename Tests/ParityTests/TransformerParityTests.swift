import Engine
import Foundation
import Kernels
import Networks
import Testing
import Weights

/// Small random weights in the published layouts, imported as users import theirs, against what the published packages
/// compute from the same files (`Fixtures/golden/transformers/recipe.py`). With VIDMETRICS_TRANSFORMERS the folder of
/// `recipe.py --full`: the same at the real sizes.
@Suite struct TransformerParityTests {
  private struct Golden: Decodable {
    struct Model: Decodable {
      let file: String?
      let files: [String]?
      let activation: String?
      let side: Int
      let embedding: [[Double]]
      let classToken: [[Double]]?
      let tokens: [[Int]]?
      let text: [[Double]]?
      let distances: [Double]?
    }
    let models: [String: Model]
  }

  private static let folder =
    ProcessInfo.processInfo.environment["VIDMETRICS_TRANSFORMERS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/golden/transformers")

  /// What single precision leaves: of one layer, or of twelve.
  private static let dreamSimBound =
    ProcessInfo.processInfo.environment["VIDMETRICS_TRANSFORMERS"] == nil ? 1e-5 : 1e-4

  private static let golden: Golden? = (try? Data(contentsOf: folder.appendingPathComponent("transformers.json")))
    .flatMap { try? JSONDecoder().decode(Golden.self, from: $0) }

  /// The weights of a model, imported under a name that claims nothing.
  private func imported(_ model: Golden.Model) throws -> NetworkWeights {
    let store = WeightStore(
      folder: FileManager.default.temporaryDirectory.appendingPathComponent("vidmetrics-\(UUID().uuidString)").path)
    defer { try? FileManager.default.removeItem(atPath: store.folder) }
    let files = model.files ?? [model.file].compactMap { $0 }
    let stored = try store.importFiles(files.map { Self.folder.appendingPathComponent($0).path }, as: nil)
    guard case .network(let weights) = stored else { throw CocoaError(.fileReadCorruptFile) }
    return weights
  }

  private static func mixed(_ value: Int) -> UInt32 {
    var v = UInt32(truncatingIfNeeded: value)
    v ^= v >> 16
    v = v &* 0x85EB_CA6B
    v ^= v >> 13
    v = v &* 0xC2B2_AE35
    return v ^ v >> 16
  }

  /// `image(number, side)` of the recipe.
  private static func image(_ number: Int, _ side: Int) -> [Float] {
    (0..<side * side * 3).map { index in
      let (y, x, c) = (index / 3 / side, index / 3 % side, index % 3)
      let coarse = mixed(((number * 4096 + y / 8) * 4096 + x / 8) * 4 + c) & 255
      let fine = mixed((((number + 1000) * 4096 + y) * 4096 + x) * 4 + c) & 255
      return Float((coarse * 3 + fine) / 4) / 255
    }
  }

  private func rows(_ values: [Float], _ columns: Int) -> [[Double]] {
    stride(from: 0, to: values.count, by: columns).map { values[$0..<$0 + columns].map(Double.init) }
  }

  /// The largest difference as a part of the largest golden value.
  private func difference(_ found: [[Double]], _ wanted: [[Double]]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    let largest = wanted.joined().map { abs($0) }.max() ?? 0
    let worst = zip(found, wanted).map { zip($0, $1).map { abs($0 - $1) }.max() ?? .infinity }.max() ?? .infinity
    return worst / largest
  }

  private func configuration(_ model: Golden.Model, network: String) -> VisionTransformer.Configuration {
    switch network {
    case "clip": .clip(model.activation == "quick-gelu" ? .quickGELU : .gelu)
    default: .dino
    }
  }

  /// Measured: 2.2e-6 of the largest value; at the real sizes 4.6e-6.
  @Test(arguments: ["dino-vitb16", "dinov2-vitb14", "dinov2-vitl14", "clip-vit-b-32", "open-clip-vit-b-16"])
  func towers(_ name: String) throws {
    let model = try #require(Self.golden?.models[name])
    let weights = try imported(model)
    let frames = (0..<model.embedding.count).flatMap { Self.image($0, model.side) }
    for variant in Variant.all {
      let device = CPUDevice(variant.table, threads: 2)
      var configuration = configuration(model, network: weights.network)
      configuration.endpoint = .embedding
      func embeddings() throws -> [[Double]] {
        let graph = try VisionTransformer.graph(
          weights: weights, prefix: weights.network == "clip" ? "image/" : "", configuration: configuration,
          frame: FrameShape(height: model.side, width: model.side))
        let network = try device.compile(graph, weights, batch: model.embedding.count)
        return rows(network.run(frames, count: model.embedding.count)[0], network.outputCounts[0])
      }
      #expect(try difference(embeddings(), model.embedding) < 5e-6, "\(variant)")
      if let classToken = model.classToken {
        configuration.endpoint = .classToken
        #expect(try difference(embeddings(), classToken) < 5e-6, "\(variant)")
      }
      if let texts = model.text, let tokens = model.tokens {
        let graph = try TextTransformer.graph(weights: weights, activation: configuration.activation)
        let tower = try device.compile(graph, weights, batch: 1)
        let found = tokens.map { tower.run($0.map(Float.init), count: 1)[0].map(Double.init) }
        #expect(difference(found, texts) < 5e-6, "\(variant)")
      }
    }
  }

  /// The embeddings, and the packages' distances of each pair from them: every branch, its adapter merged. Measured: 4.0e-6
  /// of the largest value, distances 3.4e-6; at the real sizes 3.2e-5 and 4.8e-6.
  @Test(arguments: [
    "dreamsim-ensemble", "dreamsim-dino-vitb16", "dreamsim-clip-vitb32", "dreamsim-open-clip-vitb32",
    "dreamsim-dinov2-vitb14",
  ])
  func dreamSim(_ name: String) throws {
    let model = try #require(Self.golden?.models[name])
    let weights = try imported(model)
    let count = model.embedding.count
    let frames = (0..<count).flatMap { Self.image($0, model.side) }
    for variant in Variant.all {
      let network = try CPUDevice(variant.table, threads: 2).compile(
        DreamSim.graph(weights: weights, side: model.side), weights, batch: count)
      let found = rows(network.run(frames, count: count)[0], network.outputCounts[0])
      #expect(difference(found, model.embedding) < Self.dreamSimBound, "\(variant)")
      var distances: [Double] = []
      for i in 0..<count {
        for j in i + 1..<count {
          var cosine = 0.0
          for (a, b) in zip(found[i], found[j]) { cosine += a * b }
          distances.append(1 - cosine)
        }
      }
      let wanted = try #require(model.distances)
      #expect(zip(distances, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(variant): \(distances) \(wanted)")
    }
  }
}
