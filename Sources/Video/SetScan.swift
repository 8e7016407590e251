import Files

/// Collects the videos of a set; folders on disk and archives give the same names.
struct SetScan {
  let path: String
  var options: VideoSetOptions
  var items: [VideoItem] = []
  var kinds: Set<String> = []
  var ignored: [VideoSet.IgnoredFile] = []
  private(set) var unfittingPatterns: Set<String>
  /// Archives and files of tensors below the set: its videos where there are no others.
  private var bundles: [(name: String, path: String)] = []
  /// What stands before every name: that of the archive, where it is one of several.
  private var prefix = ""

  /// One folder's files and what became of the folders below it.
  private struct Listing {
    var files: [(name: String, origin: ByteOrigin)] = []
    var folders: [String] = []
  }

  init(path: String, options: VideoSetOptions) {
    self.path = path
    self.options = options
    unfittingPatterns = Set(options.filter.include + options.filter.exclude)
  }

  /// Whether a file is meant; what is not is listed.
  mutating func takes(_ name: String) -> Bool {
    let (isTaken, fitting) = options.filter.judge(prefix + name)
    unfittingPatterns.subtract(fitting)
    if !isTaken { ignore(name, VideoSet.IgnoredFile.filtered) }
    return isTaken
  }

  /// How many folders lie above one another at most.
  private static let depthLimit = 64
  private static let tooDeep = "more than \(depthLimit) folders deep"

  // MARK: Folders

  /// Returns what the set's kind ends in.
  mutating func folder() throws -> String {
    var open: Set<String> = []
    try walk(path, name: "", &open)
    guard items.isEmpty else {
      for bundle in bundles { ignore(bundle.name, "an archive or a file of tensors beside videos") }
      return ""
    }
    for bundle in bundles {
      if MediaKind(bundle.name) == .tensors {
        try array(.file(path: bundle.path), name: bundle.name)
      } else {
        try nested(bundle.path, name: bundle.name)
      }
    }
    return bundles.contains { MediaKind($0.name) == .archive } ? " in archives" : ""
  }

  /// The videos of one of several archives, such as the shards of a WebDataset: its name is the first part of theirs.
  private mutating func nested(_ place: String, name: String, labels: [String: String] = [:]) throws {
    var scan = SetScan(path: place, options: options)
    scan.prefix = name + "/"
    scan.unfittingPatterns = unfittingPatterns
    _ = try scan.archive()
    unfittingPatterns = scan.unfittingPatterns
    kinds.formUnion(scan.kinds)
    ignored += scan.ignored.map { VideoSet.IgnoredFile(name: name + "/" + $0.name, reason: $0.reason) }
    items += scan.items.map { $0.named(name + "/" + $0.name, labels: labels) }
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
    let entries = NaturalOrder.sorted(try FileStatus.names(in: folder))
    for entry in entries {
      let (entryPath, entryName) = (folder + "/" + entry, name.isEmpty ? entry : name + "/" + entry)
      guard !MediaKind.isHidden(entry) else {
        ignore(entryName, VideoSet.IgnoredFile.hidden)
        continue
      }
      switch FileStatus(entryPath)?.kind {
      case .folder: listing.folders.append(entry)
      case .other: ignore(entryName, "not a file")
      case nil where MediaKind(entry) == nil: ignore(entryName, "not a file")
      case .file, nil:  // or a dead link
        if MediaKind.isContainer(entry) || takes(entryName) { listing.files.append((entry, .file(path: entryPath))) }
      }
    }
    if entries.isEmpty, !name.isEmpty { ignore(name, "a folder with nothing in it") }
    let before = items.count
    for entry in listing.folders {
      try walk(folder + "/" + entry, name: name.isEmpty ? entry : name + "/" + entry, &open)
    }
    try take(listing, path: folder, name: name, videosBelow: items[before...].map(\.name))
  }

  // MARK: Manifests

  /// The videos that a manifest names: files, folders of frames, arrays of one video, or archives of several. Paths are relative to the
  /// manifest, and a video's name is its path as it stands there.
  mutating func manifest() throws {
    var seen: Set<String> = []
    let path = path
    for entry in try Manifest.read(path, pathColumn: options.pathColumn) {
      let isArchive = MediaKind(entry.path) == .archive
      guard isArchive || takes(entry.path) else { continue }
      guard seen.insert(Self.plain(entry.path)).inserted else {
        throw VideoError.set(.manifest(path: path, line: entry.line, reason: "`\(entry.path)` is named twice"))
      }
      let wrong = { VideoError.set(.manifest(path: path, line: entry.line, reason: $0)) }
      if isArchive {
        guard FileStatus(place(of: entry.path)) != nil else { throw wrong("there is no `\(place(of: entry.path))`") }
        try nested(place(of: entry.path), name: entry.path, labels: entry.columns)
      } else {
        try single(entry.path, name: entry.path, labels: entry.columns, error: wrong)
      }
    }
  }

  /// `a/b.mp4` of `./a//b.mp4`.
  private static func plain(_ path: String) -> String {
    (path.hasPrefix("/") ? "/" : "") + parts(path).joined(separator: "/")
  }

  /// A path from the manifest, from here.
  private func place(of relative: String) -> String {
    let base = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return relative.hasPrefix("/") || base.isEmpty && !path.hasPrefix("/") ? relative : base + "/" + relative
  }

  /// One video that a manifest names, by its path from there.
  ///
  /// - Parameter error: of what is wrong with it, in words.
  mutating func single(
    _ relative: String, name: String, labels: [String: String], error: (String) -> VideoError
  ) throws {
    let place = place(of: relative)
    var scan = SetScan(path: place, options: options)
    scan.options.isOfInputs = false
    scan.options.filter.exclude = []
    if !options.filter.meansAll { scan.options.filter.include = [] }
    guard let status = FileStatus(place) else { throw error("there is no `\(place)`") }
    let kind = status.kind == .file ? Self.kind(place, .file(path: place)) : nil
    switch (status.kind, kind) {
    case (.folder, _): _ = try scan.folder()
    case (.file, .video): scan.video(.file(path: place), name: name)
    case (.file, .array), (.file, .tensors): try scan.array(.file(path: place), name: name)
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
      guard MediaKind.isContainer(file) || takes(parts.joined(separator: "/")) else { continue }
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
      case nil: ignore(above + file, "not a video, picture or array by its name")
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

  private mutating func ignore(_ name: String, _ reason: String) {
    ignored.append(VideoSet.IgnoredFile(name: name, reason: reason))
  }
}
