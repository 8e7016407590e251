import Files
import Tensors
import Vocabulary

/// The poses of the camera of one video, in the place of the video.
struct PoseFile: VideoSource {
  let origin: ByteOrigin

  var stamp: String? { origin.stamp }
  var listedSize: Int { origin.size }

  func poses(_ name: String) throws -> (format: PoseFormat, poses: [CameraPose]) {
    try PoseReader(name: name).read(origin)
  }

  /// A frame for each pose, without pixels.
  func info(_ name: String) throws -> VideoInfo {
    let (format, poses) = try poses(name)
    return VideoInfo(
      width: 0, height: 0, frameCount: poses.count, frameRate: nil, isVariableFrameRate: nil, codec: format.rawValue,
      pixelFormat: nil, colourRange: nil, colourMatrix: nil, rotation: 0, isLossless: nil, fileSize: origin.size,
      problems: [])
  }

  func contentDigest(_ name: String) throws -> Digest { try origin.open().digest() }

  func read(_ name: String, into assembler: WindowAssembler) throws {
    throw VideoError.decoding(.noVideoStream(name: name))
  }
}

extension VideoItem {
  /// Where the camera is in each frame, as maps from the camera to the world: of an item of a set of camera poses.
  ///
  /// - Throws: `VideoError.poses`, `FilesError`.
  public func cameraPath() throws -> [CameraPose] {
    guard let file = source as? PoseFile else { throw VideoError.poses(.notPoses(path: name)) }
    return try file.poses(name).poses
  }
}

/// Files of camera poses in the place of videos.
extension SetScan {
  /// One folder. COLMAP's model of a video is a folder, and is called as the folder above `sparse/0`.
  mutating func takePoses(_ listing: Listing, name: String) {
    let above = name.isEmpty ? "" : name + "/"
    let model = listing.files.first { $0.name == "images.txt" } ?? listing.files.first { $0.name == "images.bin" }
    for (file, origin) in listing.files {
      if let model {
        if file == model.name {
          pose(origin, name: modelName(name))
        } else {
          ignore(above + file, "beside \(model.name)")
        }
        continue
      }
      switch MediaKind(file) {
      case .poses: pose(origin, name: above + file)
      case .archive:
        if case .file(let path) = origin {
          bundles.append((above + file, path))
        } else {
          ignore(above + file, "an archive inside of an archive")
        }
      case .manifest: ignore(above + file, "a table inside of a set; give its own path to score what it names")
      case .video, .image, .array, .tensors, nil: ignore(above + file, "not a file of camera poses by its name")
      }
    }
  }

  private func modelName(_ name: String) -> String {
    var parts = name.split(separator: "/").map(String.init)
    if parts.last == "0", parts.dropLast().last == "sparse" {
      parts.removeLast(2)
    } else if parts.last == "sparse" {
      parts.removeLast()
    }
    return parts.isEmpty ? VideoSet.lastComponent(path) : parts.joined(separator: "/")
  }

  mutating func pose(_ origin: ByteOrigin, name: String) {
    kinds.insert("camera poses")
    items.append(VideoItem(name: name, source: PoseFile(origin: origin)))
  }

  /// A set that is one file. Returns what its kind ends in.
  mutating func poseFile() throws -> String {
    switch MediaKind(path) {
    case .poses: pose(.file(path: path), name: VideoSet.lastComponent(path))
    case .archive: return " in " + (try archive())
    case .manifest:
      try manifest()
      return " of a manifest"
    case .video, .image, .array, .tensors, nil: throw VideoError.poses(.notPoses(path: path))
    }
    return ""
  }
}
