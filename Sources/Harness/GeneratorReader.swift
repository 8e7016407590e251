import Evaluation
import Files
import Foundation
import MetricCatalog
import Video
import Yams

/// Reads one generator of a suite.
struct GeneratorReader {
  let file: String
  let folder: String
  let suite: String
  let data: [RealSet]
  let metrics: SuiteMetrics
  let common: [SuiteMetrics.Setting]
  /// How the suite's sets are read.
  let input: VideoSetOptions
  /// Whether checkpoints are found later: then a command with `{checkpoint}` needs none in the suite.
  var takesAnyCheckpoint = false

  static let keys =
    [
      "name", "label", "command", "outputs", "count", "seed", "seeds", "repeats", "checkpoints", "prompts", "classes",
      "images", "inputs", "time-limit", "gpus", "data", "metrics", "tags",
    ] + SetKeys.ofSets

  /// - Parameter scored: the suite's metrics.
  func generator(_ node: Node, scored: [RequestedProtocol], only: [String]?) throws -> Generator {
    let keys = try YAMLKeys(node, file: file, owner: "a generator", key: "generators", known: Self.keys)
    let name = try SuiteReader(file: file).checkedName(keys.requiredText("name"), keys.place("name"))
    let isWanted = only?.contains(name) ?? true
    let own = try metrics.requested(keys, common: common)
    var generator = Generator(
      name: name, label: try keys.text("label") ?? name, source: try source(keys, name: name), seeds: try seeds(keys),
      data: try realSets(keys), metrics: own.isEmpty ? scored : own, place: keys.place("name"))
    generator.count = try keys.integer("count", in: Generator.counts)
    generator.timeLimit = try timeLimit(keys)
    generator.gpus = try keys.integer("gpus", in: 1...1024)
    generator.tags = try keys.texts("tags") ?? []
    generator.input = try SetKeys(keys: keys).options(over: input)
    if generator.template != nil {
      guard !keys.has("path-column") else {
        throw HarnessError.conflict(
          keys.place("path-column"), first: "path-column", second: "command",
          reason: "what a command writes is found in its folder, and no table names it")
      }
      generator.input.pathColumn = nil
    }
    generator.checkpoints = try checkpoints(keys, mustExist: isWanted && generator.template != nil)
    if isWanted { generator.conditions = try Conditions(folder: folder, keys: keys).read() }
    try checkCommand(generator, keys, isWanted: isWanted)
    try checkCalls(generator, keys)
    try checkScores(generator, keys)
    if isWanted, case .folder(let path) = generator.source, !path.contains("{"), !SuitePaths.exists(path) {
      throw HarnessError.missingFile(keys.place("outputs"), key: "outputs", path: path)
    }
    return generator
  }

  private func source(_ keys: YAMLKeys, name: String) throws -> Generator.Source {
    let outputs = try keys.text("outputs").map { SuitePaths.joined(folder, $0) }
    if let command = try keys.text("command") {
      if let outputs, outputs.contains("{") {
        throw YAMLError.badValue(
          keys.place("outputs"), key: "outputs", value: outputs,
          expected: "beside a command, a folder without placeholders,")
      }
      return .command(
        try CommandTemplate(command, at: keys.place("command")),
        outputs: outputs ?? SuitePaths.joined(folder, "runs/\(suite)/\(name)"))
    }
    guard let outputs else {
      throw YAMLError.missingKey(keys.place, key: "command", of: "a generator without `outputs`")
    }
    for match in outputs.matches(of: /\{([^{}]*)\}/) {
      let known = ["checkpoint", "step", "seed"]
      guard known.contains(String(match.output.1)) else {
        throw HarnessError.unknownPlaceholder(
          keys.place("outputs"), name: String(match.output.1),
          nearest: NearestName.of(String(match.output.1), among: known))
      }
    }
    return .folder(outputs)
  }

  private func seeds(_ keys: YAMLKeys) throws -> [Int?] {
    if keys.has("seeds"), let other = keys.first(["seed", "repeats"]) {
      throw HarnessError.conflict(
        keys.place("seeds"), first: "seeds", second: other,
        reason: "`seeds` lists them all, `repeats` counts on from `seed`")
    }
    if let list = try keys.oneOrMore("seeds") {
      let seeds = try list.map { try keys.integer($0, "seeds", in: Generator.seedRange) }
      guard Set(seeds).count == seeds.count else {
        throw YAMLError.badValue(
          keys.place("seeds"), key: "seeds", value: "\(seeds)", expected: "a list of different numbers")
      }
      return seeds
    }
    let repeats = try keys.integer("repeats", in: 1...10_000) ?? 1
    if let seed = try keys.integer("seed", in: Generator.seedRange) { return (0..<repeats).map { seed + $0 } }
    return keys.has("command") || keys.has("repeats") ? (0..<repeats).map { $0 } : [nil]
  }

  private func realSets(_ keys: YAMLKeys) throws -> [String] {
    let known = data.map(\.name)
    for name in try keys.texts("data") ?? [] where !known.contains(name) {
      throw HarnessError.unknownName(
        keys.place("data"), what: "real set", name: name, nearest: NearestName.of(name, among: known), known: known)
    }
    return try keys.texts("data") ?? known
  }

  /// `90s`, `10m`, `1h30m`; a number by itself is seconds.
  private func timeLimit(_ keys: YAMLKeys) throws -> Double? {
    guard let text = try keys.text("time-limit") else { return nil }
    guard let seconds = TimeText.seconds(text) else {
      throw YAMLError.badValue(keys.place("time-limit"), key: "time-limit", value: text, expected: TimeText.expected)
    }
    return seconds
  }

  /// Paths, patterns, or mappings of `path` and `step`; in natural order of their names.
  private func checkpoints(_ keys: YAMLKeys, mustExist: Bool) throws -> [Checkpoint] {
    var found: [Checkpoint] = []
    for node in try keys.oneOrMore("checkpoints") ?? [] {
      let place = Place(file: file, line: node.mark?.line ?? keys.line)
      if node.mapping != nil {
        let own = try YAMLKeys(node, file: file, owner: "a checkpoint", key: "checkpoints", known: ["path", "step"])
        let name = try own.requiredText("path")
        found.append(
          Checkpoint(
            path: SuitePaths.joined(folder, name), name: name,
            step: try own.integer("step", in: 0...Generator.seedRange.upperBound)))
      } else {
        let name = try keys.text(node, "checkpoints")
        let path = SuitePaths.joined(folder, name)
        if name.contains(where: { "*?[".contains($0) }) {
          let matches = SuitePaths.matches(path)
          guard !matches.isEmpty || !mustExist else { throw HarnessError.noMatch(place, pattern: name) }
          let prefix = folder == "." ? "" : folder + "/"
          found += NaturalOrder.sorted(matches).map { match in
            Checkpoint(path: match, name: match.hasPrefix(prefix) ? String(match.dropFirst(prefix.count)) : match)
          }
          continue
        }
        found.append(Checkpoint(path: path, name: name))
      }
      if mustExist, let path = found.last?.path, !SuitePaths.exists(path) {
        throw HarnessError.missingFile(place, key: "checkpoints", path: path)
      }
    }
    var folders: Set<String> = []
    for checkpoint in found where !folders.insert(checkpoint.folderName).inserted {
      throw HarnessError.duplicate(
        keys.place("checkpoints"), what: "checkpoints called", name: checkpoint.folderName, firstLine: nil)
    }
    return found
  }

  /// Whether the command takes what is given, and what it takes is given.
  private func checkCommand(_ generator: Generator, _ keys: YAMLKeys, isWanted: Bool) throws {
    guard let template = generator.template else {
      for key in ["count", "time-limit", "gpus", "prompts", "classes", "images", "inputs"] where keys.has(key) {
        throw HarnessError.conflict(
          keys.place(key), first: key, second: "outputs", reason: "outputs without a `command` are there already")
      }
      guard case .folder(let path) = generator.source else { return }
      if generator.seeds.count > 1, !path.contains("{seed}") {
        throw HarnessError.placeholderMissing(keys.place("outputs"), placeholder: "seed", key: "seeds")
      }
      if generator.checkpoints.count > 1, !path.contains("{checkpoint}"), !path.contains("{step}") {
        throw HarnessError.placeholderMissing(keys.place("outputs"), placeholder: "checkpoint", key: "checkpoints")
      }
      return
    }
    let taken = template.placeholders
    let place = keys.place("command")
    if generator.seeds.count > 1, !taken.contains(.seed) {
      throw HarnessError.placeholderMissing(
        place, placeholder: "seed", key: keys.first(["seeds", "repeats"]) ?? "seeds")
    }
    if keys.has("checkpoints"), taken.isDisjoint(with: [.checkpoint, .step]) {
      throw HarnessError.placeholderMissing(place, placeholder: "checkpoint", key: "checkpoints")
    }
    if !keys.has("checkpoints"), let missing = [.checkpoint, .step].first(where: taken.contains), !takesAnyCheckpoint {
      throw HarnessError.nothingFor(place, placeholder: missing.rawValue, key: "checkpoints")
    }
    if let missing = [.count, .shard, .shards, .first].first(where: taken.contains), generator.count == nil {
      throw HarnessError.nothingFor(place, placeholder: missing.rawValue, key: "count")
    }
    guard isWanted else { return }
    let given: [(CommandTemplate.Placeholder, String, Bool)] = [
      (.prompt, "prompts", generator.conditions.contains { $0.prompt != nil }),
      (.class, "classes", generator.conditions.contains { $0.class != nil }),
      (.image, "images", generator.conditions.contains { $0.image != nil }),
    ]
    for (placeholder, key, isGiven) in given {
      if taken.contains(placeholder), !isGiven {
        throw HarnessError.nothingFor(place, placeholder: placeholder.rawValue, key: key)
      }
      if keys.has(key), !taken.contains(placeholder) {
        throw HarnessError.placeholderMissing(place, placeholder: placeholder.rawValue, key: key)
      }
    }
  }

  /// All that a generator is to do is planned before it begins.
  private func checkCalls(_ generator: Generator, _ keys: YAMLKeys) throws {
    let factors = [generator.seeds.count, generator.checkpoints.count, generator.conditions.count].map { max($0, 1) }
    // A product of three lists that are in memory: as a number it has room.
    guard factors.reduce(1.0, { $0 * Double($1) }) <= Double(Generator.mostCalls) else {
      throw HarnessError.tooManyCalls(keys.place, name: generator.name, most: Generator.mostCalls)
    }
  }

  private func checkScores(_ generator: Generator, _ keys: YAMLKeys) throws {
    guard !generator.metrics.isEmpty else {
      throw HarnessError.nothingToDo(
        keys.place,
        what: "nothing says what to score of `\(generator.name)`\nhint: add `metrics`, to it or to the suite")
    }
    let references = generator.metrics.map { $0.evaluationProtocol.definition }
    do { try ScoreRequest.check(items: references) } catch {
      throw HarnessError.catalog(keys.place, reason: "\(error)")
    }
    if generator.data.isEmpty, let metric = references.first(where: { $0.reference == .real }) {
      throw HarnessError.noRealSet(keys.place, metric: metric.name)
    }
  }
}

/// Spans of time as people write them.
package enum TimeText {
  package static func seconds(_ text: String) -> Double? {
    if let number = Double(text) { return number > 0 && number <= longest ? number : nil }
    guard let match = text.wholeMatch(of: /(?:(\d{1,6})h)? ?(?:(\d{1,6})m)? ?(?:(\d{1,6})s)?/), !text.isEmpty else {
      return nil
    }
    func value(_ part: Substring?) -> Double { part.flatMap { Double($0) } ?? 0 }
    let seconds = value(match.output.1) * 3600 + value(match.output.2) * 60 + value(match.output.3)
    return seconds > 0 && seconds <= longest ? seconds : nil
  }

  /// A year.
  private static let longest = 365.0 * 86_400

  package static let expected = "a time up to a year, such as 90s, 10m or 1h30m"

  /// `0.52 s`, `12.3 s`, `4 min 05 s`.
  package static func text(_ seconds: Double) -> String {
    if seconds < 10 { return String(format: "%.2f s", seconds) }
    if seconds < 60 { return String(format: "%.1f s", seconds) }
    let whole = Int(min(seconds.rounded(), 1e12))
    if whole < 3600 { return String(format: "%d min %02d s", whole / 60, whole % 60) }
    return String(format: "%d h %02d min", whole / 3600, whole / 60 % 60)
  }
}
