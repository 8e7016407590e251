/// A prompt as CLIP's tokenizer wants it: repaired, without character references, with single spaces and in lower case.
public struct CleanPrompt: Sendable, Equatable {
  public let text: String
  /// Whether parts of it look like text that was decoded as another encoding (`cafÃ© …`). The reference repairs more of it
  /// than is repaired here, so the ids may be others than the reference's.
  public let looksMisencoded: Bool

  /// What `SimpleTokenizer.encode` of OpenAI's CLIP does before it looks for tokens (`clip/simple_tokenizer.py`:
  /// `basic_clean`, `whitespace_clean`, `lower`).
  public init(_ prompt: String) {
    var repair = TextRepair()
    let repaired = repair.repaired(Array(prompt.unicodeScalars))
    let characters = CharacterReferences.unescaped(CharacterReferences.unescaped(repaired))
    text = String(Self.lowercased(Self.collapsed(characters)))
    looksMisencoded = repair.looksMisencoded
  }

  private static func collapsed(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    Array(text.split { $0.properties.isWhitespace }.joined(separator: [" "]))
  }

  /// Unicode's full mapping; a capital sigma at the end of a word becomes ς. Not that of a language: İ becomes i and a dot.
  private static func lowercased(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    for (place, scalar) in text.enumerated() {
      if scalar.isASCII {
        result.append(("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar)
      } else if scalar == "\u{3A3}" {
        result.append(endsWord(text, place) ? "\u{3C2}" : "\u{3C3}")
      } else {
        result += scalar.properties.lowercaseMapping.unicodeScalars
      }
    }
    return result
  }

  /// Unicode's condition Final_Sigma: a cased letter before it and none behind it, whatever is case-ignorable between.
  private static func endsWord(_ text: [Unicode.Scalar], _ place: Int) -> Bool {
    let before = text[..<place].last { !$0.properties.isCaseIgnorable }
    let after = text[(place + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }
}
