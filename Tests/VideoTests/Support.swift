import Files
import Foundation
import Tensors
import Video

/// The fixtures of this room and what reference programs decode from them (`make_fixtures.py` is beside them).
enum Fixture {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/golden/video").path

  static func path(_ name: String) -> String { folder + "/" + name }

  struct Golden: Decodable {
    let reference: String
    let frames: Int
    let height: Int
    let width: Int
    let sha256: String
    let pixels: [Place]
    let rgb: String?

    /// [frame, y, x, [R, G, B]]
    struct Place: Decodable {
      let frame, y, x: Int
      let colour: [UInt8]

      init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        frame = try values.decode(Int.self)
        y = try values.decode(Int.self)
        x = try values.decode(Int.self)
        colour = try values.decode([UInt8].self)
      }
    }
  }

  static let golden: [String: Golden] = {
    guard let data = FileManager.default.contents(atPath: path("golden.json")) else { return [:] }
    return (try? JSONDecoder().decode([String: Golden].self, from: data)) ?? [:]
  }()

  static func video(_ name: String, _ range: ValueRange? = nil) throws -> VideoItem {
    try VideoSet.open(path(name), options: VideoSetOptions(valueRange: range)).videos[0]
  }
}

/// A folder that is gone when the test is over.
final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.path + "/vidmetrics-tests-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file; folders on the way are made.
  func write(_ name: String, _ data: Data = Data()) throws {
    let target = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: target)
  }

  /// Writes a copy of a fixture.
  func copy(_ fixture: String, as name: String) throws {
    try write(name, Data(contentsOf: URL(fileURLWithPath: Fixture.path(fixture))))
  }
}

extension Frames {
  var bytes: [UInt8] { if case .bytes(let bytes) = samples { bytes } else { [] } }
  var floats: [Float] { if case .floats(let floats) = samples { floats } else { [] } }
}

extension VideoItem {
  /// All frames in one window.
  func all() throws -> Frames {
    var result: Frames?
    try read([FrameWindow(start: 0, count: info().frameCount)]) { _, frames in result = frames }
    return result ?? Frames(count: 0, height: 0, width: 0, samples: .bytes([]))
  }
}

/// The message of the error that `work` throws; nil if it throws none.
func message(_ work: () throws -> Void) -> String? {
  do {
    try work()
    return nil
  } catch {
    return "\(error)"
  }
}

/// Whether an error is one with words for a user.
func isOurs(_ error: any Error) -> Bool { error is VideoError || error is FilesError }

func npy<Value>(_ type: String, _ shape: [Int], _ values: [Value]) -> Data {
  npy(type, shape: "(" + shape.map(String.init).joined(separator: ", ") + ")", values)
}

/// A .npy file of version 1.
func npy<Value>(_ type: String, shape: String, _ values: [Value]) -> Data {
  let header = Data("{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n".utf8)
  var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 255), UInt8(header.count >> 8)])
  data += header
  values.withUnsafeBytes { data.append(contentsOf: $0) }
  return data
}
