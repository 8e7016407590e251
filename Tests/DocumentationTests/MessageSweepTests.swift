import Foundation
import Testing

/// No message points to a file that somebody who has the binary alone does not have.
@Suite struct MessageSweepTests {
  private static let sources = ["Sources", "Metrics/Catalog", "Reports/Assets"]
  private static let resources = ["Metrics/protocols", "Metrics/tables", "Reports/baselines", "Reports/templates"]

  /// Documents, folders and targets of the project. `Metrics/protocols` and `Reports/baselines` are what the files inside
  /// the binary call themselves.
  private static let project =
    #"README|CONTRIBUTING|CHANGELOG|Fixtures/|Sources/|Tests/|Packaging/|[A-Z]\.md\b"#
    + #"|\bmake (?:build|conformance|demo|dist|install|lint|packages|release|test|weights)\b"#

  /// The lines of a file that name it, of those that begin as `start` has it.
  private func lines(of file: String, beginning start: String = "") throws -> [String] {
    let text = try Documents.text(file)
    let search = try NSRegularExpression(pattern: "^\(start).*(?:\(Self.project)).*$", options: .anchorsMatchLines)
    return search.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap {
      Range($0.range, in: text).map { String(text[$0]) }
    }
  }

  /// Lines without their comments; the guides' own code names the documents that it holds, and says where their files are.
  @Test func noLineOfCodeDoes() throws {
    let files = try Self.sources.flatMap { try Documents.files(in: $0, ending: ".swift") }
    #expect(files.count > 200, "the search has lost some")
    for file in files where !file.hasPrefix("Sources/Guides/") {
      #expect(try lines(of: file, beginning: #"(?!\s*//)"#).isEmpty, "\(file)")
    }
    #expect(
      try lines(of: "Tests/DocumentationTests/MessageSweepTests.swift", beginning: #"(?!\s*//)"#).count > 2,
      "the search finds nothing")
  }

  /// Of files that are printed, comments too.
  @Test func nothingThatIsEmbeddedDoes() throws {
    for file in try Self.resources.flatMap({ try Documents.files(in: $0, ending: "") }) {
      #expect(try lines(of: file).isEmpty, "\(file)")
    }
  }
}
