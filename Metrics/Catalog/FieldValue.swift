/// The value of one field of a protocol as it is written in YAML, in JSON and on the command line.
public enum FieldValue: Sendable, Hashable, Codable, CustomStringConvertible {
  case integer(Int)
  case number(Double)
  case text(String)

  public var description: String {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): String(describing: value)
    case .text(let value): value
    }
  }

  /// The value as JSON (RFC 8259, section 7): quotation mark, backslash and control characters are escaped, the last
  /// as `\u00xx` always, so that one text has one form.
  var json: String {
    guard case .text(let value) = self else { return description }
    var escaped = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": escaped += "\\\(scalar)"
      case "\0"..."\u{1f}": escaped += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped + "\""
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    }
  }
}
