import Files
import Foundation
import Video

/// A folder in which a training run leaves checkpoints.
public struct CheckpointFolder: Sendable {
  public let path: String
  /// As in a shell; nil: files with the endings of `endings`.
  public let pattern: String?
  /// Seconds that a checkpoint must not have changed for.
  public let settling: Double

  /// What programs end the names of saved weights with.
  static let endings = [
    "pt", "pth", "ckpt", "safetensors", "bin", "pkl", "npz", "h5", "onnx", "tar", "msgpack", "pdparams",
  ]

  public init(path: String, pattern: String?, settling: Double) {
    self.path = path
    self.pattern = pattern
    self.settling = settling
  }

  /// One entry with what the file system says of it.
  struct Entry: Sendable, Equatable {
    let path: String
    /// Of a folder, of all in it.
    let bytes: Int
    let changed: Date
  }

  /// Those that have not changed for so long, in natural order, whether there are others, and which have settled empty.
  ///
  /// - Throws: `FilesError.unreadable` for a folder that cannot be listed.
  func settled(now: Date = Date()) throws -> (ready: [Entry], empty: [Entry], isWaiting: Bool) {
    let all = try entries()
    let settled = all.filter { now.timeIntervalSince($0.changed) >= settling }
    return (settled.filter { $0.bytes > 0 }, settled.filter { $0.bytes == 0 }, settled.count < all.count)
  }

  private func entries() throws -> [Entry] {
    NaturalOrder.sorted(try FileStatus.names(in: path).filter(isCheckpoint)).compactMap { entry($0) }
  }

  private func isCheckpoint(_ name: String) -> Bool {
    if let pattern { return fnmatch(pattern, name, FNM_PERIOD) == 0 }
    guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
    return Self.endings.contains(name[name.index(after: dot)...].lowercased())
  }

  private func entry(_ name: String) -> Entry? {
    let place = path + "/" + name
    guard let (size, date) = Self.facts(place) else { return nil }
    guard SuitePaths.isFolder(place) else { return Entry(path: place, bytes: size, changed: date) }
    var (bytes, changed) = (0, date)
    for inner in (try? FileManager.default.subpathsOfDirectory(atPath: place)) ?? [] {
      guard let (size, date) = Self.facts(place + "/" + inner) else { continue }
      if !SuitePaths.isFolder(place + "/" + inner) { bytes += size }
      changed = max(changed, date)
    }
    return Entry(path: place, bytes: bytes, changed: changed)
  }

  private static func facts(_ path: String) -> (Int, Date)? {
    FileStatus(path).map { status in
      let seconds = Double(status.modified.tv_sec) + Double(status.modified.tv_nsec) * 1e-9
      return (status.size, Date(timeIntervalSince1970: seconds))
    }
  }
}
