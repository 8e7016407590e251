import Foundation

/// What ftfy 6.3.1 does to text before CLIP's tokenizer sees it (`ftfy.fix_text` with its defaults; the tables and the
/// order of the steps are facts of its `__init__.py`, `fixes.py` and `chardata.py`).
///
/// One step is done in part: text that was decoded as another encoding ("mojibake"). ftfy looks for it with a list of
/// unlikely neighbours and ten encodings. Here a line is repaired where there is no doubt: all of it is windows-1252 or
/// Latin-1, its bytes are UTF-8, and it holds a pair of characters that only such text has (`isEvident`); ftfy then gives
/// the same. Other lines with characters that are UTF-8's bytes in windows-1252 are left as they are, and `looksMisencoded`
/// says so (of "CAFÉ»", which ftfy leaves, too). Of the eight other encodings neither is done.
struct TextRepair {
  private(set) var looksMisencoded = false

  /// Lines are repaired one by one; from the first `<` on the text is taken for HTML, whose references stay.
  mutating func repaired(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var isHTML = false
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: "\n").map { $0 + 1 } ?? text.count
      let line = Array(text[start..<end])
      isHTML = isHTML || line.contains("<")
      result += repaired(line: line, keepsReferences: isHTML)
      start = end
    }
    return result
  }

  private mutating func repaired(line: [Unicode.Scalar], keepsReferences: Bool) -> [Unicode.Scalar] {
    if line.allSatisfy(Self.isPlain) { return line }
    var line = line
    while true {
      let before = line
      if !keepsReferences { line = CharacterReferences.unescapedCautiously(line) }
      while let decoded = Self.decoded(line) { line = decoded }
      looksMisencoded = looksMisencoded || Self.holdsMisencoded(line)
      line = Self.withSimpleBreaks(line.flatMap(Self.simple))
      line = Self.normalised(Self.withoutControls(Self.withoutEscapes(line)))
      if line == before { return line }
    }
  }

  /// Nothing is done to printable ASCII but for references.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    (0x20..<0x7F).contains(scalar.value) && scalar != "&" || scalar == "\n"
  }

  // MARK: Characters

  /// Control characters of Latin-1 are taken for windows-1252; ligatures, wide and narrow forms and curly quotes become
  /// what they stand for, and line breaks of Unicode `\n`.
  private static func simple(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    guard scalar.value >= 0x80 else { return [scalar] }
    let scalar = (0x80...0x9F).contains(scalar.value) ? Windows1252.character(UInt8(scalar.value)) : scalar
    return unligated(scalar).flatMap { wide -> [Unicode.Scalar] in
      standardWidth(wide).map { unquoted($0) }
    }
  }

  private static func unligated(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    ligatures[scalar].map { Array($0.unicodeScalars) } ?? [scalar]
  }

  /// Ligatures of Latin letters and digraphs of old encodings; not those that are letters by themselves, such as æ.
  private static let ligatures: [Unicode.Scalar: String] = [
    "\u{132}": "IJ", "\u{133}": "ij", "\u{149}": "\u{2BC}n", "\u{1C4}": "D\u{17D}", "\u{1C5}": "D\u{17E}",
    "\u{1C6}": "d\u{17E}", "\u{1C7}": "LJ", "\u{1C8}": "Lj", "\u{1C9}": "lj", "\u{1CA}": "NJ", "\u{1CB}": "Nj",
    "\u{1CC}": "nj", "\u{1F1}": "DZ", "\u{1F2}": "Dz", "\u{1F3}": "dz", "\u{FB00}": "ff", "\u{FB01}": "fi",
    "\u{FB02}": "fl", "\u{FB03}": "ffi", "\u{FB04}": "ffl", "\u{FB05}": "\u{17F}t", "\u{FB06}": "st",
  ]

  private static func standardWidth(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    switch scalar.value {
    case 0x3000: [" "]
    case 0xFF01...0xFFEF: Array(String(scalar).precomposedStringWithCompatibilityMapping.unicodeScalars)
    default: [scalar]
    }
  }

  private static func unquoted(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x2BC, 0x2018...0x201B: "'"
    case 0x201C...0x201F: "\""
    case 0x2028, 0x2029: "\n"
    default: scalar
    }
  }

  // MARK: Sequences

  private static func withSimpleBreaks(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard line.contains("\r") else { return line }
    var result: [Unicode.Scalar] = []
    for (place, scalar) in line.enumerated() {
      if scalar == "\r" {
        result.append("\n")
      } else if scalar != "\n" || place == 0 || line[place - 1] != "\r" {
        result.append(scalar)
      }
    }
    return result
  }

  /// Without a terminal's escape sequences: ESC, `[`, digits and semicolons, a letter.
  private static func withoutEscapes(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard line.contains("\u{1B}") else { return line }
    var result: [Unicode.Scalar] = []
    var place = 0
    while place < line.count {
      if line[place] == "\u{1B}", place + 1 < line.count, line[place + 1] == "[" {
        var end = place + 2
        while end < line.count, line[end] == ";" || line[end].properties.generalCategory == .decimalNumber { end += 1 }
        if end < line.count, ("a"..."z").contains(line[end]) || ("A"..."Z").contains(line[end]) {
          place = end + 1
          continue
        }
      }
      result.append(line[place])
      place += 1
    }
    return result
  }

  private static func withoutControls(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
    line.filter {
      switch $0.value {
      case 0...8, 0xB, 0xE...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: false
      default: true
      }
    }
  }

  /// Unicode's normalisation form C.
  private static func normalised(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
    // Nothing below U+0300 combines or is composed.
    if line.allSatisfy({ $0.value < 0x300 }) { return line }
    return Array(String(line).precomposedStringWithCanonicalMapping.unicodeScalars)
  }

  // MARK: Encodings

  /// A line that is UTF-8 decoded as windows-1252 or Latin-1, decoded as what it is; nil for any other.
  private static func decoded(_ line: [Unicode.Scalar]) -> [Unicode.Scalar]? {
    guard line.contains(where: { $0.value >= 0x80 }), isEvident(line) else { return nil }
    let latin1 = line.map { $0.value <= 0xFF ? UInt8($0.value) : nil }
    for bytes in [latin1, line.map(Windows1252.byte)] where !bytes.contains(nil) {
      if let text = String(validating: bytes.compactMap(\.self), as: UTF8.self) { return Array(text.unicodeScalars) }
    }
    return nil
  }

  /// Whether a line holds what is hardly ever meant: a control character of Latin-1, the beginning of a misread dash, quote
  /// or picture, or Â or Ã before a character whose byte continues UTF-8, but for the five that are letters, `…`, `’` or
  /// a yen sign.
  private static func isEvident(_ line: [Unicode.Scalar]) -> Bool {
    line.indices.contains { place in
      if (0x80...0x9F).contains(line[place].value) { return true }
      guard place + 1 < line.count, let next = Windows1252.byte(line[place + 1]) else { return false }
      switch line[place] {
      case "\u{E2}": return line[place + 1] == "\u{20AC}"
      case "\u{F0}": return line[place + 1] == "\u{178}"
      case "\u{C2}", "\u{C3}":
        return (0x80..<0xC0).contains(next) && ![0x85, 0x8C, 0x8E, 0x92, 0xA5].contains(next)
      default: return false
      }
    }
  }

  /// Whether characters side by side are the bytes of UTF-8 in windows-1252; one that got lost, a space or a question mark
  /// instead of it, counts behind Â and Ã.
  private static func holdsMisencoded(_ line: [Unicode.Scalar]) -> Bool {
    guard line.contains(where: { (0xC2...0xF4).contains($0.value) }) else { return false }
    let bytes = line.map { Windows1252.byte($0) ?? ($0 == "\u{FFFD}" ? 0x80 : 0) }
    return bytes.indices.contains { place in
      let length: Int
      switch bytes[place] {
      case 0xC2...0xDF: length = 1
      case 0xE0...0xEF: length = 2
      case 0xF0...0xF4: length = 3
      default: return false
      }
      if (0xC2...0xC3).contains(bytes[place]), place + 1 < bytes.count, [0x20, 0x3F].contains(bytes[place + 1]) {
        return true
      }
      return bytes[(place + 1)...].prefix(length).count { (0x80..<0xC0).contains($0) } == length
    }
  }
}
