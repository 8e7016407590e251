import Files
import MetricCatalog

/// A shell command with places for values: `./sample.py --out {output} --seed {seed}`.
///
/// A value is put in as one word of the shell, whatever characters it holds. A placeholder therefore stands outside of
/// quotation marks; what looks like one within them, as in `awk '{print}'`, and `${...}` are the shell's.
public struct CommandTemplate: Sendable, Equatable {
  /// What a command can be given.
  public enum Placeholder: String, Sendable, CaseIterable {
    /// The folder to write to; it exists and is empty.
    case output
    case seed
    /// How many videos to write.
    case count
    /// The checkpoint's path.
    case checkpoint
    case step
    case prompt
    case `class`
    /// A picture's path.
    case image
  }

  public let text: String
  private let parts: [Part]

  private enum Part: Sendable, Equatable {
    case text(String)
    case value(Placeholder)
  }

  /// - Throws: `HarnessError.unknownPlaceholder`, `.quotedPlaceholder`, `.noOutput`.
  public init(_ text: String, at place: Place) throws {
    self.text = text
    var parts: [Part] = []
    var literal = ""
    var quote: Character?
    var index = text.startIndex
    while index < text.endIndex {
      let character = text[index]
      if character == "\\", quote != "'" {
        let next = text.index(after: index)
        let end = next < text.endIndex ? text.index(after: next) : next
        literal += text[index..<end]
        index = end
        continue
      }
      if character == "\"" || character == "'" {
        if quote == nil { quote = character } else if quote == character { quote = nil }
      }
      if character == "{", !literal.hasSuffix("$"), let match = text[index...].prefixMatch(of: /\{([a-z_-]+)\}/) {
        let name = String(match.output.1)
        if let placeholder = Placeholder(rawValue: name) {
          guard quote == nil else { throw HarnessError.quotedPlaceholder(place, name: name) }
          parts += [.text(literal), .value(placeholder)]
          literal = ""
          index = match.range.upperBound
          continue
        }
        if quote == nil {
          throw HarnessError.unknownPlaceholder(
            place, name: name, nearest: NearestName.of(name, among: Placeholder.allCases.map(\.rawValue)))
        }
      }
      literal.append(character)
      index = text.index(after: index)
    }
    self.parts = parts + [.text(literal)]
    guard placeholders.contains(.output) else { throw HarnessError.noOutput(place) }
  }

  public var placeholders: Set<Placeholder> {
    Set(parts.compactMap { if case .value(let placeholder) = $0 { placeholder } else { nil } })
  }

  /// The command for `/bin/sh -c`. Values that are not given are empty words.
  public func command(_ values: [Placeholder: String]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .value(let placeholder): Self.quoted(values[placeholder] ?? "")
      }
    }.joined()
  }

  /// One word of the shell: as it is where it holds plain characters only, else in single quotation marks.
  public static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_-./:,=+@%".utf8.contains(byte)
      }
    }
    guard !isPlain || word.isEmpty else { return word }
    // By scalars: a quotation mark with an accent over it is one character of Swift's and a quotation mark of the shell's.
    var result = "'"
    for scalar in word.unicodeScalars {
      if scalar == "'" { result += "'\\''" } else { result.unicodeScalars.append(scalar) }
    }
    return result + "'"
  }
}
