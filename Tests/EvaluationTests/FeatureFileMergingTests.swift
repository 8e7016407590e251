import Distances
import Evaluation
import Files
import Foundation
import Testing

struct FeatureSetMergingTests {
  /// Clips 0, 16, 32 of twelve videos whose names sort otherwise by their characters.
  private func whole() -> FeatureSet {
    let rows = (0..<12).flatMap { video in
      (0..<3).map { clip in
        FeatureSet.Row(video: "v\(video).mp4", digest: "sha256:\(video)", start: 16 * clip, count: 16, stride: 1)
      }
    }
    let values = (0..<rows.count * 2).map { Float($0) / 8 }
    return FeatureSet(
      features: FeatureMatrix(rows: rows.count, columns: 2, values: values), rows: rows, recipe: ["frames": "16"])
  }

  private func part(_ set: FeatureSet, _ indices: [Int]) -> FeatureSet {
    let columns = set.features.columns
    let values = indices.flatMap { set.features.values[$0 * columns..<($0 + 1) * columns] }
    return FeatureSet(
      features: FeatureMatrix(rows: indices.count, columns: columns, values: values),
      rows: indices.map { set.rows[$0] }, recipe: set.recipe)
  }

  private func message(_ parts: [FeatureSet], names: [String] = []) -> String {
    do {
      _ = try FeatureSet.merged(parts, names: names)
      return "nothing was thrown"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [1, 2, 3, 5, 36, 40]) func anySplitGivesTheBytesOfTheWhole(_ parts: Int) throws {
    let folder = try TemporaryFolder()
    let set = whole()
    try FeatureFile.write(set, to: folder.file("whole.safetensors"))
    // Every parts-th row from the end, the last part first.
    let split = (0..<parts).reversed().map { first in
      part(set, stride(from: first, to: set.rows.count, by: parts).reversed())
    }
    let merged = try FeatureSet.merged(split)
    #expect(merged == set)
    try FeatureFile.write(merged, to: folder.file("merged.safetensors"))
    let files = try ["whole", "merged"].map { name in
      try Data(contentsOf: URL(fileURLWithPath: folder.file("\(name).safetensors")))
    }
    #expect(files[0] == files[1])
  }

  @Test func whatDiffersIsNamed() {
    let set = whole()
    var other = part(set, [0])
    other.recipe = ["frames": "32"]
    #expect(
      message([part(set, [1]), other], names: ["a.safetensors", "b.safetensors"]) == """
        `frames` is `16` in `a.safetensors` and `32` in `b.safetensors`
        hint: parts of one set are extracted with the same protocol
        """)
    other.recipe = [:]
    #expect(message([part(set, [1]), other]).hasPrefix("`frames` is `16` in `part 1` and absent in `part 2`\n"))
    other.features = FeatureMatrix(rows: 1, columns: 3, values: [1, 2, 3])
    #expect(
      message([part(set, [1]), other], names: ["a", "b"])
        == "`a` has features of 2 values and `b` of 3: they are not of one network")
    #expect(message([]) == "there is nothing to merge: no file was given")
  }

  /// Part `index` of three, as one extraction writes it.
  private func shard(_ index: Int, of shards: Int = 3, listing: String = "sha256:1", skipped: [String] = [])
    -> FeatureSet
  {
    let set = whole()
    let rows = set.rows.indices.filter { $0 * shards / set.rows.count == index - 1 }
    var part = part(set, rows)
    part.origin = FeatureOrigin(
      listing: listing, videos: 12, shards: shards, parts: [index],
      skipped: skipped.map { .init(video: $0, reason: "cut short") })
    return part
  }

  @Test func partsOfASet() throws {
    let parts = [shard(3, skipped: ["v11.mp4"]), shard(1, skipped: ["v2.mp4"]), shard(2)]
    let folder = try TemporaryFolder()
    let merged = try FeatureSet.merged(parts)
    var all = whole()
    all.origin = FeatureOrigin(
      listing: "sha256:1", videos: 12,
      skipped: ["v2.mp4", "v11.mp4"].map { .init(video: $0, reason: "cut short") })
    #expect(merged == all, "as if it had been extracted whole")
    #expect(
      message([parts[0], parts[1]]) == """
        part 2 of 3 is missing
        hint: --allow-missing merges the others all the same, and every score of them says so
        """)
    let some = try FeatureSet.merged([parts[0], parts[1]], allowsMissing: true)
    #expect(some.origin?.missing == [2] && some.origin?.words == "parts 1, 3 of 3")
    #expect(try FeatureSet.merged([some, parts[2]]) == all, "what was merged is merged on")
    for (index, set) in [merged, some, parts[2]].enumerated() {
      try FeatureFile.write(set, to: folder.file("\(index).safetensors"))
      #expect(try FeatureFile.read(folder.file("\(index).safetensors")) == .set(set))
    }
  }

  @Test func partsThatDoNotBelongTogether() throws {
    let names = ["a", "b", "c"]
    #expect(
      message([shard(1), shard(2, of: 4)], names: names)
        == "`a` is part 1 of 3 and `b` is part 2 of 4: they are not of one division")
    #expect(
      message([shard(1), shard(2, listing: "sha256:2"), shard(3)], names: names) == """
        `a` is a part of 12 videos and `b` of 12 others, by their names and sizes
        hint: a set must not change while its parts are extracted: extract them again
        """)
    var empty = shard(2)
    empty = part(empty, [])
    empty.origin = shard(2).origin
    #expect(message([shard(1), empty, empty], names: names) == "`b` and `c` both hold part 2 of 3")
    var unknown = shard(2)
    unknown.origin = nil
    #expect(
      message([shard(1), unknown], names: names)
        == "`b` does not say which part of a set it is, and the others do\nhint: extract it again with this version")
    // Whole sets of different folders are put side by side.
    var (first, second) = (part(whole(), [0]), part(whole(), [5]))
    first.origin = FeatureOrigin(listing: "sha256:1", videos: 1)
    second.origin = FeatureOrigin(listing: "sha256:2", videos: 1)
    #expect(try FeatureSet.merged([first, second]).origin?.videos == 2)
  }

  @Test func rowsThatAreThereTwice() {
    let set = whole()
    #expect(
      message([part(set, [0, 4, 5]), part(set, [1, 5, 4])], names: ["a", "b"]) == """
        `a` and `b` both have `v1.mp4 from frame 16, 16 frames, stride 1`, `v1.mp4 from frame 32, 16 frames, stride 1`
        hint: each clip belongs to one part only
        """)
    let twice = message([part(set, [3, 3])], names: ["a"])
    #expect(twice.hasPrefix("`a` has `v1.mp4 from frame 0, 16 frames, stride 1`\n"))
  }
}

struct StyleGANVRecordTests {
  private let record = StyleGANVRecord(
    results: ["fvd2048_16f": 123.4375], metric: "fvd2048_16f", totalTime: 3725.5, gpus: 0, snapshot: nil,
    timestamp: 1_700_000_000.25)

  @Test func aLineIsTheirs() {
    #expect(
      record.line
        == #"{"results": {"fvd2048_16f": 123.4375}, "metric": "fvd2048_16f", "total_time": 3725.5, "#
        + #""total_time_str": "1h 02m 06s", "num_gpus": 0, "snapshot_pkl": null, "timestamp": 1700000000.25}"#)
  }

  /// `dnnlib.util.format_time`
  @Test(arguments: [(0.4, "0s"), (59.5, "1m 00s"), (60, "1m 00s"), (62.5, "1m 02s"), (3600, "1h 00m 00s")])
  func timesReadAsTheirs(_ seconds: Double, _ words: String) {
    var record = record
    record.totalTime = seconds
    #expect(record.line.contains("\"total_time_str\": \"\(words)\""))
    record.totalTime = 100_000
    #expect(record.line.contains("\"total_time_str\": \"1d 03h 46m\""))
  }

  @Test func linesComeBack() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metric-fvd2048_16f.jsonl")
    var second = record
    second.snapshot = "network-snapshot-005000.pkl"
    for record in [record, second] { try record.append(to: path) }
    #expect(try StyleGANVRecord.read(path) == [record, second])
    try folder.write(
      Array(#"{"metric": "kid", "results": {"kid": 1e-3, "kid_std": 2}, "seed": [1], "snapshot_pkl": null}"#.utf8),
      "other.jsonl")
    let foreign = try #require(StyleGANVRecord.read(folder.file("other.jsonl")).first)
    #expect(foreign.results == ["kid": 0.001, "kid_std": 2] && foreign.totalTime == nil && foreign.gpus == nil)
    #expect(foreign.line == #"{"results": {"kid": 0.001, "kid_std": 2.0}, "metric": "kid", "snapshot_pkl": null}"#)
  }

  @Test func aBadLineIsNamed() throws {
    let folder = try TemporaryFolder()
    func message(_ line: String) throws -> String {
      try folder.write(Array("\(record.line)\n\n\(line)\n".utf8), "x.jsonl")
      do {
        _ = try StyleGANVRecord.read(folder.file("x.jsonl"))
        return "nothing was thrown"
      } catch {
        return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
      }
    }
    #expect(try message("{}") == "line 3 of `x.jsonl` is not a record of a metric: it has no `results`")
    #expect(
      try message(#"{"results": {"fvd": "high"}, "metric": "fvd"}"#)
        == "line 3 of `x.jsonl` is not a record of a metric: `results.fvd` is not of the type that is expected")
    #expect(try message("{\"results\"") == "line 3 of `x.jsonl` is not a record of a metric: it is not a JSON object")
    #expect(try message(record.line) == "nothing was thrown")
    #expect(throws: FilesError.self) { try StyleGANVRecord.read(folder.file("none.jsonl")) }
  }
}
