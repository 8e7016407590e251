import Files
import Foundation
import Scores

/// One line of a `metric-NAME.jsonl` as StyleGAN2-ADA and StyleGAN-V write it (`metrics/metric_main.py`, `calc_metric` and
/// `report_metric`).
public struct StyleGANVRecord: Sendable, Equatable {
  /// Values by name: `fvd2048_16f`, or several where a metric has a mean and a deviation.
  public var results: [String: Double]
  public var metric: String
  /// Seconds; nil where a foreign file does not say.
  public var totalTime: Double?
  /// Graphics processors, 0 for what ran on the CPU; nil where a foreign file does not say.
  public var gpus: Int?
  /// The generator's file, relative to the run's folder; nil if there is none.
  public var snapshot: String?
  /// Seconds since 1970; nil where a foreign file does not say.
  public var timestamp: Double?

  public init(
    results: [String: Double], metric: String, totalTime: Double?, gpus: Int? = 0, snapshot: String? = nil,
    timestamp: Double?
  ) {
    self.results = results
    self.metric = metric
    self.totalTime = totalTime
    self.gpus = gpus
    self.snapshot = snapshot
    self.timestamp = timestamp
  }

  /// The line, without its end. The results are sorted by name; what is not known is left out.
  public var line: String {
    var entries: [(key: String, value: JSONValue)] = [
      ("results", .object(results.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
      ("metric", .string(metric)),
    ]
    if let totalTime {
      entries += [("total_time", .number(totalTime)), ("total_time_str", .string(Self.words(totalTime)))]
    }
    if let gpus { entries.append(("num_gpus", .integer(gpus))) }
    entries.append(("snapshot_pkl", .string(orNull: snapshot)))
    if let timestamp { entries.append(("timestamp", .number(timestamp))) }
    return JSONValue.object(entries).line
  }

  /// Adds the line to a file, which is made if it is not there.
  ///
  /// - Throws: `FilesError.unwritable`.
  public func append(to path: String) throws { try WholeFile.append(line + "\n", to: path) }

  /// Every record of a file, in order. Empty lines and fields that are not read here are left alone; Python's NaN and Infinity
  /// are values.
  ///
  /// - Throws: `FilesError`, `FeatureFileError.record`.
  public static func read(_ path: String) throws -> [StyleGANVRecord] {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try TextLines.filled(TextFile.read(path)).map { number, line in
      do {
        let text = JSONText.quotingNotFinite(String(line))
        let record = try decoder.decode(Fields.self, from: Data(text.utf8)).record
        if let key = JSONText.repeatedKey(text.utf8) {
          throw FeatureFileError.record(path: path, line: number, reason: "`\(key)` stands there twice")
        }
        return record
      } catch let error as DecodingError {
        throw FeatureFileError.record(path: path, line: number, reason: reason(error))
      }
    }
  }

  /// As `dnnlib.util.format_time`: `59s`, `1m 05s`, `2h 00m 01s`, `1d 03h 00m`; halves go to the even second.
  private static func words(_ seconds: Double) -> String {
    let s = Int(max(0, min(seconds.rounded(.toNearestOrEven), 1e15)))
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    return switch s {
    case ..<60: "\(s)s"
    case ..<3600: "\(s / 60)m \(two(s % 60))s"
    case ..<86_400: "\(s / 3600)h \(two(s / 60 % 60))m \(two(s % 60))s"
    default: "\(s / 86_400)d \(two(s / 3600 % 24))h \(two(s / 60 % 60))m"
    }
  }

  private struct Fields: Decodable {
    let record: StyleGANVRecord

    private enum Key: String, CodingKey {
      case results, metric, timestamp
      case totalTime = "total_time"
      case gpus = "num_gpus"
      case snapshot = "snapshot_pkl"
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      record = StyleGANVRecord(
        results: try fields.decode([String: Double].self, forKey: .results),
        metric: try fields.decode(String.self, forKey: .metric),
        totalTime: try fields.decodeIfPresent(Double.self, forKey: .totalTime),
        gpus: try fields.decodeIfPresent(Int.self, forKey: .gpus),
        snapshot: try fields.decodeIfPresent(String.self, forKey: .snapshot),
        timestamp: try fields.decodeIfPresent(Double.self, forKey: .timestamp))
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "it has no `\(key.stringValue)`"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "`\(context.codingPath.map(\.stringValue).joined(separator: "."))` is not of the type that is expected"
    default: "it is not a JSON object"
    }
  }
}

extension RunRecord {
  /// Adds a line for each score to a file, as StyleGAN-V's `metric-NAME.jsonl` has them.
  ///
  /// - Throws: `FeatureFileError.unwritable`.
  public func appendAsStyleGANV(to path: String) throws {
    for score in scores {
      // Two scores of one metric are told apart by their protocols.
      let isAlone = scores.count { $0.metric == score.metric } == 1
      let name = isAlone ? score.metric : "\(score.metric) (\(score.settings?.displayName ?? "unknown"))"
      var results = [name: score.value]
      if let std = score.std { results["\(name)_std"] = std }
      try StyleGANVRecord(
        results: results, metric: name, totalTime: circumstances.totalSeconds, gpus: 0,
        snapshot: score.fake?.path, timestamp: Date().timeIntervalSince1970
      ).append(to: path)
    }
  }
}
