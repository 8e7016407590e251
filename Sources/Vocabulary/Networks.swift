/// Which values of a network are the features of a sample.
public enum Endpoint: String, Sendable, CaseIterable, Codable {
  /// I3D's logits, averaged over time.
  case logitsMean = "logits-mean"
  /// I3D's Mixed_5c, averaged over time and space.
  case mixed5cMean = "mixed-5c-mean"
  /// Inception-v3's last pooling layer.
  case pool3 = "pool-3"
  /// DreamSim's embedding.
  case dreamSim = "dreamsim"
  /// CLIP's embedding.
  case clip
  /// The class token of DINO or DINOv2 behind the last normalisation: what the two networks give, and `x_norm_clstoken` in
  /// DINOv2's code.
  case normClassToken = "norm-class-token"
  /// MUSIQ's number: what people would think of a picture.
  case qualityScore = "quality-score"

  /// Whether its network has batch normalisation.
  public var hasBatchNormalisation: Bool {
    switch self {
    case .logitsMean, .mixed5cMean, .pool3: true
    case .dreamSim, .clip, .normClassToken, .qualityScore: false
    }
  }
}

/// What the values of an interpolated frame, in 0...255, become before they are compared with those of a video.
public enum InterpolatedLevels: String, Sendable, CaseIterable, Codable {
  /// The whole number below.
  case truncated
  /// The nearest whole number.
  case rounded
  /// What they are.
  case exact
}

/// The function of a transformer's hidden layers.
public enum HiddenActivation: String, Sendable, CaseIterable, Codable {
  /// x·σ(1.702 x).
  case quickGELU = "quick-gelu"
  case gelu
}
