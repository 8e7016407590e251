// The kinds of fields: how a value is read from text and written.
extension FieldDefinition {
  typealias Path<Value> = WritableKeyPath<ProtocolFields, Value> & Sendable

  private init(
    name: String, stage: Stage, meaning: String, allowed: String,
    read: @escaping @Sendable (ProtocolFields) -> FieldValue,
    write: @escaping @Sendable (inout ProtocolFields, String) -> Bool
  ) {
    self.name = name
    self.stage = stage
    nameInRecipe = name
    self.meaning = meaning
    self.allowed = allowed
    self.read = read
    self.write = write
  }

  static func text(_ name: String, _ stage: Stage, _ meaning: String, _ path: Path<String>) -> FieldDefinition {
    FieldDefinition(name: name, stage: stage, meaning: meaning, allowed: "a name") {
      .text($0[keyPath: path])
    } write: {
      $0[keyPath: path] = $1
      return !$1.isEmpty
    }
  }

  static func fixed(_ name: String, _ stage: Stage, _ meaning: String, _ path: Path<String>, _ values: [String])
    -> FieldDefinition
  {
    FieldDefinition(name: name, stage: stage, meaning: meaning, allowed: listing(values)) {
      .text($0[keyPath: path])
    } write: {
      $0[keyPath: path] = $1
      return values.contains($1)
    }
  }

  /// `unknown` stands in presets whose weights nobody could read the fingerprint of: that of the imported ones takes its
  /// place.
  static func fingerprint(_ name: String, _ stage: Stage, _ meaning: String, _ path: Path<String>) -> FieldDefinition {
    FieldDefinition(name: name, stage: stage, meaning: meaning, allowed: "`sha256:` and 64 hexadecimal digits") {
      .text($0[keyPath: path])
    } write: {
      $0[keyPath: path] = $1
      let digits = $1.dropFirst(7)
      return $1 == EvaluationProtocol.unknownFingerprint
        || $1.hasPrefix("sha256:") && digits.count == 64 && digits.allSatisfy { "0123456789abcdef".contains($0) }
    }
  }

  static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ stage: Stage, _ meaning: String, _ path: Path<Value>
  ) -> FieldDefinition {
    FieldDefinition(name: name, stage: stage, meaning: meaning, allowed: listing(Value.allCases.map(\.rawValue))) {
      .text($0[keyPath: path].rawValue)
    } write: {
      guard let value = Value(rawValue: $1) else { return false }
      $0[keyPath: path] = value
      return true
    }
  }

  static func integer(
    _ name: String, _ stage: Stage, _ meaning: String, _ path: Path<Int>, from lowest: Int, to highest: Int? = nil
  ) -> FieldDefinition {
    let span =
      switch highest {
      case lowest?: "\(lowest)"
      case (lowest + 1)?: "\(lowest) or \(lowest + 1)"
      case let highest?: "a whole number from \(lowest) to \(highest)"
      case nil: "a whole number from \(lowest)"
      }
    return FieldDefinition(name: name, stage: stage, meaning: meaning, allowed: span) {
      .integer($0[keyPath: path])
    } write: {
      guard let value = Int($1), value >= lowest, value <= highest ?? 1 << 40 else { return false }
      $0[keyPath: path] = value
      return true
    }
  }

  static func number(
    _ name: String, _ stage: Stage, _ meaning: String, _ path: Path<Double>, from lowest: Double,
    exclusive: Bool = false
  ) -> FieldDefinition {
    FieldDefinition(
      name: name, stage: stage, meaning: meaning, allowed: exclusive ? "a number above 0" : "a number from 0"
    ) {
      .number($0[keyPath: path])
    } write: {
      guard let value = Double($1), value.isFinite, exclusive ? value > lowest : value >= lowest else { return false }
      $0[keyPath: path] = value
      return true
    }
  }

  static func gamma(_ name: String, _ stage: Stage, _ meaning: String, _ path: Path<KernelGamma>) -> FieldDefinition {
    FieldDefinition(name: name, stage: stage, meaning: meaning, allowed: "`1/d` or a number above 0") { fields in
      switch fields[keyPath: path] {
      case .perDimension: .text("1/d")
      case .value(let value): .number(value)
      }
    } write: {
      if $1 == "1/d" {
        $0[keyPath: path] = .perDimension
        return true
      }
      guard let value = Double($1), value.isFinite, value > 0 else { return false }
      $0[keyPath: path] = .value(value)
      return true
    }
  }

  static func aspect(_ name: String, _ stage: Stage, _ meaning: String, _ path: Path<AspectCrop>) -> FieldDefinition {
    FieldDefinition(name: name, stage: stage, meaning: meaning, allowed: "`none` or a ratio such as `2:1`") { fields in
      switch fields[keyPath: path] {
      case .none: .text("none")
      case .ratio(let width, let height): .text("\(width):\(height)")
      }
    } write: {
      if $1 == "none" {
        $0[keyPath: path] = .none
        return true
      }
      let parts = $1.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.count == 2, let width = parts[0], let height = parts[1], (1...10_000).contains(width),
        (1...10_000).contains(height)
      else { return false }
      $0[keyPath: path] = .ratio(width: width, height: height)
      return true
    }
  }

  static func limit(_ name: String, _ stage: Stage, _ meaning: String, _ path: Path<Limit>) -> FieldDefinition {
    FieldDefinition(name: name, stage: stage, meaning: meaning, allowed: "`all` or a whole number from 1") {
      $0[keyPath: path].maximum.map { .integer($0) } ?? .text("all")
    } write: {
      if $1 == "all" {
        $0[keyPath: path] = .all
        return true
      }
      guard let value = Int($1), value >= 1 else { return false }
      $0[keyPath: path] = .count(value)
      return true
    }
  }

  static func clips(
    _ name: String, _ stage: Stage, _ meaning: String, _ path: Path<ClipSelection>, even: Bool = true
  ) -> FieldDefinition {
    let words = even ? "`one`, `all`, `even` or a whole number from 1" : "`one`, `all` or a whole number from 1"
    return FieldDefinition(name: name, stage: stage, meaning: meaning, allowed: words) { fields in
      switch fields[keyPath: path] {
      case .one: .text("one")
      case .all: .text("all")
      case .even: .text("even")
      case .count(let count): .integer(count)
      }
    } write: {
      switch ($1, Int($1)) {
      case ("one", _): $0[keyPath: path] = .one
      case ("all", _): $0[keyPath: path] = .all
      case ("even", _) where even: $0[keyPath: path] = .even
      case (_, let count?) where count >= 1: $0[keyPath: path] = .count(count)
      default: return false
      }
      return true
    }
  }

  static func grouping(_ name: String, _ stage: Stage, _ meaning: String, _ path: Path<Grouping>) -> FieldDefinition {
    let words = "`none`, `class`, `subject`, `dir`, `regex:PATTERN` or `column:NAME`"
    return FieldDefinition(name: name, stage: stage, meaning: meaning, allowed: words) { fields in
      .text(fields[keyPath: path].description)
    } write: {
      guard let grouping = Grouping($1) else { return false }
      $0[keyPath: path] = grouping
      return true
    }
  }

  private static func listing(_ values: [String]) -> String {
    let quoted = values.map { "`\($0)`" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.joined() }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
  }
}

extension Grouping: CustomStringConvertible {
  /// As on the command line; nil for what is none of these.
  public init?(_ text: String) {
    switch text {
    case "none": self = .none
    case "class": self = .class
    case "subject": self = .subject
    case "dir": self = .dir
    case _ where text.hasPrefix("regex:") && text.count > 6: self = .regex(String(text.dropFirst(6)))
    case _ where text.hasPrefix("column:") && text.count > 7: self = .column(String(text.dropFirst(7)))
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .none: "none"
    case .class: "class"
    case .subject: "subject"
    case .dir: "dir"
    case .regex(let pattern): "regex:\(pattern)"
    case .column(let name): "column:\(name)"
    }
  }
}
