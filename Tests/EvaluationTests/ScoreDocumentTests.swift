import Evaluation
import Foundation
import MetricCatalog
import Testing

@Suite struct ScoreDocumentTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a \"b\".npy")
    try folder.writeFloats("a \"b\".npy", [6, 4, 8, 8, 3], value: 0.25)
    try folder.writeFloats("fake/b.npy", [6, 4, 8, 8, 3], value: 0.75)
  }

  /// All means differ by 1, covariances are 0: the score is 4.
  private func document() throws -> ScoreDocument {
    var asked = try request(path, folder.file("fake"))
    asked.valueRange = .unit
    return try evaluate(asked)
  }

  @Test func jsonKeepsItsKeysInOrder() throws {
    let text = try document().json.text()
    let keys = text.matches(of: /(?m)^ *"([a-z_-]+)":/).map { String($0.output.1) }
    #expect(
      keys == [
        "schema", "results", "metric", "value", "direction", "std", "interval", "protocol", "name", "version",
        "overrides", "frames", "fingerprint", "fields", "weights", "weights-fingerprint", "batch-norm-eps", "endpoint",
        "value-range", "resize", "crop", "loader-resize", "loader-resolution", "frames", "stride", "clips",
        "offset-real", "offset-fake", "seed", "skip-first", "max-videos-real", "max-videos-fake", "repeats", "ddof",
        "root", "root-eps", "dtype", "partial-batch", "scale-factor", "sample", "features", "real", "path", "videos",
        "clips", "rank", "digest", "fake", "path", "videos", "clips", "rank", "digest",
        "prompts", "groups", "series", "runs", "floor", "n_curve", "videos", "distances", "name", "value",
        "name", "value", "name", "value", "name", "value", "name", "value", "name", "value", "warnings", "code", "text",
        "code", "text",
        "code",
        "text", "code", "text", "skipped",
        "run", "environment", "version", "isa", "decoder", "processor",
        "host", "os", "timing", "total_seconds", "reading_seconds", "extraction_seconds", "distance_seconds",
        "clips_computed", "clips_cached", "threads",
      ])
  }

  @Test func jsonIsJSONAndUnknownIsNull() throws {
    let object = try JSONSerialization.jsonObject(with: Data(document().json.text().utf8)) as? [String: Any]
    let results = try #require(object?["results"] as? [[String: Any]])
    #expect(object?["schema"] as? String == "vidmetrics.scores/1")
    #expect(results[0]["value"] as? Double == 4)
    #expect((results[0]["real"] as? [String: Any])?["path"] as? String == path)
    for key in ["std", "interval", "prompts", "groups", "series", "runs", "floor", "n_curve", "videos"] {
      #expect(results[0][key] is NSNull)
    }
    #expect(object?["run"] is NSNull)
    #expect((object?["skipped"] as? [Any])?.isEmpty == true)
  }

  /// Each of the four features of each video is 1 away from its real one.
  @Test func eachVideoHasItsDistance() throws {
    let distances = try #require(try document().scores[0].distances)
    #expect(distances.map(\.name) == (0..<6).map { "b.npy[\($0)]" })
    #expect(distances.map(\.value) == Array(repeating: 2, count: 6))
    var grouped = try request(
      path, folder.file("fake"), [("series", "windows"), ("window", "2"), ("window-step", "2")])
    grouped.valueRange = .unit
    #expect(try evaluate(grouped).scores[0].distances == nil)
  }

  @Test func theTable() throws {
    let document = try document()
    let fingerprint = document.scores[0].evaluationProtocol.fingerprint.description.prefix(19)
    #expect(
      document.table == """
        FVD  4.000000  (lower is better)
        protocol  stylegan-v + frames=4  (version 1, \(fingerprint))
        real      \(path)  (6 videos, 6 clips, rank 0 of 4)
        fake      \(folder.file("fake"))  (6 videos, 6 clips, rank 0 of 4)
        warning: `stylegan-v` scores are published with 2048 real clips (here 6) and 2048 fake clips (here 6) [small-n]
        warning: a row of an array is a clip by itself: clips have 4 frames, which is not the length of `stylegan-v` \
        [array-clip-length]
        warning: 5 of 6 real videos repeat the content of another [duplicate-videos]
        warning: 5 of 6 fake videos repeat the content of another [duplicate-videos]

        """)
  }

  @Test(arguments: [
    (151.392478, "151.3925"), (10.13809, "10.13809"), (4246.8123, "4246.812"), (0, "0.000000"),
    (0.00012345678, "0.0001234568"),
    (12_345_678.9, "12345679"), (-0.5, "-0.5000000"), (1e-16, "0.000000000000"), (.infinity, "inf"),
  ])
  func significantDigits(_ value: Double, _ text: String) { #expect(significant(value) == text) }

  @Test func controlCharactersAreEscaped() {
    #expect(JSONValue.string("a\u{1}\t\\é").text() == #""a\u0001\t\\é""#)
    #expect(JSONValue.number(.nan).text() == "null")
    #expect(JSONValue.array([]).text() == "[]")
  }
}
