import Foundation
import MetricCatalog
import Testing

/// What the program knows stands in the guides.
@Suite struct GuideTests {
  static func text(_ path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test func everyProtocolIsInItsGuide() throws {
    let overview = try Self.text("Metrics/README.md")
    for preset in try EvaluationProtocol.all() {
      let guide = try Self.text("Metrics/\(preset.metric.uppercased()).md")
      for name in [preset.name] + preset.aliases where name == preset.name || name == "lvdm" {
        #expect(guide.contains("`\(name)`") && overview.contains("`\(name)`"), "\(name)")
      }
    }
  }

  @Test func theGuideNamesEveryFieldThatPapersDifferIn() throws {
    let guide = try Self.text("Metrics/FVD.md")
    for field in ["weights", "batch-norm-eps", "resize", "crop", "frames", "stride", "clips", "ddof", "root", "seed"] {
      #expect(guide.contains("`\(field)`"), "\(field)")
    }
  }

  @Test func linksLeadSomewhere() throws {
    for guide in ["Metrics/README.md", "Metrics/FVD.md"] {
      for link in try Self.text(guide).matches(of: /\]\(([^)]+)\)/).map({ String($0.output.1) })
      where !link.contains("://") {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
          .deletingLastPathComponent()
        let target = root.appendingPathComponent("Metrics/" + link).standardized.path
        #expect(FileManager.default.fileExists(atPath: target), "\(guide): \(link)")
      }
    }
  }
}
