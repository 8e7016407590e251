import Evaluation
import Foundation
import MetricCatalog
import Scores
import Testing

@Suite struct EvaluationResultTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a \"b\".npy")
    try folder.writeFloats("a \"b\".npy", [6, 4, 8, 8, 3], value: 0.25)
    try folder.writeFloats("fake/b.npy", [6, 4, 8, 8, 3], value: 0.75)
  }

  /// All means differ by 1, covariances are 0: the score is 4.
  private func result() throws -> EvaluationResult {
    var asked = try request(path, folder.file("fake"))
    asked.input.valueRange = .unit
    return try evaluate(asked)
  }

  /// Each of the four features of each video is 1 away from its real one.
  @Test func eachVideoHasItsDistance() throws {
    let distances = try #require(try result().scores[0].distances)
    #expect(distances.map(\.name) == (0..<6).map { "b.npy[\($0)]" })
    #expect(distances.map(\.value) == Array(repeating: 2, count: 6))
    var grouped = try request(
      path, folder.file("fake"), [("series", "windows"), ("window", "2"), ("window-step", "2")])
    grouped.input.valueRange = .unit
    #expect(try evaluate(grouped).scores[0].distances == nil)
  }

  @Test func theTable() throws {
    let result = try result()
    let fingerprint = result.scores[0].settings?.shortFingerprint ?? ""
    #expect(
      ScoreText.text(result.scores, skipped: result.skipped) == """
        FVD  4.000000  (lower is better)
        protocol  stylegan-v + frames=4  (version 1, \(fingerprint))
        real      \(path)  (6 videos, 6 clips, rank 0 of 4)
        fake      \(folder.file("fake"))  (6 videos, 6 clips, rank 0 of 4)
        warning: `stylegan-v` scores are published with 2048 real clips (here 6) and 2048 fake clips (here 6) [small-n]
        warning: a row of an array is a clip by itself: clips have 4 frames, which is not the length of `stylegan-v` \
        [array-clip-length]
        warning: the arrays of the real set, read as 0..1, hold 0.25..0.25: all values lie in a 32nd of the range [narrow-range]
          --value-range says what black and white are in float arrays
        warning: the arrays of the fake set, read as 0..1, hold 0.75..0.75: all values lie in a 32nd of the range [narrow-range]
          --value-range says what black and white are in float arrays
        warning: 5 of 6 real videos repeat the content of another [duplicate-videos]
        warning: 5 of 6 fake videos repeat the content of another [duplicate-videos]

        """)
  }
}
