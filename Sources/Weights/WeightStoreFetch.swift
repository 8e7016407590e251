import Digests
import Foundation

extension WeightStore {
  /// Gets known weights from the Python package index with the user's own pip, and stores them.
  ///
  /// The archive is checked by SHA-256, by pip before it does anything with it and here again, the file in it by
  /// SHA-256, the weights by their fingerprint. What is there already and whole is not fetched again. `report` gets
  /// lines for a person.
  public func fetch(_ name: String, report: (String) -> Void) throws -> NetworkWeights {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return try fetch(name, searchPath: path, report: report)
  }

  package func fetch(_ name: String, searchPath: String, report: (String) -> Void) throws -> NetworkWeights {
    guard let known = KnownWeights.named(name) else {
      throw WeightsError.unknownName(name: name, known: KnownWeights.all.filter(\.canFetch).map(\.name))
    }
    guard let package = known.package else { throw WeightsError.cannotFetch(name: name) }
    if let present = try? load(name) {
      report("\(name) is already in \(path(name))")
      return present
    }
    try makeFolder()
    Litter.sweep(folder)
    let temporary = Litter.download(folder)
    try? FileManager.default.removeItem(atPath: temporary)
    guard mkdir(temporary, 0o700) == 0 else {
      throw WeightsError.unwritable(path: temporary, reason: systemMessage())
    }
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    let archive = try PackageDownload.run(package, folder: temporary, searchPath: searchPath, report: report)
    report("checking \(package.archive)")
    try WeightStore.check(MappedBytes(mapping: archive).all, is: package.archiveDigest, path: package.archive)
    let weights = try read(known, package: package, archive: archive, path: package.archive)
    try store(weights)
    report("stored \(name), \(weights.fingerprint), in \(path(name))")
    return weights
  }

  /// The weights in a package's archive, checked by the digest of the file and by fingerprint.
  func read(
    _ known: KnownWeights, package: PythonPackage, archive: String, path: String
  ) throws -> NetworkWeights {
    let member = try ArchiveMember.read(archive, where: package.holds)
    try WeightStore.check(member.bytes, is: package.memberDigest, path: path, part: member.name)
    let canonical = try Canonicalisation(CheckpointFile.read(member.bytes))
    let tensors = try canonical.tensors()
    let weights = NetworkWeights(
      name: known.name, network: canonical.layout.network.name, tensors: tensors, source: known.source)
    if let expected = known.fingerprint, weights.fingerprint != expected {
      throw WeightsError.notTheNamed(
        name: known.name, path: path, expected: expected, found: weights.fingerprint)
    }
    return weights
  }

  private static func check(_ bytes: ByteSlice, is hex: String, path: String, part: String? = nil) throws {
    let found = bytes.withBytes { SHA256.digest(of: $0) }
    guard found.hex != hex, let expected = Digest(hex: hex) else { return }
    throw WeightsError.wrongDigest(path: path, part: part, expected: expected, found: found)
  }
}
