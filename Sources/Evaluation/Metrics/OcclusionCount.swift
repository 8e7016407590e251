import Scores
import Vocabulary

/// The pixels of a video that a warping error compares, and those that it leaves out.
package struct OcclusionCount: Sendable {
  package private(set) var pairs = 0
  /// Pairs of frames of which no pixel is left.
  package private(set) var blind = 0
  package private(set) var pixels = 0
  package private(set) var visible = 0

  package init() {}

  /// One pair of frames.
  package mutating func add(visible: Int, of pixels: Int) {
    pairs += 1
    blind += visible == 0 ? 1 : 0
    self.pixels += pixels
    self.visible += visible
  }

  /// How much was left out of all videos, and of which videos all of a pair.
  package static func notes(_ videos: [(name: String, count: OcclusionCount)], by rule: OcclusionRule) -> [ScoreWarning]
  {
    guard rule != .none else { return [] }
    let (pixels, visible) = videos.reduce((0, 0)) { ($0.0 + $1.count.pixels, $0.1 + $1.count.visible) }
    let share = 100 * Double(pixels - visible) / Double(max(pixels, 1))
    let edges = rule == .consistencyAndBoundaries ? ", or on edges of motion" : ""
    var notes = [
      ScoreWarning(
        code: "occluded-pixels", text: "\(significant(share)) % of the pixels are left out: they are occluded\(edges)")
    ]
    let blind = videos.filter { $0.count.blind > 0 }
    guard !blind.isEmpty else { return notes }
    let shown = blind.prefix(5).map { "`\($0.name)` (\($0.count.blind) of \(count($0.count.pairs, "pair")))" }
    let more = blind.count > 5 ? " and \(blind.count - 5) more" : ""
    notes.append(
      ScoreWarning(
        code: "occluded-pairs",
        text:
          "pairs of frames of which no pixel is left count as 0, as in the published program, and make the error smaller: "
          + shown.joined(separator: ", ") + more))
    return notes
  }
}
