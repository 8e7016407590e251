import Foundation
import Testing

import MetricCatalog

let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

@Suite struct PresetTests {
  /// A change of any score-changing field changes the fingerprint: then raise the version, add a changelog line, and
  /// write the new version and fingerprint here.
  static let pinned: [String: (version: Int, fingerprint: String)] = [
    "stylegan-v": (1, ""),
    "tf-original": (1, ""),
    "videogpt": (1, ""),
    "tats": (1, ""),
    "cd-fvd": (1, ""),
    "common-metrics": (1, ""),
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
