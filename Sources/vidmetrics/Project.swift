import Files
import Foundation
import MetricCatalog

/// What is the same for all work in a folder: the file `vidmetrics.yaml` in it, or in one above it.
///
/// ```yaml
/// real: data/real            # what FAKE alone is scored against
/// dataset: Sky               # what tables call it
/// metrics: [fvd, kvd, fid]   # of `vidmetrics score`
/// history: scores.sqlite     # in this folder or below it
/// ```
///
/// The file may be another's, such as that of a repository that was cloned: nothing in it is run, and nothing is written outside
/// its folder.
struct Project: Equatable {
  static let name = "vidmetrics.yaml"

  /// The file; paths in it are relative to its folder.
  var file: String
  var real: String?
  var dataset: String?
  var metrics: [String]?
  var history: String?

  /// That of the working folder; nil where there is none.
  static let current: Result<Project?, any Error> = Result { try found(from: FileManager.default.currentDirectoryPath) }

  /// What the command may use: an error of the file has ended it before.
  static var known: Project? { (try? current.get()) ?? nil }

  /// The nearest, from a folder upwards. A suite of that name is not a project.
  ///
  /// - Throws: `YAMLError`, `FilesError`.
  static func found(from folder: String) throws -> Project? {
    var folder = URL(fileURLWithPath: folder)
    while true {
      let file = folder.appendingPathComponent(name).path
      if FileManager.default.fileExists(atPath: file) {
        if let project = try read(file) { return project }
      }
      let above = folder.deletingLastPathComponent()
      guard above.path != folder.path else { return nil }
      folder = above
    }
  }

  private static func read(_ file: String) throws -> Project? {
    let text = try TextFile.read(file)
    if try YAMLKeys(file: file, text: text, owner: "a project", known: nil).has("generators") { return nil }
    let keys = try YAMLKeys(
      file: file, text: text, owner: "a project", known: ["real", "dataset", "metrics", "history"])
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    func path(_ key: String) throws -> String? {
      try keys.text(key).map {
        URL(fileURLWithPath: $0, relativeTo: URL(fileURLWithPath: folder + "/")).standardizedFileURL.path
      }
    }
    let metrics = try keys.texts("metrics")
    for metric in metrics ?? [] {
      do { _ = try Metric.named(String(metric.prefix { $0 != ":" })) } catch {
        throw keys.bad("metrics", metric, Metric.names.joined(separator: ", "))
      }
    }
    let history = try path("history")
    if let history, !isWithin(folder, history) {
      throw keys.bad(
        "history", try keys.text("history") ?? "",
        "a file in the folder of \(name) or below it (--db and VIDMETRICS_DB name any other)")
    }
    return Project(
      file: file, real: try path("real"), dataset: try keys.text("dataset"), metrics: metrics, history: history)
  }

  /// Whether a file lies below a folder, links on the way followed.
  private static func isWithin(_ folder: String, _ file: String) -> Bool {
    func real(_ path: String) -> String {
      guard let resolved = realpath(path, nil) else { return path }
      defer { free(resolved) }
      return String(cString: resolved)
    }
    let above = real(URL(fileURLWithPath: file).deletingLastPathComponent().path)
    return above == real(folder) || above.hasPrefix(real(folder) + "/")
  }
}
