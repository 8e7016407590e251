import Evaluation
import Foundation
import MetricCatalog
import Testing
import Vocabulary

/// What the code before the network computes. Its versions stand in keys, recipes and fingerprints, so a change of values needs
/// a new version: raise it in `PipelineVersions.current`, and write the new values here.
@Suite struct PipelineTests {
  private static let versions = PipelineVersions(decoding: 1, preprocessing: 1)

  struct Case: Sendable {
    let metric: String
    let name: String
    let settings: [(String, String)]
    /// Of the first sample: the means of R, G and B in the network's range, and of clips the last value.
    let array: [Double]
    let video: [Double]
  }

  private static let cases = [
    Case(
      metric: "fvd", name: "stylegan-v", settings: [], array: [-0.015805, -0.01021, -0.025651, -0.170098],
      video: [-0.672511, -0.161229, -0.403194, -0.331373]),
    Case(
      metric: "fvd", name: "tf-original", settings: [], array: [-0.009122, -0.074517, -0.023943, -0.152941],
      video: [-0.626809, -0.109283, -0.378952, -0.537255]),
    Case(
      metric: "fvd", name: "videogpt", settings: [], array: [0.001373, -0.03709, -0.049839, -0.110784],
      video: [-0.672511, -0.161229, -0.403194, -0.331373]),
    Case(
      metric: "fvd", name: "cd-fvd", settings: [], array: [-0.015805, -0.01021, -0.025651, -0.170098],
      video: [-0.676287, -0.165119, -0.407146, -0.335294]),
    Case(
      metric: "fvd", name: "stylegan-v", settings: [("aspect-crop", "2:1")],
      array: [-0.017513, -0.005259, -0.040164, -0.340686], video: [-0.457169, 0.077014, -0.308816, -0.754902]),
    Case(
      metric: "fvd", name: "stylegan-v", settings: [("resize", "align-corners-bilinear")],
      array: [-0.004073, -0.000674, -0.043485, 0.239216], video: [-0.70349, -0.193486, -0.412809, -0.090196]),
    Case(
      metric: "fid", name: "clean", settings: [], array: [0.042758, -0.016441, -0.087647],
      video: [-0.664043, -0.151147, -0.397595]),
    Case(
      metric: "fid", name: "ttur", settings: [], array: [0.007538, -0.042419, -0.138977],
      video: [-0.632812, -0.112183, -0.384155]),
    Case(
      metric: "clip-sim", name: "clip-vit-b-32", settings: [], array: [0.536703, 0.509436, 0.449755],
      video: [0.168934, 0.425858, 0.302574]),
  ]

  @Test(arguments: cases.indices) func valuesAreThoseOfTheVersions(_ index: Int) throws {
    let (found, folder) = (Self.cases[index], try TemporaryFolder())
    #expect(PipelineVersions.current == Self.versions)
    try folder.writeArray("array/a.npy", [1, 4, 12, 20, 3], seed: 7)
    let clip = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/clips/real/spin/disc.mp4")
    try FileManager.default.createDirectory(atPath: folder.file("video"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: clip.path, toPath: folder.file("video/disc.mp4"))
    let length = found.metric == "fvd" ? [("frames", "4")] : []
    let networks = FakeNetworks()
    for (set, expected) in [("array", found.array), ("video", found.video)] {
      let wanted = try wanted(found.metric, found.name, length + [("offset-fake", "start")] + found.settings)
      var extraction = FeatureExtraction(path: folder.file(set), wanted: wanted, cache: nil) { try networks($0) }
      extraction.isReal = false
      let features = try extraction.run().features.features
      let row = features.values.prefix(features.columns).map(Double.init)
      #expect(
        row.count == expected.count && zip(row, expected).allSatisfy { abs($0 - $1) < 1e-5 },
        "\(found.name) \(found.settings) \(set): \(row)")
    }
  }
}
