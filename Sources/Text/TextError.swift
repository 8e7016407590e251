/// What can be wrong with a vocabulary.
public enum TextError: Error, Equatable, Sendable {
  /// Fewer rows than CLIP's 48 894 merges and the header before them.
  case shortVocabulary(rows: Int, needed: Int)
  /// A row, counted from 1, that is not two symbols of the vocabulary.
  case malformedMerge(row: Int, text: String)
}

extension TextError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .shortVocabulary(let rows, let needed):
      "this is not CLIP's vocabulary: it has \(rows) rows, \(needed) are needed; \(Self.hint)"
    case .malformedMerge(let row, let text):
      "this is not CLIP's vocabulary: row \(row) is `\(text.prefix(40))`, not two symbols that it knows; \(Self.hint)"
    }
  }

  private static let hint = "`vidmetrics weights fetch clip-vocabulary` gets it again"
}
