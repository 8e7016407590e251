import Files
import Foundation
import Scores
import Synchronization
import Video

/// What a file says of the rows of a set: a JSON array of [video, digest, start, count, stride], with Python's separators.
///
/// A million rows are 130 MB of text: they are read where they lie, each when it is asked for, and written piece by piece.
enum RowsText {
  /// Gives the text of all rows to `body` in pieces of about a megabyte.
  static func forEachPiece(_ rows: FeatureSet.Rows, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try forEachPiece(count: rows.count, append: { rows.appendText(of: $0, to: &$1) }, body)
  }

  /// - Parameter append: the text of the row of that index.
  static func forEachPiece(
    count: Int, append: (Int, inout [UInt8]) -> Void, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    var text: [UInt8] = [UInt8(ascii: "[")]
    text.reserveCapacity(piece + 4096)
    for index in 0..<count {
      if index > 0 { text += [UInt8(ascii: ","), UInt8(ascii: " ")] }
      append(index, &text)
      if text.count >= piece {
        try text.withUnsafeBytes(body)
        text.removeAll(keepingCapacity: true)
      }
    }
    text.append(UInt8(ascii: "]"))
    try text.withUnsafeBytes(body)
  }

  private static let piece = 1 << 20

  static func append(_ row: FeatureSet.Row, to text: inout [UInt8]) {
    text +=
      JSONValue.array([
        .string(row.video), .string(row.digest), .integer(row.start), .integer(row.count), .integer(row.stride),
      ]).line.utf8
  }

  /// Rows where their text lies.
  final class Table: Sendable {
    private let text: ByteSlice
    let count: Int
    /// Where each `step`th begins: a place for each of some million rows would be most of what is in memory.
    private let starts: [Int]
    private static let step = 16
    /// Different names; nil where rows of one video do not stand together, or names are not in order.
    private let videos: Int?
    /// Whether rows are in canonical order.
    let isInOrder: Bool
    private let cursor = Mutex(Cursor())

    /// Rows are mostly asked for in order: where the next one begins, and before which text has left the process's memory.
    private struct Cursor {
      var next = (index: -1, place: 0)
      var released = 0
    }

    /// Bytes of text that stay in memory behind the row that was asked for last.
    fileprivate static let kept = 4 << 20

    /// nil for a text that is not such an array.
    init?(_ text: ByteSlice) {
      let found = text.withBytes { bytes in
        var reader = Reader(bytes: bytes)
        return reader.rows(step: Self.step) { text.region.release(text.offset + $0.lowerBound, $0.count) }
      }
      guard let found else { return nil }
      self.text = text
      (count, starts, videos, isInOrder) = (found.count, found.starts, found.videos, found.isInOrder)
    }

    func row(_ index: Int) -> FeatureSet.Row {
      parsed(index) { reader, row in
        FeatureSet.Row(
          video: reader.string(row.video), digest: reader.string(row.digest), start: row.start, count: row.count,
          stride: row.stride)
      }
    }

    func append(_ index: Int, to text: inout [UInt8]) {
      parsed(index) { reader, row in
        guard row.video.isPlain, row.digest.isPlain else {
          return RowsText.append(self.row(index), to: &text)
        }
        text.append(UInt8(ascii: "["))
        for string in [row.video.place, row.digest.place] {
          text.append(UInt8(ascii: "\""))
          text += reader.bytes[string]
          text += [UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: " ")]
        }
        text += "\(row.start), \(row.count), \(row.stride)]".utf8
      }
    }

    /// How many different videos the first rows are of; nil where that is not known.
    func videos(first count: Int) -> Int? {
      guard let videos else { return nil }
      if count == self.count { return videos }
      var (found, last) = (0, "")
      for index in 0..<count {
        let video = row(index).video
        if index == 0 || video != last { found += 1 }
        last = video
      }
      return found
    }

    private func parsed<R>(_ index: Int, _ body: (Reader, Reader.Place) -> R) -> R {
      text.withBytes { bytes in
        var next = cursor.withLock { $0.next }
        if next.index != index {
          next = (index / Self.step * Self.step, starts[index / Self.step])
        }
        var reader = Reader(bytes: bytes, place: next.place)
        for _ in next.index..<index { reader.skipRow() }
        let place = reader.place
        guard let row = reader.row() else { preconditionFailure("RowsText: the text of a row was changed") }
        reader.skipComma()
        cursor.withLock { cursor in
          cursor.next = (index + 1, reader.place)
          // Another thread that reads there reads the file anew.
          if place < cursor.released {
            cursor.released = place
          } else if place - cursor.released > Self.kept {
            text.region.release(text.offset + cursor.released, place - cursor.released)
            cursor.released = place
          }
        }
        return body(reader, row)
      }
    }
  }

  private struct Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var place = 0

    init(bytes: UnsafeRawBufferPointer, place: Int = 0) {
      self.bytes = bytes.assumingMemoryBound(to: UInt8.self)
      self.place = place
    }

    /// A string without its quotation marks.
    struct Text {
      let place: Range<Int>
      /// There is nothing to resolve in it.
      let isPlain: Bool
    }

    /// A row where it lies.
    struct Place {
      let video: Text
      let digest: Text
      let start: Int
      let count: Int
      let stride: Int
    }

    /// - Parameter release: these bytes are not read again soon.
    mutating func rows(
      step: Int, release: (Range<Int>) -> Void
    ) -> (count: Int, starts: [Int], videos: Int?, isInOrder: Bool)? {
      guard takes("[") else { return nil }
      var (starts, count) = ([Int](), 0)
      var videos: Int? = 0
      var isInOrder = true
      var last: Place?
      var released = 0
      if !takes("]") {
        repeat {
          skipSpace()
          let start = place
          if count.isMultiple(of: step) { starts.append(start) }
          count += 1
          guard let row = row() else { return nil }
          if let last, bytes[last.video.place].elementsEqual(bytes[row.video.place]) {
            isInOrder = isInOrder && (last.start, last.count, last.stride) < (row.start, row.count, row.stride)
          } else {
            let isNext = last.map { NaturalOrder.precedes(string($0.video), string(row.video)) } ?? true
            videos = isNext ? videos.map { $0 + 1 } : nil
            isInOrder = isInOrder && isNext
          }
          // The last row is still compared with the next one.
          if start - released > Table.kept {
            release(released..<(last?.video.place.lowerBound ?? released))
            released = last?.video.place.lowerBound ?? released
          }
          last = row
        } while takes(",")
        guard takes("]") else { return nil }
      }
      skipSpace()
      return place == bytes.count ? (count, starts, videos, isInOrder) : nil
    }

    mutating func row() -> Place? {
      guard takes("["), let video = text(), takes(","), let digest = text(), takes(","), let start = frames(),
        takes(","), let count = frames(), takes(","), let stride = frames(), takes("]")
      else { return nil }
      return Place(video: video, digest: digest, start: start, count: count, stride: stride)
    }

    /// Goes to the next row, of a text whose rows were read before.
    mutating func skipRow() {
      _ = row()
      skipComma()
    }

    mutating func skipComma() { if takes(",") { skipSpace() } }

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

    private mutating func text() -> Text? {
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
      let content = start..<place
      place += 1
      return isPlain || decoded(content) != nil ? Text(place: content, isPlain: isPlain) : nil
    }

    func string(_ text: Text) -> String {
      text.isPlain ? String(decoding: bytes[text.place], as: UTF8.self) : decoded(text.place) ?? ""
    }

    /// With its escapes resolved.
    private func decoded(_ content: Range<Int>) -> String? {
      try? JSONDecoder().decode(String.self, from: Data(bytes[content.lowerBound - 1..<content.upperBound + 1]))
    }

    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
      skipSpace()
      guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
      place += 1
      return true
    }

    private mutating func skipSpace() {
      while place < bytes.count, bytes[place] <= 0x20, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    }
  }
}
