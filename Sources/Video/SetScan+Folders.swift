import Files

/// Folders on disk, and what stands in the place of videos there.
extension SetScan {
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
}
