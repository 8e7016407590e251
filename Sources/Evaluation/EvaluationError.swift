import MetricCatalog
import Scores

/// Why a score cannot be given.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  /// Its differences are not measured by features.
  case noDifference(metric: String)
  /// Videos that cannot be used, in natural order, each with what is wrong with it.
  case unusableVideos(path: String, reasons: [String])
  case changedWhileRead(name: String)
  case clipTooShort(frames: Int, network: String, least: Int)
  /// A video whose frames a network cannot see.
  case notForNetwork(name: String, reason: String)
  case arrayLengthsDiffer(first: String, frames: Int, second: String, otherFrames: Int)
  case arrayTooShort(name: String, frames: Int, skipFirst: Int)
  case tooFewClips(role: String, path: String, clips: Int, sample: String, least: Int, skipped: Int)
  case networkRange(name: String, range: String)
  case frameSize(name: String, width: Int, height: Int, side: Int)
  case otherWeights(name: String, purpose: String, protocolName: String, wanted: String)
  case wrongNetwork(weights: String, network: String, needed: String)
  case weightsChanged(name: String, wanted: String, found: String)
  case badThreads(Int)
  case notFinite(Double)
  case zeroEmbedding(name: String, isCentred: Bool)
  /// An option with its value, what it says, and what no set holds.
  case optionUnused(String, String, String)
  /// A pattern of --include or --exclude that matches no file of any set.
  case patternUnused(String)
  case interruptedReading
  case interruptedComputing
  case mixedValueRanges
  case noPrefix(window: Int, frames: Int)
  case noWindow(frames: Int)
  case noFullWindow(least: Int)
  case statisticsOnly(path: String, metric: String)
  case statisticsDivisor(path: String, ddof: Int)
  /// Moments of more videos than the protocol takes.
  case momentsOfMore(path: String, role: String, videos: Int, most: Int)
  case needsVideos(path: String, metric: String)
  case otherColumns(path: String, columns: Int, wanted: Int, metric: String)
  case otherFeatures(path: String, field: String, stored: String, wanted: String)
  case badPattern(String)
  case patternTooSlow(String, name: String, seconds: Int)
  case noGroup(name: String, grouping: String)
  case groupsDiffer(grouping: String, onlyReal: [String], onlyFake: [String])
  case groupTooSmall(label: String, real: Int, fake: Int, least: Int)
  /// More memory than is allowed.
  case memory(MemoryNeed, allowed: Int)
  case tooLarge(option: String, value: Int, most: Int)
  case badCount(option: String, value: Int, least: Int)
  case notPaired(metric: String, onlyReal: [String], onlyFake: [String])
  case samePairName(path: String, name: String)
  /// A video that the pattern of --pair-by does not match.
  case noPairText(name: String, path: String, pattern: String)
  case pairCounts(first: String, videos: Int, second: String, otherVideos: Int)
  case pairRuleUnused
  case mixedItems(videos: String, poses: String)
  /// Of a pair, so many camera poses each.
  case cameraCounts(name: String, real: Int, fake: Int)
  /// A real set in whose names no take is said.
  case noTakes(path: String)
  case oneTake(path: String, scene: String, missing: Int)
  /// Fake videos of scenes that the real set does not have.
  case noScene(metric: String, path: String, names: [String])
  /// Frames that are to be compared.
  case sceneLengths(name: String, takes: [Int], fake: Int)
  case pairSizes(name: String, real: String, fake: String)
  case pairTooSmall(name: String, size: String, metric: String, least: Int)
  case tooFewFrames(name: String, frames: Int, least: Int)
  /// Of frames that are taken at a rate.
  /// `first`: frames that are left out at the beginning.
  case tooFewTakenFrames(name: String, frames: Int, first: Int, step: Int)
  /// A video of whose frames nobody says when they are.
  case noFrameRate(name: String, metric: String, rate: Double)
  /// Of videos that are cut into clips of so many seconds.
  case noRateOfClips(name: String, seconds: Int)
  case slowClips(name: String, rate: Double)
  case noLongVideo(path: String, seconds: Int)
  /// A file of features where a protocol has two networks.
  case oneBranch(path: String, metric: String)
  /// A folder without `.flo` files, or without those of a video.
  case noFlows(path: String, name: String?)
  case noFlow(path: String, name: String, frame: Int)
  case otherNumberOfFlows(path: String, name: String, flows: Int, pairs: Int)
  case flowSize(file: String, size: String, name: String, frames: String)
  /// A file of a given flow that cannot be read: why, in words.
  case badFlow(String)
  /// Flows that a protocol asks for and that are not those that are given.
  case otherFlows(String)
  /// In no pair of frames a pixel is left that both show.
  case allOccluded(name: String, pairs: Int)
  /// A filter that is to leave videos that stand still leaves none.
  case noneStands(path: String, videos: Int)
  /// `what`: `flow`.
  case isNoNumber(what: String, weights: String)
  /// Frames at each end of a video are fewer than a value needs.
  case driftTooShort(name: String, frames: Int, share: Double, length: Int, metric: String, least: Int)
  case noTimes(path: String)
  case noRealSet(metric: String)
  case realUnused(path: String, metrics: [String], input: Bool)
  case inputUnused
  case noInputs(path: String, metric: String)
  case severalInputColumns(path: String)
  case noManifest(path: String, column: String)
  case noInput(path: String, names: [String], fake: String)
  case noPrompts(path: String)
  case noPrompt(path: String, names: [String], way: String)
  case badPrompts(path: String, reason: String)
  case noTextNetwork(String)
  /// `alsoAbsent`: names of other weights that the scores need and that are not there either.
  case absentWeights(reason: String, alsoAbsent: [String], others: [String], instead: String?)
  case noFeatures(metric: String)
  case alreadyFeatures(path: String)
  case unknownFeatures(path: String)
  case interrupted(done: Int, total: Int, noun: String, kept: Bool)
  /// Of the program that computes networks in this one's place.
  case runtime(command: String, reason: String)
  case noDevice(String)
  case sameBatch(name: String)
  /// A set whose videos are not those that were listed: what is wrong with each, in words.
  case notAsListed(path: String, differences: [String])
  /// A part of a listed set in which no network computed what was planned: a field, what was planned and what is there.
  case notAsPlanned(field: String, planned: String, found: String)
  /// Gathered rows of a video that are not those that the protocol takes.
  case otherRows(path: String, video: String)
  case noGatheredFeatures(path: String)
  /// A metric that is not computed from parts of its sets.
  case notOfParts(metric: String, reason: String)

  public var description: String {
    switch self {
    case .noDifference(let metric):
      return "no difference of `\(metric)` is measured by features\nhint: fvd, kvd, dt-fvd, fid and kid have one"
    case .unusableVideos(let path, let reasons): return Self.listing(path: path, reasons: reasons)
    case .changedWhileRead(let name):
      return "`\(name)` was changed while it was being read\nhint: run again when nothing writes to the set"
    case .notForNetwork(let name, let reason): return "`\(name)`: \(reason)"
    case .clipTooShort(let frames, let network, let least):
      return "clips of \(frames) frames are too short for \(network), which needs at least \(least)"
        + "\nhint: --frames sets the length of a clip"
    case .arrayLengthsDiffer(let first, let frames, let second, let otherFrames):
      return
        "a row of an array is a clip by itself, but `\(first)` has \(frames) frames and `\(second)` has \(otherFrames)"
        + "\nhint: --frames sets one length for both"
    case .arrayTooShort(let name, let frames, let skipFirst):
      return "`\(name)` has \(frames) frames, and nothing is left of it after the first \(skipFirst)"
    case .tooFewClips(let role, let path, let clips, let sample, let least, let skipped):
      let left = skipped == 0 ? "" : " (\(count(skipped, "video")) skipped)"
      return "the \(role) set `\(path)` has \(count(clips, sample))\(left): at least \(least) are needed"
    case .networkRange(let name, let range):
      return range == "network"
        ? "`\(name)` is in the network's own range, which the protocol does not take"
        : "`\(name)` holds values in \(range): `--value-range network` is for float arrays in the network's own range"
    case .frameSize(let name, let width, let height, let side):
      return "`\(name)` is \(width)x\(height), and frames that are not resized must be \(side)x\(side)"
    case .notAsListed(let path, let differences):
      let shown = differences.prefix(5).map { "\n  " + $0 }.joined()
      let more = differences.count > 5 ? "\n  and \(differences.count - 5) more" : ""
      return "\(count(differences.count, "video")) of `\(path)` \(differences.count == 1 ? "is" : "are") not as listed"
        + shown + more
        + "\nhint: a set must not change while its parts are computed: put it back as it was, or plan anew"
    case .notAsPlanned(let field, let planned, let found):
      return "the plan has `\(field)` = \(planned), and here it is \(found)"
        + "\nhint: a plan and its workers are of one version and one set of weights: plan anew with this one"
    case .otherRows(let path, let video):
      return "the features of `\(video)` in `\(path)` are not those of the clips that the protocol takes"
        + "\nhint: compute its part anew"
    case .noGatheredFeatures(let path):
      return "none of the features that were gathered of `\(path)` are those that the protocol asks for"
    case .notOfParts(let metric, let reason):
      return
        "\(metric) is not computed from parts of sets: \(reason)\nhint: `vidmetrics score` computes it in one piece"
    case .otherWeights(let name, let purpose, let protocolName, let wanted):
      return "`\(name)` are not the weights of `\(protocolName)`, which are `\(wanted)`: \(purpose)"
        + "\nhint: --allow-other-weights scores with them all the same, and every score says so"
    case .wrongNetwork(let weights, let network, let needed):
      return "`\(weights)` are weights of the network \(network), and the protocol needs those of \(needed)"
    case .weightsChanged(let name, let wanted, let found):
      return "the weights `\(name)` have fingerprint \(found), and the protocol asks for \(wanted)"
        + "\nhint: `vidmetrics weights verify \(name)` says more"
    case .memory(let need, let allowed):
      return "this takes \(need.text), and \(MemoryNeed.size(allowed)) are allowed\n"
        + "hint: --memory allows more; fewer --threads and shorter clips take less"
    case .badThreads(let threads):
      return "`\(threads)` is not a number of threads: 1 or more are expected"
    case .optionUnused(let option, let meaning, let kind):
      return "\(option) says \(meaning), and no set is or holds \(kind)"
    case .patternUnused(let pattern):
      return
        "`\(pattern)` matches no file of the sets\nhint: `*.mp4` is compared with each part of a name, `a/*.mp4` against the "
        + "path below the set"
    case .notFinite(let value):
      return "the distance comes out as \(value): features or `scale-factor` are too large for a number of 64 bits"
    case .zeroEmbedding(let name, let isCentred):
      return
        "an embedding of `\(name)` is 0\(isCentred ? " once its own mean is subtracted" : ""): it has no direction "
        + "that could be compared\nhint: another protocol, such as another `--distance`, may see something in these frames"
    case .interruptedComputing: return "interrupted while the distances were computed"
    case .mixedValueRanges:
      return "one protocol takes values in the network's own range and another does not\nhint: score them one by one"
    case .noPrefix(let window, let frames):
      return "prefixes begin with \(window) frames, and the protocol's clips have \(frames)"
        + "\nhint: --frames sets the longest prefix, --window the shortest"
    case .noWindow(let frames):
      return "no fake video has the \(frames) frames of a window"
        + "\nhint: `vidmetrics inspect` shows how long the videos are"
    case .noFullWindow(let least):
      return "no window holds \(least) samples of both sets"
        + "\nhint: `vidmetrics inspect` shows how long the videos are"
    case .statisticsOnly(let path, let metric):
      return "`\(path)` holds a mean and a covariance, from which \(metric) cannot be computed"
        + "\nhint: give the videos, or features by `vidmetrics features extract`"
    case .statisticsDivisor(let path, let ddof):
      let divisor = ddof == 0 ? "N" : "N - \(ddof)"
      return "the covariance in `\(path)` is NumPy's, divided by N - 1, and the protocol divides by \(divisor)"
        + "\nhint: --ddof 1 computes both sets that way, and the score's name says so"
    case .momentsOfMore(let path, let role, let videos, let most):
      return "`\(path)` holds moments of \(count(videos, "video")), and the protocol takes the first \(most)"
        + "\nhint: `--set max-videos-\(role)=all` takes all of them, and the score's name says so"
    case .needsVideos(let path, let metric):
      return "`\(path)` holds features, and \(metric) needs the videos themselves"
    case .otherColumns(let path, let columns, let wanted, let metric):
      return "`\(path)` holds \(columns) features a row, and \(metric) with this protocol has \(wanted)"
    case .otherFeatures(let path, let field, let stored, let wanted):
      return "`\(path)` was made with \(field) = \(stored), and the protocol asks for \(wanted)"
        + "\nhint: extract the features with this protocol and for this side (`--as real` or `--as fake`), or set the field"
    case .badPattern(let pattern):
      return "`\(pattern)` is not a regular expression"
    case .patternTooSlow(let pattern, let name, let seconds):
      return "the regular expression `\(pattern)` did not finish within \(seconds) s on `\(name)`"
        + "\nhint: a repetition within a repetition, as in (a+)+, can be matched in very many ways: write it without"
    case .noGroup(let name, let grouping):
      let way =
        grouping.hasPrefix("column:")
        ? "a manifest (.csv or .jsonl) has this column, and a value of it for every video"
        : grouping.hasPrefix("regex:")
          ? "the pattern must match every video's name"
          : "a folder above each video names its group, or a manifest's column does (a .csv or .jsonl with `path` and more)"
      return "`\(name)` belongs to no group by `\(grouping)`\nhint: \(way)"
    case .groupsDiffer(let grouping, let onlyReal, let onlyFake):
      func list(_ labels: [String]) -> String {
        labels.prefix(10).map { "`\($0)`" }.joined(separator: ", ")
          + (labels.count > 10 ? " and \(labels.count - 10) more" : "")
      }
      let parts = [("real", onlyReal), ("fake", onlyFake)].filter { !$0.1.isEmpty }
      return "groups by `\(grouping)` differ: "
        + parts.map { "only the \($0.0) set has \(list($0.1))" }.joined(separator: "; ")
        + "\nhint: both sets need the same groups; leave the others out of the folders or the manifest"
    case .groupTooSmall(let label, let real, let fake, let least):
      return "group `\(label)` has \(real) real and \(fake) fake samples: at least \(least) a side are needed"
    case .tooLarge(let option, let value, let most): return "--\(option) \(value): at most \(most) are expected"
    case .badCount(let option, let value, let least):
      return "--\(option) \(value): \(least) or more are expected"
    case .notPaired(let metric, let onlyReal, let onlyFake):
      func list(_ names: [String]) -> String {
        names.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
          + (names.count > 5 ? " and \(names.count - 5) more" : "")
      }
      let parts = [("real", onlyReal), ("fake", onlyFake)].filter { !$0.1.isEmpty }
      return "\(metric) compares videos of the same name: "
        + parts.map { "only the \($0.0) set has \(list($0.1))" }.joined(separator: "; ")
        + "\nhint: a pair has the same path below its set, whatever its extension; --pair-by regex:PATTERN or order pairs otherwise"
    case .samePairName(let path, let name):
      return "several videos of `\(path)` are called `\(name)`, as far as pairs go by it: which one is meant?"
    case .noPairText(let name, let path, let pattern):
      return "`\(pattern)` does not match `\(name)` of `\(path)`, so it belongs to no pair"
        + "\nhint: the pattern's first group, or all that it matches, is what the two videos of a pair have in common"
    case .pairCounts(let first, let videos, let second, let otherVideos):
      return
        "`\(first)` has \(count(videos, "video")) and `\(second)` has \(otherVideos): pairs by order need as many on "
        + "both sides"
    case .pairRuleUnused:
      let metrics = Metric.all.filter(\.hasPairs).map(\.name).joined(separator: ", ")
      return "--pair-by is for metrics of pairs (\(metrics)), and none is asked for"
    case .mixedItems(let videos, let poses):
      return "\(videos) is of videos and \(poses) of files of camera poses: the sets cannot be both"
        + "\nhint: score \(poses) by itself, with the folders of poses"
    case .cameraCounts(let name, let real, let fake):
      return
        "`\(name)` has \(fake) camera \(fake == 1 ? "pose" : "poses"), and the real one \(real): frame by frame they "
        + "are compared"
    case .pairSizes(let name, let real, let fake):
      return "`\(name)` is \(real) in the real set and \(fake) in the fake one: pairs are compared pixel by pixel"
    case .noTakes(let path):
      return "`\(path)` has no takes: physics-iq is measured by two real recordings of each scene"
        + "\nhint: their names hold `take-1` and `take-2`, as folders (take-1/a.mp4) or between underscores (a_take-1.mp4)"
    case .oneTake(let path, let scene, let missing):
      return
        "`\(path)` has no take \(missing) of `\(scene)`: physics-iq is measured by two real recordings of each scene"
    case .noScene(let metric, let path, let names):
      let shown = names.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
      let more = names.count > 5 ? " and \(names.count - 5) more" : ""
      return "\(metric): `\(path)` has no scene of \(names.isEmpty ? "any fake video" : shown + more)"
        + "\nhint: a fake video is called as its scene, which is the name of a take without the take (a.mp4 of a_take-1.mp4), or, "
        + "in the benchmark's names, by the first take's number (0001_...)"
    case .sceneLengths(let name, let takes, let fake):
      return
        "`\(name)` has \(takes[0]) and \(takes[1]) frames in its two takes and \(fake) in the fake video: motion is compared "
        + "frame by frame, so bring all to one rate and length, or compare fewer seconds (--set first-seconds=N)"
    case .noRealSet(let metric):
      return "\(metric) compares two sets, and one is given\nhint: `vidmetrics \(metric) REAL FAKE`"
    case .realUnused(let path, let metrics, let input):
      let way = input ? " or --input, which says that the inputs are with the fake set" : ""
      let look = metrics.count == 1 ? "looks" : "look"
      return "`\(path)` is not used: \(metrics.joined(separator: ", ")) \(look) at the fake set alone"
        + "\nhint: leave out the first set\(way)"
    case .inputUnused: return "--input is for pic, which is not asked for"
    case .noInputs(let path, let metric):
      return "\(metric) needs the picture that each video of `\(path)` was made from\nhint: "
        + "`vidmetrics \(metric) INPUTS \(path)` (of `vidmetrics vbench`: --inputs) takes a folder of pictures of the videos' names, or real videos, of which the "
        + "first frame is taken; `--input first-frame` takes each generated video's own first frame; "
        + "`--input column:NAME` a column of a manifest"
    case .severalInputColumns(let path):
      return "`\(path)` has a column `image` and a column `input`: which one names the inputs?"
        + "\nhint: --input column:image, or --input column:input"
    case .noManifest(let path, let column):
      return "--input column:\(column) is a column of a manifest, and `\(path)` is not a manifest"
        + "\nhint: a manifest is a .csv or .jsonl with a column `path` and a column `\(column)`"
    case .noInput(let path, let names, let fake):
      return "`\(path)` has no input for \(Self.list(names)) of `\(fake)`"
        + "\nhint: an input has its video's path below the set, whatever its extension; a folder of pictures below the set is "
        + "one video unless --images is given; --input column:NAME takes them from a manifest"
    case .noPrompts(let path):
      return "clip-sim needs the prompt that each video of `\(path)` was made from\nhint: "
        + "give a manifest with a column `prompt`, `--prompts FILE` (.csv, .jsonl, .json or .txt), or `--prompts stem` "
        + "where the videos are called by their prompts"
    case .noPrompt(let path, let names, let way):
      return "`\(path)` has no prompt for \(Self.list(names))\nhint: \(way)"
    case .badPrompts(let path, let reason): return "`\(path)`: \(reason)"
    case .noTextNetwork(let name): return "`\(name)` has no network for prompts"
    case .absentWeights(let reason, let alsoAbsent, let others, let instead):
      let also =
        alsoAbsent.isEmpty
        ? ""
        : "\nhint: these are needed, too, and are not there: " + alsoAbsent.map { "`\($0)`" }.joined(separator: ", ")
          + "; `vidmetrics weights list NAME` says how to get each"
      let rest =
        others.isEmpty
        ? "" : "\nhint: without them `\(others.joined(separator: ","))` can be computed: ask for these alone"
      let stand = instead.map { "\nhint: \($0) needs only the weights of FID, and its score has another name" } ?? ""
      return reason + also + rest + stand
    case .pairTooSmall(let name, let size, let metric, let least):
      return "`\(name)` is \(size), and \(metric) needs frames of \(least)x\(least) at least"
    case .tooFewTakenFrames(let name, let frames, let first, let step):
      return
        "`\(name)` has too few frames: \(frames), of which one in \(step) is taken"
        + (first > 0 ? " behind the first \(first)" : "") + ", and at least 2 are needed"
    case .noFrameRate(let name, let metric, let rate):
      return "`\(name)` has no frame rate, and \(metric) looks at \(significantRate(rate)) frames a second: "
        + "`--set frame-rate=24` says it for all videos, `frame-rate=\(significantRate(rate))` takes every frame"
    case .noRateOfClips(let name, let seconds):
      return "`\(name)` has no frame rate, and it is cut into clips of \(count(seconds, "second")): "
        + "`--set frame-rate=24` says it for all videos (files of features, arrays and folders of frames hold none)"
    case .slowClips(let name, let rate):
      return "`\(name)`: clips are of a whole number of frames a second, of which there are \(significantRate(rate)): "
        + "`--set frame-rate=1` says so for all videos"
    case .noLongVideo(let path, let seconds):
      return
        "no video of `\(path)` is longer than \(count(seconds, "second")), and clips of long videos are compared with each "
        + "other\nhint: of short videos the protocol is `vbench`, which `vidmetrics vbench` has without --long; "
        + "`vbench-long-slow` is what their frames differ by in clips alone"
    case .oneBranch(let path, let metric):
      return
        "`\(path)` holds one kind of features, and \(metric) is computed from two: those of clips and those of their first frames"
        + "\nhint: `vidmetrics features extract VIDEOS --metric \(metric) --protocol vbench-long-slow --out FOLDER/slow.safetensors`, "
        + "the same with vbench-long-fast beside it, and the folder is a set"
    case .noFlows(let path, let name):
      return "`\(path)` holds no flows\(name.map { " of `\($0)`" } ?? "")"
        + "\nhint: they are .flo files, one for each two frames, in a folder that is called as the video without its extension"
    case .noFlow(let path, let name, let frame):
      return "`\(path)` holds no flow of `\(name)` from frame \(frame) on"
        + "\nhint: its files are called by the number of the first of two frames, from 0 on: `\(frame).flo`"
    case .otherNumberOfFlows(let path, let name, let flows, let pairs):
      return "`\(path)` holds \(count(flows, "flow")) of `\(name)`, of which \(count(pairs, "pair")) of frames "
        + (pairs == 1 ? "is" : "are")
        + " compared\nhint: there is one file for each pair, or files are called by the number of "
        + "its first frame, as `vidmetrics flow` writes them"
    case .flowSize(let file, let size, let name, let frames):
      return "`\(file)` is a flow of \(size), and the frames of `\(name)` are \(frames)"
    case .badFlow(let reason): return reason
    case .otherFlows(let digest):
      return "the protocol asks for given flows, \(digest), which are not there"
        + "\nhint: `--flow FOLDER` gives flows, and says which they are"
    case .allOccluded(let name, let pairs):
      return
        "in \(pairs == 1 ? "the pair" : "all \(pairs) pairs") of frames of `\(name)` every pixel is occluded, or on an edge of motion: "
        + "nothing is left to be compared (`--set occlusion=none` compares all pixels)"
    case .noneStands(let path, let videos):
      return
        "\(path): \(videos == 1 ? "its video moves" : "all \(videos) videos move"), and the static filter leaves none"
        + "\nhint: `--protocol vbench` scores all of them, and motion counts"
    case .isNoNumber(let what, let weights):
      return "its \(what) by `\(weights)` is not a number"
    case .noTimes(let path):
      return "the features of `\(path)` do not say which frames they are of, and a series needs to know"
        + "\nhint: give the videos, or features by `vidmetrics features extract`"
    case .noFeatures(let metric):
      return "\(metric) has no features to extract: it reads the videos, or their camera poses, themselves"
    case .driftTooShort(let name, let frames, let share, let length, let metric, let least):
      guard frames > 1 else { return "`\(name)` has 1 frame, and a drift is of 2 at least" }
      return
        "`\(name)` has \(count(frames, "frame")), of which drift-share = \(share) takes \(length) at each end, and \(metric) "
        + "needs \(least): a larger share takes more (--set drift-share=0.5)"
    case .tooFewFrames(let name, let frames, let least):
      return "`\(name)` has too few frames: \(max(frames, 0)), and at least \(least) are needed"
    case .alreadyFeatures(let path):
      return "`\(path)` holds features already\nhint: `vidmetrics features info` says which"
    case .runtime(let command, let reason):
      return "the program that was to compute the network, `\(command)`: \(reason)"
    case .sameBatch(let name): return "a batch `\(name)` exists already: each batch needs a name of its own"
    case .noDevice(let device):
      return
        "videos have no features of `\(device)` yet\nhint: `--runtime COMMAND` starts the program that computes them, or "
        + "give files of features that it has computed"
    case .unknownFeatures(let path):
      return "`\(path)` does not say how its features were made, and stands in a folder with others"
        + "\nhint: give the file itself, or leave it out of the folder"
    case .interruptedReading: return "interrupted before the first clip"
    case .interrupted(let done, let total, let noun, let kept):
      let way =
        kept ? "what is done is kept, and the same command goes on from there" : "nothing is kept without the cache"
      return "interrupted after \(done) of \(total) \(noun)\nhint: \(way)"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).map { "`\($0)`" }.joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }

  /// The first ten reasons, and how many there are.
  private static func listing(path: String, reasons: [String]) -> String {
    let hint = "hint: --on-error skip leaves such videos out, lists them and ends with status 4"
    guard reasons.count > 1 else { return "\(path): \(reasons.first ?? "unusable")\n\(hint)" }
    let shown = reasons.prefix(10).map { "\n  \($0)" }.joined()
    let more = reasons.count > 10 ? "\n  and \(reasons.count - 10) more" : ""
    return "\(path): \(reasons.count) videos cannot be used\(shown)\(more)\n\(hint)"
  }
}
