import MetricCatalog
import Testing
import Vocabulary

/// What a field of a protocol decides: its stage, and the identities that are derived from it.
@Suite struct StageTests {
  /// By hand, so that the stage of a new field is thought about twice. Of a series of clips see below.
  static let stages: [FieldDefinition.Stage: Set<String>] = [
    .frames: [
      "frames", "stride", "shortest-video", "clips", "samples", "offset-real", "offset-fake", "seed", "skip-first",
      "repeats", "first-seconds", "flow-rate", "clip-frames",
    ],
    .features: [
      "weights-fingerprint", "batch-norm-eps", "endpoint", "activation", "value-range", "resize", "crop",
      "loader-resize", "loader-resolution", "loader-crop", "loader-floats", "loader-sets", "aspect-crop",
      "input-scaling", "device", "resize-side", "flow-iterations", "flow-padding", "flow-given", "flow-of", "halving",
      "flow-range",
    ],
    .distance: [
      "head-weights-fingerprint", "max-videos-real", "max-videos-fake", "equal-counts", "ddof", "root", "root-eps",
      "kernel-degree", "kernel-gamma", "kernel-coef", "estimator", "subsets", "subset-size", "subset-seed",
      "subset-draw", "block-size",
      "neighbours", "neighbour-rule", "extrapolation-points", "extrapolation-from", "dtype", "partial-batch", "input",
      "centre", "compare-with", "prompt-prefix", "clamp", "group-by", "input-resize", "mean-over", "drift",
      "drift-share", "camera-origin", "pose-form", "camera-scale", "frame-reduction",
      "trajectory-alignment", "trajectory-statistic", "motion-threshold",
      "flow-share", "flow-threshold", "flow-pairs", "flow-ends", "static-filter", "occlusion", "difference", "channels",
      "interpolated-levels", "fusion", "fast-share", "fast-weights-fingerprint", "fast-endpoint", "fast-activation",
      "fast-resize", "fast-crop", "fast-resize-side", "fast-centre",
    ],
    .report: ["weights", "head-weights", "fast-weights", "scale-factor", "group-ddof", "angle-unit", "score-rounding"],
  ]
  static let ofSeries: Set = ["series", "window", "window-step", "window-reference"]
  /// Where they say which frames are taken, and where they sort what there is.
  static let ofClips: Set = ["clip-seconds", "frame-rate"]
  static let takingFramesByClips: Set = ["dynamic-degree", "subject-consistency", "background-consistency"]

  @Test func everyFieldHasItsStage() {
    var seen = Self.ofSeries.union(Self.ofClips)
    for metric in Metric.all {
      for field in metric.fields {
        if Self.ofSeries.contains(field.name) {
          #expect(field.stage == (metric.sample == .clip ? .frames : .distance), "\(metric.name) \(field.name)")
        } else if Self.ofClips.contains(field.name) {
          let takes = Self.takingFramesByClips.contains(metric.name)
          #expect(field.stage == (takes ? .frames : .distance), "\(metric.name) \(field.name)")
        } else {
          #expect(Self.stages[field.stage]?.contains(field.name) == true, "\(metric.name) \(field.name)")
        }
        seen.insert(field.name)
      }
    }
    #expect(seen == Self.stages.values.reduce(Self.ofSeries.union(Self.ofClips)) { $0.union($1) })
  }

  // MARK: Every field of every metric

  /// What brings fields into force that presets leave out of it, and lets others have more than one value.
  private static let preparations: [[(String, String)]] = [
    [("fast-activation", "gelu"), ("fast-endpoint", "clip")],
    [("fast-crop", "torchvision-center"), ("fast-resize-side", "256")],
    [("device", "onnxruntime 1.0")], [("offset-real", "random"), ("offset-fake", "random"), ("clips", "one")],
    [("offset-fake", "random"), ("samples", "one")], [("series", "windows"), ("equal-counts", "no")],
    [("series", "windows"), ("window-reference", "sampled"), ("offset-real", "random"), ("clips", "one")],
    [("input-scaling", "unit")], [("series", "prefixes"), ("clips", "one")], [("group-by", "class")], [("root", "svd")],
    [("subsets", "100"), ("subset-size", "50"), ("subset-seed", "1")], [("subsets", "0"), ("block-size", "50")],
    [("crop", "none"), ("aspect-crop", "2:1")],
    [("aspect-crop", "2:1")],
    [("loader-resize", "antialias-bilinear"), ("loader-resolution", "128")], [("equal-counts", "yes")],
    [
      ("loader-resize", "half-pixel-bilinear"), ("loader-resolution", "64"), ("loader-crop", "torchvision-center"),
      ("loader-floats", "centred"), ("loader-sets", "real"),
    ], [("shortest-video", "whole-strides")],
    [("repeats", "3"), ("offset-real", "random"), ("clips", "one")],
    [("batch-norm-eps", "0.001"), ("endpoint", "pool-3")], [("input-scaling", "unit"), ("centre", "own-mean")],
    [("activation", "gelu"), ("endpoint", "clip")],
    [("crop", "none"), ("activation", "gelu"), ("endpoint", "clip")],
    [("crop", "none"), ("device", "onnxruntime 1.0")],
    [("crop", "none"), ("batch-norm-eps", "0.001"), ("endpoint", "pool-3")],
    [("crop", "torchvision-center"), ("resize-side", "256")],
    [("drift", "yes")], [("frame-rate", "24")], [("clip-seconds", "2"), ("frame-rate", "24")],
    [("mean-over", "clips"), ("clip-seconds", "2"), ("frame-rate", "24")],
    [("mean-over", "videos"), ("clip-seconds", "2"), ("clip-frames", "first"), ("frame-rate", "24")],
    [("flow-given", "sha256:" + String(repeating: "b", count: 64))],
  ]

  private static func bases(_ metric: Metric) throws -> [EvaluationProtocol] {
    let presets = try EvaluationProtocol.all().filter { $0.metric == metric.name }
    let prepared = presets.flatMap { preset in
      preparations.compactMap { settings -> EvaluationProtocol? in
        guard let base = try? preset.overriding(settings.map { (field: $0.0, value: $0.1) }),
          (try? base.validate()) != nil
        else { return nil }
        return base
      }
    }
    // What a preparation does not change is there already.
    var seen = Set(presets.map(\.fingerprint))
    return presets + prepared.filter { seen.insert($0.fingerprint).inserted }.prefix(48)
  }

  /// The protocol with other legal values of a field, whatever kind of field it is: values are tried that fields name as
  /// allowed, and some that are numbers and names. Some settle other fields, too.
  private static func others(_ base: EvaluationProtocol, _ field: FieldDefinition) -> [EvaluationProtocol] {
    let named = field.allowed.matches(of: /`([^`]+)`/).map { String($0.1) }
    let digits = "sha256:" + String(repeating: "a", count: 64)
    let values = named + ["0", "1", "2", "7", "17", "100", "0.5", "4096", "x", "regex:(a)", digits]
    return values.compactMap { value in
      guard let changed = try? base.overriding(field.name, with: value), (try? changed.validate()) != nil,
        "\(field.value(in: changed))" != "\(field.value(in: base))"
      else { return nil }
      return changed
    }
  }

  private static func differing(_ a: [String: String], _ b: [String: String]) -> Set<String> {
    Set(Set(a.keys).union(b.keys).filter { a[$0] != b[$0] })
  }

  /// What has one legal value only.
  private static let unchangeable: [String: Set<String>] = [
    // Only CLIP has embeddings of prompts, which this program computes.
    "clip-sim": ["endpoint", "batch-norm-eps", "input-scaling", "device"],
    // MUSIQ alone gives a number.
    "imaging-quality": ["endpoint", "batch-norm-eps", "input-scaling", "device"],
  ]

  /// Another value changes exactly the identities of the field's stage and of later ones: recipes of feature files, keys of
  /// kept features, the fingerprint.
  @Test(arguments: Metric.names) func aFieldChangesItsStageAndWhatFollows(_ name: String) throws {
    let metric = try Metric.named(name)
    let stages = Dictionary(uniqueKeysWithValues: metric.fields.map { ($0.name, $0.stage) })
    var changes: Set<String> = []
    var changesFrames: Set<String> = []
    var wrong: [String] = []
    for base in try Self.bases(metric) {
      let (texts, fingerprint) = (base.fieldTexts, base.fingerprint)
      for (field, _) in base.decidingFields {
        for other in Self.others(base, field) {
          let moved = Self.differing(texts, other.fieldTexts)
          let movesFrames = moved.contains { stages[$0] == .frames }
          var isRight = other.fingerprint != fingerprint
          for set in SetRole.allCases {
            // A loader of the real videos is none to the fake ones.
            let held = Self.differing(base.loaderTexts(of: set), other.loaderTexts(of: set))
            let ofFeatures = moved.filter { stages[$0] == .features && !$0.hasPrefix("loader-") }.union(held)
            let recipe = Self.differing(base.recipe(of: set), other.recipe(of: set))
            isRight =
              isRight && (other.featureIdentity(of: set) != base.featureIdentity(of: set)) == !ofFeatures.isEmpty
              && (movesFrames ? recipe.isSuperset(of: ofFeatures) : recipe == ofFeatures)
            if recipe != ofFeatures { changesFrames.insert(field.name) }
          }
          if !isRight { wrong.append("\(base.displayName): \(field.name) = \(field.value(in: other))") }
          changes.insert(field.name)
        }
      }
    }
    #expect(wrong.isEmpty)
    let all = Set(metric.fields.map(\.name)).subtracting(["dtype"]).subtracting(Self.unchangeable[name] ?? [])
    #expect(all.subtracting(changes).isEmpty)
    #expect(changesFrames.isSuperset(of: metric.fields.filter { $0.stage == .frames }.map(\.name)))
  }

  /// The program's loader is that of real videos: fake ones are those of the protocol without it, and features kept for one are
  /// not taken for the other.
  @Test func aLoaderOfRealVideosAlone() throws {
    let plain = try EvaluationProtocol.named("tats", metric: "fvd")
    let program = try EvaluationProtocol.named("tats-128", metric: "fvd")
    #expect(program.recipe(of: .fake) == plain.recipe(of: .fake))
    #expect(program.featureIdentity(of: .fake) == plain.featureIdentity(of: .fake))
    #expect(
      Self.differing(program.recipe(of: .real), plain.recipe(of: .real)) == [
        "loader-resize", "loader-resolution", "loader-floats",
      ])
    #expect(program.featureIdentity(of: .real) != program.featureIdentity(of: .fake))
    let both = try program.overriding("loader-sets", with: "both")
    #expect(both.featureIdentity(of: .fake) == program.featureIdentity(of: .real))
    #expect(both.recipe(of: .real) == program.recipe(of: .real) && both.fingerprint != program.fingerprint)
  }

  /// Each set has its own offset and seed.
  @Test func recipesAreOfOneSet() throws {
    let preset = try EvaluationProtocol.named("stylegan-v", metric: "fvd")
    let (real, fake) = (preset.recipe(of: .real), preset.recipe(of: .fake))
    #expect(real["offset"] == "random" && real["seed"] == "0" && fake["offset"] == "start" && fake["seed"] == nil)
    #expect(Self.differing(real, fake) == ["offset", "seed"])
    let names: Set = [
      "weights-fingerprint", "batch-norm-eps", "endpoint", "value-range", "resize", "crop", "loader-resize",
      "loader-resolution", "frames", "stride", "clips", "skip-first", "offset",
    ]
    #expect(Set(fake.keys) == names, "as files of 0.1.0 hold it")
    let all = try preset.overriding("clips", with: "all")
    #expect(all.recipe(of: .real)["offset"] == nil && all.recipe(of: .real) == all.recipe(of: .fake))
  }

  /// The windows of a series are clips of their own; a real set that is sampled has those of the protocol without a series.
  @Test func recipesOfWindows() throws {
    let windows = try EvaluationProtocol.named("stylegan-v", metric: "fvd").overriding([
      ("series", "windows"), ("window-reference", "sampled"),
    ])
    let (real, fake) = (windows.recipe(of: .real), windows.recipe(of: .fake))
    #expect(fake["series"] == "windows" && fake["window"] == "16" && fake["clips"] == nil && fake["offset"] == nil)
    #expect(try real == EvaluationProtocol.named("stylegan-v", metric: "fvd").recipe(of: .real))
    let frames = try EvaluationProtocol.named("clean", metric: "fid")
    #expect(try frames.overriding("series", with: "windows").recipe(of: .fake) == frames.recipe(of: .fake))
  }

  /// What was published stands while the code computes what it computed then, and no longer.
  @Test func laterVersionsOfTheCodeAreSaid() throws {
    let first = PipelineVersions(decoding: 1, preprocessing: 1)
    for preset in try EvaluationProtocol.all() {
      #expect(
        preset.canonicalJSON(first) == preset.canonicalJSON,
        "\(preset.name): published fingerprints are those of version 1")
      let decoding = preset.canonicalJSON(PipelineVersions(decoding: 2, preprocessing: 1))
      #expect(decoding.contains(#""decoding-version":2,"#))
      let preprocessing = preset.canonicalJSON(PipelineVersions(decoding: 1, preprocessing: 3))
      let hasNetworkInput = preset.definition.sample == .clip || preset.definition.sample == .frame
      #expect(preprocessing.contains(#""preprocessing-version":3,"#) == hasNetworkInput)
    }
    let fid = try EvaluationProtocol.named("clean", metric: "fid")
    let recipe = fid.recipe(of: .real, PipelineVersions(decoding: 2, preprocessing: 2))
    #expect(Self.differing(recipe, fid.recipe(of: .real)) == ["decoding-version", "preprocessing-version"])
  }
}

extension EvaluationProtocol {
  /// The loader's fields as they are for a set: none, or all of them, whatever sets pass it.
  fileprivate func loaderTexts(of set: SetRole) -> [String: String] {
    let own = fields.loaderSets == .real && set == .fake ? (try? overriding("loader-resize", with: "none")) : self
    return (own ?? self).fieldTexts.filter { $0.key.hasPrefix("loader-") && $0.key != "loader-sets" }
  }

  fileprivate var fieldTexts: [String: String] {
    Dictionary(decidingFields.map { ($0.definition.name, "\($0.value)") }) { first, _ in first }
  }
}
