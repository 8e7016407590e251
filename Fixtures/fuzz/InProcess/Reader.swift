import Evaluation
import Files
import Scores
import Video
import Weights

/// A reader of files, as it is called with an input that lies in memory.
struct Reader: Sendable {
  let name: String
  /// Of the input's name.
  let ending: String
  /// Of the repository's files that it begins with, as shell patterns below `Fixtures`.
  let seeds: [String]
  var read: @Sendable (String) throws -> Void = Reader.videos

  static let all: [Reader] = [
    Reader(name: "mp4", ending: "mp4", seeds: ["golden/video/*.mp4"]),
    Reader(name: "matroska", ending: "mkv", seeds: ["golden/video/*.mkv", "golden/video/*.webm"]),
    Reader(name: "gif", ending: "gif", seeds: ["golden/video/*.gif", "golden/video/animations/*.gif"]),
    Reader(name: "animated-webp", ending: "webp", seeds: ["golden/video/animations/*.webp"]),
    Reader(name: "png", ending: "png", seeds: ["golden/video/pictures/*.png"], read: pictures),
    Reader(name: "jpeg", ending: "jpg", seeds: ["golden/video/pictures/*.jpg"], read: pictures),
    Reader(name: "webp", ending: "webp", seeds: ["golden/video/pictures/*.webp"], read: pictures),
    Reader(name: "bmp", ending: "bmp", seeds: ["golden/video/pictures/*.bmp"], read: pictures),
    Reader(name: "tiff", ending: "tiff", seeds: ["golden/video/pictures/*.tif*"], read: pictures),
    Reader(name: "pnm", ending: "ppm", seeds: ["golden/video/pictures/*.p[bgp]m"], read: pictures),
    Reader(name: "npy", ending: "npy", seeds: ["golden/video/arrays/*.npy"]),
    Reader(name: "npz", ending: "npz", seeds: ["golden/video/arrays/*.npz"]),
    Reader(name: "pt", ending: "pt", seeds: ["golden/video/arrays/*.pt"]),
    Reader(name: "zip", ending: "zip", seeds: ["golden/video/archives/*.zip"]),
    Reader(name: "tar", ending: "tar", seeds: ["golden/video/archives/*.tar*"]),
    Reader(
      name: "checkpoint", ending: "pt", seeds: ["golden/weights/*.pt*", "golden/weights/*.safetensors"],
      read: { _ = try CheckpointFile($0) }),
    Reader(
      name: "features", ending: "safetensors", seeds: ["golden/features/*.safetensors"],
      read: { _ = try FeatureFile.read($0) }),
    Reader(
      name: "features-numpy", ending: "npz", seeds: ["golden/features/*.npz"], read: { _ = try FeatureFile.read($0) }),
    Reader(name: "csv", ending: "csv", seeds: ["golden/documents/*.csv"], read: { _ = try Table($0) }),
    Reader(name: "jsonl", ending: "jsonl", seeds: ["golden/documents/*.jsonl"], read: { _ = try Table($0) }),
    Reader(
      name: "yaml", ending: "yaml", seeds: ["suite/*.yaml"],
      read: { path in
        _ = try YAMLKeys(file: "input.yaml", text: TextFile.read(path), owner: "a suite", known: nil)
      }),
    Reader(
      name: "document", ending: "json", seeds: ["golden/documents/*.json"],
      read: { _ = try RunDocument.read(TextFile.read($0), place: "input.json") }),
  ]

  /// As a score reads a set: sizes, digests, and the first pixels.
  private static func videos(_ path: String) throws { try all(of: VideoSet.open(path)) }

  private static func pictures(_ path: String) throws {
    let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    try all(of: VideoSet.open(folder))
  }

  private static func all(of set: VideoSet) throws {
    for video in set.videos.prefix(4) {
      let info = try video.info()
      _ = try video.content()
      _ = try video.transparentFrames()
      // Some inputs are many and large frames of nothing.
      guard info.width * info.height <= 1 << 20 else { continue }
      try video.read([FrameWindow(start: 0, count: min(info.frameCount, 16))]) { _, _ in }
    }
  }
}
