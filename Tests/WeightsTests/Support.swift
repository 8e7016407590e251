import Foundation
import Weights

/// Files that Fixtures/golden/weights/recipe.py wrote.
enum Fixture {
  static let folder: String = {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.appendingPathComponent("Fixtures/golden/weights").path
  }()

  static func path(_ name: String) -> String { folder + "/" + name }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// The fingerprint of the miniature I3D, by hashlib.
  static func fingerprint() throws -> String { try golden().fingerprint }

  /// That of the miniature in DT-FVD's layout.
  static func dtdbFingerprint() throws -> String { try golden().dtdb }

  private struct Golden: Decodable { let fingerprint, dtdb: String }

  private static func golden() throws -> Golden {
    try JSONDecoder().decode(Golden.self, from: Data(bytes("golden.json")))
  }
}

/// A folder that lives as long as its holder.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/vidmetrics-weights-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }
}

/// What `body` throws, as words.
func message(_ body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return "nothing was thrown"
  } catch {
    return "\(error)"
  }
}
