/// The name of one field, what it takes, and how it is read and written.
public struct FieldDefinition: Sendable {
  public let name: String
  /// One line for people.
  public let meaning: String
  /// What a value may be, in the words of an error message.
  public let allowed: String
  let read: @Sendable (ProtocolFields) -> FieldValue
  /// False if the text is not a value of this field.
  let write: @Sendable (inout ProtocolFields, String) -> Bool

  /// This field's value in a protocol.
  public func value(in evaluationProtocol: EvaluationProtocol) -> FieldValue { read(evaluationProtocol.fields) }

  /// Every field, in the order in which they are listed.
  public static let all: [FieldDefinition] = network + preprocessing + sampling + statistics

  public static func named(_ name: String) throws -> FieldDefinition {
    if let found = all.first(where: { $0.name == name }) { return found }
    throw CatalogError.unknownField(name: name, nearest: NearestName.of(name, among: all.map(\.name)))
  }

  static let network: [FieldDefinition] = [
    text("weights", "the weights' name, see `vidmetrics weights list`", \.weights),
    fingerprint(
      "weights-fingerprint", "SHA-256 over the weights' canonical names, shapes and values", \.weightsFingerprint),
    number(
      "batch-norm-eps", "added to the variance in batch normalisation", \.batchNormEpsilon, from: 0, exclusive: true),
    fixed("endpoint", "the layer whose values are the features", \.endpoint, ["logits-mean"]),
  ]

  static let preprocessing: [FieldDefinition] = [
    choice("value-range", "what the values given to the network are", \.valueRange),
    choice("resize", "how frames reach 224×224", \.resize),
    choice("crop", "what happens to frames that are not square", \.crop),
    choice("loader-resize", "a resize that the published program's loader makes first", \.loaderResize),
    integer("loader-resolution", "pixels; 0 without a loader resize", \.loaderResolution, from: 0, to: 8192),
  ]

  static let sampling: [FieldDefinition] = [
    integer("frames", "T, the frames of a clip", \.frames, from: 1),
    integer("stride", "every n-th frame is taken", \.stride, from: 1),
    clips("clips", "clips of a video", \.clips),
    choice("offset-real", "where the clip of a real video begins", \.offsetReal),
    choice("offset-fake", "where the clip of a fake video begins", \.offsetFake),
    integer("seed", "of random offsets", \.seed, from: 0),
    integer("skip-first", "frames left out at the beginning of every video", \.skipFirst, from: 0),
    limit("max-videos-real", "the first so many real videos in natural order", \.maxVideosReal),
    limit("max-videos-fake", "the first so many fake videos in natural order", \.maxVideosFake),
  ]

  static let statistics: [FieldDefinition] = [
    integer("repeats", "runs with seeds that follow each other", \.repeats, from: 1, to: 1),
    integer("ddof", "covariance divisor is N - ddof", \.ddof, from: 0, to: 1),
    choice("root", "how the trace of the covariance root is taken", \.root),
    number("root-eps", "singular values below it are not rooted; 0 with symmetric-eigen", \.rootEpsilon, from: 0),
    fixed("dtype", "of statistics and distance", \.dtype, ["float64"]),
    fixed("partial-batch", "what happens to clips that do not fill a batch", \.partialBatch, ["keep"]),
    number("scale-factor", "the distance is multiplied by it", \.scaleFactor, from: 0, exclusive: true),
  ]
}

// The kinds of fields
extension FieldDefinition {
  typealias Path<Value> = WritableKeyPath<ProtocolFields, Value> & Sendable

  static func text(_ name: String, _ meaning: String, _ path: Path<String>) -> FieldDefinition {
    FieldDefinition(name: name, meaning: meaning, allowed: "a name") {
      .text($0[keyPath: path])
    } write: {
      $0[keyPath: path] = $1
      return !$1.isEmpty
    }
  }

  static func fixed(_ name: String, _ meaning: String, _ path: Path<String>, _ values: [String]) -> FieldDefinition {
    FieldDefinition(name: name, meaning: meaning, allowed: listing(values)) {
      .text($0[keyPath: path])
    } write: {
      $0[keyPath: path] = $1
      return values.contains($1)
    }
  }

  static func fingerprint(_ name: String, _ meaning: String, _ path: Path<String>) -> FieldDefinition {
    FieldDefinition(name: name, meaning: meaning, allowed: "`sha256:` and 64 hexadecimal digits") {
      .text($0[keyPath: path])
    } write: {
      $0[keyPath: path] = $1
      let digits = $1.dropFirst(7)
      return $1.hasPrefix("sha256:") && digits.count == 64 && digits.allSatisfy { "0123456789abcdef".contains($0) }
    }
  }

  static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ meaning: String, _ path: Path<Value>
  ) -> FieldDefinition {
    FieldDefinition(name: name, meaning: meaning, allowed: listing(Value.allCases.map(\.rawValue))) {
      .text($0[keyPath: path].rawValue)
    } write: {
      guard let value = Value(rawValue: $1) else { return false }
      $0[keyPath: path] = value
      return true
    }
  }

  static func integer(
    _ name: String, _ meaning: String, _ path: Path<Int>, from lowest: Int, to highest: Int? = nil
  ) -> FieldDefinition {
    let span =
      switch highest {
      case lowest?: "\(lowest)"
      case (lowest + 1)?: "\(lowest) or \(lowest + 1)"
      case let highest?: "a whole number from \(lowest) to \(highest)"
      case nil: "a whole number from \(lowest)"
      }
    return FieldDefinition(name: name, meaning: meaning, allowed: span) {
      .integer($0[keyPath: path])
    } write: {
      guard let value = Int($1), value >= lowest, value <= highest ?? 1 << 40 else { return false }
      $0[keyPath: path] = value
      return true
    }
  }

  static func number(
    _ name: String, _ meaning: String, _ path: Path<Double>, from lowest: Double, exclusive: Bool = false
  ) -> FieldDefinition {
    FieldDefinition(name: name, meaning: meaning, allowed: exclusive ? "a number above 0" : "a number from 0") {
      .number($0[keyPath: path])
    } write: {
      guard let value = Double($1), value.isFinite, exclusive ? value > lowest : value >= lowest else { return false }
      $0[keyPath: path] = value
      return true
    }
  }

  static func limit(_ name: String, _ meaning: String, _ path: Path<Limit>) -> FieldDefinition {
    FieldDefinition(name: name, meaning: meaning, allowed: "`all` or a whole number from 1") {
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

  static func clips(_ name: String, _ meaning: String, _ path: Path<ClipSelection>) -> FieldDefinition {
    FieldDefinition(name: name, meaning: meaning, allowed: "`one`, `all` or a whole number from 1") { fields in
      switch fields[keyPath: path] {
      case .one: .text("one")
      case .all: .text("all")
      case .count(let count): .integer(count)
      }
    } write: {
      switch ($1, Int($1)) {
      case ("one", _): $0[keyPath: path] = .one
      case ("all", _): $0[keyPath: path] = .all
      case (_, let count?) where count >= 1: $0[keyPath: path] = .count(count)
      default: return false
      }
      return true
    }
  }

  private static func listing(_ values: [String]) -> String {
    let quoted = values.map { "`\($0)`" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.joined() }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
  }
}
