import Files

/// What can be read in two ways in how a set is laid out: the set is refused with the choices, unless `--include '*'` says
/// that all of it is meant.
enum SetDoubts {
  // MARK: Whole sets

  /// - Throws: `VideoError.set(.sameStems)`, `.copies`, `.realBesideFake`.
  static func check(_ items: [VideoItem], path: String) throws {
    let names = items.map(\.name)
    try checkStems(names, path: path)
    try checkRoles(names, path: path)
  }

  /// One sample in several files: `a.mp4` beside `a.gif` or the folder `a`, `a (1).mp4` beside `a.mp4`.
  private static func checkStems(_ names: [String], path: String) throws {
    var files: [String: [String]] = [:]
    for name in names {
      let file = VideoItem.row(name)?.file ?? name
      let stem = VideoItem.stem(of: file)
      if files[stem]?.last != file { files[stem, default: []].append(file) }
    }
    let repeated = files.filter { $0.value.count > 1 }.keys
    guard repeated.isEmpty else {
      let first = NaturalOrder.sorted(Array(repeated))[0]
      throw VideoError.set(.sameStems(path: path, stems: repeated.count, first: files[first] ?? []))
    }
    let copies = files.keys.compactMap { stem in
      original(of: stem).flatMap { files[$0] }.map { (copy: files[stem]?.first ?? stem, original: $0[0]) }
    }
    guard let first = copies.min(by: { NaturalOrder.precedes($0.copy, $1.copy) }) else { return }
    throw VideoError.set(.copies(path: path, count: copies.count, copy: first.copy, original: first.original))
  }

  /// The name that file managers and browsers make a copy's name from; nil for what is none.
  static func original(of stem: String) -> String? {
    // A pattern is read anew at each use, which takes 0.2 ms: thousands of names have no space.
    guard stem.utf8.contains(UInt8(ascii: " ")) else { return nil }
    if let found = stem.wholeMatch(of: /(.+?)(?: \([0-9]+\)| copy(?: [0-9]+)?| - Copy(?: \([0-9]+\))?)/) {
      return String(found.1)
    }
    return nil
  }

  /// A folder for real videos beside one for generated ones.
  private static func checkRoles(_ names: [String], path: String) throws {
    var children: [Substring: Set<Substring>] = [:]
    for name in names {
      var end = name.startIndex
      while let slash = name[end...].firstIndex(of: "/") {
        let parent = end == name.startIndex ? name[..<end] : name[..<name.index(before: end)]
        children[parent, default: []].insert(name[end..<slash])
        end = name.index(after: slash)
      }
    }
    for (parent, folders) in children.sorted(by: { $0.key < $1.key }) {
      let sorted = folders.sorted()
      guard let real = sorted.first(where: { isCalled($0, realWords) }),
        let fake = sorted.first(where: { isCalled($0, generatedWords) })
      else { continue }
      let above = parent.isEmpty ? "" : String(parent) + "/"
      throw VideoError.set(.realBesideFake(path: path, real: above + String(real), fake: above + String(fake)))
    }
  }

  private static let realWords = ["real", "reals", "gt", "ground", "groundtruth", "reference", "references", "ref"]
  private static let generatedWords = [
    "fake", "fakes", "generated", "gen", "generation", "generations", "pred", "preds", "prediction", "predictions",
    "sample", "samples", "output", "outputs", "result", "results", "synthetic", "ours",
  ]

  /// `fake`, `Fake`, `fake-mild` and `fake_2`.
  private static func isCalled(_ folder: Substring, _ words: [String]) -> Bool {
    let first = folder.lowercased().prefix { $0.isLetter }
    return words.contains(String(first)) && folder.dropFirst(first.count).first?.isNumber != true
  }

  // MARK: Frames of one folder

  /// - Parameter names: of the pictures in one folder.
  /// - Throws: `VideoError.set(.copies)`, `.sameStems`, `.severalSeries`, `.orderOfNames`.
  static func check(frames names: [String], folder: String) throws {
    try checkStems(names, path: folder)
    let frames = names.map(FrameName.init)
    if let reading = FrameName.otherOrder(frames) {
      throw VideoError.set(.orderOfNames(path: folder, reading: reading, first: names[0]))
    }
    let series = FrameName.series(frames)
    if series.count > 1 { throw VideoError.set(.severalSeries(path: folder, series: series)) }
  }
}

/// A frame's name without its ending, as the numbers in it and what stands between them.
struct FrameName {
  let name: String
  let stem: Substring
  /// `img_#`: each run of digits is a `#`.
  let pattern: String
  let numbers: [Substring]

  init(_ name: String) {
    self.name = name
    stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
    var (pattern, numbers) = ("", [Substring]())
    var place = stem.startIndex
    while place < stem.endIndex {
      let end = stem[place...].firstIndex { !$0.isASCIIDigit } ?? stem.endIndex
      if end > place {
        numbers.append(stem[place..<end])
        pattern += "#"
        place = end
      } else {
        pattern.append(stem[place])
        place = stem.index(after: place)
      }
    }
    (self.pattern, self.numbers) = (pattern, numbers)
  }

  /// The series that the frames are of: one of each pattern; and of one pattern with several numbers, one of each head where
  /// the last number starts again. A folder whose names hold no numbers is one series.
  static func series(_ frames: [FrameName]) -> [VideoError.Series] {
    guard frames.contains(where: { !$0.numbers.isEmpty }), !hexadecimals(frames) else { return [] }
    let patterns = Dictionary(grouping: frames, by: \.pattern)
    guard patterns.count == 1 else { return patterns.map { named($0.key, $0.value) }.sorted() }
    guard frames.allSatisfy({ $0.numbers.count > 1 }) else { return [] }
    let heads = Dictionary(grouping: frames) { $0.stem.prefix(through: $0.headEnd) }
    guard heads.count > 1, heads.values.allSatisfy({ $0.count > 1 }),
      Set(heads.values.map { $0.compactMap { Int($0.numbers.last ?? "") }.min() }).count == 1
    else { return [] }
    return heads.map { named($0.key + "#", $0.value) }.sorted()
  }

  /// The place before the last number.
  private var headEnd: String.Index {
    numbers.last.map { $0.startIndex > stem.startIndex ? stem.index(before: $0.startIndex) : stem.startIndex }
      ?? stem.startIndex
  }

  private static func named(_ pattern: String, _ frames: [FrameName]) -> VideoError.Series {
    VideoError.Series(pattern: pattern, pictures: frames.count, first: frames[0].name)
  }

  /// How the names' numbers can be read so that they have another order than the natural one, in which they stand here.
  static func otherOrder(_ frames: [FrameName]) -> VideoError.NumberReading? {
    if hexadecimals(frames) {
      let values = frames.map { $0.stem.lowercased() }
      return values == values.sorted() ? nil : .hexadecimal
    }
    guard frames.allSatisfy({ $0.pattern == "#.#" }) else { return nil }
    let values = frames.compactMap { Double($0.stem) }
    return values == values.sorted() ? nil : .decimal
  }

  /// Names of one length, some with letters, that count in hexadecimal digits.
  private static func hexadecimals(_ frames: [FrameName]) -> Bool {
    guard let first = frames.first, frames.count > 2, frames.contains(where: { $0.stem.contains(where: \.isLetter) }),
      frames.allSatisfy({ $0.stem.count == first.stem.count })
    else { return false }
    let values = frames.compactMap { Int($0.stem, radix: 16) }.sorted()
    return values.count == frames.count && values[1] > values[0]
      && zip(values.dropFirst(), values).allSatisfy { $0 - $1 == values[1] - values[0] }
  }
}

extension VideoError {
  /// Pictures whose names differ in their numbers alone.
  public struct Series: Equatable, Sendable, Comparable {
    /// `img_#`
    public let pattern: String
    public let pictures: Int
    public let first: String

    /// What takes them alone.
    var glob: String {
      pattern.replacing("#", with: "[0-9]*") + (first.lastIndex(of: ".").map { first[$0...] } ?? "")
    }

    public static func < (a: Series, b: Series) -> Bool { NaturalOrder.precedes(a.first, b.first) }
  }

  /// How digits in names can be read besides as whole decimal numbers.
  public enum NumberReading: String, Sendable {
    case hexadecimal = "hexadecimal numbers"
    case decimal = "decimal fractions"
  }
}
