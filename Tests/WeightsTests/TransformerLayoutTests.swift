import Files
import Foundation
import Testing
import Weights

/// Checkpoints of made-up weights in the published layouts, and what the packages' own classes hold after loading them
/// (Fixtures/golden/transformers/recipe.py).
struct TransformerLayoutTests {
  private static let folder = Fixture.folder + "/../transformers"
  private static func path(_ name: String) -> String { "\(folder)/\(name)" }

  private struct Golden: Decodable {
    let canonical: [String: [String: Spot]]
  }

  /// Shape, first and last value, and the sum of value * (1 + index mod 251).
  private struct Spot: Decodable {
    let shape: [Int]
    let first, last, sum: Double

    init(from decoder: any Decoder) throws {
      var fields = try decoder.unkeyedContainer()
      shape = try fields.decode([Int].self)
      first = try fields.decode(Double.self)
      last = try fields.decode(Double.self)
      sum = try fields.decode(Double.self)
    }
  }

  private static let golden = Result {
    try JSONDecoder().decode(Golden.self, from: Data(contentsOf: URL(fileURLWithPath: path("transformers.json"))))
  }

  private func expect(_ weights: NetworkWeights, are file: String, exactly: Bool) throws {
    let expected = try #require(try Self.golden.get().canonical[file])
    #expect(Set(weights.tensors.keys) == Set(expected.keys))
    for (name, spot) in expected {
      let tensor = try #require(weights.tensors[name])
      #expect(tensor.shape == spot.shape, "\(name)")
      var sum = 0.0
      var size = 0.0
      for (index, value) in tensor.values.enumerated() {
        sum += Double(value) * Double(1 + index % 251)
        size += abs(Double(value)) * Double(1 + index % 251)
      }
      // The package merges in float64 here and its golden is rounded once, as ours is: half an ulp each at the most.
      let tolerance = exactly ? size * 0x1p-50 : size * 0x1p-23
      #expect(abs(sum - spot.sum) <= tolerance, "\(name)")
      let ulp = exactly ? 0 : abs(spot.first) * 0x1p-22
      #expect(abs(Double(try #require(tensor.values.first)) - spot.first) <= ulp, "\(name)")
      #expect(abs(Double(try #require(tensor.values.last)) - spot.last) <= (exactly ? 0 : abs(spot.last) * 0x1p-22))
    }
  }

  @Test(arguments: [
    ("dino_vitbase16_pretrain.pth", "vit-dino"), ("dinov2_vitb14_pretrain.pth", "vit-dinov2"),
    ("dinov2_vitl14_pretrain.pth", "vit-dinov2"), ("ViT-B-32.pt", "clip"), ("open_clip_vit_b_16.pt", "clip"),
  ])
  func readsTheLayoutsOfPyTorch(file: String, network: String) throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path)
    let weights = try store.importFile(Self.path(file), as: nil)
    #expect(weights.network == network)
    // Their sizes are not the published ones.
    #expect(weights.name == "custom:" + weights.fingerprint.hex.prefix(12))
    try expect(weights, are: file, exactly: true)
    let again = try store.load(weights.name)
    #expect(again.tensors == weights.tensors && again.network == network)
  }

  @Test(arguments: [
    ("dreamsim_ensemble_checkpoint.zip", "dino_vitbase16_pretrain.pth", "dreamsim-ensemble"),
    ("dreamsim_dino_vitb16_checkpoint.zip", "dino_vitbase16_pretrain.pth", "dreamsim-dino"),
    ("dreamsim_clip_vitb32_checkpoint.zip", nil, "dreamsim-clip"),
    ("dreamsim_open_clip_vitb32_checkpoint.zip", nil, "dreamsim-open-clip"),
    ("dreamsim_dinov2_vitb14_checkpoint.zip", nil, "dreamsim-dinov2"),
  ])
  func mergesDreamSimsAdapters(archive: String, backbone: String?, network: String) throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path)
    let paths = [Self.path(archive)] + (backbone.map { [Self.path($0)] } ?? [])
    guard case .network(let weights) = try store.importFiles(paths, as: nil) else {
      Issue.record("a network was expected")
      return
    }
    #expect(weights.network == network)
    try expect(weights, are: archive, exactly: false)
    #expect(try store.load(weights.name).tensors == weights.tensors)
  }

  @Test func findsDINOInTheFolderOfWeights() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path)
    let zip = Self.path("dreamsim_dino_vitb16_checkpoint.zip")
    #expect(
      message { try store.importFiles([zip], as: nil) } == """
        `\(zip)` does not hold the network that its DINO starts from: `dino_vitbase16_pretrain.pth`, which is at \
        https://dl.fbaipublicfiles.com/dino/dino_vitbase16_pretrain/dino_vitbase16_pretrain.pth
        hint: `vidmetrics weights import \(zip) dino_vitbase16_pretrain.pth` with that file, or `vidmetrics weights fetch \
        dino-vitb16` first
        """)
    // Unpacked, with DINO where torch.hub would put it.
    let unpacked = folder.path + "/models"
    try FileManager.default.createDirectory(atPath: unpacked + "/checkpoints", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Self.path("dino_vitbase16_pretrain.pth"), toPath: unpacked + "/checkpoints/dino_vitbase16_pretrain.pth")
    for (name, bytes) in try ZipContent.files(of: zip) {
      let target = URL(fileURLWithPath: "\(unpacked)/\(name)")
      try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try bytes.write(to: target)
    }
    let weights = try store.importFile(unpacked, as: nil)
    try expect(weights, are: "dreamsim_dino_vitb16_checkpoint.zip", exactly: false)
    #expect(weights.source.contains("with dino_vitbase16_pretrain.pth from it"))
  }

  // MARK: Refusals

  /// DreamSim's CLIP ViT-B/32 in a folder, with its adapter's settings and tensors changed.
  private func clip(
    _ folder: TemporaryFolder, adapter: String = "clip_vitb32_single_lora", settings: [String: Any] = [:],
    rename: (String) -> String? = { $0 }
  ) throws -> String {
    let target = "\(folder.path)/\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: "\(target)/\(adapter)", withIntermediateDirectories: true)
    for (name, bytes) in try ZipContent.files(of: Self.path("dreamsim_clip_vitb32_checkpoint.zip")) {
      var bytes = bytes
      if name.hasSuffix(".json") {
        var fields = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        fields.merge(settings) { $1 }
        bytes = try JSONSerialization.data(withJSONObject: fields)
      }
      let last = URL(fileURLWithPath: name).lastPathComponent
      let path = target + "/" + (name.contains("_lora/") ? "\(adapter)/\(last)" : last)
      try bytes.write(to: URL(fileURLWithPath: path))
      if name.hasSuffix(".safetensors") {
        var tensors: [String: WeightTensor] = [:]
        for (key, tensor) in try Safetensors.read(MappedBytes(mapping: path).all).tensors {
          guard let key = rename(key) else { continue }
          tensors[key] = WeightTensor(name: key, shape: tensor.shape, values: tensor.values())
        }
        try Safetensors.write(tensors, metadata: [:], to: path)
      }
    }
    return target
  }

  @Test func readsEverySpellingOfAnAdapter() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path + "/store")
    let plain = try store.importFile(clip(folder), as: "plain")
    let renamed = try store.importFile(
      clip(folder, rename: { $0.replacingOccurrences(of: ".weight", with: ".default.weight") }), as: "renamed")
    #expect(renamed.fingerprint == plain.fingerprint)
    // alpha / sqrt(r): 3 / sqrt(2) is 4.5 / 2 * sqrt(2) * 2 / 3.
    let stable = try store.importFile(clip(folder, settings: ["use_rslora": true]), as: "stable")
    let same = try store.importFile(clip(folder, settings: ["lora_alpha": 3 * 2.squareRoot()]), as: "same")
    #expect(stable.fingerprint != plain.fingerprint)
    let name = "clip/blocks/0/qkv/kernel"
    for (a, b) in zip(try #require(stable.tensors[name]).values, try #require(same.tensors[name]).values) {
      #expect(abs(a - b) <= max(abs(a), abs(b)) * 0x1p-22)
    }
  }

  @Test func refusesAdaptersThatItCannotMerge() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path + "/store")
    func refusal(_ setting: String, _ value: Any) throws -> String {
      let path = try clip(folder, settings: [setting: value])
      let words = message { try store.importFile(path, as: nil) }
      return words.replacingOccurrences(of: path, with: "HERE")
    }
    let start = "the adapter `HERE:clip_vitb32_single_lora/adapter_config.json` cannot be merged: "
    #expect(try refusal("use_dora", true) == start + "`use_dora` is true, which is not handled here")
    #expect(try refusal("bias", "all") == start + "`bias` is \"all\", which is not handled here")
    #expect(
      try refusal("rank_pattern", ["qkv": 4]) == start + "`rank_pattern` is {\"qkv\":4}, which is not handled here")
    for (setting, value) in [
      ("alpha_pattern", ["qkv": 4]), ("modules_to_save", ["mlp"]), ("fan_in_fan_out", true),
    ] as [(String, Any)] {
      #expect(try refusal(setting, value).hasPrefix(start + "`\(setting)` is "))
    }

    func tensorRefusal(_ rename: (String) -> String?) throws -> String {
      let path = try clip(folder, rename: rename)
      return message { try store.importFile(path, as: nil) }.replacingOccurrences(of: path, with: "HERE")
    }
    let file = "the adapter `HERE:clip_vitb32_single_lora/adapter_model.safetensors` cannot be merged: "
    let layer = "extractor_list.0.model.blocks.0.attn.qkv"
    #expect(
      try tensorRefusal { $0.contains("lora_B") ? nil : $0 } == file + "`\(layer)` has lora_A and no lora_B")
    #expect(
      try tensorRefusal { $0.replacingOccurrences(of: "blocks.0", with: "blocks.7") }
        == file + "`\(layer.replacingOccurrences(of: "blocks.0", with: "blocks.7"))` is not a layer of the network")
    #expect(
      try tensorRefusal { $0.replacingOccurrences(of: "lora_B", with: "lora_magnitude_vector") }
        == file
        + "`base_model.model.\(layer).lora_magnitude_vector.weight` does not belong to a low-rank update of a linear layer"
    )
  }

  @Test func refusesWhatIsNotTheWholeNetwork() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path + "/store")
    let patch = try clip(folder, adapter: "dino_vitb16_patch_lora")
    #expect(
      message { try store.importFile(patch, as: nil) }.hasPrefix(
        """
        `\(patch)` holds `dino_vitb16_patch_lora`, a variant of DreamSim that is not read here (`*_patch_lora` compares \
        patches, `synclr_*` starts from SynCLR)

        """))
    let part = try clip(folder) + "/clip_vitb32_pretrain.pth.tar"
    #expect(
      message { try store.importFile(part, as: nil) } == """
        `\(part)` is one of the networks that DreamSim adapts, and nothing by itself
        hint: import the archive or the folder that it is from
        """)
    let dino = Self.path("dino_vitbase16_pretrain.pth")
    #expect(
      message { try store.importFile(dino, as: "dino-vitb16") } == """
        `\(dino)` cannot be `dino-vitb16`, which is the network vit-dino with 12 blocks of width 768, 16x16 patches, 197 \
        positions: it is that with 2 blocks of width 64, 8x8 patches, 17 positions
        hint: leave --as out, or give another name
        """)
    #expect(
      message { try store.importFiles([dino, dino], as: nil) }.hasPrefix(
        "`\(dino)`, `\(dino)` are 2 files, and a network is in one\n"))
    let registers = folder.path + "/registers.safetensors"
    var tensors = try Canonical.tensors(Self.path("dinov2_vitb14_pretrain.pth"))
    tensors["register_tokens"] = WeightTensor(name: "register_tokens", shape: [1, 4, 1], values: [1, 2, 3, 4])
    try Safetensors.write(tensors, metadata: [:], to: registers)
    #expect(
      message { try store.importFile(registers, as: nil) }
        == "`\(registers)` (PyTorch DINOv2 names) holds tensors that the network does not have: `register_tokens`")
  }

  @Test func readsAlexNetAndTheHeadsOfLPIPS() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path + "/store")
    let file = folder.path + "/alexnet-owt-7be5be79.pth"
    var tensors: [String: WeightTensor] = [:]
    for (index, layer) in [0, 3, 6, 8, 10].enumerated() {
      let kernel = "features.\(layer).weight"
      let values = (0..<8 * (index + 1)).map(Float.init)
      tensors[kernel] = WeightTensor(name: kernel, shape: [2, index + 1, 2, 2], values: values)
      tensors["features.\(layer).bias"] = WeightTensor(name: "features.\(layer).bias", shape: [2], values: [1, 2])
    }
    tensors["classifier.6.bias"] = WeightTensor(name: "classifier.6.bias", shape: [1], values: [1])
    try Safetensors.write(tensors, metadata: [:], to: file)
    let alexNet = try store.importFile(file, as: nil)
    #expect(alexNet.network == "alexnet" && alexNet.tensors.count == 10)
    #expect(
      try alexNet.tensor("conv_2/kernel", shape: [2, 2, 2, 2]) == [
        0, 8, 4, 12, 1, 9, 5, 13, 2, 10, 6, 14, 3, 11, 7, 15,
      ])
    // Of the published sizes and the published name, and another file.
    tensors = [:]
    for (layer, (inputs, outputs)) in zip([0, 3, 6, 8, 10], [(3, 64), (64, 192), (192, 384), (384, 256), (256, 256)]) {
      let kernel = "features.\(layer).weight"
      tensors[kernel] = WeightTensor(
        name: kernel, shape: [outputs, inputs, 1, 1], values: [Float](repeating: 1, count: inputs * outputs))
      tensors["features.\(layer).bias"] = WeightTensor(
        name: "features.\(layer).bias", shape: [outputs], values: [Float](repeating: 1, count: outputs))
    }
    try Safetensors.write(tensors, metadata: [:], to: file)
    #expect(
      message { try store.importFile(file, as: nil) }.hasPrefix(
        """
        `\(file)` has the name under which `alexnet` is published, whose SHA-256 begins with 7be5be79, and is another file: \
        its SHA-256 is
        """))
    let renamed = folder.path + "/mine.pth"
    try FileManager.default.moveItem(atPath: file, toPath: renamed)
    #expect(try store.importFile(renamed, as: nil).name.hasPrefix("custom:"))
    let named = try store.importFile(renamed, as: "alexnet")
    #expect(named.source.hasSuffix("by --as and by 64, 192, 384, 256 and 256 channels, not by a fingerprint"))
    tensors = [:]
    for index in 0..<5 {
      let name = "lin\(index).model.1.weight"
      tensors[name] = WeightTensor(name: name, shape: [1, 3, 1, 1], values: [1, 2, Float(index)])
    }
    try Safetensors.write(tensors, metadata: [:], to: file)
    let heads = try store.importFile(file, as: nil)
    #expect(heads.network == "lpips-alex" && heads.tensors.count == 5)
    #expect(try heads.tensor("head_5/kernel", shape: [3]) == [1, 2, 4])
  }
}

/// The tensors of a checkpoint under their own names.
private enum Canonical {
  static func tensors(_ path: String) throws -> [String: WeightTensor] {
    let checkpoint = try CheckpointFile.read(MappedBytes(mapping: path).all)
    return Dictionary(
      uniqueKeysWithValues: checkpoint.tensors.map {
        ($0, WeightTensor(name: $0, shape: $1.shape, values: $1.values()))
      })
  }
}

/// What is in a zip archive.
private enum ZipContent {
  static func files(of path: String) throws -> [(name: String, bytes: Data)] {
    let files = FileCollection(archive: try Archive(path))
    return try files.names.map { ($0, Data(try files.bytes($0).array())) }
  }
}
