import Files
import Foundation
import Networks
import Video

/// Flows of real videos that are given as files: a folder for each video, of its name among pairs, with a `.flo` for each two
/// frames that follow each other, in natural order. The flows of one video may lie in the folder itself.
public struct GivenFlows: Sendable {
  public let path: String
  /// SHA-256 over the names and contents of all files, in natural order: the flows that scores can be compared by.
  public let digest: Digest
  /// Files by the folder below `path`; `""` is that itself.
  private let files: [String: [String]]

  /// - Throws: `EvaluationError.noFlows`, `FilesError`.
  public init(folder path: String) throws {
    self.path = path
    let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
      .filter { $0.lowercased().hasSuffix(".flo") }.sortedNaturally()
    guard !names.isEmpty else { throw EvaluationError.noFlows(path: path, name: nil) }
    var hasher = SHA256()
    var files: [String: [String]] = [:]
    for name in names {
      let folder = name.split(separator: "/").dropLast().joined(separator: "/")
      files[folder, default: []].append(path + "/" + name)
      let bytes = try MappedBytes(mapping: path + "/" + name)
      hasher.update("\(name)\u{0}\(bytes.count)\u{0}")
      hasher.update(UnsafeRawBufferPointer(start: bytes.base, count: bytes.count))
    }
    self.files = files
    digest = hasher.finish()
  }

  /// The files of a video, for its pairs of frames in order: those that are called by the number of a pair's first frame, as
  /// `vidmetrics flow` writes them; of other names one for each pair.
  ///
  /// - Parameters:
  ///   - name: of the pair of videos.
  ///   - frames: the first of each pair.
  ///   - isOnly: whether it is the only video.
  /// - Throws: `EvaluationError.noFlows`, `.noFlow`, `.otherNumberOfFlows`.
  func files(of name: String, frames: [Int], isOnly: Bool) throws -> [String] {
    guard let found = files[name] ?? (isOnly ? files[""] : nil) else {
      throw EvaluationError.noFlows(path: path, name: name)
    }
    var numbered: [Int: String] = [:]
    for file in found {
      guard let stem = file.split(separator: "/").last?.dropLast(".flo".count), let number = Int(stem) else { break }
      numbered[number] = file
    }
    if numbered.count == found.count {
      return try frames.map { frame in
        guard let file = numbered[frame] else { throw EvaluationError.noFlow(path: path, name: name, frame: frame) }
        return file
      }
    }
    guard found.count == frames.count else {
      throw EvaluationError.otherNumberOfFlows(path: path, name: name, flows: found.count, pairs: frames.count)
    }
    return found
  }
}
