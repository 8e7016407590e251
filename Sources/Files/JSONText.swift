import Foundation

/// What Foundation's reader of JSON passes over, and what it refuses although Python writes it.
package enum JSONText {
  /// Why a text is not what is wanted of it.
  package enum Problem: Error, Equatable, Sendable, CustomStringConvertible {
    case malformed
    case noObject
    case repeatedKey(String)

    package var description: String {
      switch self {
      case .malformed: "not a JSON object: it breaks off or is not JSON"
      case .noObject: "not a JSON object"
      case .repeatedKey(let key): "ambiguous: the key `\(key)` stands twice in one object"
      }
    }
  }

  /// The object that a text is.
  ///
  /// - Throws: `Problem`.
  package static func object(_ text: some Sequence<UInt8>) throws -> [String: Any] {
    let bytes = Data(text)
    let value: Any
    do { value = try JSONSerialization.jsonObject(with: bytes, options: [.fragmentsAllowed]) } catch {
      throw Problem.malformed
    }
    guard let object = value as? [String: Any] else { throw Problem.noObject }
    if let key = repeatedKey(bytes) { throw Problem.repeatedKey(key) }
    return object
  }

  /// A key that one object of the text has twice; nil if there is none. The text is well-formed JSON.
  package static func repeatedKey(_ text: some Sequence<UInt8>) -> String? {
    let bytes = Array(text)
    /// The keys of the objects that are open; nil for a list.
    var open: [Set<String>?] = []
    /// Whether a string that comes next is a key.
    var expectsKey = false
    var place = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "{"):
        open.append([])
        expectsKey = true
      case UInt8(ascii: "["):
        open.append(nil)
        expectsKey = false
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        _ = open.popLast()
        expectsKey = false
      case UInt8(ascii: ","): expectsKey = open.last.map { $0 != nil } ?? false
      case UInt8(ascii: "\""):
        let end = self.end(ofString: place, in: bytes)
        if expectsKey, !open.isEmpty {
          let key = string(bytes[place..<end])
          guard open[open.count - 1]?.insert(key).inserted ?? true else { return key }
          expectsKey = false
        }
        place = end - 1
      default: break
      }
      place += 1
    }
    return nil
  }

  /// The text with Python's `NaN`, `Infinity` and `-Infinity` as strings, which JSON has no numbers for.
  package static func quotingNotFinite(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "\"") {
        let end = self.end(ofString: place, in: bytes)
        result += bytes[place..<end]
        place = end
      } else if let word = notFinite.first(where: { bytes[place...].starts(with: $0) }) {
        result += [UInt8(ascii: "\"")] + word + [UInt8(ascii: "\"")]
        place += word.count
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static let notFinite = ["NaN", "Infinity", "-Infinity"].map { Array($0.utf8) }

  /// The place behind the closing quotation mark, or the text's end.
  private static func end(ofString start: Int, in bytes: [UInt8]) -> Int {
    var place = start + 1
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(place + 1, bytes.count)
  }

  /// The string of a literal, its escapes resolved.
  private static func string(_ literal: ArraySlice<UInt8>) -> String {
    (try? JSONDecoder().decode(String.self, from: Data(literal))) ?? String(decoding: literal, as: UTF8.self)
  }
}
