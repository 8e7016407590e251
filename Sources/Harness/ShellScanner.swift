import Files

/// Finds the placeholders of a command, and where they stand in the grammar of the POSIX shell (IEEE Std 1003.1, Shell Command
/// Language, 2.2 quoting, 2.3 tokens, 2.6 expansions, 2.7.4 here-documents).
///
/// It need not read all of a shell's language: a reference to a variable is never read as a command, wherever it stands, so a
/// misreading here can cost a word its bounds and no more.
struct ShellScanner {
  /// What is open around the place that is read.
  private enum Frame: Equatable {
    /// The command itself, `(...)` and `$(...)`: words stand here.
    case commands
    case single, double, backquotes
    /// `${...}`.
    case expansion
    /// `$((...))` and `((...))`.
    case arithmetic
  }

  private typealias Misplacement = CommandTemplate.Misplacement

  private let place: Place
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var frames = [Frame.commands]
  /// Open parentheses within the innermost arithmetic expansion.
  private var depth = 0
  /// Of the command that is read: the words before the one that is read, and that one.
  private var words: [String] = []
  private var word = ""
  /// Those of the commands around it.
  private var outer: [(words: [String], word: String, isInWord: Bool)] = []
  /// Whether a character belongs to the word that is read: `''` is a word, too.
  private var isInWord = false
  /// Ends of here-documents that begin after this line, and whether tabs before them count.
  private var ends: [(word: String, dropsTabs: Bool)] = []
  private var found: [CommandTemplate.Part] = []
  private var literal = ""

  init(_ text: String, at place: Place) {
    scalars = Array(text.unicodeScalars)
    self.place = place
  }

  /// - Throws: `HarnessError.unknownPlaceholder`, `.misplacedPlaceholder`.
  mutating func parts() throws -> [CommandTemplate.Part] {
    while index < scalars.count { try step() }
    return found + [.text(literal)]
  }

  private var frame: Frame { frames.last ?? .commands }

  private func peek(_ text: String) -> Bool { scalars[index...].starts(with: text.unicodeScalars) }

  /// Goes on by so many characters of the command as it is.
  private mutating func copy(_ count: Int = 1) {
    for scalar in scalars[index..<min(index + count, scalars.count)] { literal.unicodeScalars.append(scalar) }
    index += count
  }

  private mutating func step() throws {
    let scalar = scalars[index]
    if frame == .single {
      if scalar == "'" {
        frames.removeLast()
        copy()
      } else if try !placeholder(in: .quotes) {
        addToWord(scalar)
      }
    } else if scalar == "\\" {
      if index + 1 < scalars.count { addToWord(scalars[index + 1], copying: 0) }
      copy(2)
    } else if try !opening(scalar), try !closing(scalar) {
      switch frame {
      case .commands: try command(scalar)
      case .single, .double: if try !placeholder(in: .quotes) { addToWord(scalar) }
      case .backquotes: if try !placeholder(in: .backquotes) { addToWord(scalar) }
      case .expansion: if try !placeholder(in: .expansion) { addToWord(scalar) }
      case .arithmetic: if try !placeholder(in: .arithmetic) { addToWord(scalar) }
      }
    }
  }

  private mutating func addToWord(_ scalar: Unicode.Scalar, copying count: Int = 1) {
    isInWord = true
    word.unicodeScalars.append(scalar)
    copy(count)
  }

  // MARK: What opens and closes

  private mutating func opening(_ scalar: Unicode.Scalar) throws -> Bool {
    if peek("$((") { return open(.arithmetic, 3) }
    if peek("$(") { return open(.commands, 2) }
    if peek("${") { return open(.expansion, 2) }
    if scalar == "`", !frames.contains(.backquotes) { return open(.backquotes, 1) }
    if frame == .double { return false }
    if scalar == "\"" { return open(.double, 1) }
    // Within double quotation marks that of an expansion is a character.
    if scalar == "'", frame != .arithmetic, frame != .expansion || !frames.contains(.double) { return open(.single, 1) }
    guard frame == .commands, !isInWord else { return false }
    if peek("((") { return open(.arithmetic, 2) }
    if scalar == "(" { return open(.commands, 1) }
    return false
  }

  private mutating func open(_ frame: Frame, _ count: Int) -> Bool {
    isInWord = true
    if frame == .commands {
      outer.append((words, word, isInWord))
      (words, word, isInWord) = ([], "", false)
    }
    if frame == .arithmetic { depth = 0 }
    frames.append(frame)
    copy(count)
    return true
  }

  private mutating func closing(_ scalar: Unicode.Scalar) throws -> Bool {
    switch frame {
    case .commands:
      // One that closes nothing stands behind a pattern of `case`.
      guard scalar == ")" else { return false }
      endCommand()
      if let around = outer.popLast() {
        (words, word, isInWord) = around
        frames.removeLast()
      }
      copy()
    case .double, .backquotes, .expansion:
      let end: Unicode.Scalar = frame == .double ? "\"" : frame == .backquotes ? "`" : "}"
      guard scalar == end else { return false }
      frames.removeLast()
      copy()
    case .arithmetic:
      if scalar == "(" { depth += 1 }
      if depth == 0, peek("))") {
        frames.removeLast()
        copy(2)
        return true
      }
      if scalar == ")" { depth -= 1 }
      return false
    case .single: return false
    }
    return true
  }

  // MARK: Commands

  private mutating func command(_ scalar: Unicode.Scalar) throws {
    switch scalar {
    case " ", "\t":
      endWord()
      copy()
    case "\n":
      endCommand()
      copy()
      try hereDocuments()
    case ";", "&", "|":
      endCommand()
      copy()
    case "#" where !isInWord:
      while index < scalars.count, scalars[index] != "\n" { if try !placeholder(in: .comment) { copy() } }
    case "<":
      endWord()
      if peek("<<<") { copy(3) } else if peek("<<") { try hereDocumentOpens() } else { copy(peek("<&") ? 2 : 1) }
    case ">":
      endWord()
      copy(peek(">&") ? 2 : 1)
    default:
      let misplaced: Misplacement? = frames.contains(.backquotes) ? .backquotes : reader().map { .reader($0) }
      if try !placeholder(in: misplaced) { addToWord(scalar) }
    }
  }

  private mutating func endWord() {
    if isInWord { words.append(word) }
    (word, isInWord) = ("", false)
  }

  private mutating func endCommand() {
    endWord()
    words = []
  }

  /// Whose arguments are read as commands, or by a shell of another machine, or as an expression that may hold commands.
  private static let readers: Set = ["eval", "trap", "let", "[[", "ssh"]
  private static let shells: Set = ["sh", "bash", "dash", "ksh", "zsh", "su"]

  /// The word of the command that would read a value that stands here as more than a word.
  private func reader() -> String? {
    let names = words.map { $0.split(separator: "/").last.map(String.init) ?? "" }
    if let name = names.first(where: Self.readers.contains) { return name }
    guard words.last == "-c", let shell = names.lastIndex(where: Self.shells.contains) else { return nil }
    // Behind a script's name, options are the script's.
    let isOwn = names[shell] == "su" || words[shell...].dropFirst().allSatisfy { $0.hasPrefix("-") }
    return isOwn ? "\(names[shell]) -c" : nil
  }

  // MARK: Here-documents

  /// Reads `<<END` or `<<-'END'`.
  private mutating func hereDocumentOpens() throws {
    copy(2)
    let dropsTabs = index < scalars.count && scalars[index] == "-"
    if dropsTabs { copy() }
    while index < scalars.count, scalars[index] == " " || scalars[index] == "\t" { copy() }
    var end = ""
    while index < scalars.count, !" \t\n;&|<>()".unicodeScalars.contains(scalars[index]) {
      if try placeholder(in: .hereDocument) { continue }
      if !"'\"\\".unicodeScalars.contains(scalars[index]) { end.unicodeScalars.append(scalars[index]) }
      copy()
    }
    ends.append((end, dropsTabs))
  }

  private mutating func hereDocuments() throws {
    while let (end, dropsTabs) = ends.first {
      ends.removeFirst()
      var line = ""
      while index < scalars.count {
        let scalar = scalars[index]
        if try placeholder(in: .hereDocument) { continue }
        copy()
        if scalar != "\n" {
          line.unicodeScalars.append(scalar)
          continue
        }
        if (dropsTabs ? String(line.drop { $0 == "\t" }) : line) == end { break }
        line = ""
      }
    }
  }

  // MARK: Placeholders

  /// Takes the placeholder that begins here.
  ///
  /// - Parameter misplacement: why none may stand here; nil: one may.
  /// - Returns: false for other text.
  private mutating func placeholder(in misplacement: Misplacement?) throws -> Bool {
    guard scalars[index] == "{", let end = scalars[index...].firstIndex(of: "}"), end > index + 1 else { return false }
    let inner = scalars[(index + 1)..<end]
    guard inner.allSatisfy({ ("a"..."z").contains($0) || $0 == "_" || $0 == "-" }) else { return false }
    let name = String(String.UnicodeScalarView(inner))
    guard let value = CommandTemplate.Placeholder(rawValue: name) else {
      switch misplacement {
      case .quotes, .hereDocument, .comment: return false
      case nil, .backquotes, .expansion, .arithmetic, .reader:
        throw HarnessError.unknownPlaceholder(
          place, name: name,
          nearest: NearestName.of(name, among: CommandTemplate.Placeholder.allCases.map(\.rawValue)))
      }
    }
    let isNumber = misplacement == .arithmetic && value.isNumber
    if let misplacement, !isNumber { throw HarnessError.misplacedPlaceholder(place, name: name, misplacement) }
    found += [.text(literal), .value(value, isWord: !isNumber)]
    (literal, isInWord) = ("", true)
    index = end + 1
    return true
  }
}
