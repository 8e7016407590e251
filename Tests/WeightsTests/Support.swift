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

extension WeightStore {
  /// Imports one file that holds a network.
  func importFile(_ path: String, as name: String?, insist: Bool = false) throws -> NetworkWeights {
    switch try importFiles([path], as: name, insist: insist) {
    case .network(let weights): return weights
    case .text(let known): throw WeightsError.isText(name: known.name)
    }
  }

  func list() -> [WeightStatus] { names().map(status) }
}

extension NetworkWeights {
  var isFVDWeights: Bool { known?.name == "i3d-kinetics400" }
  var isFIDWeights: Bool { known?.name == "inception-2015-12-05" }
}
