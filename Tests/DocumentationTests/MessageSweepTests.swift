import Foundation
import Testing

/// No message points to a file that somebody who has the binary alone does not have.
@Suite struct MessageSweepTests {
  private static let sources = ["Sources", "Metrics/Catalog", "Reports/Assets"]
  private static let resources = ["Metrics/protocols", "Metrics/tables", "Reports/baselines", "Reports/templates"]

  /// Documents, folders and targets of the project. `Metrics/protocols` and `Reports/baselines` are what the files inside
  /// the binary call themselves.
  private static func namesTheProject(_ text: some StringProtocol) -> Bool {
    let text = String(text)
    return text.contains(/README|CONTRIBUTING|CHANGELOG|Fixtures\/|Sources\/|Tests\/|Packaging\/|[A-Z]\.md\b/)
      || text.contains(/\bmake (build|conformance|demo|dist|install|lint|packages|release|test|weights)\b/)
  }

  /// Lines without their comments; the guides' own code names the documents that it holds, and says where their files are.
  @Test func noLineOfCodeDoes() throws {
    let files = try Self.sources.flatMap { try Documents.files(in: $0, ending: ".swift") }
    #expect(files.count > 200, "the search has lost some")
    for file in files where !file.hasPrefix("Sources/Guides/") {
      for line in try Documents.text(file).split(separator: "\n") {
        let code = line.trimmingPrefix(/\s*/)
        #expect(code.hasPrefix("//") || !Self.namesTheProject(code), "\(file): \(code)")
      }
    }
  }

  /// Of files that are printed, comments too.
  @Test func nothingThatIsEmbeddedDoes() throws {
    for file in try Self.resources.flatMap({ try Documents.files(in: $0, ending: "") }) {
      for line in try Documents.text(file).split(separator: "\n") {
        #expect(!Self.namesTheProject(line), "\(file): \(line)")
      }
    }
  }
}
