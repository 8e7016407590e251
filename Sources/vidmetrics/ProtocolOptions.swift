import ArgumentParser
import MetricCatalog
import Tensors

/// Which protocol, and what of it is set otherwise.
struct ProtocolOptions: ParsableArguments {
  @Option(
    name: .customLong("protocol"),
    help: ArgumentHelp(
      "The evaluation protocol, see `vidmetrics protocols list`. (default: stylegan-v)", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("Other weights than the protocol's; needs --allow-other-weights.", valueName: "name"))
  var weights: String?

  @Flag(help: "Score with weights that no published FVD was computed with. Every score says so.")
  var allowOtherWeights = false

  @Option(
    name: [.customLong("bn-eps"), .customLong("batch-norm-eps")],
    help: ArgumentHelp("Epsilon of the network's batch normalisation.", valueName: "number"))
  var batchNormEpsilon: String?

  @Option(help: ArgumentHelp("How frames reach 224x224: \(Self.resizes).", valueName: "mode"))
  var resize: String?

  @Option(help: ArgumentHelp("Frames that are not square: none or center.", valueName: "mode"))
  var crop: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The covariance's divisor is N - ddof: 0 or 1.", valueName: "number"))
  var ddof: String?

  @Option(help: ArgumentHelp("Covariance root: symmetric-eigen or svd.", valueName: "method"))
  var root: String?

  @Option(
    help: ArgumentHelp(
      "Set any field of the protocol, see `vidmetrics protocols show`. Repeatable.", valueName: "field=value"))
  var set: [String] = []

  private static let resizes = ResizeMode.allCases.map(\.rawValue).joined(separator: ", ")

  /// The protocol with every option applied.
  func resolved(metric: String, _ frames: FrameOptions, _ input: InputOptions) throws -> EvaluationProtocol {
    let preset = try EvaluationProtocol.named(name ?? EvaluationProtocol.defaultName(metric: metric) ?? "")
    let settled = try preset.overriding(assignments(frames, input))
    try settled.validate()
    return settled
  }

  /// What the options set, in the order in which it is applied; `--set` comes last.
  func assignments(_ frames: FrameOptions, _ input: InputOptions) throws -> [(field: String, value: String)] {
    var all: [(field: String, value: String)] = []
    if input.valueRange == .network { all.append(("value-range", "network")) }
    let named: [(String, String?)] = [
      ("weights", weights), ("batch-norm-eps", batchNormEpsilon), ("resize", resize), ("crop", crop), ("ddof", ddof),
      ("root", root), ("frames", frames.frames), ("stride", frames.stride), ("clips", frames.clips),
      ("offset-real", frames.offset), ("offset-fake", frames.offset), ("seed", frames.seed),
      ("skip-first", frames.skipFirst), ("max-videos-real", frames.maxVideos), ("max-videos-fake", frames.maxVideos),
    ]
    for (field, value) in named { if let value { all.append((field, value)) } }
    for text in set {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw CatalogError.malformedAssignment(text)
      }
      all.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
    }
    return all
  }
}

/// Which frames of which videos. What is not given is the protocol's.
struct FrameOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: ArgumentHelp("Frames of a clip.", valueName: "T"))
  var frames: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Take every n-th frame.", valueName: "n"))
  var stride: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Clips of a video: one, all, or a number.", valueName: "one|all|N"))
  var clips: String?

  @Option(help: ArgumentHelp("Where a clip begins: start, center or random.", valueName: "place"))
  var offset: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of random offsets.", valueName: "number"))
  var seed: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Leave out the first frames of every video.", valueName: "n"))
  var skipFirst: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Take the first videos of each set only: a number, or all.", valueName: "N|all"))
  var maxVideos: String?
}

/// How the sets are read.
struct InputOptions: ParsableArguments {
  enum OnError: String, ExpressibleByArgument, CaseIterable { case stop, skip }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What the numbers of float arrays mean; network: they are given to the network as they are.",
      valueName: "range"))
  var valueRange: ValueRange?

  @Option(help: ArgumentHelp("Videos that cannot be used: stop, or skip and list them.", valueName: "stop|skip"))
  var onError: OnError = .stop
}

struct RunOptions: ParsableArguments {
  @Flag(help: "Print one JSON document.")
  var json = false

  @Option(
    help: ArgumentHelp("Threads; the score does not depend on it. (default: all processors)", valueName: "number"))
  var threads: Int?

  @Flag(help: "Neither use nor keep cached features.")
  var noCache = false
}

extension ValueRange: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument) }
}
