import ArgumentParser
import Distances
import Evaluation
import Files
import Foundation
import MetricCatalog
import ProcessLimits
import Scores
import Threads

struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Feature sets as files: extracted once, valid wherever a set is",
    subcommands: [
      Extract.self, Info.self, Merge.self, Moments.self, Publish.self, Stream.self,
    ])

  enum Side: String, ExpressibleByArgument, CaseIterable { case real, fake }

  struct Extract: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The features of a set",
      discussion: """
          vidmetrics features extract real/ --network i3d-kinetics400 --out real.safetensors
          vidmetrics features extract real/ --metric fid --out real.npz             mu and sigma, as pytorch-fid reads them
          vidmetrics features extract real/ --protocol tats --shard 3/16 --out part-3.safetensors
          vidmetrics features extract real/ --metric fid --moments --out real.safetensors     of any number of frames

        A file remembers every field that decides a feature, and is refused where a protocol asks for others. Parts that \
        several machines made are put together by `features merge`; the scores are the same to the bit.

        --moments keeps the number of samples, their mean and their scatter, in float64: all that a Fréchet distance needs, 17 MB \
        at 2048 features, with no more than some blocks of 64 videos in memory. Its shards are runs of whole blocks.
        """)

    @Argument(help: ArgumentHelp("The set.", valueName: "set")) var path: String

    @Option(help: ArgumentHelp("A .safetensors of features, or a .npz of mean and covariance.", valueName: "file"))
    var out: String

    @Flag(help: "Keep moments and not features.") var moments = false

    @Option(help: ArgumentHelp("Only this part of the set's videos.", valueName: "i/n")) var shard: String?

    @Flag(help: "Replace a file that is there.") var force = false

    @OptionGroup var making: MakingOptions

    func run() throws {
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
      guard !moments || !out.lowercased().hasSuffix(".npz") else {
        throw ValidationError("--moments and a .npz: moments are kept in a .safetensors")
      }
      guard force || !FileManager.default.fileExists(atPath: out) else { throw FilesError.exists(path: out) }
      var extraction = try making.extraction(of: path)
      extraction.shard = part
      if moments {
        let (moments, skipped) = try extraction.moments()
        try FeatureFile.write(moments, to: out, replacing: force)
        Output.print("\(out): moments of \(moments.samples) x \(moments.columns)")
        return try FeaturesCommand.tell(skipped)
      }
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
      try FeaturesCommand.tell(skipped)
    }
  }

  /// Names what was left out, and ends with the status that says so.
  static func tell(_ skipped: [SkippedVideo]) throws {
    for video in skipped { Terminal.write("skipped \(video.path): \(video.reason)\n") }
    if !skipped.isEmpty { throw ExitCode(Exit.skipped) }
  }

  /// How features are made of videos.
  struct MakingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The metric whose default protocol says how.", valueName: "metric")) var metric: String?

    @Option(
      help: ArgumentHelp("The network's weights; the first protocol that has them says how.", valueName: "weights"))
    var network: String?

    @Option(
      name: .customLong("as"), help: ArgumentHelp("Take clips as of the real or the fake set.", valueName: "real|fake"))
    var side: Side = .real

    @OptionGroup var options: ScoreOptions

    /// Everything that can be found wrong before videos are opened is.
    func extraction(of path: String) throws -> FeatureExtraction {
      try options.checkAreOfFeatures()
      let requested = try options.applied(to: base(), isOneOfSeveral: false)
      let environment = ProcessInfo.processInfo.environment
      let networks = try NetworkChoice(
        environment: environment, allowsOtherWeights: options.protocolOptions.allowOtherWeights,
        runtime: options.runOptions.startedRuntime())
      let cache =
        options.runOptions.noCache ? nil : CacheFolder(path: CacheFolder.defaultPath(environment: environment))
      var extraction = options.extraction(
        of: path, RequestedScore(requested), as: side, cache: cache, network: networks.network)
      extraction.progress = TerminalProgress()
      Interruption.listen()

      try extraction.check()
      try networks.settle(&extraction.wanted, fingerprint: requested.fingerprint)
      return extraction
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
      case .moments(let set):
        var lines = [
          path, "  moments of \(set.samples) samples x \(set.columns) features of \(set.videosThere) videos",
          (set.tree.isWhole ? "  all" : "  a part")
            + " of a set of \(set.videos) videos, \(set.skipped.count) left out",
        ]
        lines += set.skipped.map { "    \($0.video): \($0.reason)" }
        if let card = set.card {
          lines += [("title", card.title), ("url", card.url), ("licence", card.licence), ("note", card.note)]
            .compactMap { name, value in value.map { "  \(name)  \($0)" } }
          lines.append("  made by  \(card.command)  (version \(card.version))")
          if !set.listing.isEmpty { lines.append("  listing  \(set.listing)") }
        }
        if set.recipe.isEmpty { lines.append("  how they were made is not said") }
        lines += set.recipe.sorted { $0.key < $1.key }.map { "  \($0.key)  \($0.value)" }
        return lines.joined(separator: "\n")
      case .set(let set):
        var lines = [
          path,
          "  \(set.rows.count) samples x \(set.features.columns) features of "
            + "\(set.rows.videos) videos",
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
      case .moments(let set):
        .object([
          ("path", .string(path)), ("kind", .string("moments")), ("features", .integer(set.columns)),
          ("samples", .integer(set.samples)), ("videos", .integer(set.videosThere)),
          ("set_videos", .integer(set.videos)), ("listing", .string(orNull: set.listing.isEmpty ? nil : set.listing)),
          ("missing", .array(set.missing.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) })),
          (
            "skipped",
            .array(set.skipped.map { .object([("video", .string($0.video)), ("reason", .string($0.reason))]) })
          ),
          ("card", set.card.map(FeatureFile.json) ?? .null),
          ("recipe", .object(set.recipe.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ])
      case .set(let set):
        .object([
          ("path", .string(path)), ("kind", .string("features")), ("features", .integer(set.features.columns)),
          ("samples", .integer(set.rows.count)), ("videos", .integer(set.rows.videos)),
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
        the merged file lists them. Files are gone through and never read whole; the parts may all be moments, too.
        """)

    @Argument(help: ArgumentHelp("The parts.", valueName: "file")) var paths: [String]

    @Option(help: ArgumentHelp("The file that is written.", valueName: "file")) var out: String

    @Flag(help: "Merge what is there of a set, even if parts are missing. Every score says so.") var allowMissing =
      false

    @Flag(help: "Replace a file that is there.") var force = false

    func run() throws {
      let paths = paths
      let stored = try parallelMap(paths.count, threads: ProcessLimits.processors) { try FeatureFile.read(paths[$0]) }
      var (parts, moments) = ([FeatureSet](), [MomentsSet]())
      for (path, stored) in zip(paths, stored) {
        switch stored {
        case .set(let set): parts.append(set)
        case .moments(let set): moments.append(set)
        case .statistics: throw FeatureFileError.notASet(path: path)
        }
      }
      if !moments.isEmpty {
        func first(_ areMoments: Bool) -> String? {
          zip(paths, stored).first { if case .moments = $0.1 { areMoments } else { !areMoments } }?.0
        }
        if let moments = first(true), let features = first(false) {
          throw FeatureFileError.mixedKinds(moments: moments, features: features)
        }
        guard !allowMissing else { throw FeatureFileError.momentsOfMissing(path: paths[0]) }
        let merged = try MomentsSet.merged(moments, names: paths)
        try FeatureFile.write(merged, to: out, replacing: force)
        return Output.print("\(out): moments of \(merged.samples) x \(merged.columns)")
      }
      let merged = try FeatureMerge(parts, names: paths, allowsMissing: allowMissing)
      try merged.write(to: out, replacing: force)
      Output.print("\(out): \(merged.rows) x \(merged.columns)")
    }
  }
}

extension ScoreOptions {
  /// Refuses what is made of features and not of videos.
  func checkAreOfFeatures() throws {
    guard seriesOptions.groupBy.isEmpty, !seriesOptions.drift, !honesty.isAsked, runOptions.append == nil,
      !runOptions.json,
      !recordOptions.isGiven
    else {
      throw ValidationError(
        "--group-by, --drift, --bootstrap, --floor, --n-curve, --append, --json, --db and the labels of a run are for scores"
      )
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
