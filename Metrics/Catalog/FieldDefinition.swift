import Vocabulary

/// The name of one field, what it takes, how it is read and written, and what a change of it changes.
public struct FieldDefinition: Sendable {
  /// The first thing that another value changes; all that is made from it changes with it. What makes features, feature
  /// files and scores the same is derived from the stages of fields, see `EvaluationProtocol+Identity.swift`.
  public enum Stage: String, Sendable, CaseIterable {
    /// Which frames of a video are a sample.
    case frames
    /// Which numbers a sample becomes: what happens to its pixels, and the network.
    case features
    /// Which samples are compared, and how.
    case distance
    /// What the number is multiplied by, and what it and its spread are called.
    case report
  }

  public let name: String
  public let stage: Stage
  /// One line for people.
  public let meaning: String
  /// What a value may be, in the words of an error message.
  public let allowed: String
  let read: @Sendable (ProtocolFields) -> FieldValue
  /// False if the text is not a value of this field.
  let write: @Sendable (inout ProtocolFields, String) -> Bool
  /// nil for fields that always decide the score. A field that has this may be missing in a file, and where it is false
  /// the field changes nothing and does not belong to the fingerprint.
  var isInForce: (@Sendable (ProtocolFields) -> Bool)?

  /// Of a field that decides the frames of a set only at times: of which set, and when. nil: of both, always.
  var reaches: (@Sendable (ProtocolFields, SetRole) -> Bool)?
  /// What a recipe of one set calls it, see `EvaluationProtocol.recipe(of:)`.
  var nameInRecipe: String

  /// This field's value in a protocol.
  public func value(in evaluationProtocol: EvaluationProtocol) -> FieldValue { read(evaluationProtocol.fields) }

  func when(_ isInForce: @escaping @Sendable (ProtocolFields) -> Bool) -> FieldDefinition {
    var copy = self
    copy.isInForce = isInForce
    return copy
  }

  func decides(_ fields: ProtocolFields) -> Bool { isInForce?(fields) ?? true }

  /// - Parameter name: what a recipe calls it.
  func reaching(as name: String? = nil, _ reaches: @escaping @Sendable (ProtocolFields, SetRole) -> Bool)
    -> FieldDefinition
  {
    var copy = self
    copy.reaches = reaches
    copy.nameInRecipe = name ?? self.name
    return copy
  }

  /// Whether it decides which frames of a set are taken, or what numbers they become.
  func decidesFeatures(of set: SetRole, _ fields: ProtocolFields) -> Bool {
    guard decides(fields) else { return false }
    return switch stage {
    case .frames, .features: reaches?(fields, set) ?? true
    case .distance, .report: false
    }
  }
}

/// The two sets of a protocol.
public enum SetRole: Sendable, CaseIterable { case real, fake }

extension PartialBatch {
  /// The samples of a batch that only whole ones are kept of; nil where all are.
  public func batch(of set: SetRole) -> Int? {
    switch (self, set) {
    case (.drop40, _): 40
    case (.dropFake32, .fake): 32
    case (.keep, _), (.dropFake32, .real): nil
    }
  }
}

extension ProtocolFields {
  /// Whether the clips of a set are the windows of a series, and not those that `clips` and the offsets say. Of metrics of
  /// clips.
  public func takesWindows(of set: SetRole) -> Bool {
    series == .windows && (set == .fake || windowReference != .sampled)
  }

  /// As they hold for one of the sets: the loader of real videos alone is none to the fake ones.
  public func holding(for set: SetRole) -> ProtocolFields {
    var own = self
    if loaderSets == .real, set == .fake { own.removeLoader() }
    own.loaderSets = .both
    return own
  }

  mutating func removeStaticFilter() {
    (weights, weightsFingerprint, flowIterations) = ("", "", 0)
    (flowShare, flowThreshold, flowPairs, flowEnds) = (0, 0, 0, 0)
  }

  mutating func removeLoader() {
    (loaderResize, loaderResolution) = (.none, 0)
    (loaderCrop, loaderFloats, loaderSets) = (.center, .unit, .both)
  }

}
