extension JSONValue {
  /// The text on one line, with Python's separators.
  var line: String {
    switch self {
    case .array(let values): "[" + values.map(\.line).joined(separator: ", ") + "]"
    case .object(let entries):
      "{" + entries.map { "\(JSONValue.string($0.key).text()): \($0.value.line)" }.joined(separator: ", ") + "}"
    case .null, .bool, .integer, .number, .string: text()
    }
  }
}
