import Foundation
import Testing

@Suite struct LinkTests {
  @Test(arguments: try Documents.all()) func linksLeadSomewhere(document: String) throws {
    let folder = document.split(separator: "/").dropLast().joined(separator: "/")
    for match in try Documents.text(document).matches(of: /\]\(([^)\s]+)\)/) {
      let link = String(match.output.1)
      guard !link.contains("://") else { continue }
      let parts = link.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
      let target = parts[0].isEmpty ? document : (folder.isEmpty ? "" : folder + "/") + parts[0]
      #expect(Documents.exists(target), "\(link)")
      guard parts.count > 1, Documents.exists(target) else { continue }
      #expect(try anchors(of: target).contains(parts[1]), "\(link): no such heading")
    }
  }

  /// As GitHub forms them: lower case, hyphens for spaces, without other punctuation.
  private func anchors(of document: String) throws -> Set<String> {
    Set(
      try Documents.text(document).matches(of: /(?m)^#+ (.+)$/).map { match in
        String(
          match.output.1.lowercased().compactMap { character in
            character == " " ? "-" : character.isLetter || character.isNumber || character == "-" ? character : nil
          })
      })
  }

  /// A document that the target neither embeds nor leaves out is taken for a resource, and the build says so.
  @Test func documentsAreLeftOutOfTheTarget() throws {
    let package = try Documents.text("Package.swift")
    for guide in try Documents.files(in: "Metrics", ending: ".md") where !guide.hasPrefix("Metrics/guides/") {
      #expect(package.contains("\"\(guide.dropFirst("Metrics/".count))\""), "\(guide)")
    }
  }
}
