import Files

/// What has been stored under a name.
public enum StoredWeights: Sendable {
  case network(NetworkWeights)
  case text(KnownWeights)

  public var name: String {
    switch self {
    case .network(let weights): weights.name
    case .text(let known): known.name
    }
  }

  public var network: String {
    switch self {
    case .network(let weights): weights.network
    case .text(let known): known.network
    }
  }

  /// Of a text, its SHA-256.
  public var fingerprint: Digest? {
    switch self {
    case .network(let weights): weights.fingerprint
    case .text(let known): known.fingerprint
    }
  }
}
