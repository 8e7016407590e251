import Evaluation
import Files
import MetricCatalog

extension Suite {
  /// A suite of one generator that a command line describes, whose checkpoints are found later.
  ///
  /// - Parameters:
  ///   - metrics: `metric` or `metric:protocol` each.
  ///   - real: the real set; nil for metrics that look at the outputs alone.
  /// - Throws: `HarnessError`, `CatalogError`.
  public static func watching(
    name: String, command: String, count: Int?, timeLimit: String?, real: String?, metrics: [String]
  ) throws -> Suite {
    let place = Place(file: "--generate")
    let template = try CommandTemplate(command, at: place)
    let taken = template.placeholders
    guard !taken.isDisjoint(with: [.checkpoint, .step]) else {
      throw HarnessError.nothingToDo(
        place, what: "the command has no `{checkpoint}`: every checkpoint would give the same videos")
    }
    for placeholder in [CommandTemplate.Placeholder.prompt, .class, .image] where taken.contains(placeholder) {
      throw HarnessError.nothingToDo(
        place,
        what:
          "nothing says what goes to `{\(placeholder.rawValue)}`\nhint: a --suite lists prompts, classes and pictures")
    }
    if taken.contains(.count), count == nil {
      throw HarnessError.nothingFor(place, placeholder: "count", key: "--count")
    }
    let name = try SuiteReader(file: "--name").checkedName(name, Place(file: "--name"))
    var requested: [RequestedProtocol] = []
    for text in metrics {
      let halves = text.split(separator: ":", maxSplits: 1).map(String.init)
      let metric = try Metric.named(halves.first ?? "")
      let wanted = try EvaluationProtocol.named(
        halves.count > 1 ? halves[1] : metric.defaultProtocol, metric: metric.name)
      if real == nil, metric.reference == .real {
        throw HarnessError.noRealSet(Place(file: "--metrics"), metric: metric.name)
      }
      requested.append(RequestedProtocol(evaluationProtocol: wanted))
    }
    let sets = real.map { path in
      let path = SuitePaths.joined("", path)
      return RealSet(name: "real", path: path, label: path.split(separator: "/").last.map(String.init) ?? path)
    }
    if let path = sets?.path, !SuitePaths.exists(path) {
      throw HarnessError.missingFile(Place(file: "--real"), key: "--real", path: path)
    }
    var generator = Generator(
      name: name, label: name, source: .command(template, outputs: "runs/\(name)"), seeds: [0],
      data: sets.map { [$0.name] } ?? [], metrics: requested, place: place)
    generator.count = count
    if let timeLimit {
      guard let seconds = TimeText.seconds(timeLimit) else {
        throw YAMLError.badValue(
          Place(file: "--time-limit"), key: "--time-limit", value: timeLimit, expected: TimeText.expected)
      }
      generator.timeLimit = seconds
    }
    return Suite(file: "--generate", folder: ".", name: name, data: sets.map { [$0] } ?? [], generators: [generator])
  }
}
