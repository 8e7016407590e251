import Files
import Testing

struct TextTests {
  @Test func linesEndInAnyWay() {
    func lines(_ text: String) -> [String] { TextLines.numbered(text).map { "\($0.number) \($0.text)" } }
    #expect(lines("") == [] && lines("a") == ["1 a"] && lines("a\n") == ["1 a"] && lines("\n") == ["1 "])
    #expect(lines("a\nb\n\nc") == ["1 a", "2 b", "3 ", "4 c"])
    #expect(lines("a\r\nb\r\n") == ["1 a", "2 b"])
    // Other characters that Unicode takes for line ends belong to a line.
    #expect(lines("a\u{2028}b\u{85}\u{b}c\rd\n") == ["1 a\u{2028}b\u{85}\u{b}c\rd"])
    #expect(TextLines.filled("a\n \t\r\nb").map(\.number) == [1, 3])
  }

  @Test func filesOfText() throws {
    let folder = try TemporaryFolder()
    let marked = try folder.write("x", [0xef, 0xbb, 0xbf] + Array("\u{e9}\r\n".utf8))
    #expect(try TextFile.read(marked) == "\u{e9}\r\n")
    let latin = try folder.write("x", [0x61, 0xe9, 0x0a])
    #expect(
      message { try TextFile.read(latin) }
        == "`\(latin)` is damaged or not what it seems: its text is not UTF-8, which is not read here")
  }

  @Test func cellsAndRows() throws {
    let text = "a,\"b, \"\"c\"\"\"\r\n\r\n\"two\nlines\",\n\"\",x\n"
    let rows = try CSV.rows(text)
    #expect(rows.map(\.line) == [1, 3, 5])
    #expect(rows.map(\.cells) == [["a", "b, \"c\""], ["two\nlines", ""], ["", "x"]])
    #expect(try CSV.rows("").isEmpty && CSV.rows("a,b").map(\.cells) == [["a", "b"]])
    // Blank lines count for the numbers of the others; a line of separators is a row.
    #expect(try CSV.rows("a\n \t \nb\n\n  \n").map(\.line) == [1, 3])
    #expect(try CSV.rows("a\tb\n\t\n", separator: .tab).map(\.cells) == [["a", "b"], ["", ""]])
  }

  /// Whatever cells hold, they come back.
  @Test func whatIsWrittenComesBack() throws {
    let pieces = ["", "a", ",", "\"", "\n", "\r", "\r\n", "\u{e9}", " "]
    var cells: [String] = []
    for first in pieces { for second in pieces { for third in pieces { cells.append(first + second + third) } } }
    for cell in cells {
      let row = ["x", cell, "y"]
      #expect(try CSV.rows(CSV.line(row) + "\r\n").map(\.cells) == [row])
    }
    #expect(CSV.cell("plain text") == "plain text" && CSV.cell("a\"b") == "\"a\"\"b\"")
  }

  @Test(arguments: [
    ("a,b\n1,\"2\n", CSV.Problem.openQuote(line: 2)), ("a\n\"1\"2\n", .afterQuote(line: 2)),
    ("a,b\r1,2\r", .carriageReturn(line: 1)),
  ])
  func whatIsWrongIsNamedByItsLine(_ text: String, _ wanted: CSV.Problem) {
    #expect(throws: wanted) { try CSV.rows(text) }
  }

  @Test func aBlankEndIsNoLine() {
    #expect(TextLines.withoutBlankEnd("a\n\nb\n \n\n").map { "\($0.number) \($0.text)" } == ["1 a", "2 ", "3 b"])
    #expect(TextLines.withoutBlankEnd("\n \n").isEmpty)
  }

  /// What a spreadsheet would compute is a text; numbers are numbers.
  @Test func noCellIsAFormula() {
    #expect(
      CSV.sheetLine(["=1+1", "@x", "+cmd|' /C calc'!A0", "-a", "\tx", "-1.5", "+2e3", "-inf", "a=b", "", "=\"x\""])
        == #"'=1+1,'@x,'+cmd|' /C calc'!A0,'-a,'\#tx,-1.5,+2e3,-inf,a=b,,"'=""x""""#)
  }

  @Test func controlCharactersAreSpelled() {
    #expect(
      ControlCharacters.spelled("a\u{1b}[2J\u{7}\r\n\tb\u{7f}\u{9b}\u{202e}é日") == #"a\x1b[2J\x07\x0d"# + "\n\tb"
        + #"\x7f\u{9b}\u{202e}é日"#)
  }
}
