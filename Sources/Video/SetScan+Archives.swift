import Files

/// Archives as sets of videos: the same folders, in the names of their members.
extension SetScan {
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

  static func parts(_ name: String) -> [String] {
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

  /// The videos of one of several archives, such as the shards of a WebDataset: its name is the first part of theirs.
  mutating func nested(_ place: String, name: String, labels: [String: String] = [:]) throws {
    var scan = SetScan(path: place, options: options)
    scan.prefix = name + "/"
    scan.unfittingPatterns = unfittingPatterns
    _ = try scan.archive()
    unfittingPatterns = scan.unfittingPatterns
    kinds.formUnion(scan.kinds)
    ignored += scan.ignored.map { VideoSet.IgnoredFile(name: name + "/" + $0.name, reason: $0.reason) }
    items += scan.items.map { $0.named(name + "/" + $0.name, labels: labels) }
  }
}
