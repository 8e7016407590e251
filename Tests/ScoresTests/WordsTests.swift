import Scores
import Testing

@Suite struct WordsTests {
  @Test(arguments: [
    (151.392478, "151.3925"), (10.13809, "10.13809"), (4246.8123, "4246.812"), (0, "0.000000"),
    (0.00012345678, "0.0001234568"),
    (12_345_678.9, "12345679"), (-0.5, "-0.5000000"), (1e-16, "0.000000000000"), (.infinity, "inf"),
  ])
  func significantDigits(_ value: Double, _ text: String) { #expect(significant(value) == text) }

  @Test func controlCharactersAreEscaped() {
    #expect(JSONValue.string("a\u{1}\t\\é").text() == #""a\u0001\t\\é""#)
    #expect(JSONValue.number(.nan).text() == "null")
    #expect(JSONValue.array([]).text() == "[]")
  }
}
