import Foundation

/// A number with `digits` digits after the point; what rounds to zero has no sign.
public func fixed(_ value: Double, digits: Int) -> String {
  guard value.isFinite else { return "\(value)" }
  var buffer = [CChar](repeating: 0, count: 400)
  let length = withVaList([CInt(digits), value]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
  let text = String(decoding: buffer[..<Int(min(length, 399))].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text
}

/// Seven significant digits, as published scores are compared to six: `151.3925`, `10.13809`, `0.0001234568`.
public func significant(_ value: Double) -> String {
  guard value.isFinite else { return "\(value)" }
  var magnitude = 0
  var rest = abs(value)
  while rest >= 10, magnitude < 300 {
    rest /= 10
    magnitude += 1
  }
  while rest > 0, rest < 1, magnitude > -12 {
    rest *= 10
    magnitude -= 1
  }
  return fixed(value, digits: min(max(6 - magnitude, 0), 12))
}

/// Numbers as text, where neither a fixed nor a significant number of digits is wanted.
public enum NumberText {
  /// The shortest text that reads back as the same number; `618.0` is `618`.
  public static func exact(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Seven significant digits at the most, without zeros at the end.
  public static func short(_ value: Double) -> String {
    var text = significant(value)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text
  }

  /// Three significant digits, for times.
  public static func rough(_ value: Double) -> String { String(format: "%.3g", value) }

  /// A share as `5 %`, with four digits at most; more where these would say that it is all.
  public static func percent(_ share: Double) -> String {
    let text = String(format: "%.4g", share * 100)
    return (text == "100" && share < 1 ? String(format: "%.6g", share * 100) : text) + " %"
  }

  /// How many digits after the point suit values of this size: five significant ones or so.
  public static func digits(forLargest value: Double) -> Int {
    switch abs(value) {
    case 1000...: 1
    case 10..<1000: 2
    case 1..<10: 3
    default: 4
    }
  }

  /// How many digits after the point an uncertainty of this size bears: two digits of it. It must be above 0.
  public static func digits(forUncertainty size: Double) -> Int {
    min(9, max(0, 1 - Int(log10(size).rounded(.down))))
  }

  /// Bytes as `3.5 MB`.
  public static func memory(_ bytes: Int) -> String {
    let megabytes = Double(bytes) / 1_000_000
    return megabytes < 1000 ? "\(fixed(megabytes, digits: 1)) MB" : "\(fixed(megabytes / 1000, digits: 2)) GB"
  }
}
