/// CLIP's tokenizer: byte pairs of cleaned, lower-case text (Radford et al., "Learning Transferable Visual Models From Natural
/// Language Supervision", 2021; `clip/simple_tokenizer.py`).
///
/// The ids are those of `clip.tokenize(prompt, truncate=True)`. open_clip's are the same but for two texts: there
/// `<start_of_text>` and `<end_of_text>` stand for the first and the last id, here `<|startoftext|>` and
/// `<|endoftext|>`. Letters and digits are those of this runtime's Unicode; the reference's (the `regex` module's) may be newer.
public struct CLIPTokenizer: Sendable {
  /// Ids of a prompt.
  public static let length = 77
  public static let start = 49406
  public static let end = 49407

  private static let merges = 49152 - 256 - 2

  private struct Pair: Hashable {
    let first: Int32
    let second: Int32
  }

  private struct Merge {
    let rank: Int32
    let symbol: Int32
  }

  private let table: [Pair: Merge]
  /// The symbol of a byte; 256 more for one that ends a word.
  private let symbols: [Int32]

  /// - Parameter vocabulary: `bpe_simple_vocab_16e6.txt`: a header, then a merge a row, two symbols with a space between.
  /// - Throws: `TextError`.
  public init(vocabulary: String) throws {
    var text = vocabulary
    (symbols, table) = try text.withUTF8 { try Self.read($0) }
  }

  // MARK: Vocabulary

  /// Bytes are written as characters that can be seen: printable ones of Latin-1 as themselves, the others as U+0100 and on.
  private static let characters: [(byte: UInt8, scalar: Unicode.Scalar)] = {
    let printable = [0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF].flatMap { Array($0 as ClosedRange<UInt8>) }
    let others = (0...255 as ClosedRange<UInt8>).filter { !printable.contains($0) }
    return printable.map { ($0, Unicode.Scalar($0)) }
      + others.enumerated().compactMap { index, byte in Unicode.Scalar(0x100 + UInt32(index)).map { (byte, $0) } }
  }()

  private static func read(_ text: UnsafeBufferPointer<UInt8>) throws -> ([Int32], [Pair: Merge]) {
    let rows = text.split(separator: UInt8(ascii: "\n"), maxSplits: merges + 1, omittingEmptySubsequences: false)
    guard rows.count > merges else { throw TextError.shortVocabulary(rows: rows.count, needed: merges + 1) }
    // Ids are places in the list of symbols: bytes, bytes that end a word, merged ones. Of equal ones the last counts.
    var ids: [[UInt8]: Int32] = [:]
    ids.reserveCapacity(merges + 512)
    let endOfWord = Array("</w>".utf8)
    var symbols = [Int32](repeating: 0, count: 512)
    for (index, (byte, scalar)) in characters.enumerated() {
      let bytes = Array(String(scalar).utf8)
      symbols[Int(byte)] = Int32(index)
      symbols[Int(byte) + 256] = Int32(index + 256)
      ids[bytes] = Int32(index)
      ids[bytes + endOfWord] = Int32(index + 256)
    }
    var pairs: [([UInt8], [UInt8])] = []
    pairs.reserveCapacity(merges)
    for (index, row) in rows[1...merges].enumerated() {
      let parts = row.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
      guard parts.count == 2 else { throw malformed(index, row) }
      pairs.append((Array(parts[0]), Array(parts[1])))
      ids[Array(parts[0]) + parts[1]] = Int32(index + 512)
    }
    var table: [Pair: Merge] = [:]
    table.reserveCapacity(merges)
    for (index, (first, second)) in pairs.enumerated() {
      guard let one = ids[first], let other = ids[second], let both = ids[first + second] else {
        throw malformed(index, rows[index + 1])
      }
      table[Pair(first: one, second: other)] = Merge(rank: Int32(index), symbol: both)
    }
    return (symbols, table)
  }

  private static func malformed(_ index: Int, _ row: Slice<UnsafeBufferPointer<UInt8>>) -> TextError {
    .malformedMerge(row: index + 2, text: String(decoding: row, as: UTF8.self))
  }

  // MARK: Prompts

  /// The ids of a prompt: the start, its tokens, the end, zeros. A longer prompt is cut, and its last id is the end.
  public func tokens(of prompt: String) -> (ids: [Int], isTruncated: Bool) { tokens(of: CleanPrompt(prompt)) }

  public func tokens(of prompt: CleanPrompt) -> (ids: [Int], isTruncated: Bool) {
    var ids = [Self.start]
    for word in Self.words(Array(prompt.text.unicodeScalars)) {
      switch word {
      case .special(let id): ids.append(id)
      case .text(let word): ids += symbols(of: word)
      }
      // What is cut off need not be known.
      if ids.count >= Self.length { break }
    }
    ids.append(Self.end)
    let isTruncated = ids.count > Self.length
    if isTruncated {
      ids = Array(ids.prefix(Self.length))
      ids[Self.length - 1] = Self.end
    }
    return (ids + [Int](repeating: 0, count: Self.length - ids.count), isTruncated)
  }

  private enum Word {
    case text(ArraySlice<Unicode.Scalar>)
    case special(Int)
  }

  private enum Kind { case letter, number, other, space }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    if scalar.isASCII {
      switch scalar {
      case "a"..."z", "A"..."Z": return .letter
      case "0"..."9": return .number
      case " ": return .space
      default: break
      }
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default:
      // Where case is ignored, Python's regex module finds U+0345 (which is ι in another case) in none of the sets.
      return scalar.properties.isWhitespace || scalar == "\u{345}" ? .space : .other
    }
  }

  /// English contractions, and the two texts that stand for ids; the order is that of the pattern.
  private static let specials: [(text: [Unicode.Scalar], id: Int?)] =
    [("<|startoftext|>", start), ("<|endoftext|>", end)].map { (Array($0.unicodeScalars), $1) }
    + ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { (Array($0.unicodeScalars), nil) }

  /// Runs of letters, single digits, runs of everything else but spaces.
  private static func words(_ text: [Unicode.Scalar]) -> [Word] {
    var words: [Word] = []
    var place = 0
    while place < text.count {
      if let (special, end) = special(text, place) {
        words.append(special)
        place = end
        continue
      }
      let kind = kind(text[place])
      var end = place + 1
      if kind == .letter || kind == .other {
        while end < text.count, Self.kind(text[end]) == kind { end += 1 }
      }
      if kind != .space { words.append(.text(text[place..<end])) }
      place = end
    }
    return words
  }

  private static func special(_ text: [Unicode.Scalar], _ place: Int) -> (Word, end: Int)? {
    guard text[place] == "'" || text[place] == "<" else { return nil }
    for (special, id) in specials where text.count - place >= special.count {
      let found = text[place..<place + special.count]
      // A long s is an s in another case.
      guard zip(found, special).allSatisfy({ $0 == $1 || $0 == "\u{17F}" && $1 == "s" }) else { continue }
      let isExact = found.elementsEqual(special)
      return (id.flatMap { isExact ? .special($0) : nil } ?? .text(found), place + special.count)
    }
    return nil
  }

  // MARK: Byte pairs

  /// Merges the pair of the lowest rank, everywhere, until no pair is in the vocabulary.
  private func symbols(of word: ArraySlice<Unicode.Scalar>) -> [Int] {
    var symbols = word.flatMap { UTF8.encode($0)!.map { self.symbols[Int($0)] } }
    symbols[symbols.count - 1] += 256
    while symbols.count > 1 {
      var best: (pair: Pair, merge: Merge)?
      for place in 0..<symbols.count - 1 {
        let pair = Pair(first: symbols[place], second: symbols[place + 1])
        if let merge = table[pair], merge.rank < best?.merge.rank ?? .max { best = (pair, merge) }
      }
      guard let best else { break }
      var kept = 0
      var place = 0
      while place < symbols.count {
        let isPair =
          place + 1 < symbols.count && symbols[place] == best.pair.first && symbols[place + 1] == best.pair.second
        symbols[kept] = isPair ? best.merge.symbol : symbols[place]
        kept += 1
        place += isPair ? 2 : 1
      }
      symbols.removeSubrange(kept...)
    }
    return symbols.map(Int.init)
  }
}
