import MetricCatalog
import Scores
import Tensors
import Video
import Vocabulary

/// A set as it was scored, with what the warnings look at.
struct ExtractedSet {
  let role: String
  let path: String
  /// Videos of the set before any limit.
  let found: Int
  /// The protocol's limit on videos.
  let limit: Limit
  let limitIsPresets: Bool
  let recommended: Int?
  let facts: [VideoFacts]
  let hasArrayRows: Bool
  /// Samples; nil if unknown.
  let clips: Int?
  let skipped: Int
  /// What lies in the set and is not scored, without hidden files.
  let ignored: [VideoSet.IgnoredFile]
  /// Stored features that do not say how they were made.
  let originIsUnknown: Bool
  /// Stored features of some parts of a set.
  let incompleteOrigin: FeatureOrigin?
  /// Videos that were scored.
  let scored: Int
  /// How the numbers of its arrays are read.
  let valueRange: ValueRange
}

/// The warnings of a score, in a fixed order.
struct ScoreWarnings {
  let evaluationProtocol: EvaluationProtocol
  let framesAreGiven: Bool
  let columns: Int
  /// What a sample is: `clip`, `frame`, ...
  let sample: String
  let real: ExtractedSet
  let fake: ExtractedSet

  var all: [ScoreWarning] {
    unknownOrigin + missingParts + rankDeficient + unequalCounts + smallCounts + arrayClipLength + narrowRanges + limits
      + sharedFiles + duplicates
      + skipped + odd
      + ignored + differences
  }

  private var sets: [ExtractedSet] { [real, fake] }

  private func warning(_ code: String, _ text: String) -> [ScoreWarning] { [ScoreWarning(code: code, text: text)] }

  private var unknownOrigin: [ScoreWarning] {
    sets.flatMap { set -> [ScoreWarning] in
      guard set.originIsUnknown else { return [] }
      return warning(
        "unknown-origin",
        "the features of `\(set.path)` do not say how they were made: check yourself whether they fit this protocol")
    }
  }

  private var missingParts: [ScoreWarning] {
    sets.flatMap { set -> [ScoreWarning] in
      guard let origin = set.incompleteOrigin else { return [] }
      return warning(
        "missing-parts",
        "`\(set.path)` holds \(origin.words) of a set of \(count(origin.videos, "video")): the others are not scored\n"
          + "extract the others as well, and merge them with it")
    }
  }

  private var narrowRanges: [ScoreWarning] {
    sets.flatMap { set -> [ScoreWarning] in
      let values = set.facts.compactMap(\.values)
      guard let low = values.map(\.lowerBound).min(), let high = values.map(\.upperBound).max(),
        let doubt = set.valueRange.doubt(of: low...high)
      else { return [] }
      return warning(
        "narrow-range",
        "the arrays of the \(set.role) set, read as \(set.valueRange.rawValue), hold \(low)..\(high): \(doubt)\n"
          + "--value-range says what black and white are in float arrays")
    }
  }

  private var hasCovariance: Bool { evaluationProtocol.definition.hasCovariances }

  private var rankDeficient: [ScoreWarning] {
    guard hasCovariance, let real = real.clips, let fake = fake.clips, min(real, fake) <= columns,
      evaluationProtocol.fields.groupBy == .none
    else { return [] }
    let way = sample == "clip" ? " (`--clips all` takes every clip of a video)" : ""
    return warning(
      "rank-deficient",
      "N = \(real) real and \(fake) fake \(sample)s for d = \(columns) features: with N <= d a covariance cannot "
        + "have full rank, and the score depends strongly on N\n"
        + "use more than \(columns) \(sample)s a side\(way), or compare only scores with the same N")
  }

  /// Whether both sets are to be of one kind, which a set of inputs is not.
  private var areTwoOfAKind: Bool { real.role == Role.real.rawValue }

  private var unequalCounts: [ScoreWarning] {
    guard areTwoOfAKind, let real = real.clips, let fake = fake.clips, real != fake, columns > 0 else { return [] }
    return warning(
      "unequal-counts",
      "\(count(real, "real \(sample)")) against \(count(fake, "fake \(sample)")): published scores take equal numbers")
  }

  private var smallCounts: [ScoreWarning] {
    let small = sets.compactMap { set in
      set.recommended.flatMap { least in
        set.clips.flatMap { $0 < least ? "\(least) \(set.role) \(sample)s (here \($0))" : nil }
      }
    }
    guard !small.isEmpty else { return [] }
    return warning(
      "small-n", "`\(evaluationProtocol.name)` scores are published with \(small.joined(separator: " and "))")
  }

  private var arrayClipLength: [ScoreWarning] {
    let isOverridden = evaluationProtocol.overrides.contains { $0.field == "frames" }
    guard isOverridden, !framesAreGiven, sets.contains(where: \.hasArrayRows) else { return [] }
    return warning(
      "array-clip-length",
      "a row of an array is a clip by itself: clips have \(evaluationProtocol.fields.frames) frames, "
        + "which is not the length of `\(evaluationProtocol.name)`")
  }

  private var limits: [ScoreWarning] {
    sets.flatMap { set -> [ScoreWarning] in
      guard set.limitIsPresets, let limit = set.limit.maximum, set.found > limit else { return [] }
      return warning(
        "max-videos",
        "`\(evaluationProtocol.name)` takes the first \(limit) of \(set.found) \(set.role) videos\n"
          + "--max-videos sets another number, or `all`")
    }
  }

  private var sharedFiles: [ScoreWarning] {
    let known = Set(real.facts.map(\.digest))
    let shared = fake.facts.count { known.contains($0.digest) }
    guard shared > 0 else { return [] }
    let text =
      "\(count(shared, "fake video")) of \(fake.facts.count) \(shared == 1 ? "is" : "are") also in the \(real.role) set"
    let fields = evaluationProtocol.fields
    // A video that is one clip long has no other.
    let clip = fields.skipFirst + (fields.frames - 1) * fields.stride + 1
    let haveOtherClips = fake.facts.contains { known.contains($0.digest) && $0.frameCount > clip }
    let otherClips =
      haveOtherClips && fields.clips != .all && fields.offsetReal != fields.offsetFake
      ? "\n`\(evaluationProtocol.name)` takes real clips at offset `\(fields.offsetReal.rawValue)` and fake ones at "
        + "`\(fields.offsetFake.rawValue)`, so even a set against itself is not 0; `--offset start` takes the same clips"
      : ""
    return warning(
      "sets-share-files",
      text + (real.path == fake.path ? ": both sets are `\(real.path)`" : "") + otherClips)
  }

  private var duplicates: [ScoreWarning] {
    sets.flatMap { set -> [ScoreWarning] in
      let repeated = set.facts.count - Set(set.facts.map(\.digest)).count
      // Several videos may be made from one picture.
      guard repeated > 0, areTwoOfAKind || set.role != real.role else { return [] }
      return warning(
        "duplicate-videos", "\(repeated) of \(set.facts.count) \(set.role) videos repeat the content of another")
    }
  }

  private var skipped: [ScoreWarning] {
    sets.flatMap { set -> [ScoreWarning] in
      guard set.skipped > 0 else { return [] }
      return warning(
        "skipped-videos", "\(count(set.skipped, "\(set.role) video")) left out, \(set.scored) scored")
    }
  }

  private var ignored: [ScoreWarning] {
    sets.flatMap { set -> [ScoreWarning] in
      guard !set.ignored.isEmpty else { return [] }
      let shown = set.ignored.prefix(3).map { "`\($0.name)`: \($0.reason)" }
      let more = set.ignored.count > 3 ? ["and \(set.ignored.count - 3) more"] : []
      return warning(
        "ignored-files",
        ([
          "\(count(set.ignored.count, "file")) of the \(set.role) set \(set.ignored.count == 1 ? "is not a video" : "are not videos")"
        ]
          + shown + more + ["`vidmetrics inspect \(set.path)` lists them"]).joined(separator: "\n"))
    }
  }

  /// Videos with missing frames, high dynamic range and the like: scored as they are.
  private var odd: [ScoreWarning] {
    sets.flatMap { set -> [ScoreWarning] in
      let odd = set.facts.map(\.oddities).filter { !$0.isEmpty }
      guard let first = odd.first else { return [] }
      return warning(
        "odd-videos",
        "\(count(odd.count, "\(set.role) video")) scored as found, such as: \(first)\n"
          + "`vidmetrics inspect \(set.path)` lists them")
    }
  }

  /// How the two sets differ in what a network can see.
  private var differences: [ScoreWarning] {
    difference("frame-rates", "frame rates", unit: " fps") { $0.frameRate.map { significantRate($0) } }
      + difference("frame-sizes", "frame sizes", unit: "") { "\($0.width)x\($0.height)" }
      + difference("colour-ranges", "colour ranges", unit: "") { $0.colourRange }
      + difference("colour-matrices", "colour matrices", unit: "") { $0.colourMatrix }
      + difference("codings", "codings", unit: "") { $0.isLossless.map { $0 ? "lossless" : "lossy" } }
  }

  private func difference(
    _ code: String, _ words: String, unit: String, _ value: (VideoFacts) -> String?
  ) -> [ScoreWarning] {
    guard areTwoOfAKind else { return [] }
    let (a, b) = (Set(real.facts.compactMap(value)), Set(fake.facts.compactMap(value)))
    guard !a.isEmpty, !b.isEmpty, a != b else { return [] }
    return warning(
      "\(code)-differ", "\(words) differ: real \(listing(a, unit: unit)); fake \(listing(b, unit: unit))")
  }

  private func listing(_ values: Set<String>, unit: String) -> String {
    let sorted = values.sorted { ($0.count, $0) < ($1.count, $1) }
    let more = sorted.count > 4 ? " and \(sorted.count - 4) more" : ""
    return sorted.prefix(4).joined(separator: ", ") + unit + more
  }
}

/// Frames a second, without digits that say nothing: 24, 29.97.
func significantRate(_ rate: Double) -> String {
  let text = fixed(rate, digits: 3)
  guard text.contains(".") else { return text }
  let trimmed = text.reversed().drop { $0 == "0" }
  return String((trimmed.first == "." ? trimmed.dropFirst() : trimmed).reversed())
}
