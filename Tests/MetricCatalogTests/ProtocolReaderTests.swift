import Foundation
import MetricCatalog
import Testing

@Suite struct ProtocolReaderTests {
  static let yaml =
    (try? String(
      contentsOf: packageRoot.appendingPathComponent("Metrics/protocols/tats.yaml"), encoding: .utf8)) ?? ""

  @Test func orderOfKeysDoesNotMatter() throws {
    let lines = Self.yaml.components(separatedBy: "\n")
    let first = try #require(lines.firstIndex(of: "fields:")) + 1
    let end = try #require(lines.firstIndex(of: "counts:"))
    var shuffled = lines
    shuffled.replaceSubrange(first..<end, with: lines[first..<end].reversed())
    #expect(shuffled != lines)
    let preset = try EvaluationProtocol.named("tats", metric: "fvd")
    #expect(try EvaluationProtocol.parse(shuffled.joined(separator: "\n"), file: "x.yaml") == preset)
  }

  @Test(arguments: [
    ("version: 1\nmetric", "version: 1\ncolour: red\nmetric", "x.yaml: unknown key `colour`"),
    ("  frames: 16\n", "  frames: 16\n  frame: 16\n", "x.yaml: unknown key `fields.frame`"),
    ("  frames: 16\n", "", "x.yaml: the key `fields.frames` is missing"),
    ("direction: lower", "direction: down", "`down` is not a value of `direction`: `lower` or `higher` is expected"),
    ("  ddof: 1", "  ddof: one", "`one` is not a value of `ddof`: 0 or 1 is expected"),
    ("version: 1\nmetric", "version: first\nmetric", "x.yaml: `version` is not a whole number"),
    ("aliases: [lvdm]", "aliases: lvdm", "x.yaml: `aliases` is not a list"),
    (
      "  root-eps: 1e-10", "  root-eps: 0",
      "`root` and `root-eps` contradict each other: `svd` needs an epsilon above 0 and `symmetric-eigen` has none"
    ),
  ])
  func whatIsWrongIsNamed(_ text: String, _ replacement: String, _ expected: String) throws {
    try #require(Self.yaml.contains(text))
    let broken = Self.yaml.replacingOccurrences(of: text, with: replacement)
    #expect(message { _ = try EvaluationProtocol.parse(broken, file: "x.yaml") } == expected)
  }

  @Test func aFileThatIsNoMapping() {
    #expect(message { _ = try EvaluationProtocol.parse("", file: "x.yaml") } == "x.yaml: the file is empty")
    #expect(
      message { _ = try EvaluationProtocol.parse("- a", file: "x.yaml") } == "x.yaml: a mapping is expected at the top")
  }

  @Test func canonicalTextIsSortedJSON() throws {
    let text = try EvaluationProtocol.named("stylegan-v", metric: "fvd").canonicalJSON
    let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(try object.count == EvaluationProtocol.named("stylegan-v", metric: "fvd").decidingFields.count + 2)
    #expect(text.hasPrefix(#"{"batch-norm-eps":0.001,"clips":"one","crop":"none","ddof":0,"dtype":"float64","#))
  }

  @Test(arguments: [
    ("kitten", "sitting", 3), ("", "abc", 3), ("abcd", "abdc", 1), ("fvd", "fdv", 1), ("same", "same", 0),
  ])
  func editDistances(_ a: String, _ b: String, _ distance: Int) {
    #expect(NearestName.editDistance(Array(a), Array(b)) == distance)
    #expect(NearestName.editDistance(Array(b), Array(a)) == distance)
  }
}
