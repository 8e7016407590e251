import Foundation
import Testing

/// What adding something costs: the places that CONTRIBUTING lists are those that an example takes, and no others.
@Suite struct PlacesTests {
  struct Example: Sendable, CustomTestStringConvertible {
    /// How the bullet begins.
    let bullet: String
    /// In code, whoever knows of the example.
    let code: String
    /// Files of its own, by the end of their path.
    var files: [String] = []

    var testDescription: String { bullet }
  }

  @Test(arguments: [
    Example(
      bullet: "A metric that is computed like another one", code: #""fd-dinov2"|FDDINOv2|FD_DINOV2"#,
      files: ["protocols/fd-dinov2.yaml", "guides/FD-DINOV2.md"]),
    Example(bullet: "A protocol", code: "kid_torch_fidelity_yaml", files: ["protocols/kid-torch-fidelity.yaml"]),
    Example(bullet: "A field of a protocol", code: #"neighbourRule|"neighbour-rule""#),
    Example(bullet: "A network of another size", code: "dinov2Large"),
    Example(bullet: "An output format", code: #"JSONLinesWriter|case [a-z, ]*\bjsonl\b|\.jsonl, jsonl"#),
  ])
  func areThoseOfAnExample(_ example: Example) throws {
    let sources = try ["Sources", "Metrics", "Reports"].flatMap { try Documents.files(in: $0, ending: "") }
    let regex = try Regex(example.code)
    let found = try sources.filter { file in
      if example.files.contains(where: { file.hasSuffix("/" + $0) }) { return true }
      return file.hasSuffix(".swift") ? try Documents.text(file).contains(regex) : false
    }
    let bullets = try Documents.text("CONTRIBUTING.md").components(separatedBy: "\n- **")
    let bullet = try #require(bullets.first { $0.hasPrefix(example.bullet + "**: ") })
    let listed = bullet.components(separatedBy: "\n\n")[0]
      .matches(of: /`([A-Z][A-Za-z]+\/[^`]+)`/).map { String($0.output.1) }
    #expect(found.filter { file in !listed.contains { file == $0 || file.hasPrefix($0 + "/") } } == [])
    #expect(listed.filter { place in !found.contains { $0 == place || $0.hasPrefix(place + "/") } } == [])
  }
}
