import Evaluation
import ProcessLimits
import Testing

/// What work takes is told before it, and refused where it is more than is allowed.
@Suite struct MemoryTests {
  @Test(arguments: [
    ("8G", 8_000_000_000), ("800M", 800_000_000), ("1.5g", 1_500_000_000), ("64k", 64_000), ("12345", 12345),
  ])
  func sizesAsPeopleWriteThem(_ text: String, _ bytes: Int) {
    #expect(MemoryAllowance.bytes(text) == bytes)
  }

  @Test(arguments: ["", "G", "0", "-1G", "8GB", "8 G", "1e5x", "nan", "inf", "99999999999999T"])
  func whatIsNotASize(_ text: String) { #expect(MemoryAllowance.bytes(text) == nil) }

  @Test func theMachineHasSome() {
    #expect(MemoryAllowance().bytes == ProcessLimits.memory && ProcessLimits.memory > 1 << 28)
    #expect(MemoryAllowance(bytes: 10).ofNetworks == 5)
  }

  /// A small array, so that the parts can be told: 14 frames of 12 x 20 for the decoder, and clips of the fake network.
  @Test func moreThanIsAllowedIsRefusedBeforeTheWork() throws {
    let folder = try TemporaryFolder()
    try folder.writeArray("array/a.npy", [1, 4, 12, 20, 3], seed: 7)
    let networks = FakeNetworks()
    var extraction = FeatureExtraction(
      path: folder.file("array"), wanted: try wanted("fvd", "stylegan-v", [("frames", "4"), ("offset-fake", "start")]),
      cache: nil
    ) { try networks($0) }
    extraction.isReal = false
    extraction.memory = MemoryAllowance(bytes: 100_000_000)
    let features = try extraction.run().features
    extraction.memory.bytes = 1000
    #expect {
      _ = try extraction.run()
    } throws: { error in
      guard case EvaluationError.memory(let need, allowed: 1000) = error else { return false }
      return need.parts.first?.bytes == 14 * 12 * 20 * 3 && need.total > 1000 && need.total < 100_000_000
        && "\(error)".hasPrefix("this takes about ") && "\(error)".contains("hint: --memory allows more")
    }
    #expect(features.rows.count == 1)
  }
}
