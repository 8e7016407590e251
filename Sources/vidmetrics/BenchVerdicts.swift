import ArgumentParser
import Distances
import Evaluation
import Foundation
import MetricCatalog
import ProcessLimits
import Scores

struct VerdictBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verdicts", abstract: "How often verdicts are right, on features whose distributions are known",
    discussion: """
      Draws a real set and two fake ones of N rows from the features of files: rows of theirs with replacement (pool), or \
      normal clouds about their clusters (mixture). A fake row is a row moved, and mixed with another one. Told are, of so \
      many draws of two sets of one distribution, those whose exchange test has p <= 0.05 and those called better or \
      worse; the same of two distributions of equal distance to the real one; how many are called worse where one is 5, 20 \
      and 50 % further away than the other; and of all, how many 95 % intervals hold the expected difference, how wide they \
      are beside those that a known deviation would give, and the noise: the deviation of the difference in percent of the \
      expected distance. A change is shown in most draws where it is three times the noise. All changes are of the expected \
      distance at this N, a part of which is bias for a Fréchet distance and none for a kernel distance.

        vidmetrics features extract real/ --network i3d-kinetics400 --clips all --out pool.safetensors
        vidmetrics bench verdicts pool.safetensors --metric fvd --rows 16,64,256
      """)

  @Argument(help: ArgumentHelp("Files of features of one network.", valueName: "file"), completion: .file())
  var files: [String]

  @Option(help: ArgumentHelp("A metric: fvd, kvd, fid, kid.", valueName: "metric")) var metric = "fvd"

  @Option(help: ArgumentHelp("Rows of each of the three sets, separated by commas.", valueName: "N,...")) var rows =
    "16,64,256"

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Draws of two sets of one distribution.", valueName: "number"))
  var alarms = 2000

  @Option(parsing: .unconditional, help: ArgumentHelp("Draws of all else.", valueName: "number")) var draws = 500

  @Option(parsing: .unconditional, help: ArgumentHelp("Exchanges of each test.", valueName: "number"))
  var permutations = 999

  @Option(parsing: .unconditional, help: ArgumentHelp("Of the draws.", valueName: "number")) var seed = 1
  @Option(parsing: .unconditional, help: ArgumentHelp("Threads. (default: all)", valueName: "number")) var threads: Int?

  func run() throws {
    let sizes = try rows.split(separator: ",").map { text -> Int in
      guard let size = Int(text), (4...4096).contains(size) else {
        throw BenchError.number(Int(text) ?? 0, of: "rows", allowed: 4...4096)
      }
      return size
    }
    for (value, noun) in [(alarms, "alarms"), (draws, "draws"), (permutations, "permutations")] where value < 2 {
      throw BenchError.number(value, of: noun, allowed: 2...Int.max)
    }
    let preset = try EvaluationProtocol.named(EvaluationProtocol.defaultName(metric: metric) ?? "", metric: metric)
    let measure = try DifferenceTrial.Measure(of: preset)
    let pool = try pooled()
    Output.print(
      benchLines([
        ("pool", "\(pool.rows) rows of \(pool.columns) features"), ("protocol", preset.displayName),
        ("draws", "\(alarms) of one distribution, \(draws) of each other; \(permutations) exchanges; seed \(seed)"),
      ]))
    Output.print("| | | N | p <= 0.05 | false | equal: false | +5 % | +20 % | +50 % | coverage | width | noise |")
    Output.print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for kind in FeaturePopulation.Kind.allCases {
      let population = try FeaturePopulation(kind, pool: pool)
      for size in sizes {
        let trial = DifferenceTrial(
          measure: measure, population: population, rows: size, permutations: permutations, seed: UInt64(seed),
          threads: threads ?? ProcessLimits.processors)
        let found = try trial.outcomes { $0 == .same ? alarms : draws }
        Output.print(line(kind, size, found))
      }
    }
  }

  /// All rows of all files.
  private func pooled() throws -> FeatureMatrix {
    let sets = try files.map { path -> FeatureMatrix in
      guard case .set(let set) = try FeatureFile.read(path) else { throw FeatureFileError.notASet(path: path) }
      return set.features
    }
    let columns = sets[0].columns
    for (path, set) in zip(files, sets) where set.columns != columns {
      throw FeatureFileError.columnsDiffer(
        first: files[0], columns: columns, second: path, otherColumns: set.columns)
    }
    return FeatureMatrix(
      rows: sets.reduce(0) { $0 + $1.rows }, columns: columns, values: sets.flatMap(\.values))
  }

  private func line(_ kind: FeaturePopulation.Kind, _ rows: Int, _ found: [DifferenceTrial.Outcome]) -> String {
    func share(_ count: Int, _ outcome: DifferenceTrial.Outcome) -> String {
      fixed(100 * Double(count) / Double(outcome.draws), digits: 1) + " %"
    }
    let (same, equal) = (found[0], found[1])
    let least = found.map { Double($0.covered) / Double($0.draws) }.min() ?? 0
    let width = found.reduce(0) { $0 + $1.width } / Double(found.count)
    let cells =
      [
        metric.uppercased(), kind.rawValue, "\(rows)", "\(same.different) of \(same.draws)",
        "\(same.better + same.worse)",
        share(equal.better + equal.worse, equal),
      ] + found[2...].map { share($0.worse, $0) } + [
        fixed(100 * least, digits: 1) + " %", fixed(width, digits: 2),
        fixed(100 * same.deviation / same.distance, digits: 0) + " %",
      ]
    return "| " + cells.joined(separator: " | ") + " |"
  }
}
