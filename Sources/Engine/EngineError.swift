/// What a device cannot do.
public enum EngineError: Error, Equatable, CustomStringConvertible {
  /// A node that no kernel of the device accepts.
  case unsupported(device: String, node: String, reason: String)

  public var description: String {
    switch self {
    case .unsupported(let device, let node, let reason): "`\(node)` cannot be computed by \(device): \(reason)"
    }
  }
}
