/// HTML's character references: `&eacute;`, `&#233;`, `&#xE9;`, also without the semicolon where HTML allows it.
///
/// The rules are those of the WHATWG's HTML standard ("Numeric character reference end state", "Named character reference
/// state") as Python's `html.unescape` applies them to text.
enum CharacterReferences {
  private struct Named {
    let characters: [Unicode.Scalar]
    /// Whether it is also a name without its semicolon.
    let isBare: Bool
  }

  private static let named: [String: Named] = {
    var table: [String: Named] = [:]
    for entry in characterReferenceTable.utf8.split(separator: UInt8(ascii: " ")) {
      guard let end = entry.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "!") }) else { continue }
      let characters = entry[entry.index(after: end)...].split(separator: UInt8(ascii: "+"))
        .compactMap { UInt32(Substring($0), radix: 16).flatMap(Unicode.Scalar.init) }
      table[String(entry[..<end])!] = Named(characters: characters, isBare: entry[end] == UInt8(ascii: "!"))
    }
    return table
  }()

  // MARK: All of them

  /// What Python's `html.unescape` makes of a text.
  static func unescaped(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard text.contains("&") else { return text }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      guard text[place] == "&" else {
        result.append(text[place])
        place += 1
        continue
      }
      if let (characters, end) = numeric(text, from: place + 1) {
        result += characters
        place = end
      } else {
        let (characters, end) = name(text, from: place + 1)
        result += characters
        place = end
      }
    }
    return result
  }

  /// `#233;` or `#xE9;`, the semicolon optional.
  private static func numeric(_ text: [Unicode.Scalar], from start: Int) -> ([Unicode.Scalar], end: Int)? {
    guard start + 1 < text.count, text[start] == "#" else { return nil }
    let isHexadecimal = text[start + 1] == "x" || text[start + 1] == "X"
    let first = start + (isHexadecimal ? 2 : 1)
    var end = first
    var value: UInt32 = 0
    while end < text.count, let digit = digit(text[end], radix: isHexadecimal ? 16 : 10) {
      // Whatever lies beyond Unicode is as good as any other.
      value = min(value * (isHexadecimal ? 16 : 10) + digit, 0x20_0000)
      end += 1
    }
    guard end > first else { return nil }
    if end < text.count, text[end] == ";" { end += 1 }
    return (character(value), end)
  }

  private static func digit(_ scalar: Unicode.Scalar, radix: UInt32) -> UInt32? {
    let digit: UInt32? =
      switch scalar {
      case "0"..."9": scalar.value - 0x30
      case "a"..."f": scalar.value - 0x61 + 10
      case "A"..."F": scalar.value - 0x41 + 10
      default: nil
      }
    return digit.flatMap { $0 < radix ? $0 : nil }
  }

  /// The standard's replacements: 0 and numbers that are not characters become U+FFFD, 0x80...0x9F are taken for windows-1252;
  /// control characters and noncharacters vanish, as in Python.
  private static func character(_ value: UInt32) -> [Unicode.Scalar] {
    switch value {
    case 0: return ["\u{FFFD}"]
    case 0x80...0x9F: return [Windows1252.character(UInt8(value))]
    case 1...8, 0xB, 0xE...0x1F, 0x7F, 0xFDD0...0xFDEF: return []
    case _ where value & 0xFFFE == 0xFFFE && value < 0x11_0000: return []
    default: return [Unicode.Scalar(value) ?? "\u{FFFD}"]
    }
  }

  /// A name of at most 32 characters, or the longest beginning of it that is a name without a semicolon.
  private static func name(_ text: [Unicode.Scalar], from start: Int) -> ([Unicode.Scalar], end: Int) {
    var end = start
    while end < text.count, end < start + 32, !endsNames(text[end]) { end += 1 }
    let written = String(text[start..<end])
    if end < text.count, text[end] == ";", let found = named[written] { return (found.characters, end + 1) }
    for length in stride(from: end - start, to: 1, by: -1) {
      if let found = named[String(text[start..<start + length])], found.isBare {
        return (found.characters, start + length)
      }
    }
    return (["&"] + text[start..<end], end)
  }

  private static func endsNames(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\t", "\n", "\u{C}", " ", "<", "&", "#", ";": true
    default: false
    }
  }

  // MARK: Unambiguous ones

  /// Only those with a semicolon, and names in capitals that are not names, such as `&EACUTE;`: what ftfy does to text that
  /// may not be HTML (`ftfy.fixes.unescape_html`).
  static func unescapedCautiously(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard text.contains("&") else { return text }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      if text[place] == "&", let (characters, end) = cautious(text, from: place + 1) {
        result += characters
        place = end
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return result
  }

  private static func cautious(_ text: [Unicode.Scalar], from start: Int) -> ([Unicode.Scalar], end: Int)? {
    let isNumeric = start < text.count && text[start] == "#"
    let first = start + (isNumeric ? 1 : 0)
    var end = first
    while end < text.count, isLetterOrDigit(text[end]) { end += 1 }
    guard (1...24).contains(end - first), end < text.count, text[end] == ";" else { return nil }
    if isNumeric {
      // `&#12a;` is not a reference as a whole, and `&#59;` would leave a semicolon behind.
      guard let (characters, after) = numeric(text, from: start), after == end + 1, !characters.contains(";") else {
        return nil
      }
      return (characters, after)
    }
    let written = String(text[first..<end])
    if let found = named[written] { return (found.characters, end + 1) }
    let lower = written.lowercased()
    guard written == written.uppercased(), let found = named[lower], !beginsWithBareName(text[first..<end]) else {
      return nil
    }
    return (found.characters.flatMap { Array($0.properties.uppercaseMapping.unicodeScalars) }, end + 1)
  }

  private static func beginsWithBareName(_ name: ArraySlice<Unicode.Scalar>) -> Bool {
    (2...max(2, name.count)).contains { named[String(name.prefix($0))]?.isBare == true }
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "0"..."9", "a"..."z", "A"..."Z": true
    default: false
    }
  }
}

extension String {
  init(_ scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}
