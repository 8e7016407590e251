import Files
import Foundation

/// What is known about one name of the weights folder.
public struct WeightStatus: Sendable {
  public enum State: Sendable {
    /// Read and verified.
    case present(Digest)
    case absent
    /// The error says what is wrong.
    case damaged(WeightsError)
  }

  public let name: String
  /// Nil when the file is too damaged to say.
  public let network: String?
  public let state: State
  /// The fingerprint that the name stands for; nil where nobody knows it.
  public let fingerprint: Digest?
  public let purpose: String
  public let source: String
  public let canFetch: Bool
  /// The published files, and the commands that get the weights, where they are known.
  public let known: KnownWeights?
}

/// The folder of weights: safetensors files under canonical names, each with its fingerprint, and texts.
public struct WeightStore: Sendable {
  public let folder: String

  public init(folder: String) { self.folder = folder }

  /// The folder `weights` in `CacheRoot`.
  public static func defaultFolder(environment: [String: String]) -> String {
    CacheRoot.path(environment: environment) + "/weights"
  }

  /// The file of a name.
  public func path(_ name: String) -> String {
    let ending = KnownWeights.named(name)?.isText == true ? "txt" : "safetensors"
    return "\(folder)/\(String(name.map { $0 == ":" ? "-" : $0 })).\(ending)"
  }

  /// Every known name, then everything else in the folder.
  public func names() -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let known = KnownWeights.all.map(\.name)
    let others = files.filter { $0.hasSuffix(".safetensors") }.map { String($0.dropLast(".safetensors".count)) }
      .map { $0.hasPrefix("custom-") ? "custom:" + $0.dropFirst("custom-".count) : $0 }
    return known + others.filter { !known.contains($0) }.sorted()
  }

  /// Whether there is a file of that name; it may be damaged.
  public func has(_ name: String) -> Bool { access(path(name), F_OK) == 0 }

  /// The fingerprint that the file of a name says it has: some milliseconds, and no proof that it is whole.
  public func recordedFingerprint(_ name: String) throws -> Digest {
    if KnownWeights.named(name)?.isText == true { return try verify(name) }
    let recorded = try opened(name, at: try presentPath(name)).recorded
    if let expected = KnownWeights.named(name)?.fingerprint, recorded != expected {
      throw damaged(name, .digest(expected: expected, found: recorded))
    }
    return recorded
  }

  /// What is known about one name. Reads and verifies it.
  public func status(_ name: String) -> WeightStatus {
    let known = KnownWeights.named(name)
    var state = WeightStatus.State.absent
    var network = known?.network
    var source = known?.source ?? "unknown"
    do {
      if known?.isText == true {
        state = .present(try verify(name))
      } else {
        let weights = try load(name)
        state = .present(weights.fingerprint)
        network = weights.network
        source = weights.source
      }
    } catch WeightsError.absent {
      state = .absent
    } catch let error as WeightsError {
      state = .damaged(error)
    } catch let error as FilesError {
      state = .damaged(.file(error))
    } catch {
      state = .damaged(.file(.unreadable(path: path(name), reason: "\(error)")))
    }
    return WeightStatus(
      name: name, network: network, state: state, fingerprint: known?.fingerprint,
      purpose: known?.purpose ?? "no published score: imported from a file", source: source,
      canFetch: known?.canFetch ?? false, known: known)
  }

  /// The weights of a name, verified: every load computes the fingerprint (some 0.2 s for I3D), so that a damaged file
  /// is an error and not a wrong score.
  public func load(_ name: String) throws -> NetworkWeights {
    let path = try presentPath(name)
    guard KnownWeights.named(name)?.isText != true else { throw WeightsError.isText(name: name) }
    let file = try opened(name, at: path)
    let (network, tensors): (String, [String: WeightTensor])
    do {
      let canonical = try Canonicalisation(file.checkpoint)
      (network, tensors) = (canonical.layout.network, try canonical.tensors())
    } catch let error as WeightsError {
      throw damaged(name, .content(error))
    } catch let error as FilesError {
      throw damaged(name, .file(error))
    }
    let fingerprint = WeightFingerprint.of(tensors)
    let expected = KnownWeights.named(name)?.fingerprint ?? file.recorded
    guard fingerprint == expected else {
      throw damaged(name, .digest(expected: expected, found: fingerprint))
    }
    try KnownWeights.named(name)?.check(network: network, tensors, path: path)
    return NetworkWeights(
      name: name, network: network, fingerprint: fingerprint, tensors: tensors, source: file.source ?? "unknown",
      fileDigest: file.fileDigest)
  }

  /// A stored file as far as its header says it.
  private func opened(_ name: String, at path: String) throws -> (
    checkpoint: Checkpoint, recorded: Digest, source: String?, fileDigest: Digest?
  ) {
    let file = try MappedBytes(mapping: path).all
    do {
      let (stored, metadata) = try Safetensors.read(file)
      guard let recorded = metadata[Metadata.fingerprint].flatMap({ Digest(hex: $0) }) else {
        throw FilesError.malformed(path: path, .missing(part: "fingerprint"))
      }
      return (
        Checkpoint(path: path, tensors: stored, size: file.count), recorded, metadata[Metadata.source],
        metadata[Metadata.fileDigest].flatMap { Digest(hex: $0) }
      )
    } catch let error as FilesError {
      throw damaged(name, .file(error))
    }
  }

  private func damaged(_ name: String, _ damage: StoredDamage) -> WeightsError {
    .damagedStore(name: name, path: path(name), damage, canFetch: KnownWeights.named(name)?.canFetch ?? false)
  }

  /// A vocabulary, verified by its SHA-256: `clip-vocabulary` has the merges of CLIP's byte pair encoding, a line each.
  public func loadVocabulary(_ name: String) throws -> String {
    let path = try presentPath(name)
    guard let known = KnownWeights.named(name), known.isText, let expected = known.fingerprint else {
      throw WeightsError.isNoText(name: name)
    }
    let file = try MappedBytes(mapping: path).all
    let found = file.withBytes { SHA256.digest(of: $0) }
    guard found == expected, let text = file.text() else {
      throw damaged(name, .digest(expected: expected, found: found))
    }
    return text
  }

  /// Reads the weights of a name again and returns their fingerprint; throws what is wrong with them.
  public func verify(_ name: String) throws -> Digest {
    guard let known = KnownWeights.named(name), known.isText, let digest = known.fingerprint else {
      return try load(name).fingerprint
    }
    _ = try loadVocabulary(name)
    return digest
  }

  /// What weights are held against that their makers publish.
  public enum Anchor: Sendable, Equatable {
    /// This program knows the fingerprint of the published weights, and these have it.
    case fingerprint
    /// The file that was imported has the SHA-256 that its makers publish, or the beginning of it.
    case file(digits: Int)
    /// It has another one.
    case otherFile(published: String, found: Digest)
    /// They were imported before the file's digest was kept.
    case unknownFile
    /// Nobody publishes anything that they could be held against.
    case none
  }

  /// Holds the weights of a name against what their makers publish. Reads and verifies them.
  public func anchor(_ name: String) throws -> Anchor {
    let known = KnownWeights.named(name)
    let found = try verify(name)
    if let expected = known?.fingerprint, expected == found { return .fingerprint }
    guard let published = known?.publishedDigest else { return .none }
    guard let digest = try load(name).fileDigest else { return .unknownFile }
    return digest.hex.hasPrefix(published)
      ? .file(digits: published.count) : .otherFile(published: published, found: digest)
  }

  /// The file of a name, which is there; throws how to get it where it is not.
  private func presentPath(_ name: String) throws -> String {
    try WeightStore.check(name)
    let path = path(name)
    guard access(path, F_OK) != 0 else { return path }
    if KnownWeights.named(name) == nil, !name.hasPrefix("custom:") {
      throw WeightsError.unknownName(name: name, known: KnownWeights.all.map(\.name))
    }
    throw WeightsError.absent(name: name, canFetch: KnownWeights.named(name)?.canFetch ?? false)
  }

  /// Writes a text under its name.
  func storeText(_ known: KnownWeights, _ text: ByteSlice, path: String) throws {
    let found = text.withBytes { SHA256.digest(of: $0) }
    if let expected = known.fingerprint, found != expected {
      throw WeightsError.notTheNamed(name: known.name, path: path, expected: expected, found: found)
    }
    try writing {
      try WholeFile.makeFolder(folder)
      try WholeFile.write(self.path(known.name)) { writer in try text.withBytes { try writer.write($0) } }
    }
  }

  /// Writes weights under their name, replacing what was there in one step.
  func store(_ weights: NetworkWeights) throws {
    var metadata = [
      Metadata.name: weights.name, Metadata.network: weights.network, Metadata.fingerprint: weights.fingerprint.hex,
      Metadata.source: weights.source,
    ]
    metadata[Metadata.fileDigest] = weights.fileDigest?.hex
    try writing {
      try WholeFile.makeFolder(folder)
      try Safetensors.write(weights.tensors, metadata: metadata, to: path(weights.name))
    }
  }

  /// Writes into this folder.
  ///
  /// - Throws: `WeightsError.unwritableStore` for what cannot be written.
  func writing(_ work: () throws -> Void) throws {
    do { try work() } catch FilesError.unwritable(let path, let reason) {
      throw WeightsError.unwritableStore(path: path, reason: reason)
    }
  }

  /// A name is also the name of a file.
  static func check(_ name: String) throws {
    let bare = name.hasPrefix("custom:") ? name.dropFirst("custom:".count) : name[...]
    let isGood = bare.utf8.enumerated().allSatisfy { index, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: index > 0 && [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte)
      }
    }
    guard isGood, !bare.isEmpty, bare.utf8.count <= 100 else { throw WeightsError.invalidName(name: name) }
  }

  private enum Metadata {
    /// Name and network are for whoever looks into the file; only the other two are read here.
    static let name = "vidmetrics.name"
    static let network = "vidmetrics.network"
    static let fingerprint = "vidmetrics.fingerprint"
    static let source = "vidmetrics.source"
    static let fileDigest = "vidmetrics.file-digest"
  }
}
