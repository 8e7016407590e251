import Foundation

/// The project's documents, and the sources that they speak of.
enum Documents {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).standardized.path)
  }

  /// Paths below the root of the files of a folder, and of those below it, by the end of their names.
  static func files(in folder: String, ending: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent(folder).path)
      .filter { $0.hasSuffix(ending) }.map { folder + "/" + $0 }.sorted()
  }

  /// Every document that people read.
  static func all() throws -> [String] {
    try ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Sources/History/README.md", "Sources/Harness/README.md"]
      + files(in: "Metrics", ending: ".md")
      + files(in: "Fixtures", ending: ".md") + files(in: "Reports", ending: ".md")
      + files(in: "Packaging", ending: ".md") + files(in: "docs", ending: ".md")
  }
}
