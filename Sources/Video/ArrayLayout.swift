/// The order of the axes of an array of videos: `NTHWC`, `TCHW`, ... N counts videos, T frames, H rows of pixels, W columns
/// and C colours. Without N the array is one video; without C it is grey.
public struct ArrayLayout: Sendable, Equatable, CustomStringConvertible {
  enum Axis: Character, Sendable, CaseIterable {
    case videos = "N"
    case frames = "T"
    case rows = "H"
    case columns = "W"
    case colours = "C"
  }

  let axes: [Axis]

  /// nil for what does not name T, H and W once each, and N and C at most once.
  public init?(_ text: String) {
    let axes = text.uppercased().compactMap(Axis.init(rawValue:))
    guard axes.count == text.count, Set(axes).count == axes.count,
      Set([Axis.frames, .rows, .columns]).isSubset(of: axes)
    else { return nil }
    self.axes = axes
  }

  public var description: String { String(axes.map(\.rawValue)) }

  /// Whether the frames of an array lie one behind the other as this program holds them.
  var isPlain: Bool { ["NTHWC", "THWC"].contains(description) }

  /// How many colours an axis can have: grey, RGB, RGB with alpha.
  static let colours = [1, 3, 4]

  /// The layout of a shape where there is one only: C is the axis that has 1, 3 or 4 entries. Where the last one has 3 it is
  /// that one, as this program always took it.
  ///
  /// - Returns: nil where several are possible, or none.
  static func only(of shape: [Int]) -> ArrayLayout? {
    let found = candidates(of: shape)
    if let last = shape.last, last == 3 { return found.first }
    return found.count == 1 ? found[0] : nil
  }

  /// Those in use whose C fits.
  static func candidates(of shape: [Int]) -> [ArrayLayout] {
    ["NTHWC", "NTCHW", "NCTHW", "THWC", "TCHW", "CTHW"].compactMap { ArrayLayout($0) }.filter { layout in
      layout.axes.count == shape.count
        && layout.axes.firstIndex(of: .colours).map { colours.contains(shape[$0]) } ?? false
    }
  }
}

/// Where the elements of an array of one layout lie.
struct ArrayGeometry: Sendable {
  let layout: ArrayLayout
  let videos: Int
  let frames: Int
  let height: Int
  let width: Int
  let colours: Int
  /// From one index of an axis to the next, in elements.
  private let strides: [ArrayLayout.Axis: Int]
  /// The axes of a frame in the order of the file: those outside, and those that lie together.
  private let outer: [ArrayLayout.Axis]
  private let inner: [ArrayLayout.Axis]

  /// nil for a shape that the layout does not fit.
  init?(shape: [Int], layout: ArrayLayout) {
    guard layout.axes.count == shape.count, shape.allSatisfy({ $0 > 0 }) else { return nil }
    let extents = Dictionary(uniqueKeysWithValues: zip(layout.axes, shape))
    guard ArrayLayout.colours.contains(extents[.colours] ?? 1) else { return nil }
    var (strides, step) = ([ArrayLayout.Axis: Int](), 1)
    for (axis, extent) in zip(layout.axes, shape).reversed() {
      strides[axis] = step
      let (product, overflow) = step.multipliedReportingOverflow(by: extent)
      guard !overflow else { return nil }
      step = product
    }
    self.layout = layout
    self.strides = strides
    videos = extents[.videos] ?? 1
    frames = extents[.frames] ?? 1
    height = extents[.rows] ?? 1
    width = extents[.columns] ?? 1
    colours = extents[.colours] ?? 1
    let ofFrame = layout.axes.filter { $0 != .videos && $0 != .frames }
    let together = layout.axes.reversed().prefix { $0 != .videos && $0 != .frames }.count
    inner = Array(ofFrame.suffix(together))
    outer = Array(ofFrame.dropLast(together))
  }

  var isSingle: Bool { !layout.axes.contains(.videos) }
  /// Elements of a frame.
  var frameElements: Int { height * width * colours }

  /// The runs of elements that hold a frame, in the file's order, all of one length.
  func runs(video: Int, frame: Int) -> (starts: [Int], length: Int) {
    var starts = [video * stride(.videos) + frame * stride(.frames)]
    for axis in outer { starts = starts.flatMap { start in (0..<extent(axis)).map { start + $0 * stride(axis) } } }
    return (starts, inner.reduce(1) { $0 * extent($1) })
  }

  /// Puts the elements of a frame, in the file's order, into the order H, W, C.
  func arrange(_ source: UnsafeRawBufferPointer, elementSize: Int, into target: UnsafeMutableRawBufferPointer) {
    var (steps, step) = ([ArrayLayout.Axis: Int](), 1)
    for axis in (outer + inner).reversed() {
      steps[axis] = step
      step *= extent(axis)
    }
    let (rowStep, columnStep, colourStep) = (steps[.rows] ?? 0, steps[.columns] ?? 0, steps[.colours] ?? 0)
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    var place = 0
    for row in 0..<height {
      for column in 0..<width {
        for colour in 0..<colours {
          let element = row * rowStep + column * columnStep + colour * colourStep
          (to + place).copyMemory(from: from + element * elementSize, byteCount: elementSize)
          place += elementSize
        }
      }
    }
  }

  private func stride(_ axis: ArrayLayout.Axis) -> Int { strides[axis] ?? 0 }

  private func extent(_ axis: ArrayLayout.Axis) -> Int {
    switch axis {
    case .videos: videos
    case .frames: frames
    case .rows: height
    case .columns: width
    case .colours: colours
    }
  }
}
