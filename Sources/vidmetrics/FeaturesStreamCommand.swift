import ArgumentParser
import Evaluation
import Foundation
import Scores

extension FeaturesCommand {
  struct Stream: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The features of batches that another program hands over",
      discussion: """
          vidmetrics features stream --metrics fvd,kvd

        A line of JSON on stdin is a request, a line on stdout its answer. Features are kept in memory, videos are not; \
        networks are made once. The end of stdin is the end.

          {"add": "batch.npy", "name": "batch-1"}   any set of videos     {"videos": 8, "skipped": []}
          {"write": "folder"}                       into an empty folder  {"videos": 8, "files": ["fvd-1.safetensors"]}
          {"reset": true}                                                 {"videos": 0}

        What fails is answered by {"error": ..., "hint": ...}, and nothing of that batch is kept. The first line, {"ready": \
        true, ...}, comes before any request. The folder stands for the set wherever one is expected: each score takes the \
        file with the features that it asks for.
        """)

    @Option(help: ArgumentHelp("The metrics, separated by commas.", valueName: "metric[:protocol],..."))
    var metrics: String

    @Option(
      name: .customLong("as"), help: ArgumentHelp("Take clips as of the real or the fake set.", valueName: "real|fake"))
    var side: Side = .fake

    @OptionGroup var options: ScoreOptions

    private struct Request: Decodable {
      var add: String?
      var name: String?
      var write: String?
      var reset: Bool?
    }

    func run() throws {
      try options.checkAreOfFeatures()
      let requested = try options.requested(metrics: metrics)
      try options.checkAssignments(of: requested.map(\.evaluationProtocol))
      let environment = ProcessInfo.processInfo.environment
      let networks = try NetworkChoice(
        environment: environment, allowsOtherWeights: options.protocolOptions.allowOtherWeights,
        runtime: options.runOptions.startedRuntime())
      let scores = try networks.settled(requested, isTable: false)
      guard let first = scores.first else { throw ValidationError("--metrics says what features are for") }
      let cache =
        options.runOptions.noCache ? nil : CacheFolder(path: CacheFolder.defaultPath(environment: environment))
      let kept = KeptNetworks()
      let template = options.extraction(of: "", first, as: side, cache: cache) {
        kept.keeping(try networks.network($0))
      }
      let accumulation = FeatureAccumulation(scores, like: template)
      Interruption.listen()
      Output.print(JSONValue.object([("ready", .bool(true)), ("schema", .string("vidmetrics.stream/1"))]).line)
      while let line = readLine() {
        Output.print(answer(to: line, accumulation).line)
        if Interruption.isRequested { throw ExitCode(Interruption.status) }
      }
    }

    private func answer(to line: String, _ accumulation: FeatureAccumulation) -> JSONValue {
      do {
        let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
        var facts: [(key: String, value: JSONValue)] = []
        switch (request.add, request.name, request.write, request.reset) {
        case (let path?, let name?, nil, nil):
          let before = accumulation.skipped.count
          try accumulation.add(path, name: name)
          let skipped = accumulation.skipped.dropFirst(before)
          facts = [
            (
              "skipped",
              .array(skipped.map { .object([("path", .string($0.path)), ("reason", .string($0.reason))]) })
            )
          ]
        case (nil, nil, let folder?, nil):
          facts = [("files", .array(try accumulation.write(to: folder).map { .string($0) }))]
        case (nil, nil, nil, true?): accumulation.reset()
        case (_, _, _, _):
          return Self.failure("a request has `add` and `name`, or `write`, or `reset`: \(line.prefix(200))")
        }
        return .object([(key: "videos", value: .integer(accumulation.videos))] + facts)
      } catch is DecodingError {
        return Self.failure("a request is an object of JSON on one line: \(line.prefix(200))")
      } catch {
        return Self.failure("\(error)")
      }
    }

    /// The words of an error, and its way out behind `hint: `.
    private static func failure(_ text: String) -> JSONValue {
      let parts = text.split(separator: "\nhint: ", maxSplits: 1).map(String.init)
      return .object([
        ("error", .string(parts.first ?? text)), ("hint", .string(orNull: parts.count > 1 ? parts[1] : nil)),
      ])
    }
  }
}
