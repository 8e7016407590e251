import MetricCatalog
import Video
import Vocabulary

/// Which features each protocol needs: the distinct sources, and for each protocol its samples of them.
struct SamplePlan: Sendable {
  let sources: [FeatureSource]
  /// One for each protocol, in their order.
  let samples: [ProtocolSamples]
  /// For each protocol those of its fast branch, if it has one.
  let fast: [ProtocolSamples?]

  /// Of the protocols and their fast branches.
  var all: [ProtocolSamples] { samples + fast.compactMap { $0 } }

  init(_ wanted: [RequestedScore], network: (EvaluationProtocol) throws -> any FeatureNetwork) throws {
    var sources: [FeatureSource] = []
    var places: [String: Int] = [:]
    func samples(_ settled: EvaluationProtocol) throws -> ProtocolSamples {
      let metric = settled.definition
      guard metric.sample == .clip || metric.sample == .frame else {
        return ProtocolSamples(
          parts: [], fields: settled.fields, sample: metric.sample, columns: 0, leastOfVideo: 0, recipes: [:])
      }
      let network = try network(settled)
      let lengths = try Self.lengths(settled.fields, metric.sample, network)
      let roles = metric.rolesOfSamples
      let parts = lengths.map { length in
        let taken = roles.map { role in
          let source = FeatureSource(
            role == .input ? settled.ofInputs : settled, of: role.set, network: network, frames: length)
          let place = places[source.identity] ?? sources.count
          if place == sources.count {
            sources.append(source)
            places[source.identity] = place
          }
          let rules = Self.rules(settled.fields, length, role, metric.sample)
          return (role, ProtocolSamples.Part.Taken(source: place, rules: rules))
        }
        return ProtocolSamples.Part(frames: length, taken: Dictionary(uniqueKeysWithValues: taken))
      }
      return ProtocolSamples(
        parts: parts, fields: settled.fields, sample: metric.sample, columns: network.columns,
        // A video of one clip is left out where clips are compared.
        leastOfVideo: settled.fields.clipFrames == .first ? 1 : metric.leastOfVideo,
        recipes: Dictionary(uniqueKeysWithValues: roles.map { ($0, FeatureRecipe(settled, role: $0)) }))
    }
    self.samples = try wanted.map { try samples($0.evaluationProtocol) }
    fast = try wanted.map { try $0.evaluationProtocol.branches.dropFirst().first.map { try samples($0) } }
    self.sources = sources
  }

  /// The parts of each protocol, with their samples.
  func branches(of wanted: [RequestedScore]) -> [(wanted: RequestedScore, samples: ProtocolSamples)] {
    wanted.indices.flatMap { index in
      zip(wanted[index].branches, [samples[index]] + [fast[index]].compactMap { $0 }).map { (wanted: $0, samples: $1) }
    }
  }

  /// The clip lengths that a network computes: one, but for prefixes.
  private static func lengths(_ fields: ProtocolFields, _ sample: Metric.Sample, _ network: any FeatureNetwork) throws
    -> [Int]
  {
    guard sample == .clip else { return [1] }
    var lengths = [fields.frames]
    if fields.series == .prefixes {
      lengths = Array(stride(from: fields.window, through: fields.frames, by: fields.windowStep))
      guard !lengths.isEmpty else {
        throw EvaluationError.noPrefix(window: fields.window, frames: fields.frames)
      }
    }
    for length in lengths where length < network.minimumFrames {
      throw EvaluationError.clipTooShort(frames: length, network: "I3D", least: network.minimumFrames)
    }
    return lengths
  }

  /// What is taken of a real or a fake video: one rule, or one for each repeat of the real draw.
  private static func rules(_ fields: ProtocolFields, _ length: Int, _ role: Role, _ sample: Metric.Sample)
    -> [SampleRule]
  {
    if role == .input { return [.frames(ClipSampler(frames: 1))] }
    if fields.clipFrames == .first, let clips = ClipsOfVideo(fields) {
      return [.firstFrames(clips, skipFirst: fields.skipFirst)]
    }
    let offset = role == .real ? fields.offsetReal : fields.offsetFake
    let repeats = role == .real ? fields.repeats : 1
    return (0..<repeats).map { round in
      var sampler = fields.sampler(offset: offset, seed: fields.seed + round)
      if sample == .frame {
        sampler.frames = 1
        return .frames(sampler)
      }
      if fields.takesWindows(of: role == .real ? .real : .fake) {
        sampler.clips = .one
        sampler.offset = .start
        return .windows(sampler, step: fields.windowStep)
      }
      return fields.series == .prefixes ? .prefixes(sampler, frames: length) : .clips(sampler)
    }
  }
}

extension Metric {
  /// The sets whose samples a network sees.
  fileprivate var rolesOfSamples: [Role] {
    switch reference {
    case .real, .realIfGiven: [.real, .fake]
    case .inputs: [.input, .fake]
    case .prompts, .nothing: [.fake]
    }
  }
}

/// The samples of one protocol.
struct ProtocolSamples: Sendable {
  /// One clip length.
  struct Part: Sendable {
    /// What is taken of one set.
    struct Taken: Sendable {
      /// Index of the feature source, which may be another one for each set.
      let source: Int
      /// One for each repeat.
      let rules: [SampleRule]
    }

    /// Frames of a clip.
    let frames: Int
    /// Of each set that takes part.
    fileprivate let taken: [Role: Taken]

    func taken(_ role: Role) -> Taken? { taken[role] }
    func rules(_ role: Role) -> [SampleRule] { taken[role]?.rules ?? [] }
  }

  /// More than one for prefixes of growing length; none for metrics that look at pixels.
  let parts: [Part]
  let fields: ProtocolFields
  let sample: Metric.Sample
  /// Features of a row.
  let columns: Int
  /// Samples without which a video says nothing: two where frames are compared with each other.
  let leastOfVideo: Int
  /// What decides the features of each set.
  let recipes: [Role: FeatureRecipe]

  func limit(_ role: Role) -> Limit {
    switch role {
    case .real: fields.maxVideosReal
    case .fake: fields.maxVideosFake
    case .input: .all
    }
  }

  func demands(_ role: Role) -> [Demand] {
    let takesInputs = role == .fake && fields.input == .firstFrame
    return parts.compactMap { part in
      guard let taken = part.taken(role) else { return nil }
      return Demand(
        source: taken.source, limit: limit(role), rules: taken.rules,
        inputRules: takesInputs ? part.rules(.input) : [], takesFramesAsTheyAre: fields.resize == .none,
        least: role == .input ? 1 : leastOfVideo)
    }
  }
}
