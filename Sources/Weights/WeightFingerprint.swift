import Files
import Foundation
import ProcessLimits
import Threads

/// The fingerprint of a network's weights: one network has one, whichever file it came from.
///
/// SHA-256 over the lines `<name> [<shape>] <SHA-256 of the values as little-endian float32>`, sorted by name, after a
/// first line `vidmetrics.weights/1`. The two levels let the tensors be hashed side by side.
public enum WeightFingerprint {
  public static func of(_ tensors: [String: WeightTensor]) -> Digest {
    // Largest first, so that the workers end together.
    let order = tensors.values.sorted { ($0.values.count, $0.name) > ($1.values.count, $1.name) }
    let lines = parallelMap(order.count, threads: ProcessLimits.processors) { line(of: order[$0]) }
    var hasher = SHA256()
    hasher.update("vidmetrics.weights/1\n")
    for line in lines.sorted() { hasher.update(line) }
    return hasher.finish()
  }

  private static func line(of tensor: WeightTensor) -> String {
    let digest = tensor.values.withUnsafeBytes { bytes in
      #if _endian(little)
        SHA256.digest(of: bytes)
      #else
        tensor.values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { SHA256.digest(of: $0) }
      #endif
    }
    let shape = tensor.shape.map(String.init).joined(separator: ",")
    return "\(tensor.name) [\(shape)] \(digest.hex)\n"
  }
}
