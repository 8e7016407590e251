import Files

/// Tables that name videos.
extension SetScan {
  /// The videos that a manifest names: files, folders of frames, arrays of one video, or archives of several. Paths are relative to the
  /// manifest, and a video's name is its path as it stands there.
  ///
  /// - Parameter names: of the videos that are wanted, each of which is there; nil: all.
  mutating func manifest(only names: Set<String>? = nil) throws {
    var seen: Set<String> = []
    let path = path
    // `clips.tar/a/b.mp4` is a video of the line `clips.tar`.
    let wanted = names.map { names in
      names.union(
        names.flatMap { name in name.indices.filter { name[$0] == "/" }.map { String(name[..<$0]) } })
    }
    for entry in try Manifest.read(path, pathColumn: options.pathColumn) {
      if let wanted {
        guard wanted.contains(entry.path), FileStatus(place(of: entry.path)) != nil else { continue }
      }
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
    case (.file, .video) where !options.isOfPoses: scan.video(.file(path: place), name: name)
    case (.file, .array) where !options.isOfPoses, (.file, .tensors) where !options.isOfPoses:
      try scan.array(.file(path: place), name: name)
    case (.file, .poses) where options.isOfPoses: scan.pose(.file(path: place), name: name)
    case (.file, .image) where options.isOfInputs: scan.image(.file(path: place), file: place, name: name)
    default:
      guard !options.isOfPoses else { throw error("`\(place)` is not a file of camera poses by its name") }
      let picture = options.isOfInputs ? "picture, " : ""
      throw error("`\(place)` is no \(picture)video, folder of frames or array by its name")
    }
    guard scan.items.count == 1, let item = scan.items.first else {
      throw error("`\(place)` holds \(scan.items.count) videos, and a line is for one")
    }
    kinds.formUnion(scan.kinds)
    items.append(item.named(name, labels: labels))
  }
}
