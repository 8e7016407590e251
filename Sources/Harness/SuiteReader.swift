import Evaluation
import Files
import Foundation
import MetricCatalog
import Reporting
import Video
import Yams

extension Suite {
  /// Reads a suite file and checks all of it: keys, types, names, metrics with their fields, commands, files.
  ///
  /// - Parameter only: names of generators; the files of others need not be there. nil: all.
  /// - Parameter watching: whether checkpoints are found later, and the suite need not name any.
  /// - Throws: `HarnessError` with the line.
  public static func read(_ path: String, only: [String]? = nil, watching: Bool = false) throws -> Suite {
    let text = try TextFile.read(path)
    return try parse(text, file: path, only: only, watching: watching)
  }

  package static func parse(
    _ text: String, file: String, only: [String]? = nil, watching: Bool = false
  ) throws -> Suite {
    let reader = SuiteReader(file: file, only: only, isWatching: watching)
    return try reader.suite(YAMLKeys(file: file, text: text, owner: "a suite", known: SuiteReader.keys))
  }
}

/// Reads a suite from YAML.
struct SuiteReader {
  let file: String
  /// Names of the generators whose files must be there; nil: all.
  var only: [String]?
  var isWatching = false

  var folder: String {
    file.contains("/") ? SuitePaths.normal(String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)] + "/")) : "."
  }

  static let keys =
    ["name", "data", "generators", "metrics", "set", "bootstrap", "floor", "n-curve"] + SetKeys.ofSuites
    + ["tags", "reports"]

  func suite(_ keys: YAMLKeys) throws -> Suite {
    let stem = Checkpoint.stem(of: file.split(separator: "/").last.map(String.init) ?? file)
    let name = try checkedName(keys.text("name") ?? stem, keys.place("name"))
    let input = try SetKeys(keys: keys).rules()
    let data = try dataSets(keys, over: input.sets)
    let metrics = SuiteMetrics(file: file, folder: folder)
    let common = try metrics.common(keys)
    let scored = try metrics.requested(keys, common: common)
    var generators: [Generator] = []
    for node in try keys.oneOrMore("generators") ?? [keys.required("generators")] {
      var reader = GeneratorReader(
        file: file, folder: folder, suite: name, data: data, metrics: metrics, common: common, input: input.sets)
      reader.takesAnyCheckpoint = isWatching
      var generator = try reader.generator(node, scored: scored, only: only)
      generator.input.isOfPoses = generator.metrics.contains { $0.evaluationProtocol.definition.item == .poses }
      if let other = generators.first(where: { $0.name == generator.name }) {
        throw HarnessError.duplicate(
          generator.place, what: "generators", name: generator.name, firstLine: other.place.line)
      }
      generators.append(generator)
    }
    try metrics.check(common, isOf: generators.flatMap(\.metrics))
    try SetKeys(keys: keys).check(input, metrics: generators.flatMap(\.metrics))
    var suite = Suite(file: file, folder: folder, name: name, data: data, generators: generators)
    suite.input = input
    try readRest(&suite, keys)
    return suite
  }

  private func readRest(_ suite: inout Suite, _ keys: YAMLKeys) throws {
    suite.honesty.bootstrap = try keys.integer("bootstrap", in: Honesty.resamples)
    suite.honesty.floor = try keys.flag("floor")
    suite.honesty.curve = try keys.integer("n-curve", in: Honesty.points)
    suite.tags = try keys.texts("tags") ?? []
    if let node = keys.node("reports") { suite.report = try report(node) }
  }

  private func report(_ node: Node) throws -> Report {
    let formats = TableFormat.allCases.map(\.rawValue)
    let keys = try YAMLKeys(
      node, file: file, owner: "`reports`", key: "reports", known: formats + ["layout", "baselines", "title"])
    var report = Report()
    for format in TableFormat.allCases {
      guard let path = try keys.text(format.rawValue) else { continue }
      let file = SuitePaths.joined(folder, path)
      // Told now, not when all the work is done.
      if let slash = file.lastIndex(of: "/"), slash != file.startIndex, !SuitePaths.isFolder(String(file[..<slash])) {
        throw HarnessError.missingFile(
          keys.place(format.rawValue), key: format.rawValue, path: String(file[..<slash]))
      }
      report.files.append(Report.File(format: format, path: file))
    }
    report.layout = try keys.text("layout")
    report.baselines = try keys.texts("baselines")
    for (key, names) in [("layout", report.layout.map { [$0] } ?? []), ("baselines", report.baselines ?? [])] {
      for name in names where !Report.papers.contains(name) && (key, name) != ("baselines", Report.noPaper) {
        throw HarnessError.unknownName(
          keys.place(key), what: "paper", name: name, nearest: NearestName.of(name, among: Report.papers),
          known: Report.papers)
      }
    }
    if let others = report.baselines?.filter({ $0 != Report.noPaper }), let other = others.first,
      others.count < report.baselines?.count ?? 0
    {
      throw HarnessError.conflict(
        keys.place("baselines"), first: Report.noPaper, second: other, reason: "one says that no published row is shown"
      )
    }
    report.title = try keys.text("title")
    guard !report.files.isEmpty else {
      throw HarnessError.nothingToDo(
        keys.place, what: "`reports` names no file\nhint: \(formats.joined(separator: ", ")) take one each")
    }
    return report
  }

  private static let dataKeys = ["path", "name"] + SetKeys.ofSets

  private func dataSets(_ keys: YAMLKeys, over input: VideoSetOptions) throws -> [RealSet] {
    guard let node = keys.node("data") else { return [] }
    let sets = try YAMLKeys(node, file: file, owner: "`data`", key: "data", known: nil)
    return try sets.order.map { name in
      let node = try sets.required(name)
      _ = try checkedName(name, sets.place(name))
      var set = RealSet(name: name, path: "", label: name)
      set.input = input
      if node.mapping == nil {
        set.path = try sets.text(node, name)
      } else {
        let own = try YAMLKeys(node, file: file, owner: "a real set", key: name, known: Self.dataKeys)
        set.path = try own.requiredText("path")
        set.label = try own.text("name") ?? name
        set.input = try SetKeys(keys: own).options(over: input)
      }
      set.path = SuitePaths.joined(folder, set.path)
      guard SuitePaths.exists(set.path) else {
        throw HarnessError.missingFile(sets.place(name), key: name, path: set.path)
      }
      return set
    }
  }

  /// Names are folders, too.
  func checkedName(_ name: String, _ place: Place) throws -> String {
    let isFine = name.range(of: "^[A-Za-z0-9][A-Za-z0-9._+=-]*$", options: .regularExpression) != nil
    guard isFine, name.utf8.count <= 100 else {
      throw YAMLError.badValue(
        place, key: "name", value: name, expected: "a name of letters, digits and `. _ + = -` (`label` may be anything)"
      )
    }
    return name
  }
}
