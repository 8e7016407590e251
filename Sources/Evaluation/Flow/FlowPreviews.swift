import Files
import Networks
import Scores
import Synchronization
import Video

/// How much of the optical flow that a run computes is kept as pictures.
public struct FlowPictureLimits: Sendable {
  /// Videos of a set.
  public var videos = 4
  /// Pairs of frames of a video.
  public var pairs = 4
  /// Pixels of a frame, and of the flow below it.
  public var height = 96

  public init() {}
}

/// Pictures of the flow that a score computes anyhow: of a few fake videos and the real ones beside them, a few pairs of frames
/// each. Which they are does not depend on threads.
///
/// A metric that looks at a video until it is decided shows what it has looked at.
package final class FlowPreviews: Sendable {
  package struct Video: Hashable, Sendable {
    package let side: Preview.Side
    package let name: String

    package init(_ side: Preview.Side, _ name: String) { (self.side, self.name) = (side, name) }
  }

  /// A pair of frames.
  private struct Shown: Sendable {
    let first: Int
    let frame: Picture
    /// Its fastest place has the full colour.
    let flow: Picture
    /// Pixels a frame of that place.
    let speed: Double
  }

  /// The pairs of a video that are kept: each `step`-th of those that have come.
  private struct Kept: Sendable {
    var shown: [Shown] = []
    var come = 0
    var step = 1
  }

  /// Pixels between two frames.
  private static let gap = 4

  private let limits: FlowPictureLimits
  /// Those that are shown, and what each is called.
  private let titles: [(video: Video, title: String)]
  private let kept = Mutex<[Video: Kept]>([:])

  /// - Parameter titles: the videos that are shown, in order, and what those beside each other are called.
  package init(_ titles: [(video: Video, title: String)], limits: FlowPictureLimits) {
    (self.titles, self.limits) = (titles, limits)
  }

  /// Keeps one pair, where its video is shown and has no pair nearby.
  ///
  /// - Parameters:
  ///   - flow: of the frame's size, or of half of it.
  ///   - levels: the first frame, in 0...255, [H][W][3].
  ///   - numbers: of both frames in the video.
  package func keep(
    _ flow: FlowField, of video: Video, _ levels: [Float], height: Int, width: Int, numbers: (first: Int, second: Int)
  ) {
    guard titles.contains(where: { $0.video == video }), takes(numbers.first, of: video) else { return }
    let scale = (Double(height) / Double(flow.height)).rounded() / Double(numbers.second - numbers.first)
    let speed = Double(flow.lengths.max() ?? .nan) * scale
    guard speed.isFinite, flow.values.allSatisfy(\.isFinite) else { return }
    let frame = Picture(levels: levels, height: height, width: width).fitted(height: limits.height)
    let small = Picture(flow).resized(width: frame.width, height: frame.height)
    kept.withLock { kept in
      kept[video]?.shown.append(Shown(first: numbers.first, frame: frame, flow: small, speed: speed))
      // Twice as many as are shown: every second one goes, and of those to come as well.
      guard let own = kept[video], own.shown.count > 2 * limits.pairs else { return }
      kept[video]?.shown = own.shown.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
      kept[video]?.step = 2 * own.step
    }
  }

  private func takes(_ first: Int, of video: Video) -> Bool {
    kept.withLock { kept in
      var own = kept[video] ?? Kept()
      defer {
        own.come += 1
        kept[video] = own
      }
      return own.come.isMultiple(of: own.step) && !own.shown.contains { $0.first == first }
    }
  }

  /// A preview of each of the videos that has a flow. What cannot be made is left out.
  package func made() -> [MadePreview] {
    titles.compactMap { video, title in
      guard let strip = strip(of: video), let jpeg = try? PictureEncoder.jpeg(strip.picture) else { return nil }
      let digest = jpeg.withUnsafeBytes { SHA256.digest(of: $0) }.description
      return MadePreview(
        Preview(
          kind: .flow, side: video.side, video: video.name, title: title, digest: digest, bytes: jpeg.count,
          frames: strip.frames, value: strip.speed),
        jpeg: jpeg)
    }
  }

  /// Frames beside each other, the flow from each below it, all at one scale.
  package func strip(of video: Video) -> (picture: Picture, frames: Int, speed: Double)? {
    let all = kept.withLock { $0[video]?.shown ?? [] }.sorted { $0.first < $1.first }
    let count = min(limits.pairs, all.count)
    guard count > 0 else { return nil }
    let shown = count == 1 ? [all[0]] : (0..<count).map { all[$0 * (all.count - 1) / (count - 1)] }
    let speed = shown.map(\.speed).max() ?? 0
    let flows = shown.map { $0.flow.faded(to: speed > 0 ? $0.speed / speed : 1) }
    return (Picture.beside(shown.map(\.frame), gap: Self.gap).above(.beside(flows, gap: Self.gap)), count, speed)
  }
}

extension FlowPreviews {
  /// Of a score: fake videos spread evenly over the set, and the real ones that they are paired with; where no names pair, those of
  /// the same place.
  convenience init(_ computation: ScoreComputation, limits: FlowPictureLimits) {
    func names(_ side: SampleSide, beside other: SampleSide) -> [(name: String, pair: String?)] {
      guard let plan = side.videos else { return [] }
      let pairs = other.videos.flatMap {
        try? PairNames(plan.set, with: $0.set, by: computation.request.pairBy ?? .stem)
      }
      return plan.scored(computation.samples.limit(side.role)).map { ($0.item.name, pairs?[$0.item.name]) }
    }
    let fakes = names(computation.fake, beside: computation.real)
    let reals = names(computation.real, beside: computation.fake)
    let byPair = Dictionary(reals.compactMap { real in real.pair.map { ($0, real.name) } }) { first, _ in first }
    func named(_ place: Int) -> String? { fakes[place].pair.flatMap { byPair[$0] } }
    let areNamed = fakes.indices.contains { named($0) != nil }
    let shown = min(limits.videos, fakes.count)
    self.init(
      (0..<shown).map { $0 * fakes.count / shown }.flatMap { place in
        let fake = fakes[place]
        let real = areNamed ? named(place) : reals.indices.contains(place) ? reals[place].name : nil
        let title = VideoItem.stem(of: real ?? fake.name)
        return (real.map { [(Video(.real, $0), title)] } ?? []) + [(Video(.fake, fake.name), title)]
      }, limits: limits)
  }
}
