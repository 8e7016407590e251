import Distances
import Files
import Foundation
import Tensors
import Testing
import Video

/// The masks of the project's clips, bit by bit those of Physics-IQ's published program with OpenCV
/// (`Fixtures/golden/physics/recipe.py`).
@Suite struct PhysicsMaskTests {
  private struct Golden: Decodable { let masks: [String: String] }

  @Test func masksAreThePublishedOnes() throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures").path
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: fixtures + "/golden/physics/physics.json")))
    #expect(golden.masks.count == 45)
    var others: [String] = []
    for (name, wanted) in golden.masks {
      let folder = name.split(separator: "/").dropLast().joined(separator: "/")
      let set = try VideoSet.open(fixtures + "/clips/" + folder)
      let item = try #require(set.videos.first { name.hasSuffix("/" + $0.name) })
      let info = try item.info()
      var masks = MotionMasks(height: info.height, width: info.width)
      var hasher = SHA256()
      try item.read((0..<info.frameCount).map { FrameWindow(start: $0, count: 1) }) { _, frame in
        guard case .bytes(let bytes) = frame.samples else { return }
        masks.next(bytes).withUnsafeBytes { hasher.update($0) }
      }
      if hasher.finish().hex != wanted { others.append(name) }
    }
    #expect(others == [])
  }
}
