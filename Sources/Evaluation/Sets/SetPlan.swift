import Distances
import Files
import MetricCatalog
import Tensors
import Video
import Vocabulary

/// Which of the sets.
enum Role: String, Sendable {
  case real
  case fake
  /// The pictures that the fake videos were made from.
  case input

  /// The set whose preprocessing it has.
  var set: SetRole {
    switch self {
    case .real: .real
    case .fake, .input: .fake
    }
  }
}

/// What one protocol wants of one set: samples of the first videos, by one or more rules.
struct Demand: Sendable {
  /// Index of the feature source.
  let source: Int
  let limit: Limit
  /// One for each repeat; a rule that stands there twice is one.
  let rules: [SampleRule]
  /// What of a video is its own input.
  let inputRules: [SampleRule]
  /// The frames that go into the network unresized must have its size.
  let takesFramesAsTheyAre: Bool
  /// Samples that a video must have of each rule.
  let least: Int
}

/// One set of videos on its way to features.
struct SetPlan: Sendable {
  let role: Role
  let set: VideoSet
  /// The videos within the largest limit of all protocols.
  let items: [VideoItem]
  /// Place in the set of the first of them.
  let first: Int
  /// Videos of the set before any limit.
  let found: Int
  /// Which part of the set they are.
  private let origin: FeatureOrigin
  private(set) var surveyed: [Result<SurveyedVideo, any Error>] = []
  private(set) var skipped: [SkippedVideo] = []
  /// For each of `items`: what is known of it; nil for a video that is left out.
  private(set) var videos: [SurveyedVideo?] = []
  /// For each of `items`, the windows of each rule of each source.
  private var windows: [[RuleOfSource: [FrameWindow]]] = []
  /// For each of `items`, the row of each window of each source.
  private var rows: [[WantedClip: ArraySlice<Float>]] = []

  private struct RuleOfSource: Hashable {
    let source: Int
    let rule: SampleRule
  }

  /// Some items of a set of inputs.
  init(inputs set: VideoSet, items: [VideoItem]) {
    role = .input
    self.set = set
    self.items = items
    first = 0
    found = set.videos.count
    origin = FeatureOrigin(set.videos)
  }

  /// Videos that a listing names.
  ///
  /// - Parameters:
  ///   - first: place in the set of the first of them.
  ///   - found: videos of the set before any limit.
  init(role: Role, set: VideoSet, first: Int, found: Int, origin: FeatureOrigin) {
    self.role = role
    self.set = set
    items = set.videos
    self.first = first
    self.found = found
    self.origin = origin
  }

  /// How many of the items are within a protocol's limit.
  private func within(_ limit: Limit) -> Int {
    limit.maximum.map { max(0, min(items.count, $0 - first)) } ?? items.count
  }

  /// Opens a set; nothing is decoded yet.
  init(role: Role, path: String, limit: Limit, options: VideoSetOptions, shard: Shard? = nil, block: Int = 1)
    throws
  {
    self.role = role
    set = try VideoSet.open(path, options: options)
    let within = set.videos.prefix(limit.maximum ?? set.videos.count)
    let part = shard.map { $0.range(within.count, block: block) } ?? 0..<within.count
    items = Array(within[part])
    first = part.lowerBound
    found = set.videos.count
    origin = FeatureOrigin(within, shard: shard)
    try Self.checkRanges(items, options)
  }

  /// - Throws: `EvaluationError.networkRange` for what is in the network's own range and should not be, or the other way round.
  static func checkRanges(_ items: [VideoItem], _ options: VideoSetOptions) throws {
    for item in items where (item.valueRange == .network) != (options.valueRange == .network) {
      throw EvaluationError.networkRange(name: item.name, range: item.valueRange.rawValue)
    }
  }

  mutating func take(_ results: [Result<SurveyedVideo, any Error>]) { surveyed = results }

  /// The clip length that the rows of arrays in this set ask for: a row is a clip by itself. nil without arrays.
  func arrayFrames(_ fields: ProtocolFields, limit: Limit, skipsUnusable: Bool) throws -> (name: String, frames: Int)? {
    var found: (name: String, frames: Int)?
    for case .success(let video) in surveyed.prefix(within(limit)) where video.item.isArrayRow {
      let length = video.facts.frameCount - fields.skipFirst
      guard length > 0 else {
        if skipsUnusable { continue }
        throw EvaluationError.arrayTooShort(
          name: video.item.name, frames: video.facts.frameCount, skipFirst: fields.skipFirst)
      }
      let frames = (length - 1) / fields.stride + 1
      if let found, found.frames != frames {
        throw EvaluationError.arrayLengthsDiffer(
          first: found.name, frames: found.frames, second: video.item.name, otherFrames: frames)
      }
      found = found ?? (video.item.name, frames)
    }
    return found
  }

  /// Places the clips. A video that one of the protocols cannot use stops with the reasons of all such videos, or is left
  /// out of all protocols.
  ///
  /// - Throws: `EvaluationError.unusableVideos`, or `.frameSize` for frames that need a resize and get none: that is
  ///   the protocol's doing and never skipped.
  mutating func plan(_ demands: [Demand], sources: [FeatureSource], skipsUnusable: Bool) throws {
    var reasons: [String] = []
    for (index, (item, result)) in zip(items, surveyed).enumerated() {
      let wanted = demands.filter { index < within($0.limit) }
      do {
        let video = try result.get()
        for demand in wanted where demand.takesFramesAsTheyAre {
          let side = sources[demand.source].network.side
          guard video.facts.width == side, video.facts.height == side else {
            throw EvaluationError.frameSize(
              name: item.name, width: video.facts.width, height: video.facts.height, side: side)
          }
        }
        var own: [RuleOfSource: [FrameWindow]] = [:]
        for demand in wanted {
          for (rule, least) in demand.rules.map({ ($0, demand.least) }) + demand.inputRules.map({ ($0, 1) }) {
            let key = RuleOfSource(source: demand.source, rule: rule)
            if own[key] == nil {
              own[key] = try rule.windows(
                frameCount: video.facts.frameCount, rate: video.facts.frameRate, videoName: item.name)
            }
            let frames = own[key]?.count ?? 0
            guard frames >= least else {
              throw EvaluationError.tooFewFrames(name: item.name, frames: frames, least: least)
            }
          }
        }
        videos.append(video)
        windows.append(own)
      } catch let error as EvaluationError {
        if case .frameSize = error { throw error }
        leaveOut(item, error, &reasons)
      } catch {
        leaveOut(item, error, &reasons)
      }
    }
    if !skipsUnusable, !reasons.isEmpty { throw EvaluationError.unusableVideos(path: set.path, reasons: reasons) }
    rows = Array(repeating: [:], count: items.count)
  }

  private mutating func leaveOut(_ item: VideoItem, _ error: any Error, _ reasons: inout [String]) {
    reasons.append(reason(error))
    skipped.append(SkippedVideo(path: path(of: item), name: item.name, reason: reason(error)))
    videos.append(nil)
    windows.append([:])
  }

  /// The videos that are left, each with the clips of those sources.
  ///
  /// - Parameter range: indices in `items`; nil: all.
  func wanted(
    sources: [FeatureSource], only selection: Set<Int>, items range: Range<Int>? = nil
  ) -> [(item: Int, video: WantedVideo)] {
    (range ?? items.indices).compactMap { index in
      guard let video = videos[index] else { return nil }
      var clips: [WantedClip] = []
      for source in selection.sorted() {
        let distinct = Set(windows[index].filter { $0.key.source == source }.values.joined())
        if sources[source].network.isPerFrame {
          let frames = distinct.map(\.start).sorted()
          for start in stride(from: 0, to: frames.count, by: FeatureSource.framesTogether) {
            let part = Array(frames[start..<min(start + FeatureSource.framesTogether, frames.count)])
            clips.append(WantedClip(source: source, window: FrameWindow(frames: part)))
          }
        } else {
          clips += distinct.map { WantedClip(source: source, window: $0) }
        }
      }
      return (index, WantedVideo(video, clips: clips))
    }
  }

  /// Takes the features of one video's clips.
  mutating func take(_ features: [[Float]], of clips: [WantedClip], item: Int, sources: [FeatureSource]) {
    for (clip, values) in zip(clips, features) {
      let network = sources[clip.source].network
      guard network.isPerFrame else {
        rows[item][clip] = values[...]
        continue
      }
      for place in 0..<clip.window.count {
        let frame = WantedClip(
          source: clip.source, window: FrameWindow(start: clip.window.frame(place), count: 1))
        rows[item][frame] = values[place * network.columns..<(place + 1) * network.columns]
      }
    }
  }

  /// Takes the rows of a rule that were computed before, which stand in the order of the videos and their windows.
  ///
  /// - Throws: `EvaluationError.otherRows` where there are others than the rule takes.
  mutating func take(_ stored: FeatureSet, of rule: SampleRule, source: Int, limit: Limit) throws {
    let columns = stored.features.columns
    var places: [String: Range<Int>] = [:]
    for (index, row) in stored.rows.enumerated() {
      places[row.video] = (places[row.video]?.lowerBound ?? index)..<index + 1
    }
    for index in items.indices.prefix(within(limit)) {
      guard let video = videos[index] else { continue }
      let wanted = windows[index][RuleOfSource(source: source, rule: rule)] ?? []
      let own = places[video.item.name] ?? 0..<0
      let isSame =
        own.count == wanted.count
        && zip(own, wanted).allSatisfy { place, window in
          let row = stored.rows[place]
          return row.digest == video.facts.digest && row.start == window.start && row.count == window.count
            && row.stride == window.stride
        }
      guard isSame else { throw EvaluationError.otherRows(path: set.path, video: video.item.name) }
      for (place, window) in zip(own, wanted) {
        rows[index][WantedClip(source: source, window: window)] =
          stored.features.values[place * columns..<(place + 1) * columns]
      }
    }
  }

  /// Takes out the videos that turned out to be unreadable, by index in `items`.
  mutating func drop(_ failures: [(item: Int, error: any Error)], skipsUnusable: Bool) throws {
    guard !failures.isEmpty else { return }
    if !skipsUnusable {
      throw EvaluationError.unusableVideos(path: set.path, reasons: failures.map { reason($0.error) })
    }
    for failure in failures where videos[failure.item] != nil {
      let item = items[failure.item]
      skipped.append(SkippedVideo(path: path(of: item), name: item.name, reason: reason(failure.error)))
      videos[failure.item] = nil
    }
  }

  /// The videos of a protocol.
  func scored(_ limit: Limit) -> [SurveyedVideo] {
    videos.prefix(within(limit)).compactMap { $0 }
  }

  /// The videos of a protocol that were left out.
  func leftOut(_ limit: Limit) -> [VideoItem] {
    zip(items, videos).prefix(within(limit)).compactMap { $1 == nil ? $0 : nil }
  }

  /// What the features of these items are of.
  var featureOrigin: FeatureOrigin {
    var origin = origin
    origin.skipped = skipped.map { FeatureOrigin.Skipped(video: $0.name, reason: $0.reason) }
      .sorted { NaturalOrder.precedes($0.video, $1.video) }
    return origin
  }

  /// How many samples a rule takes.
  func count(_ rule: SampleRule, source: Int, limit: Limit) -> Int {
    zip(videos, windows).prefix(within(limit)).reduce(0) { sum, video in
      sum + (video.0 == nil ? 0 : video.1[RuleOfSource(source: source, rule: rule)]?.count ?? 0)
    }
  }

  /// How many samples a rule takes of some of the items.
  func count(_ rule: SampleRule, source: Int, items range: Range<Int>) -> Int {
    range.reduce(0) { sum, index in
      sum + (videos[index] == nil ? 0 : windows[index][RuleOfSource(source: source, rule: rule)]?.count ?? 0)
    }
  }

  /// Gives up the features of some of the items.
  mutating func forget(items range: Range<Int>) {
    for index in range { rows[index] = [:] }
  }

  /// The samples of a rule, in natural order of the videos and by rising start.
  func features(_ rule: SampleRule, source: Int, limit: Limit, columns: Int) -> FeatureSet {
    features(rule, source: source, columns: columns, items: 0..<within(limit))
  }

  /// The same of some of the items.
  func features(_ rule: SampleRule, source: Int, columns: Int, items range: Range<Int>) -> FeatureSet {
    var values: [Float] = []
    var found: [FeatureSet.Row] = []
    for index in range {
      guard let video = videos[index] else { continue }
      for window in windows[index][RuleOfSource(source: source, rule: rule)] ?? [] {
        guard let row = rows[index][WantedClip(source: source, window: window)] else { continue }
        values += row
        found.append(
          FeatureSet.Row(
            video: video.item.name, digest: video.facts.digest, start: window.start, count: window.count,
            stride: window.stride))
      }
    }
    return FeatureSet(
      features: FeatureMatrix(rows: found.count, columns: columns, values: values), rows: found, recipe: [:])
  }

  /// The item's name below the set's path; names of rows and of single files begin with the set's own file name.
  func path(of item: VideoItem) -> String {
    let last = set.path.split(separator: "/").last.map(String.init) ?? set.path
    guard item.name == last || item.name.hasPrefix(last + "[") else { return set.path + "/" + item.name }
    return String(set.path.dropLast(last.count)) + item.name
  }

  /// The message without its hints, which are for the one who meets it alone.
  private func reason(_ error: any Error) -> String {
    "\(error)".split(separator: "\n").filter { !$0.hasPrefix("hint: ") }.joined(separator: "\n")
  }
}

extension FeatureOrigin {
  /// - Parameter videos: the set's, within the protocol's limit.
  fileprivate init(_ videos: some Collection<VideoItem>, shard: Shard? = nil) {
    self.init(
      listing: Self.listing(videos.lazy.map { ($0.name, $0.listedSize) }), videos: videos.count,
      shards: shard?.count ?? 1, parts: [shard?.index ?? 1])
  }

  /// The digest of a set's names and sizes.
  package static func listing(_ videos: some Sequence<(name: String, bytes: Int)>) -> String {
    var hasher = SHA256()
    for video in videos { hasher.update("\(video.name)\u{0}\(video.bytes)\n") }
    return hasher.finish().description
  }
}
