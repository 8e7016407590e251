import Foundation
import Scores

/// What a file says of the rows of a set: a JSON array of [video, digest, start, count, stride], with Python's separators.
///
/// A million rows are 130 MB of text: they are written and read one by one.
enum RowsText {
  static func text(_ rows: [FeatureSet.Row]) -> String {
    var text = "["
    for (index, row) in rows.enumerated() {
      if index > 0 { text += ", " }
      text +=
        JSONValue.array([
          .string(row.video), .string(row.digest), .integer(row.start), .integer(row.count), .integer(row.stride),
        ]).line
    }
    return text + "]"
  }

  /// nil for a text that is not such an array.
  static func rows(_ text: String) -> [FeatureSet.Row]? {
    var text = text
    return text.withUTF8 { bytes in
      var reader = Reader(bytes: bytes)
      return reader.rows()
    }
  }

  private struct Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var place = 0

    mutating func rows() -> [FeatureSet.Row]? {
      guard takes("[") else { return nil }
      var rows: [FeatureSet.Row] = []
      if !takes("]") {
        repeat {
          guard let row = row() else { return nil }
          rows.append(row)
        } while takes(",")
        guard takes("]") else { return nil }
      }
      skipSpace()
      return place == bytes.count ? rows : nil
    }

    private mutating func row() -> FeatureSet.Row? {
      guard takes("["), let video = string(), takes(","), let digest = string(), takes(","), let start = frames(),
        takes(","), let count = frames(), takes(","), let stride = frames(), takes("]")
      else { return nil }
      return FeatureSet.Row(video: video, digest: digest, start: start, count: count, stride: stride)
    }

    /// A whole number of frames, 2⁴⁰ at most.
    private mutating func frames() -> Int? {
      skipSpace()
      let start = place
      while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) { place += 1 }
      let digits = bytes[start..<place]
      guard (1...13).contains(digits.count), digits.first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
      let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
      return value <= 1 << 40 ? value : nil
    }

    private mutating func string() -> String? {
      guard takes("\"") else { return nil }
      let start = place
      var isPlain = true
      while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
        if bytes[place] < 0x20 { return nil }
        if bytes[place] == UInt8(ascii: "\\") {
          isPlain = false
          place += 1
        }
        place += 1
      }
      guard place < bytes.count else { return nil }
      let content = bytes[start..<place]
      place += 1
      if isPlain { return String(decoding: content, as: UTF8.self) }
      return try? JSONDecoder().decode(String.self, from: Data(bytes[start - 1..<place]))
    }

    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
      skipSpace()
      guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
      place += 1
      return true
    }

    private mutating func skipSpace() {
      while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    }
  }
}
