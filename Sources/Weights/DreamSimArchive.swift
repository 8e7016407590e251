import Files
import Foundation

/// What DreamSim publishes: a LoRA adapter and, of its CLIP branches, the networks that it adapts. DINO and DINOv2 are
/// published elsewhere (dreamsim takes them from torch.hub).
package struct DreamSimArchive {
  package let files: FileCollection
  package let kind: DreamSimKind
  /// Where the adapter's folder and the checkpoints lie: "" or a path that ends in `/`.
  private let folder: String

  /// Nil where `files` holds no adapter.
  ///
  /// - Parameter name: which to take where there are several, as in the folder that dreamsim keeps them in.
  package init?(_ files: FileCollection, named name: String?) throws {
    let ending = "_lora/adapter_config.json"
    let found = files.names.filter { $0.hasSuffix(ending) }.map { path in
      let parts = path.split(separator: "/").dropLast()
      return (name: String(parts.last ?? ""), folder: parts.dropLast().map { "\($0)/" }.joined())
    }
    guard !found.isEmpty else { return nil }
    let known = found.flatMap { adapter in
      DreamSimKind.all.filter { $0.adapter == adapter.name }.map { (kind: $0, folder: adapter.folder) }
    }
    guard !known.isEmpty else {
      throw WeightsError.unsupportedDreamSim(path: files.path, adapters: found.map(\.name))
    }
    let wanted = known.count == 1 ? known : known.filter { $0.kind.name == name }
    guard wanted.count == 1 else {
      throw WeightsError.severalDreamSims(path: files.path, names: known.map(\.kind.name))
    }
    self.files = files
    kind = wanted[0].kind
    folder = wanted[0].folder
  }

  /// The backbone, if it is among the files: by its published name, wherever it lies.
  func backbone() throws -> Canonicalisation? {
    guard let known = kind.backbone.flatMap(KnownWeights.named), let file = known.files.first?.name,
      let name = files.names.first(where: { $0 == file || $0.hasSuffix("/" + file) })
    else { return nil }
    do {
      let canonical = try Canonicalisation(CheckpointFile.read(files.bytes(name)))
      return canonical.layout.network == known.network ? canonical : nil
    } catch WeightsError.unknownLayout {
      // dreamsim asks for files that it reads a head from and nothing else.
      return nil
    }
  }

  /// The canonical tensors, the adapter merged. `backbone` are those of the network's own, where it has one.
  func tensors(backbone: [String: WeightTensor]) throws -> [String: WeightTensor] {
    var adapter = try LowRankAdapter(files, folder: "\(folder)\(kind.adapter)/")
    var result: [String: WeightTensor] = [:]
    for (index, branch) in kind.branches.enumerated() {
      var tensors = backbone
      if case .member(let file) = branch.start { tensors = try self.branch(file) }
      let names = tensors.keys
      var layers: [String: String] = [:]
      for rule in branch.rules.flatMap({ rule in rule.blockHead == nil ? [rule] : (0..<256).map(rule.block) })
      where rule.file.hasSuffix(".weight") && names.contains(rule.name) && rule.name.hasSuffix("/kernel") {
        guard tensors[rule.name]?.shape.count == 2 else { continue }
        layers["extractor_list.\(index).model.\(rule.file.dropLast(".weight".count))"] = rule.name
      }
      try adapter.merge(into: &tensors, layers: layers)
      for (name, tensor) in tensors {
        let full = branch.prefix + name
        result[full] = WeightTensor(name: full, shape: tensor.shape, values: tensor.values)
      }
    }
    try adapter.finish()
    return result
  }

  private func branch(_ file: String) throws -> [String: WeightTensor] {
    guard let name = files.file(file, in: folder) else {
      throw FilesError.malformed(path: files.path, .missing(part: "file `\(folder)\(file)`"))
    }
    let canonical = try Canonicalisation(CheckpointFile.read(files.bytes(name)))
    guard canonical.layout.network == TensorLayout.dreamSimBranch.network else {
      throw WeightsError.unlikely(
        name: file, path: "\(files.path):\(name)", wanted: "CLIP's image tower under DreamSim's names",
        found: "the network \(canonical.layout.network)")
    }
    return try canonical.tensors()
  }
}
