import Scores

/// Pieces of a drawing; colours and letters are the page's style, by class.
struct SVG {
  private(set) var body = ""
  let width: Double
  var height: Double

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    body += "<line class=\"\(style)\" x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\"/>"
  }

  enum Anchor: String { case start, middle, end }

  mutating func text(_ text: String, _ x: Double, _ y: Double, _ style: String, _ anchor: Anchor = .start) {
    body +=
      "<text class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\" text-anchor=\"\(anchor.rawValue)\">\(Escaping.html(text))</text>"
  }

  mutating func polyline(_ points: [(Double, Double)], _ style: String) {
    body += "<polyline class=\"\(style)\" points=\"\(points.map { "\(n($0.0)),\(n($0.1))" }.joined(separator: " "))\"/>"
  }

  /// Spans with a line across either end, as one shape: a chart of many points has few parts.
  mutating func whiskers(_ spans: [(x: Double, low: Double, high: Double)], _ style: String) {
    guard !spans.isEmpty else { return }
    let path = spans.map { x, low, high in
      "M\(n(x)) \(n(low))V\(n(high))M\(n(x - 4)) \(n(low))h8M\(n(x - 4)) \(n(high))h8"
    }
    body += "<path class=\"\(style)\" d=\"\(path.joined())\"/>"
  }

  mutating func polygon(_ points: [(Double, Double)], _ style: String) {
    body += "<polygon class=\"\(style)\" points=\"\(points.map { "\(n($0.0)),\(n($0.1))" }.joined(separator: " "))\"/>"
  }

  mutating func bar(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, title: String) {
    body +=
      "<rect class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" rx=\"1.5\">"
      + "<title>\(Escaping.html(title))</title></rect>"
  }

  /// A mark of one of four shapes, so that colour is not all that tells lines apart.
  mutating func mark(
    _ index: Int, _ x: Double, _ y: Double, title: String? = nil, size r: Double = 3.6, isFaint: Bool = false
  ) {
    let shape =
      switch index % 4 {
      case 0: "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(r))\""
      case 1: "<rect x=\"\(n(x - r * 0.9))\" y=\"\(n(y - r * 0.9))\" width=\"\(n(r * 1.8))\" height=\"\(n(r * 1.8))\""
      case 2:
        "<polygon points=\"\(n(x)),\(n(y - r * 1.2)) \(n(x + r * 1.1)),\(n(y + r * 0.8)) \(n(x - r * 1.1)),\(n(y + r * 0.8))\""
      default:
        "<polygon points=\"\(n(x)),\(n(y - r * 1.25)) \(n(x + r * 1.25)),\(n(y)) \(n(x)),\(n(y + r * 1.25)) \(n(x - r * 1.25)),\(n(y))\""
      }
    let hint = title.map { "<title>\(Escaping.html($0))</title>" } ?? ""
    let tag = shape.dropFirst().prefix { $0 != " " }
    body += "\(shape) class=\"mark\(isFaint ? " faint" : "") fill\(index % SVG.colours)\">\(hint)</\(tag)>"
  }

  /// Names with their marks, on as many lines as they need.
  mutating func legend(_ names: [String], x left: Double, y top: Double, right: Double) -> Double {
    var (x, y) = (left, top)
    for (index, name) in names.enumerated() {
      let own = Self.width(of: name) + 34
      if x > left, x + own > right { (x, y) = (left, y + 18) }
      line(x, y - 4, x + 16, y - 4, "curve stroke\(index % SVG.colours)")
      mark(index, x + 8, y - 4)
      text(name, x + 21, y, "label")
      x += own
    }
    return y
  }

  /// What fits into a width, with `…` where that is not all.
  static func shortened(_ text: String, to width: Double) -> String {
    let most = max(2, Int((width / 6.4).rounded()))
    return text.count > most ? text.prefix(most - 1) + "…" : text
  }

  /// One line, or two that break at a space; what does not fit into two is shortened.
  static func lines(_ text: String, to width: Double) -> [String] {
    let most = max(2, Int((width / 6.4).rounded()))
    let fits = text.prefix(most + 1)
    guard text.count > most, let space = fits.lastIndex(of: " "), space > text.startIndex else {
      return [shortened(text, to: width)]
    }
    return [String(text[..<space]), shortened(String(text[text.index(after: space)...]), to: width)]
  }

  /// About, at 12 units.
  static func width(of text: String) -> Double { Double(text.count) * 6.4 }

  /// Units; a chart is shown about as many pixels wide, so that 12 units are letters of 12 pixels.
  static let pageWidth = 420.0

  /// Colours of the style.
  static let colours = 8

  func document(title: String) -> String {
    "<svg class=\"chart\" viewBox=\"0 0 \(n(width)) \(n(height))\" role=\"img\" aria-label=\"\(Escaping.html(title))\">"
      + body + "</svg>"
  }

  private func n(_ value: Double) -> String {
    let text = fixed(value, digits: 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
