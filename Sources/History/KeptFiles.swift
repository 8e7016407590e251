import Files
import Foundation

/// What runs keep beside their history, each file once, by its content: `vidmetrics.sqlite.files/`, which goes wherever the
/// history goes.
public struct KeptFiles: Sendable {
  /// What is kept, by the end of the file's name.
  public enum Kind: String, Sendable, CaseIterable {
    /// The features of one side of a score, a file as `features extract` writes it.
    case features = "safetensors"
    /// Small pictures of videos.
    case previews = "jpg"
  }

  /// A larger one is not kept.
  public static let mostBytes = 256 << 20

  public let folder: String

  /// - Parameter history: the path of its SQLite file.
  public init(of history: String) { folder = history + ".files" }

  /// Where a file of that content is, if it is.
  ///
  /// - Parameter digest: `sha256:...`.
  public func path(_ digest: String, _ kind: Kind) -> String {
    "\(folder)/\(digest.split(separator: ":").last ?? "").\(kind.rawValue)"
  }

  /// nil where it is not there.
  public func found(_ digest: String, _ kind: Kind) -> String? {
    let path = path(digest, kind)
    return digest.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil && access(path, R_OK) == 0 ? path : nil
  }

  /// The picture of that content; nil where it is not there, or where its file holds something else.
  public func preview(_ digest: String) -> Data? {
    guard let path = found(digest, .previews), let file = try? OpenFile(path), file.isRegular,
      file.size <= Self.mostBytes, let bytes = try? ByteRegion(file).array(),
      bytes.withUnsafeBytes({ SHA256.digest(of: $0) }).description == digest
    else { return nil }
    return Data(bytes)
  }

  /// Writes a file unless one of its content is there.
  ///
  /// - Parameter write: makes the file of the given name, whole or not at all.
  /// - Throws: `FilesError.unwritable`, and what `write` throws.
  public func keep(_ digest: String, _ kind: Kind, write: (String) throws -> Void) throws {
    guard found(digest, kind) == nil else { return }
    try WholeFile.makeFolder(folder)
    try write(path(digest, kind))
  }

  /// Takes a file over from another history's; nothing is done where that has none.
  ///
  /// - Throws: `FilesError.unwritable`.
  func take(_ digest: String, _ kind: Kind, from other: KeptFiles) throws {
    guard let source = other.found(digest, kind) else { return }
    try keep(digest, kind) { target in
      let bytes = try MappedBytes(mapping: source)
      try WholeFile.write(target) { try $0.write(UnsafeRawBufferPointer(start: bytes.base, count: bytes.count)) }
    }
  }

  /// How many there are, and how large they are together.
  public func total() -> (files: Int, bytes: Int) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let kept = names.filter { name in Kind.allCases.contains { name.hasSuffix("." + $0.rawValue) } }
    let sizes = kept.map { (try? FileManager.default.attributesOfItem(atPath: folder + "/" + $0)[.size]) as? Int ?? 0 }
    return (kept.count, sizes.reduce(0, +))
  }

  /// Removes a file; one that cannot be removed stays.
  ///
  /// - Returns: its size.
  func remove(_ digest: String, _ kind: Kind) -> Int {
    guard let path = found(digest, kind) else { return 0 }
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int ?? 0
    return unlink(path) == 0 ? size : 0
  }
}
