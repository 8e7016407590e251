import Vocabulary

/// The name of a score, taken apart: `fvd`, `precision`, `cfvd`, `fvd/dir`, `pic[inception-cosine]`,
/// `clip-sim/drift`.
public struct ScoreName: Sendable, Equatable, CustomStringConvertible {
  public let metric: Metric
  public let output: Metric.Output
  /// Of a mean over groups of videos; `none` for others.
  public let grouping: Grouping
  /// Of a PIC by another distance than DreamSim's ensemble, the distance.
  public let distance: String?
  /// Whether it is what the end of a video differs by from its beginning.
  public private(set) var isDrift = false

  static let drift = "drift"

  init(_ metric: Metric, _ output: Metric.Output, grouping: Grouping = .none, distance: String? = nil) {
    self.metric = metric
    self.output = output
    self.grouping = grouping
    self.distance = distance
  }

  /// nil for what is not the name of a score of this program, as imported ones may be.
  public init?(_ text: String) {
    let ending = "/" + Self.drift
    if text.hasSuffix(ending) {
      guard let plain = ScoreName(String(text.dropLast(ending.count))), plain.grouping == .none, !plain.isDrift,
        plain.metric.hasDrift
      else { return nil }
      self = plain
      isDrift = true
      return
    }
    let stem = String(text.prefix { $0 != "/" && $0 != "[" })
    let rest = text.dropFirst(stem.count)
    for metric in Metric.all {
      for output in metric.outputs {
        if let mean = output.means.first(where: { $0.name == text }) {
          self.init(metric, output, grouping: mean.grouping)
          return
        }
        guard output.name == stem else { continue }
        if rest.isEmpty {
          self.init(metric, output)
        } else if rest.hasPrefix("["), rest.hasSuffix("]"), rest.count > 2 {
          self.init(metric, output, distance: String(rest.dropFirst().dropLast()))
        } else if rest.hasPrefix("/"), let grouping = Grouping(String(rest.dropFirst())), grouping != .none {
          self.init(metric, output, grouping: grouping)
        } else {
          return nil
        }
        return
      }
    }
    return nil
  }

  private var mean: Metric.Output.Mean? { output.means.first { $0.grouping == grouping } }

  /// As in documents and histories. `cfvd` and `sfvd` are the names that papers use; other groupings say what they are.
  public var description: String { mean?.name ?? output.name + qualifier }

  /// As in tables: `cFVD`, `FVD/dir`, `PIC[inception-cosine]`.
  public var title: String { mean?.title ?? output.title + qualifier }

  /// Whether papers have a name for this mean over groups.
  public var isNamedMean: Bool { mean != nil }

  /// Which values of it are better.
  public var direction: Direction { isDrift ? .lower : output.ownDirection ?? metric.direction }

  private var qualifier: String { measure + (isDrift ? "/" + Self.drift : "") }

  private var measure: String {
    if let distance { return "[\(distance)]" }
    return grouping == .none ? "" : "/\(grouping)"
  }

  /// The title of a score of this program; any other name as it is.
  public static func title(_ name: String) -> String { ScoreName(name)?.title ?? name }

  /// Where a score stands among others: metrics in the catalog's order, means over groups behind their metric, names that
  /// are not this program's at the end.
  public static func place(_ name: String) -> Int { ScoreName(name)?.place ?? places }

  private static let outputs = Metric.all.flatMap(\.outputs)
  private static let places = outputs.reduce(0) { $0 + 1 + $1.means.count }

  private var place: Int {
    let before = Self.outputs.prefix { $0 != output }.reduce(0) { $0 + 1 + $1.means.count }
    return before + (output.means.firstIndex { $0.grouping == grouping }.map { $0 + 1 } ?? 0)
  }
}

extension Metric {
  /// What the mean over groups of one of its scores is called.
  public func name(of output: Output, over grouping: Grouping) -> ScoreName {
    ScoreName(self, output, grouping: grouping)
  }
}
