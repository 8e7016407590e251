import Files

/// What a file is taken for, by its name.
enum MediaKind {
  case video
  case image
  case array
  /// Arrays by name; weights as well.
  case tensors
  case archive
  case manifest
  /// Where a camera was in each frame of a video.
  case poses

  static let setKinds =
    "a folder of videos (\(videos.prefix(6).joined(separator: ", ")), ...), a folder of frame folders "
    + "(png, jpg, webp, bmp, tiff, ppm), classes above either, a video file, a .npy/.npz array, "
    + "tensors in a .safetensors or .pt, a .zip/.tar of these, or a manifest (.csv, .tsv, .jsonl)"

  /// Containers and elementary streams that are taken for videos inside of folders and archives.
  static let videos = [
    "mp4", "avi", "mov", "mkv", "webm", "gif", "m4v", "mpg", "mpeg", "wmv", "flv", "f4v", "ts", "mts", "m2ts", "ogv",
    "3gp", "3g2", "asf", "vob", "y4m", "apng", "mjpeg", "mjpg", "h264", "264", "hevc", "h265", "265", "ivf", "obu",
    "mxf", "nut", "divx", "rm", "rmvb", "m2v", "mpv", "dv",
  ]
  /// An animated WebP is a video: `SetScan` looks into it.
  static let images = ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "ppm", "pgm", "pbm", "pnm", "pam"]
  static let arrays = ["npy", "npz"]
  static let tensorFiles = ["safetensors", "pt", "pth"]
  /// `images.bin` of COLMAP besides.
  static let poseFiles = ["txt", "tum", "kitti"]
  static let manifests = Table.endings
  static let archives = ["zip", "tar", "tgz", "tbz2", "txz", "tar.gz", "tar.bz2", "tar.xz", "tar.zst", "tzst"]

  static let poseSetKinds =
    "a folder of files of camera poses (\(poseFiles.joined(separator: ", "))) or of COLMAP models (images.txt, images.bin), one "
    + "such file, a .zip/.tar of these, or a manifest (.csv, .tsv, .jsonl)"

  /// nil: none of these.
  init?(_ name: String) {
    let name = name.lowercased()
    if Self.archives.contains(where: { name.hasSuffix("." + $0) }) {
      self = .archive
      return
    }
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    let ending = String(name[name.index(after: dot)...])
    if Self.videos.contains(ending) {
      self = .video
    } else if Self.images.contains(ending) {
      self = .image
    } else if Self.arrays.contains(ending) {
      self = .array
    } else if Self.tensorFiles.contains(ending) {
      self = .tensors
    } else if Self.manifests.contains(ending) {
      self = .manifest
    } else if Self.poseFiles.contains(ending) || name.split(separator: "/").last == "images.bin" {
      self = .poses
    } else {
      return nil
    }
  }

  /// Whether a file of an ending holds things with names of their own, which are meant or not one by one.
  static func isContainer(_ name: String) -> Bool {
    [.archive, .tensors].contains(MediaKind(name)) || name.lowercased().hasSuffix(".npz")
  }

  /// Files that file managers and archivers leave behind.
  static func isHidden(_ name: String) -> Bool {
    name.hasPrefix(".") || name == "__MACOSX" || name == "Thumbs.db" || name == "desktop.ini"
  }
}
