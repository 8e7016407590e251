import Evaluation
import Files
import Foundation
import History
import MetricCatalog
import Scores

// Files that other programs write.
extension RunImport {
  /// A run for each line; its name is the snapshot's. What is not a finite number is left out.
  func styleGANV() throws -> ImportedRuns {
    var seen: [String: Int] = [:]
    var found = ImportedRuns(runs: [])
    for (number, record) in try StyleGANVRecord.read(path).enumerated() {
      // Equal lines are told apart by their number.
      let line = record.line
      seen[line, default: 0] += 1
      let snapshot = record.snapshot.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent }
      var run = run(
        "stylegan-v \(seen[line, default: 0]) \(line)", name: snapshot ?? record.metric,
        date: record.timestamp.map { Date(timeIntervalSince1970: $0) })
      run.checkpoint = record.snapshot
      run.circumstances.totalSeconds = record.totalTime
      for (name, value) in record.results.sorted(by: { $0.key < $1.key }) where !value.isFinite {
        found.leftOut.append("record \(number + 1): `\(name)` is \(Self.word(value))")
      }
      run.scores = try Self.values(record.results.filter { $0.value.isFinite }).map { name, value, std in
        var score = ScoreRecord(metric: Self.known(name), value: value, direction: try direction(of: name))
        score.std = std
        return score
      }
      if !run.scores.isEmpty { found.runs.append(run) }
    }
    return found
  }

  /// As Python writes it.
  private static func word(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
  }

  /// `is50k_mean` and `is50k_std` are one score, and so are `fvd` and `fvd_std`.
  private static func values(_ results: [String: Double]) -> [(name: String, value: Double, std: Double?)] {
    results.sorted { $0.key < $1.key }.compactMap { key, value in
      let stem = key.hasSuffix("_mean") ? String(key.dropLast("_mean".count)) : key
      if key.hasSuffix("_std") {
        let owner = key.dropLast("_std".count)
        if results[String(owner)] != nil || results[owner + "_mean"] != nil { return nil }
      }
      return (stem, value, results[stem + "_std"])
    }
  }

  /// One run of all dimensions; of each the average, and the value of each video where it is a number. A dimension whose
  /// average is not a finite number, as VBench writes it for dimensions that it had no videos for, is left out.
  func vbench() throws -> ImportedRuns {
    let text = try text()
    let document = try object(JSONText.quotingNotFinite(text))
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let suffix = "_eval_results"
    var run = run("vbench " + text, name: stem.hasSuffix(suffix) ? String(stem.dropLast(suffix.count)) : stem)
    var leftOut: [String] = []
    for (dimension, value) in document.sorted(by: { $0.key < $1.key }) {
      guard let parts = value as? [Any], let first = parts.first else {
        throw ImportError.row(
          path: path, line: nil, reason: "`\(dimension)` is not `[average, [videos]]`, as VBench writes it")
      }
      guard let average = (first as? NSNumber)?.doubleValue, average.isFinite else {
        guard first is NSNull || first is String else {
          throw ImportError.row(path: path, line: nil, reason: "the average of `\(dimension)` is not a number")
        }
        leftOut.append("`\(dimension)` is \(first is NSNull ? "null" : "\(first)")")
        continue
      }
      // Every dimension of VBench is better when it is higher.
      var score = ScoreRecord(metric: "vbench[\(dimension)]", value: average, direction: .higher)
      let entries = parts.count > 1 ? parts[1] as? [[String: Any]] ?? [] : []
      let videos = entries.compactMap { entry -> VideoValue? in
        guard let name = entry["video_path"] as? String, let value = entry["video_results"] as? NSNumber else {
          return nil
        }
        return VideoValue(name: name, value: value.doubleValue)
      }
      if videos.count == entries.count {
        score.videos = videos.isEmpty ? nil : videos
      } else {
        leftOut.append("the values of single videos of `\(dimension)`: \(entries.count - videos.count) are not numbers")
      }
      run.scores.append(score)
    }
    return ImportedRuns(runs: run.scores.isEmpty ? [] : [run], leftOut: leftOut)
  }

  private func object(_ text: String) throws -> [String: Any] {
    do { return try JSONText.object(text.utf8) } catch {
      throw ImportError.row(path: path, line: nil, reason: "it is \(error)")
    }
  }
}
