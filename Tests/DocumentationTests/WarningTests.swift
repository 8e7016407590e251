import Foundation
import Testing

/// Every warning of a score is explained, and nothing else.
@Suite struct WarningTests {
  private func codes() throws -> Set<String> {
    var codes: Set<String> = []
    let folders = ["Sources/Evaluation", "Sources/Harness"]
    for file in try folders.flatMap({ try Documents.files(in: $0, ending: ".swift") }) {
      let text = try Documents.text(file)
      codes.formUnion(text.matches(of: /code: "([a-z-]+)"/).map { String($0.output.1) })
      codes.formUnion(text.matches(of: /\bwarning\(\s*"([a-z-]+)"/).map { String($0.output.1) })
      codes.formUnion(text.matches(of: /\bdifference\("([a-z-]+)"/).map { "\($0.output.1)-differ" })
    }
    return codes
  }

  @Test func everyCodeIsExplained() throws {
    let codes = try codes()
    #expect(codes.count >= 28, "the search has lost some: \(codes.sorted())")
    let explained = try Set(
      Documents.text("Metrics/HONESTY.md").matches(of: /(?m)^\| `([a-z-]+)` \| .+ \| .+ \|$/)
        .map { String($0.output.1) })
    #expect(codes.subtracting(explained).sorted() == [], "not explained")
    #expect(explained.subtracting(codes).sorted() == [], "no such warning")
  }
}
