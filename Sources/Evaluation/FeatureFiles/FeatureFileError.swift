import Distances
import Files
import Scores

/// What can be wrong with features in a file that is sound as bytes, and with merging several.
public enum FeatureFileError: Error, Equatable, Sendable {
  /// No format of features by its name.
  case unknownKind(path: String)
  case mixedFolder(path: String, features: String, other: String)
  /// Written by a version of the format that is not read here.
  case schema(path: String, found: String)
  /// A tensor, an array or a field that must be there is not; what is there instead.
  case missing(path: String, part: String, found: [String])
  /// Tensors that nobody would read.
  case unexpected(path: String, tensors: [String])
  case elementType(path: String, part: String, type: String)
  case shape(path: String, part: String, shape: [Int], wanted: String)
  /// `place` are the indices of the value.
  case notFinite(path: String, part: String, place: [Int], value: String)
  case rowCount(path: String, named: Int, features: Int)
  /// The mean has other columns than the covariance.
  case sizes(path: String, mean: Int, covariance: Int)
  case noCovariance(path: String, DistanceError)
  /// The content is not that which was written.
  case digest(path: String, expected: String, found: String)

  // Merging: files by their names, or `part 1`, ...
  case nothingToMerge
  case notASet(path: String)
  case columnsDiffer(first: String, columns: Int, second: String, otherColumns: Int)
  case recipesDiffer(field: String, first: String, value: String?, second: String, otherValue: String?)
  /// Some of the files say which part they are, and this one does not.
  case unknownPart(String)
  /// Parts of sets that were shared out in different ways; in words: `part 1 of 3`.
  case otherShards(first: String, String, second: String, String)
  /// Parts of different sets, or of one that was changed in between.
  case otherListing(first: String, videos: Int, second: String, otherVideos: Int)
  case samePart(first: String, second: String, part: Int, of: Int)
  case missingParts([Int], of: Int)
  /// Moments: both hold those of the videos at these places of the set's listing.
  case sameVideos(first: String, second: String, videos: Range<Int>)
  case missingVideos([Range<Int>], of: Int)
  /// Moments that are not yet those of a set.
  case partOfMoments(path: String, [Range<Int>], of: Int)
  /// Features of a part of a set, in words: `part 1 of 3`.
  case incompleteSet(path: String, words: String)
  /// Moments beside files of features; both named.
  case mixedKinds(moments: String, features: String)
  case momentsOfMissing(path: String)
  /// Neither features nor, where those are wanted, moments.
  case notFeatures(path: String)
  /// An output of another format.
  case momentsElsewhere(path: String)
  case duplicateRows(first: String, second: String, rows: [String])

  /// A line of a JSON-lines file.
  case record(path: String, line: Int, reason: String)
}

extension FeatureFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownKind(let path):
      """
      `\(path)` is not a file of features, judging by its name
      hint: features are read from .safetensors and from .npy [N,D], statistics from .npz with `mu` and `sigma`
      """
    case .mixedFolder(let path, let features, let other):
      """
      `\(path)` holds files of features (`\(features)`) and something else (`\(other)`)
      hint: a folder with nothing but files of features stands for a set; --include or --exclude says what is meant
      """
    case .schema(let path, let found):
      """
      `\(path)` has the schema `\(found)`, and `\(FeatureFile.schemaOfRowsApart)` and those before it are read here
      hint: write it anew with this version
      """
    case .missing(let path, let part, let found):
      "`\(path)` has no `\(part)`; it holds \(found.isEmpty ? "nothing" : Self.list(found))"
    case .unexpected(let path, let tensors):
      """
      `\(path)` holds more than the tensor `features`: \(Self.list(tensors))
      hint: keep the features of one set in a file
      """
    case .elementType(let path, let part, let type):
      """
      `\(part)` in `\(path)` is of type \(type), and float32 or float64 is expected
      hint: `\(part).astype("float32")` before saving
      """
    case .shape(let path, let part, let shape, let wanted):
      "`\(part)` in `\(path)` has shape \(shape), and \(wanted) is expected"
    case .notFinite(let path, let part, let place, let value):
      """
      `\(part)\(place)` in `\(path)` is \(value)
      hint: features that are not finite have no distribution; compute them again
      """
    case .rowCount(let path, let named, let features):
      "`\(path)` names \(count(named, "row")) and has \(features) of them"
    case .sizes(let path, let mean, let covariance):
      "`mu` in `\(path)` has \(count(mean, "column")) and `sigma` has \(covariance)"
    case .noCovariance(let path, let error): "`\(path)`: \(error)"
    case .digest(let path, let expected, let found):
      """
      the content of `\(path)` is not what was written: expected \(expected), found \(found)
      hint: copy the file again, or compute the features again
      """
    case .notASet(let path):
      "`\(path)` holds a mean and a covariance, and only features can be merged"
    case .nothingToMerge: "there is nothing to merge: no file was given"
    case .columnsDiffer(let first, let columns, let second, let otherColumns):
      "`\(first)` has features of \(columns) values and `\(second)` of \(otherColumns): they are not of one network"
    case .recipesDiffer(let field, let first, let value, let second, let otherValue):
      """
      `\(field)` is \(Self.quoted(value)) in `\(first)` and \(Self.quoted(otherValue)) in `\(second)`
      hint: parts of one set are extracted with the same protocol
      """
    case .unknownPart(let name):
      """
      `\(name)` does not say which part of a set it is, and the others do
      hint: extract it again with this version
      """
    case .otherShards(let first, let part, let second, let otherPart):
      "`\(first)` is \(part) and `\(second)` is \(otherPart): they are not of one division"
    case .otherListing(let first, let videos, let second, let otherVideos):
      """
      `\(first)` is a part of \(count(videos, "video")) and `\(second)` of \(otherVideos) others, by their names and sizes
      hint: a set must not change while its parts are extracted: extract them again
      """
    case .samePart(let first, let second, let part, let shards):
      "`\(first)` and `\(second)` both hold part \(part) of \(shards)"
    case .missingParts(let missing, let shards):
      """
      \(missing.count == 1 ? "part" : "parts") \(missing.prefix(10).map(String.init).joined(separator: ", "))\
      \(missing.count > 10 ? " and \(missing.count - 10) more" : "") of \(shards) \(missing.count == 1 ? "is" : "are") missing
      hint: --allow-missing merges the others all the same, and every score of them says so
      """
    case .sameVideos(let first, let second, let videos):
      "`\(first)` and `\(second)` both hold the moments of \(Self.places([videos]))"
    case .missingVideos(let missing, let videos):
      """
      the moments of \(Self.places(missing)) of \(videos) are missing
      hint: moments of a part of a set are not those of the set: extract the others, and merge all of them
      """
    case .partOfMoments(let path, let missing, let videos):
      """
      `\(path)` holds the moments of a part of a set: those of \(Self.places(missing)) of \(videos) are missing
      hint: `features merge` puts all parts together
      """
    case .incompleteSet(let path, let words):
      """
      `\(path)` holds \(words) of a set: moments are of a whole set
      hint: merge its parts, or extract moments of each with `features extract --moments --shard`
      """
    case .mixedKinds(let moments, let features):
      """
      `\(moments)` holds moments and `\(features)` does not
      hint: `features moments` makes moments of a file of features
      """
    case .momentsOfMissing(let path):
      "--allow-missing and `\(path)`: moments cannot be told apart once they are joined, so all of a set are wanted"
    case .notFeatures(let path): "`\(path)` does not hold features, which moments are made of"
    case .momentsElsewhere(let path): "`\(path)`: moments are written to a .safetensors"
    case .duplicateRows(let first, let second, let rows):
      """
      \(first == second ? "`\(first)` has" : "`\(first)` and `\(second)` both have") \(Self.list(rows))
      hint: each clip belongs to one part only
      """
    case .record(let path, let line, let reason): "line \(line) of `\(path)` is not a record of a metric: \(reason)"
    }
  }

  /// Videos of a listing, from 1: `videos 1 to 64, 129 to 192`.
  private static func places(_ ranges: [Range<Int>]) -> String {
    let words = ranges.prefix(5).map { "\($0.lowerBound + 1) to \($0.upperBound)" }
    return "videos " + words.joined(separator: ", ") + (ranges.count > 5 ? " and \(ranges.count - 5) more runs" : "")
  }

  private static func quoted(_ value: String?) -> String { value.map { "`\($0)`" } ?? "absent" }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }
}
