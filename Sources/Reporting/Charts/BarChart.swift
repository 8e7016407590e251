import Scores

/// One value for each of several groups and methods, as bars that lie.
public struct BarChart: Sendable {
  public var title: String
  public var valueLabel: String
  /// Methods.
  public var names: [String]
  /// For each group a value for each method; nil where there is none.
  public var groups: [(label: String, values: [Double?])]

  public init(title: String, valueLabel: String, names: [String], groups: [(label: String, values: [Double?])]) {
    self.title = title
    self.valueLabel = valueLabel
    self.names = names
    self.groups = groups
  }

  public var svg: String {
    let values = groups.flatMap(\.values).compactMap { $0 }
    guard !values.isEmpty else { return "" }
    let axis = Axis(covering: values, includesZero: true, count: 4)
    let thickness = 11.0
    let each = Double(names.count) * (thickness + 2) + 10
    var svg = SVG(width: SVG.pageWidth, height: 300)
    let left = min(140, max(60, (groups.map { SVG.width(of: $0.label) }.max() ?? 0) + 14))
    let right = SVG.pageWidth - 58
    let top = (names.count > 1 ? svg.legend(names, x: left, y: 16, right: SVG.pageWidth - 10) : 0) + 16
    let bottom = top + each * Double(groups.count)
    svg.height = bottom + 44
    func across(_ value: Double) -> Double { left + axis.place(value) * (right - left) }
    for tick in axis.ticks {
      svg.line(across(tick), top - 4, across(tick), bottom, "grid")
      svg.text(axis.text(tick), across(tick), bottom + 17, "tick", .middle)
    }
    for (index, group) in groups.enumerated() {
      let start = top + each * Double(index) + 4
      svg.text(SVG.shortened(group.label, to: left - 14), left - 8, start + (each - 10) / 2 + 3, "label", .end)
      for (place, value) in group.values.enumerated() {
        guard let value else { continue }
        let y = start + Double(place) * (thickness + 2)
        let (from, to) = (min(across(0), across(value)), max(across(0), across(value)))
        svg.bar(
          from, y, max(1, to - from), thickness, "bar fill\(place % SVG.colours)",
          title: "\(names[place]), \(group.label): \(NumberText.short(value))")
        let digits = NumberText.digits(forLargest: axis.high)
        svg.text(fixed(value, digits: min(digits, 3)), to + 5, y + thickness - 1.5, "value")
      }
    }
    svg.line(across(0), top - 4, across(0), bottom, "axis")
    svg.text(valueLabel, (left + right) / 2, bottom + 38, "axis-name", .middle)
    return svg.document(title: title)
  }
}
