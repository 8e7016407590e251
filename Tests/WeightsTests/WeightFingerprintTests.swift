import Testing
import Weights

struct WeightFingerprintTests {
  /// Computed with Python's hashlib from the definition.
  @Test func isTheDocumentedDigest() {
    let tensors = [
      WeightTensor(name: "a/kernel", shape: [1, 1, 1, 2, 2], values: [0.5, 1, 2, 4]),
      WeightTensor(name: "a/beta", shape: [2], values: [1, -2]),
    ]
    let fingerprint = WeightFingerprint.of(Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) }))
    #expect(fingerprint.hex == "5826893156c7602df0f912a32debb2f5da983f415fb10a46b8792a90f7dce303")
  }

  @Test func changesWithTheLastBitOfOneValue() {
    let one = ["a": WeightTensor(name: "a", shape: [2], values: [1, 2])]
    let other = ["a": WeightTensor(name: "a", shape: [2], values: [1, Float(2).nextUp])]
    #expect(WeightFingerprint.of(one) != WeightFingerprint.of(other))
  }
}
