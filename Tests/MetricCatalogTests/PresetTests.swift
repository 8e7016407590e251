import Foundation
import MetricCatalog
import Testing

let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

@Suite struct PresetTests {
  /// A change of any score-changing field changes the fingerprint: then raise the version, add a changelog line, and
  /// write the new version and fingerprint here.
  static let pinned: [String: (version: Int, fingerprint: String)] = [
    "stylegan-v": (1, "sha256:9e37a73f17acda24ee34cea04a0f1c3b01f38ee3815401b4c069534a7767b5c7"),
    "tf-original": (1, "sha256:a03cfc60e3b5312dfb8d3c6aad69d540fe0bc5203bd253c5b7d5692e3a2a8c41"),
    "videogpt": (1, "sha256:ee9657285bbe11bc10a75f88a7093b84c844be63ae6187b04849ff159dd9d8c7"),
    "tats": (1, "sha256:8c31bd65b676b8c1e1f047e3379b41f9f41cdbaf43f52462fc4e871d854fff42"),
    "cd-fvd": (1, "sha256:01780c318b25321fd47405927f36463eec1ef2e94dd6b6488af1a9608d688482"),
    "common-metrics": (1, "sha256:9f737c0073dc6d7edb684565063e81733b604cfc027a477edf53e77f0f71d8e7"),
  ]

  @Test(arguments: EvaluationProtocol.names)
  func fingerprintIsPinnedToTheVersion(_ name: String) throws {
    let preset = try EvaluationProtocol.named(name)
    #expect(preset.version == Self.pinned[name]?.version)
    #expect(preset.fingerprint.description == Self.pinned[name]?.fingerprint)
  }

  @Test func everyFileIsAPreset() throws {
    let folder = packageRoot.appendingPathComponent("Metrics/protocols").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).map { String($0.dropLast(5)) }
    #expect(Set(files) == Set(EvaluationProtocol.names))
    #expect(Set(Self.pinned.keys) == Set(EvaluationProtocol.names))
  }

  @Test func fingerprintsDiffer() throws {
    let fingerprints = try EvaluationProtocol.all().map(\.fingerprint)
    #expect(Set(fingerprints).count == fingerprints.count)
  }

  @Test func namesAndAliasesAreUnique() throws {
    let names = try EvaluationProtocol.all().flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
    #expect(try EvaluationProtocol.named("lvdm") == EvaluationProtocol.named("tats"))
    #expect(EvaluationProtocol.defaultName(metric: "fvd") == "stylegan-v")
  }

  @Test(arguments: EvaluationProtocol.names)
  func aPresetDescribesItself(_ name: String) throws {
    let preset = try EvaluationProtocol.named(name)
    let fields = Set(FieldDefinition.all.map(\.name))
    #expect(preset.departures.allSatisfy { fields.contains($0.field) })
    #expect(preset.changelog.last?.version == preset.version)
    #expect(preset.changelog.allSatisfy { $0.date.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil })
    #expect(preset.bibtex.hasPrefix("@") && preset.bibtex.hasSuffix("}"))
    #expect(!preset.sentence.hasSuffix("."))
    #expect(preset.overrides.isEmpty && preset.displayName == name)
  }

  /// The columns of the table of published definitions: eps, ddof, crop, clip length, counts.
  @Test func theDefinitionsThatPapersUse() throws {
    let table: [(String, eps: Double, ddof: Int, resize: ResizeMode, crop: CropMode, root: RootMethod, real: Limit)] = [
      ("stylegan-v", 1e-3, 0, .halfPixelBilinear, .none, .symmetricEigen, .count(2048)),
      ("tf-original", 1e-3, 1, .tf1Bilinear, .none, .svd, .all),
      ("videogpt", 1e-5, 1, .halfPixelBilinear, .center, .svd, .count(256)),
      ("tats", 1e-5, 1, .halfPixelBilinear, .none, .svd, .count(2048)),
      ("cd-fvd", 1e-5, 0, .halfPixelBilinear, .none, .symmetricEigen, .all),
      ("common-metrics", 1e-3, 1, .halfPixelBilinear, .center, .symmetricEigen, .all),
    ]
    for row in table {
      let fields = try EvaluationProtocol.named(row.0).fields
      #expect(fields.batchNormEpsilon == row.eps, "\(row.0)")
      #expect(fields.ddof == row.ddof, "\(row.0)")
      #expect(fields.resize == row.resize && fields.crop == row.crop, "\(row.0)")
      #expect(fields.root == row.root && fields.rootEpsilon == (row.root == .svd ? 1e-10 : 0), "\(row.0)")
      #expect(fields.maxVideosReal == row.real && fields.frames == 16 && fields.stride == 1, "\(row.0)")
      #expect(fields.weights == "i3d-kinetics400" && fields.endpoint == "logits-mean", "\(row.0)")
    }
    let styleganV = try EvaluationProtocol.named("stylegan-v").fields
    #expect(styleganV.offsetReal == .random && styleganV.offsetFake == .start)
    let cdfvd = try EvaluationProtocol.named("cd-fvd").fields
    #expect(cdfvd.loaderResize == .antialiasBilinear && cdfvd.loaderResolution == 256 && cdfvd.seed == 42)
  }
}
