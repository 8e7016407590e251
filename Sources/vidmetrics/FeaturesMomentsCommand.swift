import ArgumentParser
import Evaluation
import Files
import Foundation
import Harness
import MetricCatalog
import ProcessLimits
import Scores

extension FeaturesCommand {
  struct Moments: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The moments of a file of features",
      discussion: """
          vidmetrics features moments real.safetensors --out moments.safetensors

        A file of moments is a set for FVD, FID and every other Fréchet distance. It holds the number of samples, their mean and \
        their scatter in float64, and it is the same to the bit as the one that `features extract --moments` makes of the \
        videos, in one piece or in shards.
        """)

    @Argument(help: ArgumentHelp("The file of features.", valueName: "file")) var path: String

    @Option(help: ArgumentHelp("The .safetensors that is written.", valueName: "file")) var out: String

    @Flag(help: "Replace a file that is there.") var force = false

    func run() throws {
      try FeaturesCommand.checkTakesMoments(out, replacing: force)
      guard case .set(let set) = try FeatureFile.read(path) else { throw FeatureFileError.notFeatures(path: path) }
      let moments = try MomentsSet(of: set, path: path, threads: ProcessLimits.processors)
      try FeatureFile.write(moments, to: out, replacing: force)
      Output.print("\(out): moments of \(moments.samples) x \(moments.columns)")
    }
  }

  struct Publish: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "A set as one small file that others can score against",
      discussion: """
          vidmetrics features publish real/ --metric fvd --title "UCF-101, train" --licence CC-BY-4.0 --out ucf-101.safetensors

        The file holds the moments of the set's features, how they were made, the digest of the set's listing, and a card that \
        says what it is. It is a set for FVD, FID and every other Fréchet distance: two groups score against one real set \
        without sharing its videos, and each score says whose set it is. `features info` prints the card.
        """)

    @Argument(help: ArgumentHelp("The set, or a file of its features or moments.", valueName: "set")) var path: String

    @Option(help: ArgumentHelp("The .safetensors that is written.", valueName: "file")) var out: String

    @Option(help: ArgumentHelp("What the set is called.", valueName: "text")) var title: String

    @Option(help: ArgumentHelp("Where the set or this file is found.", valueName: "address")) var url: String?

    @Option(
      name: [.customLong("licence"), .customLong("license")],
      help: ArgumentHelp("How the file may be used, such as CC-BY-4.0.", valueName: "text"))
    var licence: String?

    @Option(help: ArgumentHelp("Anything else that its users should know.", valueName: "text")) var note: String?

    @Flag(help: "Replace a file that is there.") var force = false

    @OptionGroup var making: MakingOptions

    func run() throws {
      try FeaturesCommand.checkTakesMoments(out, replacing: force)
      guard !title.isEmpty else { throw ValidationError("--title says what the set is called") }
      let name = URL(fileURLWithPath: path).lastPathComponent
      var (moments, skipped): (MomentsSet, [SkippedVideo])
      var words = ["vidmetrics", "features", "publish", name]
      if FeatureFile.isFeatureFile(path) {
        skipped = []
        switch try FeatureFile.read(path) {
        case .set(let set): moments = try MomentsSet(of: set, path: path, threads: ProcessLimits.processors)
        case .moments(let set): moments = set
        case .statistics: throw FeatureFileError.notFeatures(path: path)
        }
        guard moments.tree.isWhole else {
          throw FeatureFileError.partOfMoments(path: path, moments.missing, of: moments.videos)
        }
        guard !moments.recipe.isEmpty else { throw EvaluationError.unknownFeatures(path: path) }
      } else {
        let extraction = try making.extraction(of: path)
        (moments, skipped) = try extraction.moments()
        let settled = extraction.wanted.evaluationProtocol
        words += ["--metric", settled.metric, "--protocol", settled.name, "--as", making.side.rawValue]
        words += settled.overrides.flatMap { ["--set", "\($0.field)=\($0.value)"] }
      }
      let said: [(String, String?)] = [("title", title), ("url", url), ("licence", licence), ("note", note)]
      for (option, value) in said { if let value { words += ["--\(option)", value] } }
      let command = words.map { CommandTemplate.quoted($0) }.joined(separator: " ")
      moments.card = SetCard(
        title: title, url: url, licence: licence, note: note, command: command, version: Version.text)
      try FeatureFile.write(moments, to: out, replacing: force)
      Output.print("\(out): moments of \(moments.samples) x \(moments.columns), `\(title)`")
      try FeaturesCommand.tell(skipped)
    }
  }

  /// - Throws: `FeatureFileError.unknownKind`, `FilesError.exists`.
  static func checkTakesMoments(_ out: String, replacing: Bool) throws {
    guard out.lowercased().hasSuffix(".safetensors") else { throw FeatureFileError.momentsElsewhere(path: out) }
    guard replacing || !FileManager.default.fileExists(atPath: out) else { throw FilesError.exists(path: out) }
  }
}
