import Distances
import MetricCatalog
import Scores

/// The windows of a series, and the samples of both sets in each. The features of a frame or a clip are computed once,
/// however many windows hold it.
struct SeriesWindows: Sendable {
  struct Window: Sendable {
    let start: Int
    let frames: Int
    /// First frames of the samples that it holds.
    let range: Range<Int>
    /// Which clip length, for prefixes of clips.
    let part: Int
  }

  let all: [Window]
  /// The samples that every window is compared with; nil where they differ from window to window.
  let fixedReference: FeatureSet?
  private let parts: [(real: FeatureSet, fake: FeatureSet)]

  init(_ samples: ProtocolSamples, real: SampleSide, fake: SampleSide) throws {
    let fields = samples.fields
    parts = samples.parts.map { (real.features($0, round: 0, samples), fake.features($0, round: 0, samples)) }
    let end = parts[0].fake.rows.map { $0.start + 1 }.max() ?? 0
    var windows: [Window] = []
    if fields.series == .prefixes, samples.sample == .clip {
      windows = samples.parts.enumerated().map { index, part in
        Window(start: fields.skipFirst, frames: part.frames, range: 0..<Int.max, part: index)
      }
    } else if fields.series == .prefixes {
      let skip = fields.skipFirst
      for frames in stride(from: fields.window, through: end - skip, by: fields.windowStep) {
        windows.append(Window(start: skip, frames: frames, range: skip..<skip + frames, part: 0))
      }
    } else {
      // A window of clips holds those that begin with it, one of frames those that lie in it.
      let length = samples.sample == .clip ? 1 : fields.window
      for start in stride(from: fields.skipFirst, through: end - length, by: fields.windowStep) {
        windows.append(Window(start: start, frames: fields.window, range: start..<start + length, part: 0))
      }
    }
    guard !windows.isEmpty else { throw EvaluationError.noWindow(frames: fields.window) }
    all = windows
    fixedReference = fields.series == .windows && fields.windowReference != .same ? parts[0].real : nil
  }

  /// The samples of both sets in a window.
  func samples(of window: Window) -> (real: FeatureSet, fake: FeatureSet) {
    let (real, fake) = parts[window.part]
    return (fixedReference ?? real.starting(in: window.range), fake.starting(in: window.range))
  }
}

extension FeatureSet {
  /// Rows by index.
  func selecting(_ indices: [Int]) -> FeatureSet {
    if indices.count == rows.count, indices.elementsEqual(rows.indices) { return self }
    return FeatureSet(features: features.selecting(indices), rows: indices.map { rows[$0] }, recipe: recipe)
  }

  /// The rows whose first frame lies in a range.
  func starting(in range: Range<Int>) -> FeatureSet {
    selecting(rows.indices.filter { range.contains(rows[$0].start) })
  }
}
