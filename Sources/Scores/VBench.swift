import MetricCatalog

/// VBench's dimensions, and what it makes of them together: each dimension is brought to 0...1 between two bounds, and a total
/// is a weighted mean (`scripts/constant.py`, `cal_final_score.py` and `cal_i2v_final_score.py` of Vchitect/VBench, 45e79ec).
///
/// VBench takes 0 for a dimension that is missing. Here a total is only what all its dimensions make; of some of them there
/// is a partial mean, which says so.
public enum VBench {
  public struct Dimension: Sendable, Hashable {
    /// As in VBench's files: `subject_consistency`.
    public let name: String
    /// The metric that computes it here; nil where none does.
    public let metric: String?
    public let lowest: Double
    public let highest: Double
    public let weight: Double

    init(_ name: String, _ metric: String? = nil, _ lowest: Double = 0, _ highest: Double = 1, weight: Double = 1) {
      self.name = name
      self.metric = metric
      self.lowest = lowest
      self.highest = highest
      self.weight = weight
    }

    public func normalised(_ value: Double) -> Double { (value - lowest) / (highest - lowest) }
  }

  private static let subject = Dimension("subject_consistency", "subject-consistency", 0.1462)
  private static let background = Dimension("background_consistency", "background-consistency", 0.2615)
  private static let flickering = Dimension("temporal_flickering", "temporal-flickering", 0.6293)
  private static let smoothness = Dimension("motion_smoothness", "motion-smoothness", 0.706, 0.9975)
  private static let dynamics = Dimension("dynamic_degree", "dynamic-degree", weight: 0.5)
  private static let aesthetic = Dimension("aesthetic_quality", "aesthetic-quality")
  private static let imaging = Dimension("imaging_quality", "imaging-quality")

  public static let quality = [subject, background, flickering, smoothness, aesthetic, imaging, dynamics]
  public static let semantics = [
    Dimension("object_class"), Dimension("multiple_objects"), Dimension("human_action"), Dimension("color"),
    Dimension("spatial_relationship"), Dimension("scene", nil, 0, 0.8222),
    Dimension("appearance_style", nil, 0.0009, 0.2855), Dimension("temporal_style", nil, 0, 0.364),
    Dimension("overall_consistency", nil, 0, 0.364),
  ]
  /// VBench-I2V's quality has no flickering.
  public static let qualityOfI2V = [subject, background, smoothness, dynamics, aesthetic, imaging]
  public static let imageToVideo = [
    Dimension("camera_motion", weight: 0.1), Dimension("i2v_subject", "i2v-subject", 0.1462),
    Dimension("i2v_background", "i2v-background", 0.2615),
  ]

  /// Each once, in the order of tables.
  public static let all = quality + imageToVideo + semantics

  /// Those that are computed here.
  public static let computed = all.filter { $0.metric != nil }

  /// By VBench's name or by that of the metric.
  public static func dimension(_ name: String) -> Dimension? { all.first { $0.name == name || $0.metric == name } }

  /// The weighted mean of some dimensions, or of means.
  public struct Total: Sendable {
    /// `quality score`.
    public let title: String
    /// Over all of its dimensions; nil where one is missing.
    public let value: Double?
    /// Over those that are there; nil where none is.
    public let partial: Double?
    public let missing: [String]
    /// The totals that it is made of; empty for one of dimensions.
    let parts: [String]
  }

  /// A value, and where it is from; nil: it was computed with the others.
  public struct Value: Sendable {
    public let raw: Double
    public let origin: String?

    public init(raw: Double, origin: String? = nil) {
      self.raw = raw
      self.origin = origin
    }
  }

  /// A dimension that was computed: the score, and the values of the videos.
  public struct Scored: Sendable {
    public let dimension: Dimension
    public let value: Double
    public let videos: [VideoValue]
    /// The protocol where it is not the published one; nil for VBench's own.
    public let origin: String?

    /// nil for a score that is no dimension.
    public init?(_ score: ScoreRecord, published: String) {
      guard let dimension = VBench.dimension(score.metric) else { return nil }
      self.dimension = dimension
      value = score.value
      videos = score.videos ?? []
      // Another protocol, or a changed field, makes another number of it.
      origin = score.settings.map(\.displayName).flatMap { $0 == published ? nil : $0 }
    }
  }

  /// What is made of values by the names of dimensions.
  public struct Summary: Sendable {
    public let values: [(dimension: Dimension, value: Value)]
    public let totals: [Total]
    /// For each video its values by the names of dimensions, in the videos' order.
    public let videos: [(name: String, values: [String: Double])]

    /// - Parameters:
    ///   - isOfImages: whether the videos were made from pictures, as VBench-I2V's.
    ///   - scores: where the values of single videos are.
    public init(_ values: [String: Value], isOfImages: Bool, videosOf scores: [Scored] = []) {
      var videos: [(name: String, values: [String: Double])] = []
      var places: [String: Int] = [:]
      for score in scores {
        for video in score.videos {
          let place = places[video.name] ?? videos.count
          if place == videos.count { videos.append((video.name, [:])) }
          places[video.name] = place
          videos[place].values[score.dimension.name] = video.value
        }
      }
      self.videos = videos
      self.values = VBench.all.compactMap { dimension in values[dimension.name].map { (dimension, $0) } }
      func total(_ title: String, _ dimensions: [Dimension]) -> Total {
        let there = dimensions.compactMap { dimension in
          values[dimension.name].map { (dimension.weight, dimension.normalised($0.raw)) }
        }
        let weights = there.reduce(0) { $0 + $1.0 }
        let mean = weights > 0 ? there.reduce(0) { $0 + $1.0 * $1.1 } / weights : nil
        let missing = dimensions.filter { values[$0.name] == nil }.map(\.name)
        return Total(title: title, value: missing.isEmpty ? mean : nil, partial: mean, missing: missing, parts: [])
      }
      func together(_ title: String, _ parts: [(Total, weight: Double)]) -> Total {
        let weights = parts.reduce(0) { $0 + $1.weight }
        let isWhole = parts.allSatisfy { $0.0.value != nil }
        let sum = parts.reduce(0) { $0 + ($1.0.value ?? 0) * $1.weight }
        return Total(
          title: title, value: isWhole ? sum / weights : nil, partial: nil, missing: parts.flatMap(\.0.missing),
          parts: parts.map(\.0.title))
      }
      if isOfImages {
        let (quality, images) = (total("I2V quality score", qualityOfI2V), total("I2V score", imageToVideo))
        totals = [quality, images, together("I2V total score", [(quality, 1), (images, 1)])]
      } else {
        let (quality, semantic) = (total("quality score", quality), total("semantic score", semantics))
        totals = [quality, semantic, together("total score", [(quality, 4), (semantic, 1)])]
      }
    }

    /// For people: a line for each dimension, then the totals.
    public var text: String {
      let rows = values.map { dimension, value in
        [
          dimension.name, significant(value.raw), significant(dimension.normalised(value.raw)),
          significant(dimension.weight), value.origin ?? "",
        ]
      }
      let table = TextTable.text(
        [["dimension", "value", "normalised", "weight", rows.contains { $0[4] != "" } ? "from" : ""]] + rows)
      return table + "\n\n" + totals.map { Self.line($0) + "\n" }.joined() + textOfVideos
    }

    /// The normalised values of a few videos.
    private var textOfVideos: String {
      guard !videos.isEmpty else { return "" }
      guard videos.count <= 8 else {
        return "\n--json has the values of each of the \(videos.count) videos, normalised too\n"
      }
      let columns = values.map(\.dimension).filter { dimension in videos.contains { $0.values[dimension.name] != nil } }
      let rows = videos.map { name, values in
        [name] + columns.map { dimension in values[dimension.name].map { significant(dimension.normalised($0)) } ?? "" }
      }
      return "\n" + TextTable.text([["normalised"] + columns.map(\.name)] + rows) + "\n"
    }

    private static func line(_ total: Total) -> String {
      if let value = total.value { return "\(total.title)  \(significant(value))" }
      guard total.parts.isEmpty else {
        return "\(total.title)  none: it is made of \(total.parts.joined(separator: " and "))"
      }
      guard let partial = total.partial else {
        return "\(total.title)  none: none of its \(total.missing.count) dimensions is there"
      }
      return "\(total.title)  none, since these are missing: \(total.missing.joined(separator: ", "))\n  "
        + "the weighted mean of those that are there is \(significant(partial)): no published \(total.title) compares with it"
    }

    private func normalised(_ values: [String: Double]) -> [(dimension: Dimension, raw: Double, normalised: Double)] {
      self.values.compactMap { dimension, _ in values[dimension.name].map { (dimension, $0, dimension.normalised($0)) }
      }
    }

    public var json: JSONValue {
      .object([
        (
          "dimensions",
          .array(
            values.map { dimension, value in
              .object([
                ("name", .string(dimension.name)), ("metric", dimension.metric.map { .string($0) } ?? .null),
                ("value", .number(value.raw)), ("normalised", .number(dimension.normalised(value.raw))),
                ("weight", .number(dimension.weight)), ("from", value.origin.map { .string($0) } ?? .null),
              ])
            })
        ),
        (
          "totals",
          .array(
            totals.map { total in
              .object([
                ("name", .string(total.title)), ("value", total.value.map { .number($0) } ?? .null),
                ("partial", total.partial.map { .number($0) } ?? .null),
                ("missing", .array(total.missing.map { .string($0) })),
              ])
            })
        ),
        (
          "videos",
          .array(
            videos.map { name, values in
              .object([
                ("name", .string(name)),
                (
                  "dimensions",
                  .object(
                    normalised(values).map { dimension, raw, normalised in
                      (dimension.name, .object([("value", .number(raw)), ("normalised", .number(normalised))]))
                    })
                ),
              ])
            })
        ),
      ])
    }
  }

  /// The document that VBench writes as `NAME_eval_results.json`: for each dimension its average and the values of the videos.
  public static func results(of scores: [Scored]) -> JSONValue {
    .object(
      scores.map { score in
        let videos = score.videos.map { video in
          JSONValue.object([("video_path", .string(video.name)), ("video_results", .number(video.value))])
        }
        return (score.dimension.name, .array([.number(score.value), .array(videos)]))
      })
  }
}
