import Files

/// Collects the videos of a set; folders on disk and archives give the same names.
struct SetScan {
  let path: String
  var options: VideoSetOptions
  var items: [VideoItem] = []
  var kinds: Set<String> = []
  var ignored: [VideoSet.IgnoredFile] = []
  var unfittingPatterns: Set<String>
  /// Archives and files of tensors below the set: its videos where there are no others.
  var bundles: [(name: String, path: String)] = []
  /// What stands before every name: that of the archive, where it is one of several.
  var prefix = ""

  /// One folder's files and what became of the folders below it.
  struct Listing {
    var files: [(name: String, origin: ByteOrigin)] = []
    var folders: [String] = []
  }

  init(path: String, options: VideoSetOptions) {
    self.path = path
    self.options = options
    unfittingPatterns = Set(options.filter.patterns)
  }

  /// Whether a file is meant; what is not is listed.
  mutating func takes(_ name: String) -> Bool {
    let (isTaken, fitting) = options.filter.judge(prefix + name)
    unfittingPatterns.subtract(fitting)
    if !isTaken { ignore(name, VideoSet.IgnoredFile.filtered) }
    return isTaken
  }

  /// How many folders lie above one another at most.
  static let depthLimit = 64
  static let tooDeep = "more than \(depthLimit) folders deep"

  // MARK: One folder, on disk or in an archive

  mutating func take(_ listing: Listing, path: String, name: String, videosBelow: [String]) throws {
    if options.isOfPoses { return takePoses(listing, name: name) }
    let above = name.isEmpty ? "" : name + "/"
    var images: [FrameFolder.File] = []
    var others: [String] = videosBelow.prefix(1).map { $0 }
    for (file, origin) in listing.files {
      switch Self.kind(file, origin) {
      case .image: images.append(FrameFolder.File(name: file, origin: origin))
      case .video:
        others.append(above + file)
        video(origin, name: above + file)
      case .array:
        others.append(above + file)
        if case .member = origin, file.lowercased().hasSuffix(".npz") {
          ignore(above + file, "an archive inside of an archive")
        } else {
          do { try array(origin, name: above + file) } catch VideoError.array(.noVideos(_)) {
            others.removeLast()
            ignore(above + file, "no array in it has the axes of videos")
          }
        }
      case .archive, .tensors:
        if case .file(let path) = origin {
          bundles.append((above + file, path))
        } else {
          ignore(above + file, "an archive or a file of tensors inside of an archive")
        }
      case .manifest: ignore(above + file, "a table inside of a set; give its own path to score what it names")
      case .poses, nil: ignore(above + file, "not a video, picture or array by its name")
      }
    }
    guard !images.isEmpty else { return }
    if options.picturesAreImages || options.isOfInputs && name.isEmpty {
      kinds.insert("images")
      items += images.map { VideoItem(name: above + $0.name, source: FrameFolder(path: path, files: [$0])) }
      return
    }
    guard others.isEmpty else {
      throw VideoError.set(.mixedFolder(path: path, images: images.count, others: Array(others.prefix(3))))
    }
    if !options.filter.meansAll { try SetDoubts.check(frames: images.map(\.name), folder: path) }
    kinds.insert("frame folders")
    items.append(
      VideoItem(
        name: name.isEmpty ? VideoSet.lastComponent(path) : name, source: FrameFolder(path: path, files: images)))
  }

  /// A picture by itself.
  mutating func image(_ origin: ByteOrigin, file: String, name: String) {
    kinds.insert("images")
    let picture = FrameFolder.File(name: VideoSet.lastComponent(file), origin: origin)
    items.append(VideoItem(name: name, source: FrameFolder(path: file, files: [picture])))
  }

  mutating func video(_ origin: ByteOrigin, name: String) {
    kinds.insert("videos")
    let isWebP = name.lowercased().hasSuffix(".webp")
    items.append(
      VideoItem(name: name, source: isWebP ? AnimatedWebP(origin: origin) : EncodedVideo(origin: origin)))
  }

  /// By its name, and for a WebP by whether it is an animation.
  static func kind(_ name: String, _ origin: ByteOrigin) -> MediaKind? {
    guard name.lowercased().hasSuffix(".webp"), let head = try? origin.head(32), WebPAnimation.isAnimated(head) else {
      return MediaKind(name)
    }
    return .video
  }

  /// An array in a file; of files that can hold several, each is meant or not by its own name below the file's.
  mutating func array(_ origin: ByteOrigin, name: String) throws {
    let options = options
    let file = try ArrayFile(origin, options: options) { takes(name + "/" + $0) }
    guard !file.arrays.isEmpty else { return }
    kinds.insert("arrays")
    for array in file.ignored { ignore(name + "/" + array, "not an array of videos by its shape") }
    for (own, array) in file.arrays {
      for row in 0..<array.geometry.videos {
        let place = file.arrays.count > 1 ? "[\(own ?? "")]" : array.geometry.isSingle ? "" : "[\(row)]"
        items.append(
          VideoItem(
            name: name + place, isArrayRow: file.arrays.count == 1, holdsFloats: array.holdsFloats,
            valueRange: array.valueRange, source: ArrayRow(array: array, row: row)))
      }
    }
  }

  mutating func ignore(_ name: String, _ reason: String) {
    ignored.append(VideoSet.IgnoredFile(name: name, reason: reason))
  }
}
