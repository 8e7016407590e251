import ArgumentParser
import Evaluation
import Files
import Import
import MetricCatalog
import Scores

struct VBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vbench", abstract: "VBench's dimensions of any videos, and what of its totals they make",
    discussion: """
      The dimensions that need no prompts of VBench's own, for the videos of a folder (its mode `custom_input`); with --inputs \
      those of VBench-I2V too. A total is named only where all of its dimensions are there: `--with` takes the others from \
      files that VBench wrote.

        vidmetrics vbench generated/
        vidmetrics vbench generated/ --dimensions subject_consistency,temporal_flickering
        vidmetrics vbench generated/ --inputs pictures/ --results mine_eval_results.json
        vidmetrics vbench generated/ --with model_eval_results.json
        vidmetrics vbench generated/ --long       VBench-Long: clips of two seconds, and what differs between them
      """)

  @Argument(help: ArgumentHelp("The set of generated videos.", valueName: "fake"), completion: .file())
  var fake: String

  @Option(
    help: ArgumentHelp(
      "The pictures that the videos were made from: a folder with their names, or real videos, of which the first frame is "
        + "taken.", valueName: "pictures"), completion: .file())
  var inputs: String?

  @Option(help: BesideOptions.input) var input: String?

  @Option(
    help: ArgumentHelp(
      "Which, separated by commas. (default: all that can be computed of what is given)", valueName: "name,..."),
    completion: .commaList(VBench.computed.map(\.name)))
  var dimensions: String?

  @Option(
    help: ArgumentHelp(
      "Take dimensions that are not computed here from a file that VBench wrote. Repeatable.", valueName: "file"),
    completion: .file())
  var with: [String] = []

  @Option(
    help: ArgumentHelp(
      "Also write what VBench writes as NAME_eval_results.json, for its scripts.", valueName: "file"),
    completion: .file())
  var results: String?

  @Flag(
    help: """
      Videos are long: VBench-Long's clips of two seconds. The consistencies inside clips and between them make one value.
      """)
  var long = false

  @OptionGroup var options: ScoreOptions

  private struct Sets: ScoredSets {
    let reference: String?
    let fake: String
  }

  private static let longProtocol = "vbench-long"

  private var isOfImages: Bool { inputs != nil || input != nil }

  func validate() throws {
    if inputs != nil, input != nil {
      throw ValidationError("--inputs and --input both say where pictures are: give one")
    }
    guard !long || !isOfImages else {
      throw ValidationError("VBench-Long has no dimensions of pictures: leave out --long, or --inputs and --input")
    }
  }

  func run() throws {
    let wanted = try chosen()
    let besides = BesideOptions(input: input)
    let names = wanted.compactMap(\.metric).map { long ? "\($0):\(Self.longProtocol)" : $0 }.joined(separator: ",")
    let requested = try options.requested(metrics: names, besides: besides)
    try options.checkAssignments(of: requested.map(\.evaluationProtocol))
    let takesInputs = requested.contains { $0.evaluationProtocol.definition.reference == .inputs }
    guard takesInputs || !isOfImages else {
      throw ValidationError("pictures are for i2v_subject and i2v_background, which --dimensions leaves out")
    }
    let others = try others(than: wanted)
    var run = ScoreRun(sets: Sets(reference: inputs, fake: fake), options: options, besides: besides)
    run.realIsInputs = inputs != nil
    run.heading = { scores in
      var values = others
      let scored = dimensions(of: scores)
      for score in scored { values[score.dimension.name] = VBench.Value(raw: score.value, origin: score.origin) }
      let summary = VBench.Summary(values, isOfImages: isOfImages, videosOf: scored)
      return ScoreRun.Heading(text: summary.text, key: "vbench", json: summary.json)
    }
    if let results {
      run.write = { scores in
        try WholeFile.write(VBench.results(of: dimensions(of: scores)).text() + "\n", to: results)
      }
    }
    try run.run(requested)
  }

  private func dimensions(of scores: [ScoreRecord]) -> [VBench.Scored] {
    scores.compactMap { VBench.Scored($0, published: long ? Self.longProtocol : "vbench") }
  }

  private func chosen() throws -> [VBench.Dimension] {
    guard let dimensions else {
      let ofImages = Set(VBench.imageToVideo.map(\.name))
      return VBench.computed.filter { isOfImages || !ofImages.contains($0.name) }
    }
    return try CommaList.names(dimensions, of: "dimensions").map { name in
      let words = "those that are computed here are \(VBench.computed.map(\.name).joined(separator: ", "))"
      guard let dimension = VBench.dimension(name) else {
        throw ValidationError("VBench has no dimension `\(name)`: \(words)")
      }
      guard dimension.metric != nil else { throw ValidationError("`\(name)` is not computed here: \(words)") }
      return dimension
    }
  }

  /// What files say of the other dimensions.
  private func others(than wanted: [VBench.Dimension]) throws -> [String: VBench.Value] {
    var found: [String: VBench.Value] = [:]
    for file in with {
      let imported = try RunImport(path: file).read(kind: .vbench)
      for words in imported.leftOut { Terminal.write("warning: \(file): left out: \(words)\n") }
      for score in imported.runs.flatMap(\.scores) {
        let name = String(score.metric.dropFirst("vbench[".count).dropLast())
        guard VBench.dimension(name) != nil else {
          throw ValidationError("--with: `\(name)` of `\(file)` is no dimension of VBench")
        }
        guard (0...1).contains(score.value) else {
          throw ValidationError(
            "--with: `\(name)` of `\(file)` is \(score.value): VBench's dimensions lie between 0 and 1, and percentages are "
              + "not of its files")
        }
        guard !wanted.contains(where: { $0.name == name }) else {
          Terminal.write(
            "warning: `\(name)` is computed here, and what `\(file)` says of it is not taken; --dimensions leaves it out\n"
          )
          continue
        }
        guard found[name] == nil else {
          throw ValidationError("--with: `\(name)` is in two files")
        }
        found[name] = VBench.Value(raw: score.value, origin: file)
      }
    }
    return found
  }
}
