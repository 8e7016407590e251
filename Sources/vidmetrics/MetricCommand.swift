import ArgumentParser
import Evaluation

/// A command that scores one set or two by one metric.
protocol MetricCommand: ParsableCommand {
  associatedtype Sets: ScoredSets
  /// As in the catalog.
  static var metric: String { get }
  var sets: Sets { get }
  var options: ScoreOptions { get }
  /// What belongs to the videos besides the sets, of commands that have options for it.
  var besides: BesideOptions { get throws }
}

extension MetricCommand {
  var besides: BesideOptions { BesideOptions() }

  func run() throws { try score() }

  /// - Parameter name: of the protocol, where it has an option of its own.
  func score(by name: String? = nil) throws {
    let besides = try besides
    try ScoreRun(sets: sets, options: options, besides: besides).run(
      options.requested(metric: Self.metric, name: name, besides: besides))
  }
}

/// The sets that a command is given.
protocol ScoredSets {
  /// The real videos, or the pictures that the fake ones were made from; nil where one set is given.
  var reference: String? { get }
  var fake: String { get }
}

struct SetArguments: ParsableArguments, ScoredSets {
  @Argument(
    help: ArgumentHelp("The set of real videos; left out where \(Project.name) names it.", valueName: "real"),
    completion: .file())
  var first: String

  @Argument(help: ArgumentHelp("The set of generated videos.", valueName: "fake"), completion: .file())
  var second: String?

  var reference: String? { second == nil ? Project.known?.real : first }
  var fake: String { second ?? first }

  func validate() throws {
    if second == nil, Project.known?.real == nil {
      throw ValidationError(
        "two sets are wanted, real and generated, and there is one: a file `\(Project.name)` with the key `real` names the other"
      )
    }
  }

  static let discussion = """
    A set is a folder of videos, of frame folders or of classes of either, a .zip or .tar of those or a folder of \
    such archives, an array [N,T,H,W,3] (.npy, .npz, a tensor in .safetensors or .pt; --layout for other axes), a manifest (.csv, \
    .tsv or .jsonl with a column `path`), or a file of features. What can be read in two ways stops with the choices.
    """
}

/// The fake set alone.
struct FakeArgument: ParsableArguments, ScoredSets {
  @Argument(help: ArgumentHelp("The set of generated videos.", valueName: "fake"), completion: .file())
  var fake: String

  var reference: String? { nil }
}

/// The fake set, after another one or alone.
struct OneOrTwoSets: ParsableArguments, ScoredSets {
  @Argument(
    help: ArgumentHelp(
      "The set of real videos, or of inputs; if it stands alone, that of generated videos.", valueName: "set"),
    completion: .file())
  var first: String

  @Argument(help: ArgumentHelp("The set of generated videos.", valueName: "fake"), completion: .file())
  var second: String?

  var reference: String? { second == nil ? nil : first }
  var fake: String { second ?? first }
}

/// What belongs to videos besides a second set.
struct BesideOptions {
  var input: String?
  var prompts: String?
  /// Flows of the real videos.
  var flows: GivenFlows?
  /// Whether the metrics are the rows of a paper's table.
  var isTable = false

  static let input = ArgumentHelp(
    "The picture that each video was made from: first-frame is the video's own first frame, column:NAME a column of the "
      + "fake set's manifest. (default: the first set's, or a column `image` or `input`)",
    valueName: "first-frame|column:NAME")
  static let prompts = ArgumentHelp(
    "The prompt of each video: a .csv, .tsv or .jsonl with `path` and `prompt`, a .json of names and prompts, a .txt with one a "
      + "line, stem for the videos' names, column:NAME for a column of the manifest. (default: column:prompt)",
    valueName: "file|stem|column:NAME")

  static let flow = ArgumentHelp(
    "Flows of the real videos, in the place of those that are estimated: a folder with a folder for each video, which is called as "
      + "it is without its extension and holds a .flo file for each two frames.", valueName: "folder")

  /// nil for `first-frame`, which is a field of the protocol.
  var inputColumn: String? {
    get throws {
      guard let input, input != "first-frame" else { return nil }
      guard input.hasPrefix("column:"), input.count > "column:".count else {
        throw ValidationError("--input \(input): `first-frame` or `column:NAME` is expected")
      }
      return String(input.dropFirst("column:".count))
    }
  }

  /// What of it is a field of protocols.
  var assignments: [(field: String, value: String)] { input == "first-frame" ? [("input", "first-frame")] : [] }
}
