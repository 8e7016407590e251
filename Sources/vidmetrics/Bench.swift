import ArgumentParser
import Evaluation
import Foundation
import Kernels
import Networks
import Scores

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "How fast this machine is, and where the time goes",
    discussion: """
      Without a name, `i3d`. Two runs warm up, then `--repeats` runs are timed; the median is told, and the minimum.

        vidmetrics bench
        vidmetrics bench i3d --per-layer --threads 1
        vidmetrics bench decode generated/
        vidmetrics bench distance --samples 10000
        vidmetrics bench verdicts pool.safetensors --metric fvd
      """,
    subcommands: [
      NetworkBench<BenchI3D>.self, NetworkBench<BenchInception>.self, NetworkBench<BenchViT>.self,
      NetworkBench<BenchViTLarge>.self, NetworkBench<BenchMUSIQ>.self, NetworkBench<BenchRAFT>.self,
      NetworkBench<BenchAMT>.self,
      DecodeBench.self, DistanceBench.self, FeaturesBench.self, PeakBench.self, VerdictBench.self,
    ],
    defaultSubcommand: NetworkBench<BenchI3D>.self
  )
}

/// What every benchmark takes.
struct BenchOptions: ParsableArguments {
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Runs that are timed, after two that are not.", valueName: "number"))
  var repeats = 7

  @Flag(help: "Print one JSON document.") var json = false

  private static let repeatRange = 1...100_000

  func check() throws {
    guard Self.repeatRange.contains(repeats) else {
      throw BenchError.number(repeats, of: "repeats", allowed: Self.repeatRange)
    }
  }

  /// The time of each of `repeats` runs in milliseconds, after two runs that do not count.
  func timed(_ run: () throws -> Void) rethrows -> RunTimes {
    let clock = ContinuousClock()
    return try RunTimes(repeats: repeats) { try clock.measure(run).milliseconds }
  }
}

/// A request for a benchmark that cannot be met.
enum BenchError: Error, Equatable, CustomStringConvertible {
  case number(Int, of: String, allowed: ClosedRange<Int>)
  case layersOfSeveral

  var description: String {
    switch self {
    case .number(let value, let noun, let allowed):
      let range =
        allowed.upperBound == .max
        ? "\(allowed.lowerBound) or more are" : "\(allowed.lowerBound) to \(allowed.upperBound) are"
      return "`\(value)` is not a number of \(noun): \(range) expected"
    case .layersOfSeveral:
      return "`--per-layer` tells the layers of one run: leave out `--at-once`"
    }
  }
}

/// The times of equal runs, in milliseconds.
struct RunTimes {
  static let warmUps = 2

  private(set) var milliseconds: [Double] = []

  init(_ milliseconds: [Double]) { self.milliseconds = milliseconds }

  /// - Parameter run: does the work and tells its time.
  init(repeats: Int, _ run: () throws -> Double) rethrows {
    for _ in 0..<Self.warmUps { _ = try run() }
    for _ in 0..<repeats { milliseconds.append(try run()) }
  }

  var minimum: Double { milliseconds.min() ?? 0 }

  /// Of an even number of runs, the mean of the middle two.
  var median: Double {
    let sorted = milliseconds.sorted()
    guard let last = sorted.indices.last else { return 0 }
    return (sorted[last / 2] + sorted[(last + 1) / 2]) / 2
  }

  func divided(by count: Int) -> RunTimes { RunTimes(milliseconds.map { $0 / Double(count) }) }
}

extension Duration {
  var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15 }
}

/// Where a benchmark ran.
struct BenchPlace {
  let table: KernelTable
  let processor: String?

  init() throws {
    table = KernelTable(
      try InstructionSet.chosen(cap: ProcessInfo.processInfo.environment["VIDMETRICS_ISA"]))
    processor = RunRecord.Circumstances.thisProcessor
  }

  /// The document's beginning; `own` follows.
  func json(_ name: String, _ own: [(key: String, value: JSONValue)]) -> JSONValue {
    .object(
      [
        ("schema", .string("vidmetrics.bench/1")), ("benchmark", .string(name)), ("version", .string(Version.text)),
        ("processor", .string(orNull: processor)), ("isa", .string(table.name)),
      ] + own)
  }
}

/// `name: value` lines.
func benchLines(_ lines: [(String, String)]) -> String {
  lines.map { "\($0): \($1)\n" }.joined()
}

/// Milliseconds, to four digits or so.
func benchTime(_ milliseconds: Double) -> String {
  fixed(milliseconds, digits: milliseconds < 1 ? 4 : milliseconds < 10 ? 3 : milliseconds < 100 ? 2 : 1)
}

/// What is done in a second, to three digits or more.
func benchRate(_ perSecond: Double) -> String { fixed(perSecond, digits: perSecond < 10 ? 2 : perSecond < 100 ? 1 : 0) }

/// Columns two spaces apart, the first `texts` of them to the left, numbers to the right. Ends with a line break.
func benchTable(_ rows: [[String]], texts: Int) -> String {
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    let cells = row.enumerated().map { column, text in
      let padding = String(repeating: " ", count: widths[column] - text.count)
      return column < texts ? text + padding : padding + text
    }
    return cells.joined(separator: "  ") + "\n"
  }.joined()
}
