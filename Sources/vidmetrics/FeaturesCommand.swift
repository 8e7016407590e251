import ArgumentParser
import Distances
import Evaluation
import Files
import Foundation
import MetricCatalog
import ProcessLimits
import Scores

struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Feature sets as files: extracted once, valid wherever a set is",
    subcommands: [Extract.self, Info.self, Merge.self, Stream.self])

  enum Side: String, ExpressibleByArgument, CaseIterable { case real, fake }

  struct Extract: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The features of a set",
      discussion: """
          vidmetrics features extract real/ --network i3d-kinetics400 --out real.safetensors
          vidmetrics features extract real/ --metric fid --out real.npz             mu and sigma, as pytorch-fid reads them
          vidmetrics features extract real/ --protocol tats --shard 3/16 --out part-3.safetensors

        A file remembers every field that decides a feature, and is refused where a protocol asks for others. Parts that \
        several machines made are put together by `features merge`; the scores are the same to the bit.
        """)

    @Argument(help: ArgumentHelp("The set.", valueName: "set")) var path: String

    @Option(help: ArgumentHelp("A .safetensors of features, or a .npz of mean and covariance.", valueName: "file"))
    var out: String

    @Option(help: ArgumentHelp("The metric whose default protocol says how.", valueName: "metric")) var metric: String?

    @Option(
      help: ArgumentHelp("The network's weights; the first protocol that has them says how.", valueName: "weights"))
    var network: String?

    @Option(
      name: .customLong("as"), help: ArgumentHelp("Take clips as of the real or the fake set.", valueName: "real|fake"))
    var side: Side = .real

    @Option(help: ArgumentHelp("Only this part of the set's videos.", valueName: "i/n")) var shard: String?

    @Flag(help: "Replace a file that is there.") var force = false

    @OptionGroup var options: ScoreOptions

    func run() throws {
      try options.checkAreOfFeatures()
      let part = try shard.map { text in
        guard let part = Shard(text) else { throw ValidationError("--shard \(text): a part such as 3/16 is expected") }
        return part
      }
      guard ["safetensors", "npz"].contains(URL(fileURLWithPath: out).pathExtension.lowercased()) else {
        throw FeatureFileError.unknownKind(path: out)
      }
      guard part == nil || !out.lowercased().hasSuffix(".npz") else {
        throw ValidationError(
          "--shard and a .npz: means and covariances of parts cannot be put together; merge .safetensors instead")
      }
      guard force || !FileManager.default.fileExists(atPath: out) else { throw FilesError.exists(path: out) }
      let requested = try options.applied(to: base(), isOneOfSeveral: false)
      let environment = ProcessInfo.processInfo.environment
      let networks = try NetworkChoice(
        environment: environment, allowsOtherWeights: options.protocolOptions.allowOtherWeights,
        runtime: options.runOptions.startedRuntime())
      var score = RequestedScore(requested.evaluationProtocol)
      score.framesAreGiven = requested.framesAreGiven
      let cache =
        options.runOptions.noCache ? nil : CacheFolder(path: CacheFolder.defaultPath(environment: environment))
      var extraction = options.extraction(of: path, score, as: side, cache: cache, network: networks.network)
      extraction.shard = part
      extraction.progress = TerminalProgress()
      Interruption.listen()

      try extraction.check()
      try networks.settle(&extraction.wanted, fingerprint: requested.fingerprint)
      let (features, skipped) = try extraction.run()
      if out.lowercased().hasSuffix(".npz") {
        let statistics = try FeatureStatistics(features.features, ddof: 1)
        try FeatureFile.write(
          mean: statistics.mean, covariance: statistics.covariance, count: features.rows.count, to: out,
          replacing: force)
      } else {
        try FeatureFile.write(features, to: out, replacing: force)
      }
      Output.print("\(out): \(features.rows.count) x \(features.features.columns)")
      for video in skipped { Terminal.write("skipped \(video.path): \(video.reason)\n") }
      if !skipped.isEmpty { throw ExitCode(Exit.skipped) }
    }

    private func base() throws -> EvaluationProtocol {
      if let name = options.protocolOptions.name { return try EvaluationProtocol.named(name, metric: metric) }
      if let metric {
        let definition = try Metric.named(metric)
        return try EvaluationProtocol.named(definition.defaultProtocol, metric: metric)
      }
      guard let network else { return try EvaluationProtocol.named("stylegan-v", metric: "fvd") }
      let all = try EvaluationProtocol.all().filter { !$0.fields.weights.isEmpty }
      guard let first = all.first(where: { $0.fields.weights == network }) else {
        let known = Set(all.map(\.fields.weights)).sorted()
        let hint =
          NearestName.of(network, among: known).map { "did you mean `\($0)`?" }
          ?? "they have \(known.joined(separator: ", "))"
        throw ValidationError("no protocol has the weights `\(network)`: \(hint)")
      }
      return first
    }
  }

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "What a file of features holds")

    @Argument(help: ArgumentHelp("The files.", valueName: "file")) var paths: [String]

    @Flag(help: "Print JSON.") var json = false

    func run() throws { try Self.describe(paths, json: json) }

    static func describe(_ paths: [String], json: Bool) throws {
      let all = try paths.map { ($0, try FeatureFile.read($0)) }
      if json { return Output.print(JSONValue.array(all.map { Self.json($0.0, $0.1) }).text()) }
      Output.print(all.map { Self.words($0.0, $0.1) }.joined(separator: "\n\n"))
    }

    private static func words(_ path: String, _ stored: StoredFeatures) -> String {
      switch stored {
      case .statistics(let mean, _, let count):
        return "\(path)\n  mean and covariance of \(mean.count) features"
          + (count.map { " from \($0) samples" } ?? ", of an unknown number of samples")
      case .set(let set):
        var lines = [
          path,
          "  \(set.rows.count) samples x \(set.features.columns) features of "
            + "\(Set(set.rows.map(\.video)).count) videos",
        ]
        if let origin = set.origin {
          lines.append(
            (origin.missing.isEmpty ? "  all" : "  \(origin.words)") + " of a set of \(origin.videos) videos, "
              + "\(origin.skipped.count) left out")
          lines += origin.skipped.map { "    \($0.video): \($0.reason)" }
        }
        if set.recipe.isEmpty { lines.append("  how they were made is not said") }
        lines += set.recipe.sorted { $0.key < $1.key }.map { "  \($0.key)  \($0.value)" }
        return lines.joined(separator: "\n")
      }
    }

    private static func json(_ origin: FeatureOrigin) -> JSONValue {
      .object([
        ("listing", .string(origin.listing)), ("videos", .integer(origin.videos)), ("shards", .integer(origin.shards)),
        ("parts", .array(origin.parts.map { .integer($0) })),
        (
          "skipped",
          .array(
            origin.skipped.map { .object([("video", .string($0.video)), ("reason", .string($0.reason))]) })
        ),
      ])
    }

    private static func json(_ path: String, _ stored: StoredFeatures) -> JSONValue {
      switch stored {
      case .statistics(let mean, _, let count):
        .object([
          ("path", .string(path)), ("kind", .string("statistics")), ("features", .integer(mean.count)),
          ("samples", count.map { .integer($0) } ?? .null),
        ])
      case .set(let set):
        .object([
          ("path", .string(path)), ("kind", .string("features")), ("features", .integer(set.features.columns)),
          ("samples", .integer(set.rows.count)), ("videos", .integer(Set(set.rows.map(\.video)).count)),
          ("origin", set.origin.map(Self.json) ?? .null),
          ("recipe", .object(set.recipe.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ])
      }
    }
  }

  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One file from parts that were extracted apart",
      discussion: """
        Parts must agree in every field and be of one division (`--shard`) of one set that did not change in between. All of \
        them are wanted; a clip or a part that two files hold is an error. Videos that were skipped stay known: a score of \
        the merged file lists them.
        """)

    @Argument(help: ArgumentHelp("The parts.", valueName: "file")) var paths: [String]

    @Option(help: ArgumentHelp("The file that is written.", valueName: "file")) var out: String

    @Flag(help: "Merge what is there of a set, even if parts are missing. Every score says so.") var allowMissing =
      false

    @Flag(help: "Replace a file that is there.") var force = false

    func run() throws {
      let parts = try paths.map { path -> FeatureSet in
        guard case .set(let set) = try FeatureFile.read(path) else { throw FeatureFileError.notASet(path: path) }
        return set
      }
      let merged = try FeatureSet.merged(parts, names: paths, allowsMissing: allowMissing)
      try FeatureFile.write(merged, to: out, replacing: force)
      Output.print("\(out): \(merged.rows.count) x \(merged.features.columns)")
    }
  }
}

extension ScoreOptions {
  /// Refuses what is made of features and not of videos.
  func checkAreOfFeatures() throws {
    guard seriesOptions.groupBy.isEmpty, !honesty.isAsked, runOptions.append == nil, !runOptions.json,
      !recordOptions.isGiven
    else {
      throw ValidationError(
        "--group-by, --bootstrap, --floor, --n-curve, --append, --json, --db and the labels of a run are for scores")
    }
  }

  func extraction(
    of path: String, _ wanted: RequestedScore, as side: FeaturesCommand.Side, cache: CacheFolder?,
    network: @escaping (EvaluationProtocol) throws -> any FeatureNetwork
  ) -> FeatureExtraction {
    var extraction = FeatureExtraction(path: path, wanted: wanted, cache: cache, network: network)
    extraction.isReal = side == .real
    extraction.input = inputOptions.sets
    extraction.skipsUnusable = inputOptions.onError == .skip
    extraction.threads = runOptions.threads ?? ProcessLimits.processors
    extraction.memory = runOptions.memoryAllowance
    extraction.isInterrupted = { Interruption.isRequested }
    return extraction
  }
}
