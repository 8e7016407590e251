import ArgumentParser
import Evaluation
import Foundation
import MetricCatalog
import ProcessLimits
import Random
import Scores
import Threads
import Video

/// Writes what work on large sets is timed with.
struct FeaturesBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Files of features made up, to time work on large sets",
    discussion: """
        vidmetrics bench features --samples 1000000 --features 400 --parts 8 --out large

      writes large-1.safetensors, ... with normal numbers that depend on each other, one row a video, which pass for those of the \
      metric's default protocol. The same seed gives the same files.
      """)

  @Option(parsing: .unconditional, help: ArgumentHelp("Rows in all.", valueName: "N")) var samples = 100_000

  @Option(parsing: .unconditional, help: ArgumentHelp("Columns of a row.", valueName: "D")) var features = 400

  @Option(parsing: .unconditional, help: ArgumentHelp("Files that the rows are shared out to.", valueName: "number"))
  var parts = 1

  @Option(parsing: .unconditional, help: ArgumentHelp("Of the random numbers.", valueName: "number")) var seed = 0

  @Option(parsing: .unconditional, help: ArgumentHelp("What is added to every value.", valueName: "number"))
  var shift = 0.0

  @Option(help: ArgumentHelp("The metric whose default protocol they pass for.", valueName: "metric"))
  var metric = "fvd"

  @Option(
    name: .customLong("as"), help: ArgumentHelp("They pass for the real or the fake set.", valueName: "real|fake"))
  var side: FeaturesCommand.Side = .real

  @Option(help: ArgumentHelp("The beginning of the files' names.", valueName: "prefix")) var out: String

  func run() throws {
    for (value, noun, allowed) in [
      (samples, "samples", 1...1 << 32), (features, "features", 1...1 << 14), (parts, "parts", 1...10_000),
      (seed, "seed", 0...Int.max),
    ] {
      guard allowed.contains(value) else { throw BenchError.number(value, of: noun, allowed: allowed) }
    }
    let definition = try Metric.named(metric)
    let recipe = try EvaluationProtocol.named(definition.defaultProtocol, metric: metric)
      .recipe(of: side == .real ? .real : .fake)
    let count = definition.sample == .frame ? 1 : 16
    for part in 0..<parts {
      let rows = samples * part / parts..<samples * (part + 1) / parts
      let path = "\(out)-\(part + 1).safetensors"
      try FeatureFile.write(
        rows: rows.count, columns: features, recipe: recipe, to: path,
        row: { index in
          let video = rows.lowerBound + index
          let (name, digits) = (String(video), String(video, radix: 16))
          return FeatureSet.Row(
            video: "class\(video / 10_000)/video_" + String(repeating: "0", count: 8 - min(8, name.count)) + name
              + ".mp4",
            digest: "sha256:" + String(repeating: "0", count: 64 - digits.count) + digits, start: 0, count: count,
            stride: 1)
        },
        values: { piece, values in
          let place = rows.lowerBound + piece.lowerBound
          fill(values, from: place)
        })
      Output.print("\(path): \(rows.count) x \(features)")
    }
  }

  /// Row by row from the one of that index: each value is a sum of four uniform numbers, twice as wide in the first columns as in
  /// the last, and of half of the value before it.
  private func fill(_ values: UnsafeMutableBufferPointer<Float>, from first: Int) {
    let (columns, seed, shift) = (features, UInt64(seed), Float(shift))
    let scales = (0..<columns).map { 1 / Float(1 + $0).squareRoot() + 0.1 }
    nonisolated(unsafe) let values = values
    ThreadTeam(threads: ProcessLimits.processors).perform(chunks: values.count / columns) { row in
      var random = SplitMix64(seed: seed, stream: UInt64(first + row))
      var before: Float = 0
      for column in 0..<columns {
        let bits = random.next()
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)
        before = 0.5 * before + (Float(sum) * 0x1p-16 - 2) * scales[column]
        values[row * columns + column] = before + shift
      }
    }
  }
}
