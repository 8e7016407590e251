import Files
import Foundation
import Scores
import Tensors
import Video

/// The folder of a job, and where everything is in it.
///
/// ```
/// plan.json              what is computed, written once
/// lists/real-0004.jsonl  the videos of a shard: [name, bytes, ...], a line each
/// parts/real-0004.json   that the shard is done, by what, and what was skipped; with it, .NAME.safetensors: its features or their
///                        moments, and .videos.jsonl: what was learned of each video
/// parts/real-0004.partial/   what a shard that is not done has computed so far
/// state/0004.json        what the task is at, and how it ended
/// logs/work-4.log        what it said
/// features/real.NAME.safetensors   all rows, by `collect`
/// score.json             the document of the scores, by `collect`
/// collected.json         what that is of: how many parts, and the history that has it
/// ```
public struct JobFolder: Sendable, Equatable {
  /// Absolute.
  public let path: String

  public init(_ path: String) {
    self.path = URL(fileURLWithPath: path).standardizedFileURL.path
  }

  var planFile: String { path + "/plan.json" }
  var scoreFile: String { path + "/score.json" }
  var collectedFile: String { path + "/collected.json" }
  var slurmFolder: String { path + "/slurm" }
  var submissionsFile: String { slurmFolder + "/submitted.jsonl" }

  static func number(_ shard: Int) -> String {
    let digits = String(shard)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  func partName(_ set: PlannedSet, _ shard: Int) -> String { "\(set.role.rawValue)-\(Self.number(shard))" }
  func listFile(_ set: PlannedSet, _ shard: Int) -> String { "\(path)/lists/\(partName(set, shard)).jsonl" }
  package func recordFile(_ set: PlannedSet, _ shard: Int) -> String { "\(path)/parts/\(partName(set, shard)).json" }
  package func factsFile(_ set: PlannedSet, _ shard: Int) -> String {
    "\(path)/parts/\(partName(set, shard)).videos.jsonl"
  }
  package func partialFolder(_ set: PlannedSet, _ shard: Int) -> String {
    "\(path)/parts/\(partName(set, shard)).partial"
  }
  package func featureFile(_ set: PlannedSet, _ shard: Int, _ features: PlannedFeatures) -> String {
    "\(path)/parts/\(partName(set, shard)).\(features.name).safetensors"
  }
  func mergedFile(_ set: PlannedSet, _ features: PlannedFeatures) -> String {
    "\(path)/features/\(set.role.rawValue).\(features.name).safetensors"
  }
  package func stateFile(_ task: Int) -> String { "\(path)/state/\(Self.number(task)).json" }
  package func logFile(_ task: Int) -> String { "\(path)/logs/work-\(task).log" }

  // MARK: The plan

  /// The plan with the digest of its file, which every part carries.
  ///
  /// - Throws: `ClusterError.noPlan`, `.unreadable`, `FilesError`.
  public func plan() throws -> (plan: ClusterPlan, digest: String) {
    guard FileStatus(planFile) != nil else { throw ClusterError.noPlan(job: path) }
    let text = try TextFile.read(planFile)
    let plan: ClusterPlan = try Self.decoded(text, planFile)
    guard plan.schema == ClusterPlan.schema else {
      throw ClusterError.unreadable(path: planFile, reason: "it has the schema `\(plan.schema)`")
    }
    return (plan, SHA256.digest(of: text).description)
  }

  /// Writes the lists and then the plan: a folder without a plan is no job.
  ///
  /// - Parameter lists: of each set, for each of its shards, the videos.
  /// - Throws: `ClusterError.planned` where there is a plan, `FilesError`.
  package func write(_ plan: ClusterPlan, lists: [[String]]) throws {
    guard FileStatus(planFile) == nil else { throw ClusterError.planned(job: path) }
    for folder in ["lists", "parts", "state", "logs"] { try WholeFile.makeFolder(path + "/" + folder) }
    for (set, texts) in zip(plan.sets, lists) {
      for (shard, text) in texts.enumerated() { try WholeFile.write(text, to: listFile(set, shard)) }
    }
    do {
      try WholeFile.write(planFile, replacing: false) { writer in
        try Array((JSONValue(plan).text() + "\n").utf8).withUnsafeBytes { try writer.write($0) }
      }
    } catch FilesError.exists { throw ClusterError.planned(job: path) }
  }

  // MARK: Lists

  /// A listing as a file, a line for each video: name, bytes, and where it is not a plain file of one video a third entry with
  /// what it is.
  package static func listText(_ videos: [ListedVideo]) -> String {
    videos.map { video in
      var entries: [JSONValue] = [.string(video.name), .integer(video.bytes)]
      var extra: [(key: String, value: JSONValue)] = []
      if video.isArray { extra.append(("array", .bool(true))) }
      if video.isArrayRow { extra.append(("row", .bool(true))) }
      if video.holdsFloats { extra.append(("floats", .bool(true))) }
      if video.valueRange != .byte { extra.append(("value_range", .string(video.valueRange.rawValue))) }
      if !video.labels.isEmpty {
        extra.append(("labels", .object(video.labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })))
      }
      if !extra.isEmpty { entries.append(.object(extra)) }
      return JSONValue.array(entries).line + "\n"
    }.joined()
  }

  /// The videos of a shard.
  ///
  /// - Throws: `ClusterError.unreadable` for a list that is not the plan's, `FilesError`.
  package func list(_ set: PlannedSet, _ shard: Int) throws -> [ListedVideo] {
    let path = listFile(set, shard)
    let text = try TextFile.read(path)
    guard SHA256.digest(of: text).description == set.shards[shard].list else {
      throw ClusterError.unreadable(path: path, reason: "it is not the list that the plan was made with")
    }
    return try TextLines.filled(text).map { number, line in
      let value: JSONValue = try Self.decoded(String(line), "\(path):\(number)")
      guard case .array(let entries) = value, entries.count >= 2, let name = entries[0].text,
        case .integer(let bytes) = entries[1]
      else { throw ClusterError.unreadable(path: "\(path):\(number)", reason: "a name and a size are expected") }
      var video = ListedVideo(name: name, bytes: bytes)
      guard entries.count > 2 else { return video }
      func isTrue(_ key: String) -> Bool { entries[2][key] == .bool(true) }
      (video.isArray, video.isArrayRow, video.holdsFloats) = (isTrue("array"), isTrue("row"), isTrue("floats"))
      if let text = entries[2]["value_range"]?.text {
        guard let range = ValueRange(rawValue: text) else {
          throw ClusterError.unreadable(path: "\(path):\(number)", reason: "`\(text)` is not a range of values")
        }
        video.valueRange = range
      }
      if case .object(let labels)? = entries[2]["labels"] {
        video.labels = Dictionary(labels.compactMap { label in label.value.text.map { (label.key, $0) } }) { $1 }
      }
      return video
    }
  }

  // MARK: Files of JSON

  /// - Throws: `ClusterError.unreadable`.
  static func decoded<T: Decodable>(_ text: String, _ place: String) throws -> T {
    let decoder = JSONDecoder()
    // The keys of a value are its own: columns of a manifest, for example.
    decoder.keyDecodingStrategy = T.self == JSONValue.self ? .useDefaultKeys : .convertFromSnakeCase
    do { return try decoder.decode(T.self, from: Data(text.utf8)) } catch let error as DecodingError {
      switch error {
      case .keyNotFound(let key, _):
        throw ClusterError.unreadable(path: place, reason: "`\(key.stringValue)` is missing")
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
        let key = context.codingPath.map(\.stringValue).joined(separator: ".")
        throw ClusterError.unreadable(
          path: place, reason: key.isEmpty ? "it is not JSON" : "`\(key)` is not what it should be")
      @unknown default: throw ClusterError.unreadable(path: place, reason: "it is not what it should be")
      }
    }
  }

  /// What a file holds; nil where there is none.
  static func read<T: Decodable>(_ path: String) throws -> T? {
    guard FileStatus(path) != nil else { return nil }
    return try decoded(try TextFile.read(path), path)
  }

  /// The last line of a log that is an error, else the last with words in it; nil where there is none.
  static func lastLine(_ path: String) -> String? {
    guard let region = try? ByteRegion(OpenFile(path)) else { return nil }
    let start = max(0, region.count - 4096)
    guard let bytes = try? region.bytes(at: start, count: region.count - start) else { return nil }
    let lines = TextLines.filled(String(decoding: bytes, as: UTF8.self)).map { String($0.text) }
    return lines.last { $0.hasPrefix("error: ") } ?? lines.last
  }
}
