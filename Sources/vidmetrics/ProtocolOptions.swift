import ArgumentParser
import Evaluation
import MetricCatalog
import Tensors
import Video
import Vocabulary
import Weights

/// Which protocol, and what of it is set otherwise.
struct ProtocolOptions: ParsableArguments {
  @Option(
    name: .customLong("protocol"),
    help: ArgumentHelp(
      "The evaluation protocol, see `vidmetrics protocols list`. (default: the metric's)", valueName: "name"),
    completion: .list(EvaluationProtocol.names))
  var name: String?

  @Option(
    help: ArgumentHelp("Other weights than the protocol's; needs --allow-other-weights.", valueName: "name"),
    completion: .list(KnownWeights.all.map(\.name)))
  var weights: String?

  @Flag(help: "Score with weights that no published score was computed with. Every score says so.")
  var allowOtherWeights = false

  @Option(
    name: [.customLong("bn-eps"), .customLong("batch-norm-eps")],
    help: ArgumentHelp("Epsilon of the network's batch normalisation.", valueName: "number"))
  var batchNormEpsilon: String?

  @Option(
    help: ArgumentHelp("How frames reach the network's size: \(Self.resizes).", valueName: "mode"),
    completion: .list(ResizeMode.allCases.map(\.rawValue)))
  var resize: String?

  @Option(
    help: ArgumentHelp(
      "What is cut from frames, such as none or center; `protocols show` says the protocol's own. Not of FID and KID.",
      valueName: "mode"))
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
}

/// Which frames of which videos. What is not given is the protocol's.
struct FrameOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Frames of a clip; of FID and KID, how many frames of a video are samples (or all).", valueName: "T"))
  var frames: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Take every n-th frame.", valueName: "n"))
  var stride: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Clips of a video: one, all, a number, or one whose frames are spread evenly; not of FID and KID.",
      valueName: "one|all|N|even"))
  var clips: String?

  @Option(help: ArgumentHelp("Where a clip begins: start, center or random.", valueName: "place"))
  var offset: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of random offsets.", valueName: "number"))
  var seed: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Draw the real clips anew so many times; the score is mean and deviation.", valueName: "n"))
  var repeats: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Leave out the first frames of every video.", valueName: "n"))
  var skipFirst: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Take the first videos of each set only: a number, or all.", valueName: "N|all"))
  var maxVideos: String?
}

/// What of a set is meant, and what it means.
struct SetOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What the numbers of float arrays mean; network: they are given to the network as they are.",
      valueName: "range"))
  var valueRange: ValueRange?

  @Option(
    help: ArgumentHelp(
      "Take only files whose name fits: '*.mp4' any part of it, 'real/*' the path below the set; '*' says that all of an "
        + "unclear set is meant. Repeatable.", valueName: "pattern"))
  var include: [String] = []

  @Option(help: ArgumentHelp("Leave out files whose name fits. Repeatable.", valueName: "pattern"))
  var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "The column of a manifest that holds the paths. (default: path, or file_name)", valueName: "name"))
  var pathColumn: String?

  @Option(
    help: ArgumentHelp(
      "The axes of arrays, such as NTHWC, NCTHW or NTHW: N videos, T frames, H and W pixels, C colours. (default: by the "
        + "axis of 1, 3 or 4 colours, where there is one)", valueName: "axes"))
  var layout: ArrayLayout?

  var sets: VideoSetOptions {
    VideoSetOptions(
      valueRange: valueRange, pathColumn: pathColumn, filter: NameFilter(include: include, exclude: exclude),
      layout: layout)
  }
}

extension PairRule: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension ArrayLayout: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// How the sets are read.
struct InputOptions: ParsableArguments {
  enum OnError: String, ExpressibleByArgument, CaseIterable { case stop, skip }

  @OptionGroup var setOptions: SetOptions

  @Option(help: ArgumentHelp("Videos that cannot be used: stop, or skip and list them.", valueName: "stop|skip"))
  var onError: OnError = .stop

  @Flag(help: "Pictures are images by themselves, of any sizes, and no folder of them is a video: for FID and KID.")
  var images = false

  @Option(
    help: ArgumentHelp(
      "Which videos of two sets are a pair, for PSNR, SSIM, LPIPS and PIC: stem (the same path), regex:PATTERN (the same "
        + "first group), or order. (default: stem)", valueName: "rule"))
  var pairBy: PairRule?

  var sets: VideoSetOptions {
    var sets = setOptions.sets
    sets.picturesAreImages = images
    return sets
  }
}

struct RunOptions: ParsableArguments {
  @OptionGroup var quiet: QuietOption

  @Flag(help: "Print one JSON document.")
  var json = false

  @Option(
    help: ArgumentHelp("Threads; the score does not depend on it. (default: all processors)", valueName: "number"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Refuse work that takes more memory: 8G, 800M, or bytes. (default: what the machine or the control group has)",
      valueName: "size"),
    transform: { text in
      guard let bytes = MemoryAllowance.bytes(text) else {
        throw ValidationError("`\(text)` is not a size of memory: 8G, 800M, or bytes")
      }
      return bytes
    })
  var memory: Int?

  /// Told on stderr where it is much.
  var memoryAllowance: MemoryAllowance {
    MemoryAllowance(bytes: memory) { Terminal.note("this takes \($0.text)\n") }
  }

  @Flag(help: "Neither use nor keep cached features.")
  var noCache = false

  @Option(
    help: ArgumentHelp(
      "A program that computes the networks in this one's place, such as `python3 -m vidmetrics.runtime` for a GPU; the "
        + "score's field `device` names it.", valueName: "command"))
  var runtime: String?

  /// - Throws: `EvaluationError.runtime`.
  func startedRuntime() throws -> RuntimeProcess? { try runtime.map { try RuntimeProcess(command: $0) } }

  @Option(
    help: ArgumentHelp(
      "Also add the scores to a file of JSON lines as StyleGAN-V writes them (metric-*.jsonl).", valueName: "file"))
  var append: String?
}

extension ValueRange: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument) }
}
