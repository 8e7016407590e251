import Foundation

/// What a guide looks like where there are no links to follow.
extension Guide {
  /// The document for somebody who has the binary alone:
  ///
  /// - a link to another guide is its text and the command that prints that guide;
  /// - a link to a heading of the same guide, or to a file of the project, is its text;
  /// - links to other sites, and everything in blocks of code, stay as they are;
  /// - pictures, links to files of the project that stand alone in parentheses, and the paragraph under the title that holds
  ///   nothing but links to sources are left out;
  /// - where examples need the project's files, the last lines say where these are.
  public var terminalText: String {
    var paragraphs = markdown.split(separator: "\n\n", omittingEmptySubsequences: false)
    if paragraphs.count > 1, Self.isLinksOnly(paragraphs[1]) { paragraphs.remove(at: 1) }
    paragraphs.removeAll { $0.hasPrefix("![") }
    let parts = paragraphs.joined(separator: "\n\n").split(separator: "```", omittingEmptySubsequences: false)
    let text = parts.enumerated().map { $0.isMultiple(of: 2) ? withoutLinks($1) : String($1) }.joined(separator: "```")
    return text.contains(/Fixtures\/|(^|\n|`)make [a-z]/) ? text + Self.aboutTheSource : text
  }

  private static let aboutTheSource = """

    Fixtures/ and `make` belong to the source of this program. `vidmetrics demo` draws clips for the examples:
    vidmetrics-demo/real, vidmetrics-demo/mild and vidmetrics-demo/strong.

    """

  private func withoutLinks(_ prose: Substring) -> String {
    let prose = String(prose).replacing(/\s?\(\[[^\[\]]+\]\(([^)\s#][^)\s]*)\)\)/) { match in
      let link = match.output.1
      if link.contains("://") { return String(match.output.0) }
      let place = place(of: link.prefix { $0 != "#" })
      return Self.all.first { $0.path == place }.map { " (`vidmetrics guide \($0.topic)`)" } ?? ""
    }
    return prose.replacing(/\[([^\[\]]+)\]\(([^)\s]+)\)/) { match in
      let (text, link) = (match.output.1, match.output.2)
      if link.contains("://") { return String(match.output.0) }
      let target = link.prefix { $0 != "#" }
      let place = place(of: target)
      guard !target.isEmpty, let other = Self.all.first(where: { $0.path == place }) else { return String(text) }
      // Where the text is the file's name, it says nothing here.
      let command = "`vidmetrics guide \(other.topic)`"
      return text.hasSuffix(".md") ? command : "\(text) (\(command))"
    }
  }

  /// The place in the project that a link of this guide means.
  private func place(of link: Substring) -> String {
    var parts = path.split(separator: "/").dropLast()
    for part in link.split(separator: "/") {
      if part == ".." { parts = parts.dropLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }

  /// Whether nothing but punctuation and a word or two is left of a paragraph without its links.
  private static func isLinksOnly(_ paragraph: Substring) -> Bool {
    guard paragraph.hasPrefix("[") else { return false }
    let rest = paragraph.replacing(/\[[^\[\]]+\]\([^)\s]+\)/, with: "").replacing("Protocols:", with: "")
    return rest.allSatisfy { !$0.isLetter && !$0.isNumber }
  }
}
