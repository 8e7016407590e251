import Foundation
import MetricCatalog
import Testing
import Vocabulary

let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

@Suite struct PresetTests {
  /// A change of any score-changing field changes the fingerprint: then raise the version, add a changelog line, and
  /// write the new version and fingerprint here.
  static let pinned: [String: (version: Int, fingerprint: String)] = [
    "stylegan-v": (1, "sha256:9e37a73f17acda24ee34cea04a0f1c3b01f38ee3815401b4c069534a7767b5c7"),
    "tf-original": (2, "sha256:b3658235603562072c3be5f3c067fd6dffe424868d03407a9fa9847b84e884a5"),
    "videogpt": (1, "sha256:ee9657285bbe11bc10a75f88a7093b84c844be63ae6187b04849ff159dd9d8c7"),
    "tats": (1, "sha256:8c31bd65b676b8c1e1f047e3379b41f9f41cdbaf43f52462fc4e871d854fff42"),
    "cd-fvd": (1, "sha256:01780c318b25321fd47405927f36463eec1ef2e94dd6b6488af1a9608d688482"),
    "common-metrics": (1, "sha256:9f737c0073dc6d7edb684565063e81733b604cfc027a477edf53e77f0f71d8e7"),
    "stylegan-v-subsample8f": (1, "sha256:8524f65c00bb7a11a768f11d449fe12b91c27617c4099859d2f58ffa2fd5c048"),
    "videogpt-64": (1, "sha256:81a4d7c38a31aaae03b455af8b4d3fa89334bcc5397bc859424a5afafec3db29"),
    "videogpt-128": (1, "sha256:4f74734cba0f6c2a11942b89bd3f7e8ef07f2538e72712bc12b235a85c44f430"),
    "tats-128": (1, "sha256:34eb114baf5e0ed79c2d1aff661c3f56846130afc5ffcc25479b5402b38c5d46"),
    "lvdm-256": (1, "sha256:c2f50973d939ecc55e67c30bb27a585fdb4316a0607fd92a965772eebe6cd170"),
    "kvd/tats-128": (1, "sha256:1280fca0a0fec8769b8a01307e2bd08382ed2eec66fd43ec1f32f34b1ed5f055"),
    "kvd/lvdm-256": (1, "sha256:de5800ddd4293c80a297a8a35d42fc7a8b2194b9ee8a399872a2093a911bbc08"),
    "torchmetrics-fid": (1, "sha256:f29ad6b64861309f1e0e6acb34bc31bfa3b5a4e980898f4030682e9e50767252"),
    "torchmetrics-kid": (1, "sha256:80d9151d238c44b67f9ae8839fb988c52e55594720f2005768fea6c88fa60d42"),
    "kvd/tats": (1, "sha256:ea707c1f3fe3fe62ac25dc59db99fe29fc39741088760d99ed144dfed1783d59"),
    "fvd-paper": (1, "sha256:783273185096e9754cd7e493cd1612a98d34b5cd22465135cec108690a6dbd45"),
    "dt-fvd-16": (1, "sha256:8ccbe949711cd65bce9c7a3181ca4d262d2e3cdc7c17c17cc6747f28268c6e5e"),
    "dt-fvd-32": (1, "sha256:e741940927f1a1ebeb2cca2e2b0202d907245f0f2d4b3669bf512a9bc9cfe409"),
    "clean": (1, "sha256:281a5806bc317fef7a960948f9ad4493251935a807533917f43bb83fbbfce691"),
    "pytorch-fid": (1, "sha256:0ce7a03169d4f6bc59c067272fe3a3ee7eec1dd274ed80b92d9d1a83e0eea1e8"),
    "ttur": (1, "sha256:1b04bb4e0c0bd4d34d54e812e84b06899837d853dd613cb5d0ee3781a96cb7b6"),
    "dgm-eval": (1, "sha256:0a96f1d36dd312865ce396f788925c70bee5a57f32dcac77f945291018059433"),
    "kid/clean": (1, "sha256:b3c6d3aca508d12525cd04093cdc51de83a1bcd090dc3429beb9c9ce46412532"),
    "torch-fidelity": (1, "sha256:7ef75a0159ab582e5ca9d80f4c4d478f62285b11f0f9dd7852f2398da892432d"),
    "i3d": (1, "sha256:4fa93e61057fe5d1b07a3e6b90f9b244a211add7be3031d46d5c646b250d0fe6"),
    "fvd-infinity/stylegan-v": (1, "sha256:60ba222d96cf370d5f176fb044d4434603fda7c650ce1971e379ffe13e33e781"),
    "fid-infinity/clean": (1, "sha256:136d78262b18ad86acc4388923e8b65b1344475fdfae9b39dd0ef096d134f904"),
    "psnr/common-metrics": (1, "sha256:02d0cb024754d8c7adf3d68a98d3b5a162a422086f97edc2fd1d4fa8f1bd7852"),
    "ssim/common-metrics": (1, "sha256:4dd2a9fd9b25ec3dc44a1b856366b8990379f4eecf0b3cdf44c54b4022e7fec3"),
    "lpips-alex": (1, "sha256:5c36a1ed611b03ad4764f470c86d827ea086803ee944bd33411663500c829a7c"),
    "cami2v": (1, "sha256:8af3f44f1f07c25171c4fd402005e2721934484de962c4e956146dbc5c289a60"),
    "evo": (1, "sha256:02888dcaf30d9b45926cfe50a67f54ce8c4bedbfa3cdc040bca1bb1b14d3f38d"),
    "benchmark": (1, "sha256:ba3bfad6f00fb4c1031f498d83bfa13208e5c8b56713e2b07f44da2d35d1a88c"),
    "vbench": (1, "sha256:6dd1722e847b3a41f5880d1284552a6ab319c04556f7f02910fc01fbb76bba9a"),
    "vbench-long": (1, "sha256:1f0b5ff0e5b6126e683bb823c24c3a060ae02cc8fc78235fe33a2612d1f76e57"),
    "motion-smoothness/vbench": (1, "sha256:cb7f668a876b57d548230d80e58521a0b5aceaa85c329568afe64313d514501f"),
    "motion-smoothness/vbench-long": (1, "sha256:5e045f8324c13f107b2f36ec6b03cb169b1c632573e119be63e1f75c1760a7dc"),
    "vbench-static": (1, "sha256:a7fcc37c206a392978db4b8fbefba1e746a2a48f93563370564d07475e200bc1"),
    "fast-blind": (1, "sha256:5ed7a583df2ec9496d9cabab3fa744f4fca0588eac946299b33d9413731f79b4"),
    "evalcrafter": (1, "sha256:916d8c36ef915f6c4f2ec62094654c1abab680592f9f30619ca8222e48edcc09"),
    "end-point": (1, "sha256:97300ec91de082814a25ffa26781aa4e4b8df60c7c4d2b16054ae6fbe39b6d49"),
    "motion-magnitude/evalcrafter": (1, "sha256:2aedc3ed7256af85f1c360a329fe63b362687a7b3ee20ec2afb68b4c40f29401"),
    "dynamic-degree/vbench": (1, "sha256:5b052e438369ffb224a1a00bbdc5c9b16ed2e21c2967af2291f0fca75e58991f"),
    "dynamic-degree/vbench-long": (1, "sha256:ee0fef6258db0a1fa3198488a985bc669521187449d9139c2f07f929a5ca7746"),
    "dreamsim": (1, "sha256:4def23ff9b607090fa1708de15f12012947fe7360a9d2dc390db5d5ac76871f6"),
    "dreamsim-dino": (1, "sha256:95fd63a6f22bfc46a0af0343a75b4e767280eb857d597c47d8a098c63cd42a5f"),
    "dreamsim-clip": (1, "sha256:f4fe4e425ba22ce9903edcf7fbec02623fd1b6470a3d0662c695a568685b8d3a"),
    "dreamsim-open-clip": (1, "sha256:a215816ba200e36763f313c48011d7661e883f04acb6c046c1d21a1cacbc166a"),
    "dreamsim-dinov2": (1, "sha256:218bbbacf650451dc2e57c7902c4d90a9e8a2001ec450e8017755d5d21d9e0c6"),
    "inception-cosine": (1, "sha256:7d28c14264f15374453bd1bf028474ef3718ca66623cfbc77fe98d5eea5297d4"),
    "clip-vit-b-32": (1, "sha256:b18bb50eef6767455de99f879524686802f5a2a0439d28b0cf4de094ae0ef8dd"),
    "clip-vit-b-16": (1, "sha256:327282dd6a42bb9c76e610bf311a2fac4f455d94f11f10277968e54b68edaad8"),
    "open-clip-vit-b-32": (1, "sha256:45e31cc5b5ad33816a9ce39699c781b585d473f91aa1fdca1e8c0d37b5a64658"),
    "open-clip-vit-b-16": (1, "sha256:ffaf8b32a3ff74c817e02d94667cec4eff059a74dc2606cfeb2189e062bf4fa2"),
    "torchmetrics": (1, "sha256:d44ea8160ac8eaaddbe9943fe4b5bb766ec194013293454411fb462840fb933f"),
    "clipscore": (1, "sha256:3dff4f2ff0e7497a671ac232722951499db5b7025130c28be6bdfe76b20992eb"),
    "frame-consistency/clip-vit-b-32": (1, "sha256:a6b689a09d86111164e299dc3e853953feb6e157f53617b867558da8aed03e05"),
    "frame-consistency/clip-vit-b-16": (1, "sha256:a2a32a53921963d1e025e6bf358ff7ad88b9924973def9d37a24e501ac13a9e8"),
    "frame-consistency/open-clip-vit-b-32": (
      1, "sha256:781e31b83fdbcee2bf99c58b84e7066ac240ebefe1414b0421e073fd3fd015e4"
    ),
    "frame-consistency/open-clip-vit-b-16": (
      1, "sha256:c61c9d9f87f1a7bf1e10b0d46581872b6d7cbe20d3a677da1bb0c8bf0dd01c35"
    ),
    "subject-consistency/vbench": (1, "sha256:4e140b957f2663f55278ef431f2cbcef7180f71c34cf4bc97b8a2ac6633faa46"),
    "vbench-distributed": (1, "sha256:22b9487fe112e3f64d242476c893e6526e54342fbd735963db28e64ce0eca000"),
    "subject-consistency/vbench-long": (1, "sha256:2657537fe984896aab23efc5c1820f5adb8e85ca64e6a1e4315d0904e9b8a254"),
    "vbench-long-slow": (1, "sha256:949b87ce28b40a603ccb3b6bc0d269d453716a0a6b28d51e48fc62eca2540da3"),
    "vbench-long-fast": (1, "sha256:c00c03229d43dae013dd5ca1d377ac275b92443211d835553d44017f0fd8d4e7"),
    "background-consistency/vbench": (1, "sha256:4159d09741fac5ca62ad5178fd0b69e95461ced2c978c48f4d765f0fe43e4ae4"),
    "background-consistency/vbench-long": (
      1, "sha256:3d1465e1447d75e9267bf6b4494fea1fd701edd77ff598ba7e5ae3e53fee6e85"
    ),
    "background-consistency/vbench-long-slow": (
      1, "sha256:94586141e94a451505c270e1887116b3c01345dd846eb58ba957858d86263444"
    ),
    "background-consistency/vbench-long-fast": (
      1, "sha256:7fb006dec28be9e10e0a3663a90d9bdca312104e2dd23e1c9df9b354df393f6c"
    ),
    "aesthetic-quality/vbench": (1, "sha256:4648a0f0aea43c37bfc4010d1e6558447ebb7f1ae838097050a5200c0088e3e6"),
    "aesthetic-quality/vbench-long": (1, "sha256:545948c350df6ce1aaa730d01a952c7f24ff0fdd36074320c09c2df67e827085"),
    "imaging-quality/vbench": (1, "sha256:d881a3b6c7fdf959ecd36864d496a4d1c5937fa72aa76976d7f418a12137fb3f"),
    "imaging-quality/vbench-long": (1, "sha256:9db08ae67f4c20b4f614b0e6bdb377d52f8558c1322cdad18149f7dc24aa4870"),
    "i2v-subject/vbench": (1, "sha256:6b70d9eb1af0e35cad04d34258eacb47b992f3dc477385a29295bde6720eb510"),
    "vbench-aliased": (1, "sha256:fb6537a3dca3d970f931ed1b367953220f677e795203358ebc4fe65901205d7a"),
    "i2v-background/vbench": (1, "sha256:fb8b76ede1368147d7d1a58ff827f4116aef2a8e38776d1108dd0c5233c0f54d"),
    "i2v-background/vbench-aliased": (1, "sha256:51fac9d03a872a54c7b8d57e69101f310fbe10499080c3c39b7c3e80a7523171"),
  ]

  @Test(arguments: EvaluationProtocol.names)
  func fingerprintIsPinnedToTheVersion(_ name: String) throws {
    let preset = try EvaluationProtocol.named(name)
    #expect(preset.version == Self.pinned[name]?.version, "\(name)")
    #expect(preset.fingerprint.description == Self.pinned[name]?.fingerprint, "\(name)")
  }

  @Test func everyFileIsAPresetOrATable() throws {
    let manager = FileManager.default
    let files = try manager.contentsOfDirectory(atPath: packageRoot.appendingPathComponent("Metrics/protocols").path)
    #expect(files.count == EvaluationProtocol.names.count)
    let tables = try manager.contentsOfDirectory(atPath: packageRoot.appendingPathComponent("Metrics/tables").path)
    #expect(Set(tables.map { String($0.dropLast(5)) }) == Set(PaperTable.names))
    #expect(Set(Self.pinned.keys) == Set(EvaluationProtocol.names))
  }

  /// As for the presets: the rows of papers' tables, in their order.
  static let pinnedRows: [String: [String]] = [
    "lfdm": [
      "fvd lfdm b54272af17de1c06",
      "fvd lfdm/class 0e40192bba0d6840",
      "fvd lfdm/subject 1967555d6b4ef72e",
    ],
    "lvdm": [
      "fvd lvdm 5aa2d7f8f673e103",
      "kvd lvdm 8f0171a922e803aa",
      "fvd lvdm/over-time 5d1148d53d747ea8",
      "kvd lvdm/over-time da990d25cd5af930",
    ],
    "dynamicrafter": [
      "fvd dynamicrafter 8c31bd65b676b8c1",
      "kvd dynamicrafter ea707c1f3fe3fe62",
      "pic dynamicrafter 4def23ff9b607090",
    ],
    "generative-image-dynamics": [
      "fid generative-image-dynamics 5231ed15e58df8e3",
      "kid generative-image-dynamics 14d6d1c6a6d6b78a",
      "fvd generative-image-dynamics 6cb75f2fde091671",
      "fvd generative-image-dynamics/32 98a4ede797288986",
      "dt-fvd generative-image-dynamics e7f5faec9527c8d3",
      "dt-fvd generative-image-dynamics/32 19f65b4b9b637bf2",
      "fid generative-image-dynamics/sliding a3b0e2531987c3e8",
      "dt-fvd generative-image-dynamics/sliding 115546e36a21d00e",
    ],
    "vbench-quality": [
      "subject-consistency vbench-quality 4e140b957f2663f5",
      "background-consistency vbench-quality 4159d09741fac5ca",
      "temporal-flickering vbench-quality 6dd1722e847b3a41",
      "motion-smoothness vbench-quality cb7f668a876b57d5",
      "aesthetic-quality vbench-quality 4648a0f0aea43c37",
      "imaging-quality vbench-quality d881a3b6c7fdf959",
      "dynamic-degree vbench-quality 5b052e438369ffb2",
    ],
    "vbench-i2v": [
      "i2v-subject vbench-i2v 6b70d9eb1af0e35c",
      "i2v-background vbench-i2v fb8b76ede1368147",
      "subject-consistency vbench-i2v 4e140b957f2663f5",
      "background-consistency vbench-i2v 4159d09741fac5ca",
      "motion-smoothness vbench-i2v cb7f668a876b57d5",
      "aesthetic-quality vbench-i2v 4648a0f0aea43c37",
      "imaging-quality vbench-i2v d881a3b6c7fdf959",
      "dynamic-degree vbench-i2v 5b052e438369ffb2",
    ],
  ]

  @Test(arguments: PaperTable.names)
  func rowsOfTablesArePinned(_ name: String) throws {
    let table = try PaperTable.named(name)
    #expect(table.rows.map { "\($0.metric) \($0.name) \($0.fingerprint.hex.prefix(16))" } == Self.pinnedRows[name])
    #expect(Set(table.rows.map { $0.metric + $0.name }).count == table.rows.count, "each row has a name of its own")
    for row in table.rows where row.name != "lvdm" {
      #expect(try EvaluationProtocol.named(row.name, metric: row.metric) == row)
    }
    #expect(!table.open.isEmpty && !table.sentence.hasSuffix(".") && table.bibtex.hasPrefix("@"))
  }

  @Test func fingerprintsDiffer() throws {
    let fingerprints = try EvaluationProtocol.all().map(\.fingerprint)
    #expect(Set(fingerprints).count == fingerprints.count)
  }

  @Test func namesAndAliasesAreUnique() throws {
    for metric in Metric.all {
      let own = try EvaluationProtocol.all().filter { $0.metric == metric.name }
      let names = own.flatMap { [$0.name] + $0.aliases }
      #expect(Set(names).count == names.count)
      #expect(own.first?.name == metric.defaultProtocol, "the default is listed first")
    }
    #expect(
      try EvaluationProtocol.named("lvdm", metric: "fvd") == EvaluationProtocol.named("tats", metric: "fvd"))
    #expect(EvaluationProtocol.defaultName(metric: "fvd") == "stylegan-v")
  }

  @Test(arguments: EvaluationProtocol.names)
  func aPresetDescribesItself(_ name: String) throws {
    let preset = try EvaluationProtocol.named(name)
    let fields = Set(preset.definition.fields.map(\.name) + [EvaluationProtocol.Departure.decoding])
    #expect(preset.departures.allSatisfy { fields.contains($0.field) })
    #expect(preset.changelog.last?.version == preset.version)
    #expect(preset.changelog.allSatisfy { $0.date.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil })
    #expect(preset.bibtex.hasPrefix("@") && preset.bibtex.hasSuffix("}"))
    #expect(!preset.sentence.hasSuffix("."))
    #expect(preset.overrides.isEmpty && preset.qualifiedName == name)
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
      ("videogpt-64", 1e-5, 1, .halfPixelBilinear, .center, .svd, .count(256)),
      ("videogpt-128", 1e-5, 1, .halfPixelBilinear, .center, .svd, .count(256)),
      ("tats-128", 1e-5, 1, .halfPixelBilinear, .none, .svd, .count(2048)),
      ("lvdm-256", 1e-5, 1, .halfPixelBilinear, .none, .svd, .count(2048)),
    ]
    for row in table {
      let fields = try EvaluationProtocol.named(row.0, metric: "fvd").fields
      #expect(fields.batchNormEpsilon == row.eps, "\(row.0)")
      #expect(fields.ddof == row.ddof, "\(row.0)")
      #expect(fields.resize == row.resize && fields.crop == row.crop, "\(row.0)")
      #expect(fields.root == row.root && fields.rootEpsilon == (row.root == .svd ? 1e-10 : 0), "\(row.0)")
      #expect(fields.maxVideosReal == row.real && fields.frames == 16 && fields.stride == 1, "\(row.0)")
      #expect(fields.weights == "i3d-kinetics400" && fields.endpoint == .logitsMean, "\(row.0)")
    }
    let styleganV = try EvaluationProtocol.named("stylegan-v", metric: "fvd").fields
    #expect(styleganV.offsetReal == .random && styleganV.offsetFake == .start)
    let cdfvd = try EvaluationProtocol.named("cd-fvd").fields
    #expect(cdfvd.loaderResize == .antialiasBilinear && cdfvd.loaderResolution == 256 && cdfvd.seed == 42)
    #expect(cdfvd.loaderSets == .both && cdfvd.loaderFloats == .unit && cdfvd.loaderCrop == .center)
    let subsampled = try EvaluationProtocol.named("fvd2048-128f-subsample8f", metric: "fvd").fields
    #expect(subsampled.frames == 16 && subsampled.stride == 8 && subsampled.shortestVideo == .wholeStrides)
  }

  /// The loaders of the published programs, which the protocols of their formulas do not have.
  @Test func theLoadersOfWholePrograms() throws {
    let table: [(String, metric: String, formula: String, side: Int, floats: LoaderFloats, crop: LoaderCrop)] = [
      ("videogpt-64", "fvd", "videogpt", 64, .centred, .center),
      ("videogpt-128", "fvd", "videogpt", 128, .centred, .center),
      ("tats-128", "fvd", "tats", 128, .centred, .center), ("tats-128", "kvd", "tats", 128, .centred, .center),
      ("lvdm-256", "fvd", "tats", 256, .symmetric, .torchvisionCenter),
      ("lvdm-256", "kvd", "tats", 256, .symmetric, .torchvisionCenter),
    ]
    for row in table {
      let program = try EvaluationProtocol.named(row.0, metric: row.metric)
      let formula = try EvaluationProtocol.named(row.formula, metric: row.metric)
      #expect(program.fields.loaderResize == .halfPixelBilinear && program.fields.loaderSets == .real, "\(row.0)")
      #expect(program.fields.loaderResolution == row.side && program.fields.loaderFloats == row.floats, "\(row.0)")
      #expect(program.fields.loaderCrop == row.crop, "\(row.0)")
      let batch: PartialBatch = row.formula == "tats" ? .dropFake32 : .keep
      #expect(program.fields.partialBatch == batch, "\(row.0)")
      // And nothing else.
      let plain = try program.overriding([("loader-resize", "none"), ("partial-batch", "keep")])
      #expect(plain.fields == formula.fields, "\(row.0)")
    }
  }
}
