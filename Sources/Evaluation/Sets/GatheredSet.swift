import Files
import MetricCatalog
import Video
import Vocabulary

/// A set that others have worked on, part by part: its listing, what they learned of its videos, and the features that they
/// computed. Scores of it are those of the set itself, to the bit and with every warning, and nothing of it is opened.
public struct GatheredSet: Sendable {
  /// One of its videos.
  public struct Video: Sendable {
    public enum Finding: Sendable, Equatable {
      case facts(VideoFacts)
      /// It was left out, and why.
      case skipped(reason: String)
    }

    public let listed: ListedVideo
    public let finding: Finding

    public init(_ listed: ListedVideo, _ finding: Finding) {
      self.listed = listed
      self.finding = finding
    }

    func surveyed(_ item: VideoItem) -> Result<SurveyedVideo, any Error> {
      switch finding {
      case .facts(let facts): .success(SurveyedVideo(item: item, facts: facts, stamp: nil))
      case .skipped(let reason): .failure(LeftOut(description: reason))
      }
    }
  }

  /// In the words of who left the video out.
  private struct LeftOut: Error, CustomStringConvertible { let description: String }

  /// As documents name it.
  public let path: String
  let set: VideoSet
  /// In the set's order.
  let videos: [Video]
  /// Videos of the set before any limit.
  let found: Int
  /// One for each recipe; none where there are moments.
  package let features: [FeatureSet]
  /// The same of moments, whole.
  package let moments: [MomentsSet]
  let origin: FeatureOrigin

  /// - Parameters:
  ///   - kind: as `VideoSet.kind`.
  ///   - ignored: what lies in the set and is not scored.
  ///   - found: videos of the set before any limit.
  ///   - features: one set for each recipe, in the order of the videos.
  ///   - moments: the same, where moments were kept in the place of features.
  public init(
    path: String, kind: String, videos: [Video], ignored: [VideoSet.IgnoredFile], found: Int, features: [FeatureSet],
    moments: [MomentsSet] = [], listing: String
  ) {
    self.path = path
    set = VideoSet(path: path, kind: kind, listed: videos.map(\.listed), ignored: ignored)
    self.videos = videos
    self.found = found
    self.features = features
    self.moments = moments
    origin = FeatureOrigin(listing: listing, videos: videos.count)
  }

  func features(_ recipe: FeatureRecipe) -> FeatureSet? {
    features.first { recipe.difference(from: $0.recipe) == nil }
  }

  func moments(_ recipe: FeatureRecipe) -> MomentsSet? {
    moments.first { recipe.difference(from: $0.recipe) == nil }
  }
}
