import ArgumentParser

/// The whole numbers that an option takes: all others are refused by the parser, before any work.
enum OptionRange {
  static let threads = 1...1024
  /// Of things that are counted.
  static let count = 1...1_000_000_000
  /// Frames that are asked for at once.
  static let frames = 1...1_000_000
  /// The largest that a program which reads numbers as JavaScript does still tells from the next.
  static let step = 0...9_007_199_254_740_991

  /// - Throws: `ValidationError`.
  static func check(_ option: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
    guard let value, !range.contains(value) else { return }
    throw ValidationError(
      "--\(option) \(value): a whole number from \(range.lowerBound) to \(range.upperBound) is expected")
  }
}
