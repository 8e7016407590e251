import Evaluation
import Foundation
import MetricCatalog
import Testing
import Weights

struct WeightsChoiceTests {
  private let folder: TemporaryFolder
  private let store: WeightStore
  /// A miniature I3D under the name `mine`.
  private let fingerprint: String

  init() throws {
    folder = try TemporaryFolder()
    store = WeightStore(folder: folder.path)
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let file = root.appendingPathComponent("Fixtures/golden/weights/jax.ckpt").path
    fingerprint = try #require(try store.importFiles([file], as: "mine").fingerprint).description
  }

  private func choose(_ asked: String?) throws -> WeightsChoice {
    let settings = [(field: "weights", value: "mine")] + (asked.map { [("weights-fingerprint", $0)] } ?? [])
    let wanted = try EvaluationProtocol.named("stylegan-v", metric: "fvd").overriding(settings)
    return try WeightsChoice(wanted, fingerprint: asked, store: store, allowsOthers: true)
  }

  @Test func theFingerprintIsThatOfTheWeights() throws {
    for asked in [nil, fingerprint] {
      let choice = try choose(asked)
      #expect(choice.evaluationProtocol.fields.weightsFingerprint == fingerprint)
      #expect(choice.warning?.code == "other-weights")
    }
  }

  /// Also where it is the preset's own, which the protocol has without being asked.
  @Test func anotherFingerprintIsRefused() throws {
    let preset = try EvaluationProtocol.named("stylegan-v", metric: "fvd").fields.weightsFingerprint
    for asked in [preset, "sha256:" + String(repeating: "0", count: 64)] {
      #expect(
        message { _ = try choose(asked) } == """
          the weights `mine` have fingerprint \(fingerprint), and the protocol asks for \(asked)
          hint: `vidmetrics weights verify mine` says more
          """)
    }
  }
}
