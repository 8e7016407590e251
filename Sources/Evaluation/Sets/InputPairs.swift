import MetricCatalog
import Video

/// The pictures that videos were made from, each with the videos that are its own.
struct InputPairs {
  let side: SampleSide
  /// Inputs of the whole set, and how many of them no fake video was made from.
  let found: Int
  let unpaired: Int
  /// The input's name by the fake video's.
  private let partners: [String: String]

  /// nil where no metric takes inputs that are given.
  ///
  /// - Throws: `EvaluationError` for a fake video without an input and for names that two inputs have; what the sets throw.
  init?(_ request: ScoreRequest, fake: SampleSide) throws {
    let takers = request.scores.map(\.evaluationProtocol).filter {
      $0.definition.reference == .inputs && $0.fields.input == .given
    }
    guard !takers.isEmpty else { return nil }
    let names = fake.names
    if let column = try request.inputColumn ?? Self.defaultColumn(request, fake) {
      guard let set = fake.videos?.set, set.isOfManifest else {
        throw EvaluationError.noManifest(path: fake.path, column: column)
      }
      var options = request.input
      options.isOfInputs = true
      let all = try set.inputs(column: column, options: options)
      let wanted = Set(names)
      side = SampleSide(inputs: SetPlan(inputs: all, items: all.videos.filter { wanted.contains($0.name) }))
      partners = Dictionary(uniqueKeysWithValues: names.map { ($0, $0) })
      (found, unpaired) = (all.videos.count, 0)
      return
    }
    guard let path = request.real else { throw EvaluationError.noInputs(path: fake.path, metric: takers[0].metric) }
    guard !FeatureFile.isFeatureFile(path) else {
      throw EvaluationError.needsVideos(path: path, metric: takers[0].metric)
    }
    var options = request.input(of: .input)
    options.isOfInputs = true
    let set = try VideoSet.open(path, options: options)
    let inputNames = set.videos.map(\.name)
    let rule = request.pairBy ?? .stem
    let (pairNames, ownNames): (PairNames, PairNames) =
      if let videos = fake.videos?.set {
        (try PairNames(videos, with: set, by: rule), try PairNames(set, with: videos, by: rule))
      } else { (PairNames(fake.allNames, path: fake.path), PairNames(inputNames, path: set.path)) }
    let inputs = try Self.byPairName(inputNames, ownNames, path: set.path)
    let fakes = try Self.byPairName(names, pairNames, path: fake.path)
    let missing = fakes.keys.filter { inputs[$0] == nil }
    guard missing.isEmpty else {
      throw EvaluationError.noInput(path: set.path, names: missing.sortedNaturally(), fake: fake.path)
    }
    partners = Dictionary(uniqueKeysWithValues: fakes.compactMap { pair, name in inputs[pair].map { (name, $0) } })
    let wanted = Set(partners.values)
    side = SampleSide(inputs: SetPlan(inputs: set, items: set.videos.filter { wanted.contains($0.name) }))
    let all = Set(fake.allNames.map { pairNames[$0] })
    (found, unpaired) = (inputs.count, inputs.keys.count { !all.contains($0) })
  }

  func input(of video: String) -> String? { partners[video] }

  /// `image` or `input`, where the fake set is all there is and its manifest has such a column.
  private static func defaultColumn(_ request: ScoreRequest, _ fake: SampleSide) throws -> String? {
    guard request.real == nil, let set = fake.videos?.set, set.isOfManifest else { return nil }
    let columns = Set(set.videos.flatMap(\.labels.keys)).intersection(["image", "input"])
    guard columns.count < 2 else { throw EvaluationError.severalInputColumns(path: set.path) }
    return columns.first
  }

  private static func byPairName(_ names: [String], _ pairNames: PairNames, path: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for name in names where found.updateValue(name, forKey: pairNames[name]) != nil {
      throw EvaluationError.samePairName(path: path, name: pairNames[name])
    }
    return found
  }
}

extension SampleSide {
  /// The videos within the limit, by name.
  var names: [String] {
    if case .features(let set) = stored { return set.rowsOfVideos.map { set.rows[$0[0]].video } }
    return items.map(\.name)
  }

  /// The videos before any limit.
  var allNames: [String] { videos?.set.videos.map(\.name) ?? names }
}
