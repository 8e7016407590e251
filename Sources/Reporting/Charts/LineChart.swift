import Scores

/// Values over something that grows: steps, frames, numbers of samples.
public struct LineChart: Sendable {
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double
    public var low: Double?
    public var high: Double?

    public init(x: Double, y: Double, low: Double? = nil, high: Double? = nil) {
      self.x = x
      self.y = y
      self.low = low
      self.high = high
    }
  }

  public struct Line: Sendable, Equatable {
    public var name: String
    public var points: [Point]
    /// What the points are means of, such as seeds; drawn faint, and not joined.
    public var singles: [Point]

    public init(name: String, points: [Point], singles: [Point] = []) {
      self.name = name
      self.points = points
      self.singles = singles
    }
  }

  public var title: String
  public var xLabel: String
  public var yLabel: String
  public var lines: [Line]
  /// Words under places of x in place of numbers.
  public var xNames: [String]?
  /// Whether x counts things.
  public var xIsWhole: Bool

  public init(
    title: String, xLabel: String, yLabel: String, lines: [Line], xNames: [String]? = nil, xIsWhole: Bool = true
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.lines = lines
    self.xNames = xNames
    self.xIsWhole = xIsWhole
  }

  /// More points than this go without marks.
  private static let mostMarks = 48

  public var svg: String {
    let points = lines.flatMap { $0.points + $0.singles }
    guard !points.isEmpty else { return "" }
    let y = Axis(covering: points.flatMap { [$0.y, $0.low ?? $0.y, $0.high ?? $0.y] })
    let x = Axis(covering: points.map(\.x), isTight: true, isWhole: xIsWhole, count: 5)
    var svg = SVG(width: SVG.pageWidth, height: 330)
    let widest = y.ticks.map { y.text($0).count }.max() ?? 1
    let left = max(44, Double(widest) * 7 + 14)
    let right = SVG.pageWidth - 14
    svg.text(yLabel, 4, 16, "axis-name")
    let top = svg.legend(lines.count > 1 ? lines.map(\.name) : [], x: left, y: 38, right: right) + 16
    let bottom = top + 200
    svg.height = bottom + 46
    func place(_ point: Point) -> (Double, Double) { (across(point.x), down(point.y)) }
    func across(_ value: Double) -> Double { left + 10 + x.place(value) * (right - left - 20) }
    func down(_ value: Double) -> Double { bottom - y.place(value) * (bottom - top) }

    for tick in y.ticks {
      svg.line(left, down(tick), right, down(tick), "grid")
      svg.text(y.text(tick), left - 8, down(tick) + 4, "tick", .end)
    }
    svg.line(left, bottom, right, bottom, "axis")
    drawTicks(&svg, x, bottom, across)
    svg.text(xLabel, (left + right) / 2, bottom + 40, "axis-name", .middle)
    for (index, line) in lines.enumerated() { draw(line, index, &svg, place: place, down: down) }
    return svg.document(title: title)
  }

  private func drawTicks(_ svg: inout SVG, _ x: Axis, _ bottom: Double, _ across: (Double) -> Double) {
    if let xNames {
      for (index, name) in xNames.enumerated() {
        svg.text(name, across(Double(index)), bottom + 19, "tick", .middle)
      }
      return
    }
    for tick in x.ticks {
      svg.line(across(tick), bottom, across(tick), bottom + 5, "axis")
      svg.text(x.shortText(tick), across(tick), bottom + 19, "tick", .middle)
    }
  }

  private func draw(
    _ line: Line, _ index: Int, _ svg: inout SVG, place: (Point) -> (Double, Double), down: (Double) -> Double
  ) {
    let colour = index % SVG.colours
    for single in line.singles {
      let (x, y) = place(single)
      svg.mark(index, x, y, title: "\(line.name), one seed: \(NumberText.short(single.y))", size: 2.6, isFaint: true)
    }
    let points = line.points.sorted { $0.x < $1.x }
    let banded = points.filter { $0.low != nil && $0.high != nil }
    if banded.count == points.count, points.count > 2 {
      let upper = points.map { (place($0).0, down($0.high ?? $0.y)) }
      let lower = points.reversed().map { (place($0).0, down($0.low ?? $0.y)) }
      svg.polygon(upper + lower, "band fill\(colour)")
    }
    svg.whiskers(
      banded.map { (place($0).0, down($0.low ?? $0.y), down($0.high ?? $0.y)) }, "whisker stroke\(colour)")
    svg.polyline(points.map(place), "curve stroke\(colour)")
    guard points.count <= Self.mostMarks else { return }
    for point in points {
      let (x, y) = place(point)
      let named = xNames.flatMap { names in names.indices.contains(Int(point.x)) ? names[Int(point.x)] : nil }
      let interval = point.low.flatMap { low in
        point.high.map { " [\(NumberText.short(low)), \(NumberText.short($0))]" }
      }
      svg.mark(
        index, x, y,
        title: "\(line.name), \(named ?? NumberText.short(point.x)): \(NumberText.short(point.y))\(interval ?? "")")
    }
  }
}
