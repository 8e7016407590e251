/// Files of text.
package enum TextFile {
  /// The text, which must be UTF-8, without the mark of three bytes that some programs write before it.
  ///
  /// - Throws: `FilesError.unreadable`, `.malformed`.
  package static func read(_ path: String) throws -> String {
    let region = ByteRegion(try OpenFile(path))
    try region.refuse({ !$0.isText }, wanted: "text", path: path)
    let bytes = try region.array()
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FilesError.malformed(path: path, .unsupported(part: "its text", what: "not UTF-8"))
    }
    return text.utf8.starts(with: [0xef, 0xbb, 0xbf]) ? String(text.unicodeScalars.dropFirst()) : text
  }
}

extension ContentKind {
  /// Whether it can be what somebody means by a text file.
  fileprivate var isText: Bool {
    if case .text = self { true } else { self == .empty }
  }
}

/// The lines of a text: what lies between line feeds (byte 0x0A). A carriage return before one belongs to the line's end,
/// and the last line need not have one.
///
/// `String.split` goes by characters, and the two bytes of a Windows line end are one character that is not "\n".
package enum TextLines {
  /// Each line with its number, from 1.
  package static func numbered(_ text: String) -> [(number: Int, text: Substring)] {
    var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.enumerated().map { ($0 + 1, Substring($1.last == 0x0D ? $1.dropLast() : $1)) }
  }

  /// Each line up to the last that holds more than white space.
  package static func withoutBlankEnd(_ text: String) -> [(number: Int, text: Substring)] {
    let lines = numbered(text)
    return Array(lines.prefix((lines.lastIndex { $0.text.contains { !$0.isWhitespace } } ?? -1) + 1))
  }

  /// The lines that hold more than white space.
  package static func filled(_ text: String) -> [(number: Int, text: Substring)] {
    numbered(text).filter { $0.text.contains { !$0.isWhitespace } }
  }
}
