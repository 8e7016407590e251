/// Why a score cannot be given.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  /// Videos that cannot be used, in natural order, each with what is wrong with it.
  case unusableVideos(path: String, reasons: [String])
  case changedWhileRead(name: String)
  case clipTooShort(frames: Int, least: Int)
  case arrayLengthsDiffer(first: String, frames: Int, second: String, otherFrames: Int)
  case arrayTooShort(name: String, frames: Int, skipFirst: Int)
  case tooFewClips(role: String, path: String, clips: Int, least: Int, skipped: Int)
  case networkRange(name: String, range: String)
  case frameSize(name: String, width: Int, height: Int, side: Int)
  case otherWeights(name: String, purpose: String, protocolName: String, wanted: String)
  case wrongNetwork(weights: String, network: String)
  case weightsChanged(name: String, wanted: String, found: String)
  case badThreads(Int)
  case notFinite(Double)
  case valueRangeUnused(String)
  case interruptedReading
  case interrupted(done: Int, total: Int, kept: Bool)

  public var description: String {
    switch self {
    case .unusableVideos(let path, let reasons): return Self.listing(path: path, reasons: reasons)
    case .changedWhileRead(let name):
      return "`\(name)` was changed while it was being read\nhint: run again when nothing writes to the set"
    case .clipTooShort(let frames, let least):
      return "clips of \(frames) frames are too short for I3D, which needs at least \(least)"
        + "\nhint: --frames sets the length of a clip"
    case .arrayLengthsDiffer(let first, let frames, let second, let otherFrames):
      return
        "a row of an array is a clip by itself, but `\(first)` has \(frames) frames and `\(second)` has \(otherFrames)"
        + "\nhint: --frames sets one length for both"
    case .arrayTooShort(let name, let frames, let skipFirst):
      return "`\(name)` has \(frames) frames, and nothing is left of it after the first \(skipFirst)"
    case .tooFewClips(let role, let path, let clips, let least, let skipped):
      let left = skipped == 0 ? "" : " (\(count(skipped, "video")) skipped)"
      return "the \(role) set `\(path)` has \(count(clips, "clip"))\(left): a covariance needs at least \(least)"
    case .networkRange(let name, let range):
      return range == "network"
        ? "`\(name)` is in the network's own range, which the protocol does not take"
        : "`\(name)` holds values in \(range): `--value-range network` is for float arrays in the network's own range"
    case .frameSize(let name, let width, let height, let side):
      return "`\(name)` is \(width)x\(height), and what goes into the network unresized must be \(side)x\(side)"
    case .otherWeights(let name, let purpose, let protocolName, let wanted):
      return "`\(name)` are not the weights of `\(protocolName)`, which are `\(wanted)`: \(purpose)"
        + "\nhint: --allow-other-weights scores with them all the same, and every score says so"
    case .wrongNetwork(let weights, let network):
      return "`\(weights)` are weights of the network \(network), and FVD needs those of i3d"
    case .weightsChanged(let name, let wanted, let found):
      return "the weights `\(name)` have fingerprint \(found), and the protocol asks for \(wanted)"
        + "\nhint: `vidmetrics weights verify \(name)` says more"
    case .badThreads(let threads):
      return "`\(threads)` is not a number of threads: 1 or more are expected"
    case .valueRangeUnused(let range):
      return "--value-range \(range) says what the numbers of float arrays mean, and neither set holds one"
    case .notFinite(let value):
      return "the distance comes out as \(value): features or `scale-factor` are beyond what a number can hold"
    case .interruptedReading: return "interrupted before the first clip"
    case .interrupted(let done, let total, let kept):
      let way =
        kept ? "what is done is kept, and the same command goes on from there" : "nothing is kept without the cache"
      return "interrupted after \(done) of \(total) clips\nhint: \(way)"
    }
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

/// `1 clip`, `2 clips`.
func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
