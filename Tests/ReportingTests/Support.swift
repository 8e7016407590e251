import Distances
import Foundation
import History
import MetricCatalog
import Reporting
import Scores

enum Sample {
  static let clips = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/clips").path

  static func settings(_ name: String, _ fields: [String: FieldValue] = [:]) -> Settings {
    Settings(
      name: name, version: 1, fingerprint: "sha256:" + name.utf8.map { String($0, radix: 16) }.joined(), overrides: [:],
      fields: ["frames": .integer(16)].merging(fields) { $1 })
  }

  static func score(
    _ metric: String, _ value: Double, _ name: String = "stylegan-v", real: String = "r1",
    fields: [String: FieldValue] = [:],
    direction: Direction = .lower
  ) -> ScoreRecord {
    var score = ScoreRecord(metric: metric, value: value, direction: direction)
    score.settings = settings(name, fields)
    score.sample = "clip"
    score.real = ScoredSet(path: "data/real", videos: 16, clips: 16, digest: real)
    score.fake = ScoredSet(path: "data/fake", videos: 16, clips: 16, digest: "f")
    return score
  }

  static func run(_ name: String, _ scores: [ScoreRecord], dataset: String? = "MUG", step: Int? = nil) -> RunRecord {
    var run = RunRecord(id: id(name + (dataset ?? "") + "\(step ?? 0)"), date: "2026-11-21T14:05:09.250Z", name: name)
    run.dataset = dataset
    run.step = step
    run.scores = scores
    return run
  }

  /// Twelve digits that depend on the text.
  private static func id(_ text: String) -> String {
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    return String(String(hash | 1 << 63, radix: 16).prefix(12))
  }

  static func table(_ runs: [RunRecord], _ change: (inout TableBuilder) -> Void = { _ in }) throws -> ReportTable {
    var builder = TableBuilder()
    builder.differences = KnownDifferences(error: 1e-6)
    change(&builder)
    return try builder.table(of: runs)
  }
}

/// A folder that is gone when the test is over.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "vidmetrics-report-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
}

/// A program of the system; nil where it is missing.
func tool(_ names: [String]) -> String? {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
  return names.lazy.flatMap { name in folders.map { "\($0)/\(name)" } }
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}

func run(_ program: String, _ arguments: [String], in folder: String) throws -> (status: Int32, output: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  process.standardInput = FileHandle.nullDevice
  try process.run()
  let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return (process.terminationStatus, output)
}

/// The words of the error that `body` throws; nil if it throws none.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch { return "\(error)" }
}

/// Differences that are known: the scores' own, with one error for all and p by the scores.
struct KnownDifferences: DifferenceSource {
  var error = 0.5
  var obstacle: String?
  var p: @Sendable (Comparison) -> Double = { _ in 0.001 }

  init(error: Double = 0.5, obstacle: String? = nil, p: @escaping @Sendable (Comparison) -> Double = { _ in 0.001 }) {
    (self.error, self.obstacle, self.p) = (error, obstacle, p)
  }

  func finding(_ comparison: Comparison, anyCount: Bool) -> Finding {
    if let obstacle { return .notComparable(obstacle) }
    return .difference(
      Difference(
        value: comparison.difference, standardError: error, degreesOfFreedom: 1e9, p: p(comparison), permutations: 999,
        units: 16, isPaired: false))
  }
}
