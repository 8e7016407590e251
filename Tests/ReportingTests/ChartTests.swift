import Foundation
import Reporting
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ChartTests {
  private func ticks(_ values: [Double], zero: Bool = false) -> [String] {
    let axis = Axis(covering: values, includesZero: zero)
    return axis.ticks.map(axis.text)
  }

  @Test func marksAreRoundNumbers() {
    #expect(ticks([382.4, 1012.3]) == ["200", "400", "600", "800", "1000", "1200"])
    #expect(ticks([0.11, 0.27]) == ["0.10", "0.15", "0.20", "0.25", "0.30"])
    #expect(ticks([12, 47], zero: true) == ["0", "10", "20", "30", "40", "50"])
    #expect(ticks([-3, 4]) == ["-4", "-2", "0", "2", "4"])
    #expect(ticks([5, 5]) == ["4.4", "4.6", "4.8", "5.0", "5.2", "5.4", "5.6"])
  }

  @Test func equalValuesHaveARange() {
    for value in [0.0, 5, -5, 1e-12, 1e12] {
      let axis = Axis(covering: [value])
      #expect(axis.low < value && value < axis.high && axis.ticks.count > 2)
    }
  }

  @Test func stepsAreWholeNumbers() {
    let few = Axis(covering: [1, 3], isTight: true, isWhole: true)
    #expect(few.ticks.map(few.shortText) == ["1", "2", "3"])
    let many = Axis(covering: [5000, 20000], isTight: true, isWhole: true)
    #expect(many.ticks.map(many.shortText) == ["5k", "10k", "15k", "20k"])
  }

  @Test func dotsLieBetweenTheEndsOfTheirIntervals() throws {
    let chart = DotChart(
      title: "t", valueLabel: "FVD ↓",
      rows: [.init(name: "a<b", value: 5, low: 2, high: 10, singles: [4, 6]), .init(name: "c", value: 8)])
    #expect(isXML(chart.svg) && chart.svg.contains("a&lt;b"))
    let span = try #require(
      chart.svg.firstMatch(of: /class="span stroke0" x1="([0-9.]+)" y1="([0-9.]+)" x2="([0-9.]+)"/))
    let dot = try #require(chart.svg.firstMatch(of: /cx="([0-9.]+)" cy="([0-9.]+)" r="4.4"/))
    let (low, high, x) = (Double(span.output.1) ?? 0, Double(span.output.3) ?? 0, Double(dot.output.1) ?? 0)
    #expect(abs((x - low) / (high - low) - 3.0 / 8) < 0.01 && span.output.2 == dot.output.2)
    #expect(chart.svg.components(separatedBy: "mark faint").count - 1 == 2)
  }

  @Test func longNamesStandOnTwoLines() {
    let chart = DotChart(
      title: "t", valueLabel: "v",
      rows: [.init(name: "colour model, step 20000", value: 1), .init(name: "b", value: 2)])
    #expect(chart.svg.contains(">colour model, step<") && chart.svg.contains(">20000<") && !chart.svg.contains("…"))
    let one = DotChart(title: "t", valueLabel: "v", rows: [.init(name: String(repeating: "long", count: 9), value: 1)])
    #expect(one.svg.contains(">longlonglonglonglong…<"))
  }

  private func isXML(_ text: String) -> Bool { XMLParser(data: Data(text.utf8)).parse() }

  @Test func drawingsAreXMLWhateverTheNames() {
    let line = LineChart(
      title: "a<b>&\"'", xLabel: "x & y", yLabel: "FVD ↓",
      lines: WriterTests.hostile.enumerated().map { index, name in
        LineChart.Line(
          name: name,
          points: (0..<5).map {
            LineChart.Point(x: Double($0), y: Double($0 * index), low: Double($0) - 1, high: Double($0) + 1)
          })
      })
    #expect(isXML(line.svg))
    for name in ["&lt;script&gt;", "a&amp;b"] { #expect(line.svg.contains(name)) }
    let bars = BarChart(
      title: "t", valueLabel: "v", names: ["<a>", "b"], groups: WriterTests.hostile.map { ($0, [1.5, nil]) })
    #expect(isXML(bars.svg))
    #expect(bars.svg.components(separatedBy: "<rect class=\"bar").count - 1 == WriterTests.hostile.count)
  }

  @Test func pointsLieWhereTheirValuesAre() throws {
    let chart = LineChart(
      title: "t", xLabel: "x", yLabel: "y",
      lines: [LineChart.Line(name: "n", points: [.init(x: 0, y: 0), .init(x: 1, y: 5), .init(x: 2, y: 10)])])
    let match = try #require(chart.svg.firstMatch(of: /polyline class="[^"]+" points="([^"]+)"/))
    let points = match.output.1.split(separator: " ").map { $0.split(separator: ",").compactMap { Double($0) } }
    #expect(points.count == 3)
    #expect(
      abs(points[1][0] * 2 - points[0][0] - points[2][0]) < 0.2
        && abs(points[1][1] * 2 - points[0][1] - points[2][1]) < 0.2)
    #expect(points[0][1] > points[2][1])
  }
}
