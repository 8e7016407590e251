import Files
import MetricCatalog

/// A shell command with places for values: `./sample.py --out {output} --seed {seed}`.
///
/// A value never becomes part of the command: it is put into the environment, and the placeholder becomes a reference to its
/// variable in double quotation marks, `"$VIDMETRICS_SEED"`. The shell does not read what a variable holds, so the value is one
/// word, whatever characters are in it. Where such a reference is no word of its own (quotation marks, here-documents, comments
/// and so on, see `Misplacement`) a placeholder is refused. What looks like one in quotation marks, as in `awk '{print}'`, and
/// `${...}` are the shell's.
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
    /// Which share of the videos the call writes, from 1.
    case shard
    /// How many shares there are.
    case shards
    /// How many videos the shares before it write.
    case first

    /// The variable that holds the value.
    public var variable: String { "VIDMETRICS_" + rawValue.uppercased() }

    /// Whether the value is digits and nothing else.
    var isNumber: Bool {
      switch self {
      case .seed, .count, .step, .shard, .shards, .first: true
      case .output, .checkpoint, .prompt, .class, .image: false
      }
    }
  }

  /// Where a reference to a variable is not the value as one word.
  public enum Misplacement: Sendable, Equatable {
    case quotes, hereDocument, comment, backquotes, expansion, arithmetic
    /// A word of the command that reads its arguments as commands.
    case reader(String)
  }

  enum Part: Sendable, Equatable {
    case text(String)
    /// As a word, or as the number in an arithmetic expansion.
    case value(Placeholder, isWord: Bool)
  }

  public let text: String
  private let parts: [Part]

  /// - Throws: `HarnessError.unknownPlaceholder`, `.misplacedPlaceholder`, `.noOutput`.
  public init(_ text: String, at place: Place) throws {
    self.text = text
    var scanner = ShellScanner(text, at: place)
    parts = try scanner.parts()
    guard placeholders.contains(.output) else { throw HarnessError.noOutput(place) }
  }

  public var placeholders: Set<Placeholder> {
    Set(parts.compactMap { if case .value(let placeholder, _) = $0 { placeholder } else { nil } })
  }

  /// The command for `/bin/sh -c`, the same for all values.
  public var script: String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .value(let placeholder, isWord: true): "\"$\(placeholder.variable)\""
      case .value(let placeholder, isWord: false): "${\(placeholder.variable)}"
      }
    }.joined()
  }

  /// The variables of `script`, empty where the value is not given. Those of placeholders that the command has not are
  /// removed: this program may itself be called by a generator's command.
  public func environment(_ values: [Placeholder: String]) -> [String: String?] {
    let taken = placeholders
    return Dictionary(
      uniqueKeysWithValues: Placeholder.allCases.map { placeholder in
        (placeholder.variable, taken.contains(placeholder) ? values[placeholder] ?? "" : nil)
      })
  }

  /// The command with its values, for people: each is one word of the shell.
  public func command(_ values: [Placeholder: String]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .value(let placeholder, _): Self.quoted(values[placeholder] ?? "")
      }
    }.joined()
  }

  /// One word of the shell: as it is where it holds plain characters only, else in single quotation marks.
  package static func quoted(_ word: String) -> String {
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
