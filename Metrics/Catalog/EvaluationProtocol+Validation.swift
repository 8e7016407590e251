import Vocabulary

// What a protocol is refused for.
extension EvaluationProtocol {
  /// Refuses a setting that has no effect beside the other settings, such as a window without a series.
  ///
  /// - Throws: `CatalogError.noEffect`.
  public func checkForce(of assignments: [(field: String, value: String)]) throws {
    let inForce = Set(decidingFields.map(\.definition.name)).union(overrides.map(\.field))
    let known = Set(definition.fields.map(\.name))
    for (field, value) in assignments where known.contains(field) && !inForce.contains(field) {
      guard !["none", "no", "0"].contains(value) else { continue }
      throw CatalogError.noEffect(field: field, value: value)
    }
  }

  /// Refuses fields that say opposite things.
  ///
  /// - Throws: `CatalogError.contradiction`.
  public func validate() throws {
    let hasRoot = definition.fields.contains { $0.name == "root" }
    if hasRoot, (fields.root == .svd) != (fields.rootEpsilon > 0) {
      throw CatalogError.contradiction(
        field: "root", other: "root-eps", reason: "`svd` needs an epsilon above 0 and `symmetric-eigen` has none")
    }
    try validateNetwork()
    if (fields.loaderResize == .none) != (fields.loaderResolution == 0) {
      throw CatalogError.contradiction(
        field: "loader-resize", other: "loader-resolution", reason: "a resolution above 0 belongs to a loader resize")
    }
    if fields.loaderResize == .none {
      let parts = [
        ("loader-crop", fields.loaderCrop != .center), ("loader-floats", fields.loaderFloats != .unit),
        ("loader-sets", fields.loaderSets != .both),
      ]
      for (field, isSet) in parts where isSet {
        throw CatalogError.contradiction(
          field: "loader-resize", other: field, reason: "what a loader does belongs to a loader resize")
      }
    }
    if fields.valueRange == .network, fields.resize != .none || fields.crop != .none || fields.loaderResize != .none {
      throw CatalogError.contradiction(
        field: "value-range", other: "resize", reason: "values in the network's own range are not resized or cropped")
    }
    if fields.subsets > 0, fields.subsetSize < 2 {
      throw CatalogError.contradiction(
        field: "subsets", other: "subset-size", reason: "a subset has at least 2 samples")
    }
    if fields.blockSize > 0 {
      guard fields.blockSize >= 2 else {
        throw CatalogError.contradiction(
          field: "block-size", other: "estimator", reason: "the unbiased estimator needs blocks of at least 2 samples")
      }
      guard fields.subsets == 0 else {
        throw CatalogError.contradiction(
          field: "block-size", other: "subsets", reason: "a score is the mean over blocks or over subsets")
      }
      guard fields.estimator == .unbiased else {
        throw CatalogError.contradiction(
          field: "block-size", other: "estimator",
          reason: "each block of a biased estimator has the bias of few samples")
      }
    }
    if fields.drift == .yes, fields.driftShare <= 0 || fields.driftShare > 0.5 {
      throw CatalogError.badValue(
        field: "drift-share", value: "\(FieldValue.number(fields.driftShare))", allowed: "a number above 0, up to 0.5")
    }
    if fields.clipSeconds > 0 {
      for (field, isSet) in [("samples", fields.clips != .all), ("stride", fields.stride > 1)]
      where isSet && definition.sample == .frame {
        throw CatalogError.contradiction(
          field: field, other: "clip-seconds", reason: "clips are of every frame; say `samples=all` and `stride=1`")
      }
      if fields.staticFilter == .yes {
        throw CatalogError.contradiction(
          field: "static-filter", other: "clip-seconds",
          reason: "whole videos stand still or move; say `clip-seconds=0`")
      }
      if fields.drift == .yes {
        throw CatalogError.contradiction(
          field: "drift", other: "clip-seconds",
          reason: "a drift is of a whole video; say " + (fields.fusion == .none ? "" : "`fusion=none`, ")
            + "`clip-seconds=0` and `mean-over=videos`")
      }
      if fields.meanOver == (fields.clipFrames == .all ? .frames : .clips) {
        throw CatalogError.contradiction(
          field: "clip-seconds", other: "mean-over",
          reason: fields.clipFrames == .all
            ? "values are those of clips; say `mean-over=clips` or `mean-over=videos`"
            : "the first frames of clips are one video; say `mean-over=videos`")
      }
    } else if fields.meanOver == .clips {
      throw CatalogError.contradiction(
        field: "mean-over", other: "clip-seconds",
        reason:
          "without clips the mean is over videos or frames; say `mean-over=videos`, or the length of clips, `clip-seconds=2`"
      )
    } else if fields.clipFrames != .all {
      throw CatalogError.contradiction(
        field: "clip-frames", other: "clip-seconds", reason: "the length of clips is missing, such as `clip-seconds=2`")
    }
    try validateFusion()
    if fields.flowShare > 1 {
      throw CatalogError.badValue(
        field: "flow-share", value: "\(FieldValue.number(fields.flowShare))", allowed: "a number above 0, up to 1")
    }
    if fields.staticFilter == .yes, fields.weights.isEmpty || fields.flowIterations < 1 {
      throw CatalogError.contradiction(
        field: "static-filter", other: "weights",
        reason: "the filter's network and thresholds are those of the protocol `vbench-static`")
    }
    if !fields.flowGiven.isEmpty, fields.flowPadding == .kept {
      throw CatalogError.contradiction(
        field: "flow-given", other: "flow-padding",
        reason: "given flows have no edges: `cut` cuts those of the others off")
    }
    if fields.series != .none, fields.window < 1 || fields.windowStep < 1 {
      throw CatalogError.contradiction(
        field: "series", other: "window", reason: "a series needs `window` and `window-step` of at least 1")
    }
    if fields.series == .windows, definition.sample == .clip, fields.frames != fields.window {
      throw CatalogError.contradiction(
        field: "window", other: "frames", reason: "a window of clips is one clip, so the two are equal")
    }
    if fields.series == .prefixes, definition.sample == .clip, fields.clips != .one {
      throw CatalogError.contradiction(
        field: "series", other: "clips",
        reason: "a prefix is one clip of a video, the first frames of what `clips=one` takes")
    }
    if fields.series != .none, fields.repeats > 1 {
      throw CatalogError.contradiction(field: "series", other: "repeats", reason: "a series is computed once")
    }
    if fields.series != .none, fields.groupBy != .none {
      throw CatalogError.contradiction(field: "series", other: "group-by", reason: "ask for one of them at a time")
    }
    if fields.equalCounts == .yes, fields.series != .none {
      throw CatalogError.contradiction(
        field: "series", other: "equal-counts",
        reason: "windows are compared with what they hold; say `equal-counts=no`")
    }
    if let batch = fields.partialBatch, batch != .keep, fields.series != .none || fields.groupBy != .none {
      throw CatalogError.contradiction(
        field: "partial-batch", other: fields.series != .none ? "series" : "group-by",
        reason: "batches are those of the whole set")
    }
    if fields.frames > 1 << 16 {
      throw CatalogError.badValue(field: "frames", value: "\(fields.frames)", allowed: "at most \(1 << 16)")
    }
    if fields.groupBy != .none, fields.repeats > 1 {
      throw CatalogError.contradiction(field: "group-by", other: "repeats", reason: "groups are computed once")
    }
    if fields.aspectCrop != .none, fields.crop != .none || fields.loaderResize != .none || fields.resize == .none {
      throw CatalogError.contradiction(
        field: "aspect-crop", other: "crop", reason: "a crop to an aspect ratio goes before a plain resize only")
    }
    if fields.crop == .shortSide, fields.endpoint != .normClassToken || fields.device != ProtocolFields.ownDevice {
      throw CatalogError.contradiction(
        field: "crop", other: "endpoint",
        reason: "frames that are not square are for `norm-class-token`, computed by this program")
    }
    if fields.crop.keepsAnySize, fields.endpoint != .qualityScore {
      throw CatalogError.contradiction(
        field: "crop", other: "endpoint", reason: "frames of any size are for `quality-score`")
    }
    if fields.resizeSide > 0, fields.crop != .torchvisionCenter {
      throw CatalogError.contradiction(
        field: "resize-side", other: "crop",
        reason: "a square is cut out of a larger frame by `torchvision-center` alone")
    }
    if fields.resize == .none, fields.crop != .none {
      throw CatalogError.contradiction(field: "resize", other: "crop", reason: "without a resize nothing is cropped")
    }
    if fields.resize == .none, fields.loaderResize != .none {
      throw CatalogError.contradiction(
        field: "resize", other: "loader-resize", reason: "what the loader makes is resized to the network's size")
    }
  }

  /// Of what has a second network for the first frames of clips.
  private func validateFusion() throws {
    guard fields.fusion != .none else { return }
    func demand(_ isTrue: Bool, _ other: String, _ reason: String) throws {
      if !isTrue { throw CatalogError.contradiction(field: "fusion", other: other, reason: reason) }
    }
    try demand(
      fields.clipSeconds > 0, "clip-seconds", "whole videos have no values between clips; say `fusion=none`")
    try demand(
      fields.clipFrames == .all, "clip-frames",
      "the first frames of clips are those of the second network; say `clip-frames=all` or `fusion=none`")
    try demand(
      fields.valueRange != .network, "value-range", "two networks have no range in common; say `fusion=none`")
    try demand(
      !fields.fast.weights.isEmpty && fields.fast.endpoint != nil && fields.fast.share > 0, "fast-weights",
      "the second network and its share are those of the protocol `vbench-long`")
    if fields.fast.share > 1 {
      throw CatalogError.badValue(
        field: "fast-share", value: "\(FieldValue.number(fields.fast.share))", allowed: "a number above 0, up to 1")
    }
    let own = Set(FieldDefinition.fastBranch.map(\.name))
    func named(_ field: String) -> String { own.contains("fast-" + field) ? "fast-" + field : field }
    do { try branches[1].validate() } catch CatalogError.contradiction(let field, let other, let reason) {
      throw CatalogError.contradiction(field: named(field), other: named(other), reason: reason)
    }
  }

  /// Of metrics over the features of a network.
  private func validateNetwork() throws {
    func demand(_ isTrue: Bool, _ field: String, _ other: String, _ reason: String) throws {
      if !isTrue { throw CatalogError.contradiction(field: field, other: other, reason: reason) }
    }
    guard let endpoint = fields.endpoint else { return }
    switch endpoint {
    case .logitsMean, .mixed5cMean, .pool3:
      try demand(
        fields.batchNormEpsilon > 0, "endpoint", "batch-norm-eps",
        "`\(endpoint.rawValue)` is of a network that has one")
    case .clip:
      try demand(fields.activation != nil, "endpoint", "activation", "`clip` is of a network that has one")
    case .dreamSim:
      try demand(
        fields.centre == .ownMean || definition.reference != .inputs, "endpoint", "centre",
        "the embedding of `dreamsim` is one without its own mean")
    case .normClassToken: break
    case .qualityScore:
      try demand(
        fields.device == ProtocolFields.ownDevice, "device", "endpoint",
        "`quality-score` is computed by this program")
    }
    try demand(
      endpoint.hasBatchNormalisation || fields.inputScaling == .unit, "endpoint", "input-scaling",
      "`\(endpoint.rawValue)` takes values in 0...1")
    try demand(
      definition.reference != .prompts || fields.device == ProtocolFields.ownDevice, "device", "metric",
      "prompts are read by this program, and their features are compared with those of frames")
    try demand(
      definition.reference != .prompts || endpoint == .clip, "metric", "endpoint",
      "only `clip` has embeddings of prompts")
  }
}
