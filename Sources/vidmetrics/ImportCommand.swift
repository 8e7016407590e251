import ArgumentParser
import History
import Import
import MetricCatalog

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Runs of another history, and scores that others computed",
    discussion: """
        vidmetrics import other.sqlite                            another history; runs that are there are left alone
        vidmetrics import runs.jsonl                              what export wrote
        vidmetrics import score.json                              what --json printed
        vidmetrics import metric-fvd2048_16f.jsonl --name MoCoGAN StyleGAN-V's lines
        vidmetrics import model_eval_results.json                 VBench's
        vidmetrics import table.csv --source "Table 2"            columns name, metric, value; std, direction, dataset, ...
        vidmetrics import paper.csv --dataset UCF-101             columns method, FVD, KVD, ...: a metric each
        vidmetrics import study.csv                               columns question, method, votes (or preference and n)
        vidmetrics import answers.csv                             columns question, choice: a row for each answer

      Anything in a file that is not a score is named and left out, such as the NaN of a dimension that was not measured. \
      Scores of others have no fields that could be compared: tables show them as imported, and nothing ranks them.
      """)

  @Argument(help: ArgumentHelp("The file.", valueName: "file")) var file: String
  @OptionGroup var database: DatabaseOption
  @Option(help: ArgumentHelp("What the file is, where that is not seen: \(kinds).", valueName: "kind"))
  var kind: RunImport.Kind?
  @Option(help: ArgumentHelp("What tables call it. (default: as in the file)", valueName: "text")) var name: String?
  @Option(help: ArgumentHelp("The name of the real set, where the file does not say.", valueName: "text"))
  var dataset: String?
  @Option(
    help: ArgumentHelp("Where the scores are from: paper and table. (default: the file's name)", valueName: "text"))
  var source: String?
  @Option(help: ArgumentHelp("Which values are better: lower or higher.", valueName: "direction"))
  var direction: Direction?
  @Option(help: ArgumentHelp("A word to find the runs by. Repeatable.", valueName: "text")) var tag: [String] = []

  private static let kinds = RunImport.Kind.allCases.map(\.rawValue).joined(separator: ", ")

  func run() throws {
    var labels = RunImport.Labels()
    labels.name = name
    labels.dataset = dataset
    labels.source = source
    labels.direction = direction
    labels.tags = tag
    let found = try RunImport(path: file, labels: labels).read(kind: kind)
    let runs = found.runs
    let added = try HistoryStore(path: database.path).merge(runs, from: KeptFiles(of: file))
    let there = runs.count - added
    let present = there == 0 ? "" : ", \(there) \(there == 1 ? "was" : "were") there already"
    for part in found.leftOut { Terminal.write("left out: \(part)\n") }
    Terminal.write("\(added) run\(added == 1 ? "" : "s") added to \(database.path)\(present)\n")
  }
}

extension RunImport.Kind: ExpressibleByArgument {}
extension Direction: ExpressibleByArgument {}
