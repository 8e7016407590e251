import ArgumentParser
import Evaluation
import Files
import MetricCatalog

/// Everything that may stand behind the two sets of a scoring command.
struct ScoreOptions: ParsableArguments {
  @OptionGroup(title: "Protocol") var protocolOptions: ProtocolOptions
  @OptionGroup(title: "Which frames") var frameOptions: FrameOptions
  @OptionGroup(title: "Along time and by groups") var seriesOptions: SeriesOptions
  @OptionGroup(title: "How sure") var honesty: HonestyOptions
  @OptionGroup(title: "Input") var inputOptions: InputOptions
  @OptionGroup(title: "Running and output") var runOptions: RunOptions
  @OptionGroup(title: "History") var recordOptions: RecordOptions

  /// The protocols of a command of one metric: the plain one, and one for each grouping.
  ///
  /// - Parameter name: of the protocol, where it has an option of its own.
  func requested(metric: String, name: String? = nil, besides: BesideOptions = BesideOptions()) throws
    -> [RequestedProtocol]
  {
    let base = try EvaluationProtocol.named(
      name ?? protocolOptions.name ?? EvaluationProtocol.defaultName(metric: metric) ?? "", metric: metric)
    return try withParts(applied(to: base, isOneOfSeveral: false, besides: besides), isOneOfSeveral: false)
  }

  /// The protocols of several metrics.
  ///
  /// - Parameter metrics: as `--metrics` has them: `fvd,kvd:tats`.
  func requested(metrics: String, besides: BesideOptions = BesideOptions()) throws -> [RequestedProtocol] {
    try CommaList.names(metrics, of: "metrics").flatMap { part in
      let halves = part.split(separator: ":", maxSplits: 1).map(String.init)
      let metric = try Metric.named(halves[0])
      let name = halves.count > 1 ? halves[1] : protocolOptions.name ?? metric.defaultProtocol
      let base = try EvaluationProtocol.named(name, metric: metric.name)
      return try withParts(applied(to: base, isOneOfSeveral: true, besides: besides), isOneOfSeveral: true)
    }
  }

  /// A protocol with every option that concerns it.
  ///
  /// - Parameter isOneOfSeveral: then an option may be meant for another metric, and is left alone where there is no such
  ///   field.
  func applied(
    to base: EvaluationProtocol, isOneOfSeveral: Bool, besides: BesideOptions = BesideOptions()
  ) throws -> RequestedProtocol {
    var requested = RequestedProtocol(evaluationProtocol: base)
    let metric = base.definition
    let known = Set(metric.fields.map(\.name))
    let own = besides.assignments.filter { known.contains($0.field) }
    // What is of the drift alone does nothing to the score beside it.
    let said = try assignments(of: metric, isOneOfSeveral: isOneOfSeveral).filter {
      $0.field != Self.driftShare || !seriesOptions.drift
    }
    for assignment in own + said
    where !isOneOfSeveral || known.contains(assignment.field) {
      requested.evaluationProtocol = try requested.evaluationProtocol.overriding(
        assignment.field, with: assignment.value)
      if assignment.field == "frames" { requested.framesAreGiven = true }
      if assignment.field == "weights-fingerprint" { requested.fingerprint = assignment.value }
    }
    if let flows = besides.flows, metric.takesFlows { try requested.take(flows) }
    try requested.evaluationProtocol.validate()
    // Of several metrics one is enough that it does something to: `checkAssignments`.
    if !isOneOfSeveral { try requested.evaluationProtocol.checkForce(of: said) }
    return requested
  }

  private static let driftShare = "drift-share"

  /// The protocol, one more for each grouping that is asked for, and one for the drift; of several metrics, where the metric
  /// has groups, or a drift.
  func withParts(_ requested: RequestedProtocol, isOneOfSeveral: Bool) throws -> [RequestedProtocol] {
    let metric = requested.evaluationProtocol.definition
    if seriesOptions.drift, metric.hasDrift || !isOneOfSeveral {
      try metric.demandDrift()
      guard seriesOptions.groupBy.isEmpty else {
        throw CatalogError.unknownField(name: "group-by", metric: metric.name, nearest: nil)
      }
      var drift = requested
      drift.evaluationProtocol = try drift.evaluationProtocol.overriding("drift", with: "yes")
      for said in try assignments(of: metric, isOneOfSeveral: isOneOfSeveral) where said.field == Self.driftShare {
        drift.evaluationProtocol = try drift.evaluationProtocol.overriding(said.field, with: said.value)
      }
      try drift.evaluationProtocol.validate()
      return [requested, drift]
    }
    guard metric.fields.contains(where: { $0.name == "group-by" }) || seriesOptions.groupBy.isEmpty else {
      if isOneOfSeveral { return [requested] }
      throw CatalogError.unknownField(name: "group-by", metric: metric.name, nearest: nil)
    }
    return try [requested]
      + seriesOptions.groupBy.map { grouping in
        var grouped = requested
        grouped.evaluationProtocol = try grouped.evaluationProtocol.overriding("group-by", with: grouping)
        try grouped.evaluationProtocol.validate()
        return grouped
      }
  }

  /// Refuses an option or a `--set` that no metric has a field for, or that does nothing to any of them.
  func checkAssignments(of protocols: [EvaluationProtocol]) throws {
    let metrics = protocols.map { $0.definition }
    if seriesOptions.drift, !metrics.contains(where: \.hasDrift) { try metrics.first?.demandDrift() }
    let fields = Set(metrics.flatMap { $0.fields.map(\.name) })
    for metric in metrics {
      let named = try assignments(of: metric, isOneOfSeveral: true, takesSettings: false)
      if let unknown = named.first(where: { !fields.contains($0.field) }) {
        throw CatalogError.unknownField(
          name: unknown.field, metric: Set(metrics.map(\.name)).sorted().joined(separator: ", "),
          nearest: unknown.field == "frames" && fields.contains("samples") ? "--set samples=\(unknown.value)" : nil)
      }
      for said in named { try Self.demandForce(of: said, in: protocols) }
    }
    for text in protocolOptions.set {
      let assignment = try Assignment(text)
      let known = metrics.contains { metric in
        (assignment.metric == nil || assignment.metric == metric.name)
          && metric.fields.contains { $0.name == assignment.field }
      }
      if let name = assignment.metric, !metrics.contains(where: { $0.name == name }) {
        throw CatalogError.notScored(metric: name, setting: text, scored: metrics.map(\.name))
      }
      if !known {
        let asked = metrics.filter { assignment.metric == nil || assignment.metric == $0.name }
        throw CatalogError.unknownField(
          name: assignment.field, metric: asked.map(\.name).joined(separator: ", "),
          nearest: NearestName.of(assignment.field, among: asked.flatMap { $0.fields.map(\.name) }))
      }
      try Self.demandForce(
        of: (assignment.field, assignment.value),
        in: protocols.filter { assignment.metric == nil || assignment.metric == $0.metric })
    }
  }

  /// - Throws: `CatalogError.noEffect` where all protocols that have the field do without it.
  private static func demandForce(of said: (field: String, value: String), in protocols: [EvaluationProtocol]) throws {
    var idle: CatalogError?
    for taker in protocols where taker.definition.fields.contains(where: { $0.name == said.field }) {
      do { return try taker.checkForce(of: [said]) } catch let error as CatalogError { idle = error }
    }
    if let idle { throw idle }
  }

  /// What the options set in a protocol of that metric, in the order in which it is applied; `--set` comes last.
  ///
  /// - Throws: `CatalogError.malformedAssignment`, `.setTwice`.
  private func assignments(of metric: Metric, isOneOfSeveral: Bool, takesSettings: Bool = true) throws -> [(
    field: String, value: String
  )] {
    var all: [(field: String, value: String)] = []
    if inputOptions.setOptions.valueRange == .network { all.append(("value-range", "network")) }
    // One `--frames` cannot be the length of a clip and the number of samples at once.
    let frames = metric.sample == .frame && !isOneOfSeveral ? "samples" : "frames"
    // An option of both sets is one of the fake set where there is no real set.
    let hasReal = metric.reference == .real || metric.reference == .realIfGiven
    let (own, place, time) = (protocolOptions, frameOptions, seriesOptions)
    let named: [(String, String?)] = [
      ("weights", own.weights), ("batch-norm-eps", own.batchNormEpsilon), ("resize", own.resize), ("crop", own.crop),
      ("ddof", own.ddof), ("root", own.root), (frames, place.frames), ("stride", place.stride), ("clips", place.clips),
      ("offset-real", hasReal ? place.offset : nil), ("offset-fake", place.offset), ("seed", place.seed),
      ("repeats", place.repeats),
      ("skip-first", place.skipFirst), ("max-videos-real", hasReal ? place.maxVideos : nil),
      ("max-videos-fake", place.maxVideos),
      ("series", time.series), ("window", time.windows ?? time.prefixes), ("window-step", time.windowStep),
      ("window-reference", time.reference), ("group-ddof", time.groupDdof),
    ]
    for (field, value) in named { if let value { all.append((field, value)) } }
    if metric.sample == .clip, let window = time.windows, let length = place.frames, window != length {
      throw CatalogError.setTwice(field: "frames", first: length, second: window)
    }
    for text in takesSettings ? protocolOptions.set : [] {
      let assignment = try Assignment(text)
      guard assignment.metric == nil || assignment.metric == metric.name else { continue }
      if let earlier = all.last(where: { $0.field == assignment.field }), earlier.value != assignment.value {
        throw CatalogError.setTwice(field: assignment.field, first: earlier.value, second: assignment.value)
      }
      all.append((assignment.field, assignment.value))
    }
    return all
  }

  /// `field=value`, or `metric.field=value`.
  private struct Assignment {
    let metric: String?
    let field: String
    let value: String

    init(_ text: String) throws {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw CatalogError.malformedAssignment(text)
      }
      let name = text[..<equals]
      value = String(text[text.index(after: equals)...])
      if let point = name.firstIndex(of: ".") {
        metric = try Metric.named(String(name[..<point])).name
        field = String(name[name.index(after: point)...])
      } else {
        (metric, field) = (nil, String(name))
      }
    }
  }
}

/// Values along time, and values of groups of videos.
struct SeriesOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("One value for each window of so many frames.", valueName: "frames"))
  var windows: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("One value for the first t frames, from so many on.", valueName: "frames"))
  var prefixes: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Frames from one to the next. (default: the window's length for clips, 1 for FID and KID)", valueName: "frames"))
  var windowStep: String?

  @Option(
    help: ArgumentHelp(
      "What a fake window is compared with: all real windows, the same one, or the clips that the protocol samples. "
        + "(default: all)", valueName: "all|same|sampled"))
  var reference: String?

  @Flag(
    help: """
      Also the drift: what the last 15 % of a video's frames differ by from the first, for metrics that give each video a \
      value.
      """)
  var drift = false

  @Option(
    help: ArgumentHelp(
      "Also the mean over groups: class (the folder above a video), subject (the one above that), dir, regex:PATTERN, or "
        + "column:NAME of a manifest. Repeatable.", valueName: "grouping"))
  var groupBy: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The deviation over groups divides by groups - ddof: 0 or 1.", valueName: "number"))
  var groupDdof: String?

  var series: String? { windows != nil ? "windows" : prefixes != nil ? "prefixes" : nil }

  func validate() throws {
    if windows != nil, prefixes != nil { throw ValidationError("--windows and --prefixes are two series: give one") }
    if series == nil, windowStep != nil || reference != nil {
      throw ValidationError("--window-step and --reference belong to --windows or --prefixes")
    }
    if groupDdof != nil, groupBy.isEmpty { throw ValidationError("--group-ddof belongs to --group-by") }
  }
}

/// How sure a score is.
struct HonestyOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A 95 % interval from so many resamples of the videos of both sets; 1000 is usual.", valueName: "n"))
  var bootstrap: Int?

  @Flag(help: "Also the metric between two random halves of the real set: what no difference gives at that size.")
  var floor = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Also the score at so many growing numbers of samples.", valueName: "points"))
  var nCurve: Int?

  var isAsked: Bool { bootstrap != nil || floor || nCurve != nil }

  var settings: Honesty {
    var settings = Honesty()
    settings.bootstrap = bootstrap
    settings.floor = floor
    settings.curve = nCurve
    return settings
  }
}
