import Files
import Testing

struct TableTests {
  private func rows(_ text: String) throws -> [[String: String]] {
    try Table(rows: text, separator: nil).rows.map(\.cells)
  }

  private func problem(_ work: () throws -> Table) -> String? {
    do {
      _ = try work()
      return nil
    } catch let problem as Table.Problem {
      return "\(problem.line): \(problem.reason)"
    } catch {
      return "\(error)"
    }
  }

  /// Whatever divides the first row divides all; the same cells come of each.
  @Test(arguments: [",", ";", "\t"]) func separatorsAreSeen(_ separator: String) throws {
    let text = ["path,class", "a.mp4,\"x,;\ty\"", "b.mp4,"].map {
      $0.replacing("path,class", with: "path\(separator)class").replacing("4,", with: "4\(separator)")
    }
    #expect(
      try rows(text.joined(separator: "\r\n") + "\r\n\r\n")
        == [["path": "a.mp4", "class": "x,;\ty"], ["path": "b.mp4", "class": ""]])
  }

  @Test func oneColumnAndNone() throws {
    #expect(try rows("path\na b.mp4\n") == [["path": "a b.mp4"]])
    #expect(try Table(rows: " path , class \n1,2\n", separator: nil).columns == ["path", "class"])
    #expect(try Table(rows: "\n \n", separator: nil).columns == [])
    // A .tsv has tabs, whatever else its names hold.
    #expect(try Table(rows: "a,b\tc\n1\t2\n", separator: .tab).columns == ["a,b", "c"])
  }

  @Test(arguments: [
    (
      "a,b\n1,2\n\n1,2,3\n",
      "4: it has 3 cells, and there are 2 columns; a cell that holds a separator is in quotation marks"
    ),
    ("a,b\n1\n", "2: it has 1 cell, and there are 2 columns"),
    ("\na,b, a\n1,2,3\n", "2: two columns are called `a`"),
    ("a,b\n\"x\ny\",\"2\n", "3: a quotation mark is opened here and never closed"),
    ("a,b\r1,2\r", "1: a carriage return stands alone: lines end in a line feed"),
    (
      "a,b;c\n1,2;3\n",
      "1: the names of the columns can be divided at commas and at semicolons: put names that hold one in quotation marks"
    ),
  ])
  func whatIsWrongIsNamedByItsLine(_ text: String, _ wanted: String) {
    #expect(problem { try Table(rows: text, separator: nil) } == wanted)
  }

  @Test func oneObjectALine() throws {
    let table = try Table(
      objects:
        "{\"path\": \"a\", \"n\": 7, \"x\": null}\r\n\r\n{\"path\": \"b\", \"ok\": true, \"t\": [1, {\"u\": 0.5}]}\r\n")
    #expect(table.columns == ["n", "path", "x", "ok", "t"] && table.rows.map(\.line) == [1, 3])
    #expect(
      table.rows.map(\.cells) == [["path": "a", "n": "7"], ["path": "b", "ok": "true", "t": "[1,{\"u\":0.5}]"]])
    #expect(problem { try Table(objects: "{\"a\": 1}\n[1]\n") } == "2: the line is not a JSON object")
    #expect(
      problem { try Table(objects: "{\"a\": 1, \"b\": {\"a\": 2}, \"a\": 3}") }
        == "1: the key `a` stands twice in one object")
  }

  @Test func whatIsNoObjectIsNamed() {
    func problem(_ text: String) -> String {
      do { return "\(try JSONText.object(text.utf8).count)" } catch { return "\(error)" }
    }
    #expect(problem("{\"a\": [1, {}]}") == "1")
    #expect(problem("[1]") == "not a JSON object" && problem("7") == "not a JSON object")
    #expect(problem("{\"a\": 1,\n  b}") == "not a JSON object: it breaks off or is not JSON")
    #expect(problem("{\"a\": [1") == "not a JSON object: it breaks off or is not JSON")
    #expect(problem("") == "not a JSON object: it breaks off or is not JSON")
    #expect(problem("{\"a\": {\"b\": 1, \"b\": 2}}") == "ambiguous: the key `b` stands twice in one object")
  }

  @Test(
    arguments: [
      (#"{"a": 1, "b": "a"}"#, nil), (#"{"a": {"a": [{"a": 1}, {"a": 2}]}}"#, nil), (#"["a", "a"]"#, nil),
      (#"{"a": "x\"a", "\u0061": 2}"#, "a"), (#"{"b": [{"c": 1, "c": 2}]}"#, "c"), (#"{"x": "}{", "x": 1}"#, "x"),
    ] as [(String, String?)])
  func keysThatStandTwice(_ text: String, _ wanted: String?) {
    #expect(JSONText.repeatedKey(text.utf8) == wanted)
  }

  @Test func numbersThatAreNotFinite() {
    #expect(
      JSONText.quotingNotFinite(#"{"NaN": [NaN,-Infinity, Infinity, -1], "x\"": "is NaN \\"}"#)
        == #"{"NaN": ["NaN","-Infinity", "Infinity", -1], "x\"": "is NaN \\"}"#)
  }
}
