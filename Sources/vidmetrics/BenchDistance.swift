import ArgumentParser
import Distances
import Evaluation
import Foundation
import MetricCatalog
import Random
import Scores

struct DistanceBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distance", abstract: "The Fréchet distance of features made up, by each root",
    discussion: """
      Statistics are those of one set. The distance is timed from the statistics of two sets, and from their features, as \
      `fvd` computes it: with no more samples than features, that is done without the covariances.
      """)

  @Option(parsing: .unconditional, help: ArgumentHelp("Features of each set: clips.", valueName: "N"))
  var samples = 2048

  @Option(parsing: .unconditional, help: ArgumentHelp("Columns of a feature.", valueName: "D"))
  var features = 400

  @OptionGroup var options: BenchOptions

  private static let roots: [(name: String, root: FrechetDistance.Root)] = [
    ("symmetric-eigen", .symmetricEigen), ("svd", .svd(epsilon: 1e-10)),
  ]

  private struct Row {
    let root: String
    let path: FrechetDistance.Path
    let fromStatistics: RunTimes
    let fromFeatures: RunTimes
  }

  func run() throws {
    try options.check()
    for (value, noun, allowed) in [(samples, "samples", 2...1 << 20), (features, "features", 1...1 << 14)] {
      guard allowed.contains(value) else { throw BenchError.number(value, of: noun, allowed: allowed) }
    }
    let place = try BenchPlace()
    let preset = try EvaluationProtocol.named(EvaluationProtocol.defaultName(metric: "fvd") ?? "")
    let ddof = preset.fields.ddof
    let (a, b) = (matrix(stream: 1), matrix(stream: 2))
    let statistics = try options.timed { _ = try FeatureStatistics(a, ddof: ddof) }
    let (ofA, ofB) = (try FeatureStatistics(a, ddof: ddof), try FeatureStatistics(b, ddof: ddof))
    let rows = try Self.roots.map { name, root in
      let distance = FrechetDistance(ddof: ddof, root: root)
      return Row(
        root: name, path: try distance.between(a, b).path,
        fromStatistics: try options.timed { _ = try distance.between(ofA, ofB) },
        fromFeatures: try options.timed { _ = try distance.between(a, b) })
    }
    Output.print(
      options.json ? json(place, statistics, rows).text() : text(place, statistics, rows),
      terminator: options.json ? "\n" : "")
  }

  private func json(_ place: BenchPlace, _ statistics: RunTimes, _ rows: [Row]) -> JSONValue {
    place.json(
      "distance",
      [
        ("samples", .integer(samples)), ("features", .integer(features)), ("repeats", .integer(options.repeats)),
        ("median_statistics_ms", .number(statistics.median)), ("min_statistics_ms", .number(statistics.minimum)),
        (
          "roots",
          .array(
            rows.map { row in
              .object([
                ("root", .string(row.root)), ("path", .string(row.path.rawValue)),
                ("median_ms_from_statistics", .number(row.fromStatistics.median)),
                ("min_ms_from_statistics", .number(row.fromStatistics.minimum)),
                ("median_ms_from_features", .number(row.fromFeatures.median)),
                ("min_ms_from_features", .number(row.fromFeatures.minimum)),
              ])
            })
        ),
      ])
  }

  private func text(_ place: BenchPlace, _ statistics: RunTimes, _ rows: [Row]) -> String {
    func cells(_ name: String, _ times: RunTimes) -> [String] {
      [name, benchTime(times.median), benchTime(times.minimum)]
    }
    let table =
      [["", "median ms", "minimum ms"], cells("statistics of a set", statistics)]
      + rows.flatMap { row in
        [
          cells("\(row.root) from statistics", row.fromStatistics),
          cells("\(row.root) from features (\(row.path.rawValue))", row.fromFeatures),
        ]
      }
    return benchLines([
      ("distance", "\(samples) samples of \(features) features a set"), ("processor", place.processor ?? "unknown"),
    ]) + "\n" + benchTable(table, texts: 1)
  }

  /// Sums of four uniform numbers, the same for the same stream.
  private func matrix(stream: UInt64) -> FeatureMatrix {
    var random = SplitMix64(seed: 0, stream: stream)
    let values = (0..<samples * features).map { _ in (0..<4).reduce(0) { sum, _ in sum + random.nextFloat() } }
    return FeatureMatrix(rows: samples, columns: features, values: values)
  }
}
