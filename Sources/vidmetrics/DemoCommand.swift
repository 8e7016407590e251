import ArgumentParser
import Demo
import Files
import Foundation
import Harness
import Weights

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Draws clips, scores them and writes a page: a first look, in a minute",
    discussion: """
      Draws \(DemoClips.count) short clips of moving shapes and two damaged copies of them, scores the copies against the \
      clips, and writes a page with the scores and the pictures. Needs no files, no network and no weights; with the \
      weights `\(Self.weights)` on this machine, FVD and KVD are scored too.

      Everything is in one folder, the history of these scores too: yours is left alone. A folder that an earlier demo \
      made is made again.
      """)

  private static let weights = KnownWeights.i3dKinetics400.name

  @Option(
    help: ArgumentHelp("The folder for clips, suite, history and page.", valueName: "folder"), completion: .directory)
  var out = "vidmetrics-demo"

  func run() async throws {
    let folder = DemoFolder(path: out)
    let environment = ProcessInfo.processInfo.environment
    let hasWeights = WeightStore(folder: WeightStore.defaultFolder(environment: environment)).has(Self.weights)
    try folder.prepare(suite: Self.suite(hasWeights: hasWeights))
    Terminal.write("drawing \(DemoClips.count) clips, and two damaged copies of each, in \(out)\n")
    try folder.drawing { try DemoClips.write(to: out) }

    try await RunCommand.run(Suite.read(folder.suite, only: nil), SuiteOptions.settings(history: folder.history))
    if !hasWeights {
      Terminal.write(
        "FVD and KVD are left out: their weights are not on this machine. `vidmetrics weights fetch \(Self.weights)` gets "
          + "them, and `vidmetrics demo` then shows both\n")
    }
    Terminal.write(
      """

      Next:
        look at \(folder.page) in a browser
        vidmetrics inspect YOUR_VIDEOS      what is in a set of your own, before the long work
        vidmetrics fvd REAL FAKE            a score of your own
        vidmetrics guide suites             what \(folder.suite) says, and all else that a suite can say

      """)
  }

  /// The suite that scores the copies: with the metrics that have their weights here.
  static func suite(hasWeights: Bool) -> String {
    let metrics = (hasWeights ? ["fvd", "kvd"] : []) + ["psnr", "ssim", "temporal-flickering"]
    return """
      \(DemoFolder.mark), and like any other: run it with `vidmetrics run`.
      # `vidmetrics guide suites` explains every key.
      name: demo
      data:
        shapes: {path: real, name: moving shapes}
      generators:
        - {name: mild, label: mildly damaged, outputs: mild}
        - {name: strong, label: strongly damaged, outputs: strong}
      metrics: [\(metrics.joined(separator: ", "))]
      \(hasWeights ? "bootstrap: 1000\n" : "")reports:
        title: Moving shapes, damaged
        html: report.html

      """
  }
}

/// The folder that a demo fills. It knows its own by the suite, and touches no other.
struct DemoFolder {
  static let mark = "# This suite was written by `vidmetrics demo`"

  let path: String

  var suite: String { path + "/demo.yaml" }
  var history: String { path + "/history.sqlite" }
  var page: String { path + "/report.html" }

  /// Makes the folder, or clears what an earlier demo left in it, and writes the suite.
  ///
  /// - Throws: `DemoError`.
  func prepare(suite text: String) throws {
    let files = FileManager.default
    var isFolder: ObjCBool = false
    if files.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw DemoError.occupied(path, "is a file") }
      let isEmpty = try DemoError.wrapping(path) { try files.contentsOfDirectory(atPath: path).isEmpty }
      let isOwn = [true, false].contains {
        DemoCommand.suite(hasWeights: $0) == (try? String(contentsOfFile: suite, encoding: .utf8))
      }
      guard isOwn || isEmpty else { throw DemoError.occupied(path, "holds files that no demo made") }
      if let foreign = foreign() { throw DemoError.occupied(path, "holds `\(foreign)`, which no demo made") }
    }
    try drawing {
      for own in DemoClips.names.map({ "\(path)/\($0)" }) + [history, page] where files.fileExists(atPath: own) {
        try files.removeItem(atPath: own)
      }
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
      try WholeFile.write(text, to: suite)
    }
  }

  /// A file among the clips that a demo does not draw: the clips' folders are not cleared over it.
  private func foreign() -> String? {
    let drawn = DemoClips.files
    for set in DemoClips.names.sorted() {
      for name in (try? FileManager.default.subpathsOfDirectory(atPath: "\(path)/\(set)"))?.sorted() ?? [] {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: "\(path)/\(set)/\(name)", isDirectory: &isFolder)
        if !(isThere && isFolder.boolValue), !drawn.contains("\(set)/\(name)") { return "\(set)/\(name)" }
      }
    }
    return nil
  }

  /// Says of an error which folder it is about.
  func drawing(_ work: () throws -> Void) throws { try DemoError.wrapping(path, work) }
}

/// What can be wrong with the folder of a demo.
enum DemoError: Error, Equatable, CustomStringConvertible {
  case occupied(String, String)
  case unwritable(String, reason: String)

  var description: String {
    switch self {
    case .occupied(let path, let what): "`\(path)` \(what)\nhint: --out FOLDER takes an empty folder, or a new one"
    case .unwritable(let path, let reason):
      "`\(path)` cannot be written: \(reason)\nhint: --out FOLDER makes it elsewhere"
    }
  }

  fileprivate static func wrapping<Value>(_ path: String, _ work: () throws -> Value) throws -> Value {
    do { return try work() } catch let error as CocoaError {
      throw unwritable(path, reason: systemMessage(of: error))
    }
  }
}
