import Foundation

/// Numbers as text.
enum NumberText {
  /// With `digits` digits after the point; what rounds to zero has no sign.
  static func fixed(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    let text = withVaList([CInt(digits), value]) { arguments in
      var buffer = [CChar](repeating: 0, count: 400)
      let length = vsnprintf(&buffer, buffer.count, "%.*f", arguments)
      return String(decoding: buffer[..<Int(min(length, 399))].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text
  }

  /// The shortest text that reads back as the same number; `618.0` is `618`.
  static func exact(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Seven significant digits at the most, without zeros at the end.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let magnitude = value == 0 ? 0 : Int(log10(abs(value)).rounded(.down))
    var text = fixed(value, digits: min(max(6 - magnitude, 0), 12))
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text
  }

  /// How many digits after the point suit values of this size: five significant ones or so.
  static func digits(forLargest value: Double) -> Int {
    switch abs(value) {
    case 1000...: 1
    case 10..<1000: 2
    case 1..<10: 3
    default: 4
    }
  }
}
