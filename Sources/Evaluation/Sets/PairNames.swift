import Video

/// What videos of two sets have in common, so that one is found by the other's name: the path below the set without its
/// extension. Rows of arrays: the number of the row where the set is one array, the array's name where that has one row,
/// else both.
struct PairNames {
  private let setIsArray: Bool
  private let rows: [String: Int]

  /// - Parameters:
  ///   - names: of all videos of the set.
  ///   - path: the set's.
  init(_ names: [String], path: String) {
    rows = Dictionary(names.compactMap { VideoItem.row($0)?.file }.map { ($0, 1) }, uniquingKeysWith: +)
    let file = path.split(separator: "/").last.map(String.init)
    setIsArray = rows.count == 1 && rows.keys.first == file
  }

  subscript(name: String) -> String {
    guard let (file, row) = VideoItem.row(name) else { return VideoItem.stem(of: name) }
    if setIsArray { return row }
    return VideoItem.stem(of: file) + (rows[file] == 1 ? "" : row)
  }
}
