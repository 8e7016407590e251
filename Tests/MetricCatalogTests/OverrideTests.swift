import Foundation
import MetricCatalog
import Testing

@Suite struct OverrideTests {
  @Test func overridesShowInTheNameTheListAndTheFingerprint() throws {
    let preset = try EvaluationProtocol.named("stylegan-v", metric: "fvd")
    let changed = try preset.overriding([("seed", "1"), ("frames", "32")])
    #expect(changed.displayName == "stylegan-v + frames=32 + seed=1")
    #expect(changed.overrides.map(\.field) == ["frames", "seed"])
    #expect(changed.overrides.map(\.value) == [.integer(32), .integer(1)])
    #expect(changed.fingerprint != preset.fingerprint)
  }

  @Test func thePresetsOwnValueIsNoOverride() throws {
    let preset = try EvaluationProtocol.named("stylegan-v", metric: "fvd")
    #expect(try preset.overriding("frames", with: "16") == preset)
    #expect(try preset.overriding([("frames", "32"), ("frames", "16")]).displayName == "stylegan-v")
  }

  @Test func everyFieldChangesTheFingerprint() throws {
    let preset = try EvaluationProtocol.named("cd-fvd")
    let other: [String: String] = [
      "weights": "x", "weights-fingerprint": "sha256:" + String(repeating: "a", count: 64), "batch-norm-eps": "0.5",
      "value-range": "network", "resize": "tf1-bilinear", "crop": "center", "loader-resize": "none",
      "loader-resolution": "128", "frames": "17", "stride": "2", "clips": "3", "offset-real": "center",
      "offset-fake": "center", "seed": "7", "skip-first": "2", "max-videos-real": "5", "max-videos-fake": "all",
      "endpoint": "mixed-5c-mean", "repeats": "10", "partial-batch": "drop-40",
      "ddof": "1", "root": "svd", "root-eps": "0.1", "scale-factor": "2",
    ]
    var seen: Set = [preset.fingerprint]
    let onlyOneValue: Set = ["dtype"]
    for field in preset.decidingFields.map(\.definition.name) where !onlyOneValue.contains(field) {
      let value = try #require(other[field], "\(field)")
      #expect(seen.insert(try preset.overriding(field, with: value).fingerprint).inserted, "\(field)")
    }
  }

  @Test func valuesThatSettleOtherFields() throws {
    let preset = try EvaluationProtocol.named("tf-original")
    let raw = try preset.overriding("value-range", with: "network")
    #expect(raw.displayName == "tf-original + value-range=network + resize=none")
    try raw.validate()
    #expect(try preset.overriding("root", with: "symmetric-eigen").fields.rootEpsilon == 0)
    let svd = try EvaluationProtocol.named("stylegan-v", metric: "fvd").overriding("root", with: "svd")
    #expect(svd.displayName == "stylegan-v + root=svd + root-eps=1e-10")
  }

  /// A protocol of two networks is made of two protocols of one: their features are the same, and what makes these two also the
  /// whole.
  @Test(arguments: ["subject-consistency", "background-consistency"]) func branchesAreProtocols(_ metric: String) throws
  {
    func named(_ name: String) throws -> EvaluationProtocol { try EvaluationProtocol.named(name, metric: metric) }
    let (whole, slow, fast) = (try named("vbench-long"), try named("vbench-long-slow"), try named("vbench-long-fast"))
    #expect(whole.branches.map(\.fingerprint) == [slow.fingerprint, fast.fingerprint])
    #expect(slow.branches == [slow] && fast.branches == [fast])
    #expect(whole.recipe(of: .fake) == slow.recipe(of: .fake))
    #expect(whole.featureIdentity(of: .fake) == slow.featureIdentity(of: .fake))
    #expect(try whole.overriding("fusion", with: "none").fingerprint == slow.fingerprint)
    let rated = try whole.overriding("frame-rate", with: "24").branches
    #expect(try rated[1].fingerprint == fast.overriding("frame-rate", with: "24").fingerprint)
    let other = try whole.overriding([("fast-weights", "mine"), ("mean-over", "videos")])
    #expect(other.displayName == "vbench-long + fast-weights=mine + mean-over=videos")
    #expect(other.branches[1].fields.weights == "mine" && other.branches[0].fingerprint != slow.fingerprint)
  }

  @Test func contradictionsOfBranches() throws {
    let whole = try EvaluationProtocol.named("vbench-long", metric: "subject-consistency")
    for (settings, words) in [
      (
        [("drift", "yes")],
        "`drift` and `clip-seconds` contradict each other: a drift is of a whole video; say `fusion=none`, "
          + "`clip-seconds=0` and `mean-over=videos`"
      ),
      (
        [("clip-seconds", "0"), ("mean-over", "videos")],
        "`fusion` and `clip-seconds` contradict each other: whole videos have no values between clips; say `fusion=none`"
      ),
      (
        [("clip-frames", "first"), ("mean-over", "videos")],
        "`fusion` and `clip-frames` contradict each other: the first frames of clips are those of the second network; say "
          + "`clip-frames=all` or `fusion=none`"
      ),
      (
        [("value-range", "network")],
        "`fusion` and `value-range` contradict each other: two networks have no range in common; say `fusion=none`"
      ),
      (
        [("fast-crop", "short-side"), ("fast-endpoint", "dreamsim")],
        "`fast-crop` and `fast-endpoint` contradict each other: frames that are not square are for `norm-class-token`, "
          + "computed by this program"
      ),
      ([("fast-share", "1.5")], "`1.5` is not a value of `fast-share`: a number above 0, up to 1 is expected"),
    ] {
      #expect(
        message { try whole.overriding(settings.map { (field: $0.0, value: $0.1) }).validate() } == words)
    }
    let slow = try EvaluationProtocol.named("vbench-long-slow", metric: "subject-consistency")
    #expect(
      message { try slow.overriding("fusion", with: "subject-quantiles").validate() }
        == "`fusion` and `fast-weights` contradict each other: the second network and its share are those of the protocol "
        + "`vbench-long`")
    #expect(throws: CatalogError.noEffect(field: "fast-weights", value: "x")) {
      try slow.overriding("fast-weights", with: "x").checkForce(of: [("fast-weights", "x")])
    }
  }

  @Test func contradictionsAreRefused() throws {
    let preset = try EvaluationProtocol.named("stylegan-v", metric: "fvd")
    let crop = try preset.overriding([("resize", "none"), ("crop", "center")])
    #expect(
      message { try crop.validate() }
        == "`resize` and `crop` contradict each other: without a resize nothing is cropped")
    let passed = try EvaluationProtocol.named("cd-fvd").overriding("resize", with: "none")
    #expect(
      message { try passed.validate() } == "`resize` and `loader-resize` contradict each other: "
        + "what the loader makes is resized to the network's size")
    let epsilon = try preset.overriding("root-eps", with: "0.1")
    #expect(
      message { try epsilon.validate() } == "`root` and `root-eps` contradict each other: "
        + "`svd` needs an epsilon above 0 and `symmetric-eigen` has none")
    let raw = try preset.overriding([("value-range", "network"), ("resize", "tf1-bilinear")])
    #expect(
      message { try raw.validate() } == "`value-range` and `resize` contradict each other: "
        + "values in the network's own range are not resized or cropped")
    let loader = try preset.overriding("loader-resolution", with: "128")
    #expect(
      message { try loader.validate() } == "`loader-resize` and `loader-resolution` contradict each other: "
        + "a resolution above 0 belongs to a loader resize")
  }

  @Test(arguments: [
    ("frames", "0", "`0` is not a value of `frames`: a whole number from 1 is expected"),
    ("frames", "16.5", "`16.5` is not a value of `frames`: a whole number from 1 is expected"),
    (
      "loader-resolution", "8193",
      "`8193` is not a value of `loader-resolution`: a whole number from 0 to 8192 is expected"
    ),
    ("ddof", "2", "`2` is not a value of `ddof`: 0 or 1 is expected"),
    ("offset-real", "end", "`end` is not a value of `offset-real`: `start`, `center` or `random` is expected"),
    ("clips", "0", "`0` is not a value of `clips`: `one`, `all`, `even` or a whole number from 1 is expected"),
    (
      "max-videos-fake", "none",
      "`none` is not a value of `max-videos-fake`: `all` or a whole number from 1 is expected"
    ),
    ("batch-norm-eps", "nan", "`nan` is not a value of `batch-norm-eps`: a number above 0 is expected"),
    ("dtype", "float32", "`float32` is not a value of `dtype`: `float64` is expected"),
    (
      "weights-fingerprint", "sha256:12",
      "`sha256:12` is not a value of `weights-fingerprint`: `sha256:` and 64 hexadecimal digits is expected"
    ),
    ("framse", "16", "a protocol of fvd has no field `framse`\nhint: did you mean `frames`?"),
    (
      "zzzzzzzz", "1",
      "a protocol of fvd has no field `zzzzzzzz`\nhint: `vidmetrics protocols show NAME` lists its fields"
    ),
  ])
  func whatIsNotAValueIsRefused(_ field: String, _ value: String, _ expected: String) throws {
    let preset = try EvaluationProtocol.named("stylegan-v", metric: "fvd")
    #expect(message { _ = try preset.overriding(field, with: value) } == expected)
  }

  /// A name may be any text, and what is digested is JSON all the same.
  @Test func anyTextIsValidJSON() throws {
    let name = "a\"\u{301}b\\\n\u{0}\u{1f}é"
    let json = try EvaluationProtocol.named("stylegan-v", metric: "fvd").overriding("weights", with: name).canonicalJSON
    #expect(json.contains(#""weights":"a\""# + "\u{301}" + #"b\\\u000a\u0000\u001fé","#))
    let fields = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect(fields?["weights"] as? String == name)
  }

  @Test func unknownProtocols() {
    #expect(
      message { _ = try EvaluationProtocol.named("styleganv2") }
        == "there is no protocol `styleganv2`\nhint: did you mean `styleganv`?")
    #expect(
      message { _ = try EvaluationProtocol.named("q", metric: "kvd") }
        == "there is no protocol `q`\nhint: the protocols are tats, lvdm, fvd-paper, tats-128, lvdm-256")
    // More than fit into a line.
    #expect(
      message { _ = try EvaluationProtocol.named("q", metric: "fvd") }
        == "there is no protocol `q`\nhint: `vidmetrics protocols list` lists them")
    #expect(
      message { _ = try EvaluationProtocol.named("nosuch") }
        == "there is no protocol `nosuch`\nhint: `vidmetrics protocols list` lists them")
    #expect(
      message { _ = try PaperTable.named("nosuch") }
        == "there is no table `nosuch`\nhint: the tables are lfdm, lvdm, dynamicrafter, generative-image-dynamics, vbench-quality, vbench-i2v"
    )
    #expect(message { _ = try PaperTable.named("lvmd") } == "there is no table `lvmd`\nhint: did you mean `lvdm`?")
  }
}

/// The words of the error that `body` throws; a test fails where none is thrown because no message is nil.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch { return "\(error)" }
}
