import Scores

/// One number for each of several methods, as dots with their intervals.
public struct DotChart: Sendable {
  public struct Row: Sendable, Equatable {
    public var name: String
    public var value: Double
    public var low: Double?
    public var high: Double?
    /// What the number is the mean of, such as seeds; drawn faint.
    public var singles: [Double]

    public init(name: String, value: Double, low: Double? = nil, high: Double? = nil, singles: [Double] = []) {
      (self.name, self.value, self.low, self.high, self.singles) = (name, value, low, high, singles)
    }
  }

  public var title: String
  public var valueLabel: String
  public var rows: [Row]

  public init(title: String, valueLabel: String, rows: [Row]) {
    (self.title, self.valueLabel, self.rows) = (title, valueLabel, rows)
  }

  private static let lineHeight = 14.0

  public var svg: String {
    guard !rows.isEmpty else { return "" }
    let axis = Axis(
      covering: rows.flatMap { [$0.value, $0.low ?? $0.value, $0.high ?? $0.value] + $0.singles }, count: 4)
    let left = min(150, max(50, (rows.map { SVG.width(of: $0.name) }.max() ?? 0) + 14))
    let right = SVG.pageWidth - 16
    let top = 10.0
    let names = rows.map { SVG.lines($0.name, to: left - 14) }
    let height = 12 + Self.lineHeight * Double(names.map(\.count).max() ?? 1)
    let bottom = top + height * Double(rows.count)
    var svg = SVG(width: SVG.pageWidth, height: bottom + 44)
    func across(_ value: Double) -> Double { left + axis.place(value) * (right - left) }
    for tick in axis.ticks {
      svg.line(across(tick), top, across(tick), bottom, "grid")
      svg.text(axis.text(tick), across(tick), bottom + 17, "tick", .middle)
    }
    for (index, row) in rows.enumerated() {
      let y = top + height * (Double(index) + 0.5)
      for (line, text) in names[index].enumerated() {
        let middle = Double(line) - Double(names[index].count - 1) / 2
        svg.text(text, left - 8, y + 4 + Self.lineHeight * middle, "label", .end)
      }
      for single in row.singles { svg.mark(0, across(single), y, size: 2.6, isFaint: true) }
      if let low = row.low, let high = row.high { svg.line(across(low), y, across(high), y, "span stroke0") }
      let interval = row.low.flatMap { low in
        row.high.map { " [\(NumberText.short(low)), \(NumberText.short($0))]" }
      }
      svg.mark(
        0, across(row.value), y, title: "\(row.name): \(NumberText.short(row.value))\(interval ?? "")", size: 4.4)
    }
    svg.line(left, bottom, right, bottom, "axis")
    svg.text(valueLabel, (left + right) / 2, bottom + 37, "axis-name", .middle)
    return svg.document(title: title)
  }
}
