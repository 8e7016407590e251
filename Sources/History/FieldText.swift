import Foundation
import MetricCatalog

/// A protocol's fields as JSON text.
enum FieldText {
  /// - Throws: `EncodingError` for a number that is not finite.
  static func text(_ fields: [String: FieldValue]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(fields), as: UTF8.self)
  }

  static func fields(_ text: String) throws -> [String: FieldValue] {
    try JSONDecoder().decode([String: FieldValue].self, from: Data(text.utf8))
  }
}

extension FieldValue {
  /// As JSON gives it back, which has one kind of number: 2.0 is 2.
  public var asInJSON: FieldValue {
    if case .number(let value) = self, let whole = Int(exactly: value) { return .integer(whole) }
    return self
  }
}
