import Files

/// Collects the videos of a set; folders on disk and archives give the same names.
struct SetScan {
  let path: String
  var options: VideoSetOptions
  var items: [VideoItem] = []
  var kinds: Set<String> = []
  var ignored: [VideoSet.IgnoredFile] = []

  /// One folder's files and what became of the folders below it.
  private struct Listing {
    var files: [(name: String, origin: ByteOrigin)] = []
    var folders: [String] = []
  }

  init(path: String, options: VideoSetOptions) {
    self.path = path
    self.options = options
  }

  /// How many folders lie above one another at most.
  private static let depthLimit = 64
  private static let tooDeep = "more than \(depthLimit) folders deep"

  // MARK: Folders

  mutating func folder() throws {
    var open: Set<String> = []
    try walk(path, name: "", &open)
  }

  /// `open` holds the folders between the set and this one: a link back to one of them is not followed.
  private mutating func walk(_ folder: String, name: String, _ open: inout Set<String>) throws {
    guard open.count <= Self.depthLimit else {
      ignore(name, Self.tooDeep)
      return
    }
    guard let identity = FileStatus(folder)?.identity, open.insert(identity).inserted else {
      ignore(name, "a link to a folder that holds it")
      return
    }
    defer { open.remove(identity) }
    var listing = Listing()
    for entry in NaturalOrder.sorted(try FileStatus.names(in: folder)) {
      let (entryPath, entryName) = (folder + "/" + entry, name.isEmpty ? entry : name + "/" + entry)
      guard !MediaKind.isHidden(entry) else {
        ignore(entryName, VideoSet.IgnoredFile.hidden)
        continue
      }
      switch FileStatus(entryPath)?.kind {
      case .folder: listing.folders.append(entry)
      case .file: listing.files.append((entry, .file(path: entryPath)))
      case nil where MediaKind(entry) != nil: listing.files.append((entry, .file(path: entryPath)))  // a dead link
      case .other, nil: ignore(entryName, "not a file")
      }
    }
    if listing.files.isEmpty, listing.folders.isEmpty, !name.isEmpty { ignore(name, "a folder with nothing in it") }
    let before = items.count
    for entry in listing.folders {
      try walk(folder + "/" + entry, name: name.isEmpty ? entry : name + "/" + entry, &open)
    }
    try take(listing, path: folder, name: name, videosBelow: items[before...].map(\.name))
  }

  // MARK: Manifests

  /// The videos that a manifest names: files, folders of frames, or arrays of one video. Paths are relative to the
  /// manifest, and a video's name is its path as it stands there.
  mutating func manifest() throws {
    var seen: Set<String> = []
    let path = path
    for entry in try Manifest.read(path) {
      guard seen.insert(entry.path).inserted else {
        throw VideoError.set(.manifest(path: path, line: entry.line, reason: "`\(entry.path)` is named twice"))
      }
      try single(entry.path, name: entry.path, labels: entry.columns) {
        VideoError.set(.manifest(path: path, line: entry.line, reason: $0))
      }
    }
  }

  /// One video that a manifest names, by its path from there.
  ///
  /// - Parameter error: of what is wrong with it, in words.
  mutating func single(
    _ relative: String, name: String, labels: [String: String], error: (String) -> VideoError
  ) throws {
    let base = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let place = relative.hasPrefix("/") || base.isEmpty && !path.hasPrefix("/") ? relative : base + "/" + relative
    var scan = SetScan(path: place, options: options)
    scan.options.isOfInputs = false
    guard let status = FileStatus(place) else { throw error("there is no `\(place)`") }
    let kind = status.kind == .file ? Self.kind(place, .file(path: place)) : nil
    switch (status.kind, kind) {
    case (.folder, _): try scan.folder()
    case (.file, .video): scan.video(.file(path: place), name: name)
    case (.file, .array): try scan.array(.file(path: place), name: name)
    case (.file, .image) where options.isOfInputs: scan.image(.file(path: place), file: place, name: name)
    default:
      let picture = options.isOfInputs ? "picture, " : ""
      throw error("`\(place)` is no \(picture)video, folder of frames or array by its name")
    }
    guard scan.items.count == 1, let item = scan.items.first else {
      throw error("`\(place)` holds \(scan.items.count) videos, and a line is for one")
    }
    kinds.formUnion(scan.kinds)
    items.append(item.named(name, labels: labels))
  }

  // MARK: Archives

  /// Returns "zip" or "tar".
  mutating func archive() throws -> String {
    let archive = try Archive(path)
    var tree: [String: Listing] = ["": Listing()]
    var places: [[String]: Int] = [:]  // the last member of a name is the one that unpacking leaves
    for (index, member) in archive.members.enumerated() { places[Self.parts(member.name)] = index }
    for (index, member) in archive.members.enumerated() {
      let parts = Self.parts(member.name)
      guard !parts.contains("..") else {
        ignore(member.name, "its name leads out of the archive")
        continue
      }
      guard let file = parts.last, !parts.contains(where: MediaKind.isHidden) else {
        ignore(member.name, VideoSet.IgnoredFile.hidden)
        continue
      }
      guard places[parts] == index else {
        ignore(member.name, "a later member has this name")
        continue
      }
      guard parts.count <= Self.depthLimit + 1 else {
        ignore(member.name, Self.tooDeep)
        continue
      }
      var folder = ""
      for part in parts.dropLast() {
        let below = folder.isEmpty ? part : folder + "/" + part
        if tree[below] == nil {
          tree[below] = Listing()
          tree[folder]?.folders.append(part)
        }
        folder = below
      }
      tree[folder]?.files.append((file, .member(archive, index: index)))
    }
    ignored += archive.skipped.map { VideoSet.IgnoredFile(name: $0.name, reason: $0.reason) }
    try walk(tree, name: "")
    return archive.kind
  }

  private static func parts(_ name: String) -> [String] {
    name.split(separator: "/").map(String.init).filter { $0 != "." }
  }

  private mutating func walk(_ tree: [String: Listing], name: String) throws {
    guard var listing = tree[name] else { return }
    listing.files.sort { NaturalOrder.precedes($0.name, $1.name) }
    let before = items.count
    for entry in NaturalOrder.sorted(listing.folders) {
      try walk(tree, name: name.isEmpty ? entry : name + "/" + entry)
    }
    try take(
      listing, path: name.isEmpty ? path : path + "/" + name, name: name, videosBelow: items[before...].map(\.name))
  }

  // MARK: One folder

  private mutating func take(_ listing: Listing, path: String, name: String, videosBelow: [String]) throws {
    let prefix = name.isEmpty ? "" : name + "/"
    var images: [FrameFolder.File] = []
    var others: [String] = videosBelow.prefix(1).map { $0 }
    for (file, origin) in listing.files {
      switch Self.kind(file, origin) {
      case .image: images.append(FrameFolder.File(name: file, origin: origin))
      case .video:
        others.append(prefix + file)
        video(origin, name: prefix + file)
      case .array:
        others.append(prefix + file)
        if case .member = origin, file.lowercased().hasSuffix(".npz") {
          ignore(prefix + file, "an archive inside of an archive")
        } else {
          try array(origin, name: prefix + file)
        }
      case .archive: ignore(prefix + file, "an archive inside of a set")
      case .manifest: ignore(prefix + file, "a table inside of a set; give its own path to score what it names")
      case nil: ignore(prefix + file, "not a video, picture or array by its name")
      }
    }
    guard !images.isEmpty else { return }
    if options.picturesAreImages || options.isOfInputs && name.isEmpty {
      kinds.insert("images")
      items += images.map { VideoItem(name: prefix + $0.name, source: FrameFolder(path: path, files: [$0])) }
      return
    }
    guard others.isEmpty else {
      throw VideoError.set(.mixedFolder(path: path, images: images.count, others: Array(others.prefix(3))))
    }
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

  mutating func array(_ origin: ByteOrigin, name: String) throws {
    kinds.insert("arrays")
    let array = try VideoArray.open(origin, valueRange: options.valueRange)
    ignored += array.ignored.map {
      VideoSet.IgnoredFile(name: name + "/" + $0, reason: "not an array of videos by its shape")
    }
    for row in 0..<array.rows {
      items.append(
        VideoItem(
          name: array.isSingle ? name : "\(name)[\(row)]", isArrayRow: true, holdsFloats: array.holdsFloats,
          valueRange: array.valueRange,
          source: ArrayRow(array: array, row: row)))
    }
  }

  private mutating func ignore(_ name: String, _ reason: String) {
    ignored.append(VideoSet.IgnoredFile(name: name, reason: reason))
  }
}
