import Evaluation
import Foundation
import History
import MetricCatalog
import Scores

// Files that other programs write.
extension RunImport {
  /// A run for each line; its name is the snapshot's.
  func styleGANV() throws -> [RunRecord] {
    var seen: [String: Int] = [:]
    return try StyleGANVRecord.read(path).map { record in
      // Equal lines are told apart by their number.
      let line = record.line
      seen[line, default: 0] += 1
      let snapshot = record.snapshot.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent }
      var run = run(
        "stylegan-v \(seen[line, default: 0]) \(line)", name: snapshot ?? record.metric,
        date: record.timestamp.map { Date(timeIntervalSince1970: $0) })
      run.checkpoint = record.snapshot
      run.circumstances.totalSeconds = record.totalTime
      run.scores = try Self.values(record.results).map { name, value, std in
        var score = ScoreRecord(metric: Self.known(name), value: value, direction: try direction(of: name))
        score.std = std
        return score
      }
      return run
    }
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

  /// One run of all dimensions; of each the average, and the value of each video where it is a number.
  func vbench() throws -> RunRecord {
    let text = try text()
    guard let document = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
      throw ImportError.row(path: path, line: nil, reason: "it is no JSON object of dimensions")
    }
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let suffix = "_eval_results"
    var run = run("vbench " + text, name: stem.hasSuffix(suffix) ? String(stem.dropLast(suffix.count)) : stem)
    run.scores = try document.sorted { $0.key < $1.key }.map { dimension, value in
      guard let parts = value as? [Any], let average = (parts.first as? NSNumber)?.doubleValue, average.isFinite else {
        throw ImportError.row(
          path: path, line: nil, reason: "`\(dimension)` is not `[average, [videos]]`, as VBench writes it")
      }
      // Every dimension of VBench is better when it is higher.
      var score = ScoreRecord(metric: "vbench[\(dimension)]", value: average, direction: .higher)
      if parts.count > 1, let entries = parts[1] as? [[String: Any]] {
        let videos = entries.compactMap { entry -> VideoValue? in
          guard let name = entry["video_path"] as? String, let value = entry["video_results"] as? NSNumber else {
            return nil
          }
          return VideoValue(name: name, value: value.doubleValue)
        }
        if videos.count == entries.count, videos.allSatisfy({ $0.value.isFinite }) { score.videos = videos }
      }
      return score
    }
    return run
  }
}
