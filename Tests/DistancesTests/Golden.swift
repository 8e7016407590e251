import Distances
import Foundation

/// Golden values of `Fixtures/golden/distances`.
enum Golden {
  static func read<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("Fixtures/golden/distances/\(name).json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Value.self, from: data)
  }

  /// `samples.py`.
  static func features(rows: Int, columns: Int, seed: UInt64, shift: Int = 0, unit: Double = 256) -> FeatureMatrix {
    var state = seed
    var integers: [Int] = []
    integers.reserveCapacity(rows * columns)
    for index in 0..<rows * columns {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let fresh = Int((state >> 33) % 2001) - 1000
      let previous = index % columns > 0 ? integers[index - 1] : 0
      integers.append(floorDivide(previous, 2) + floorDivide(fresh, 1 + index % columns % 5) + shift)
    }
    return FeatureMatrix(rows: rows, columns: columns, values: integers.map { Float(Double($0) / unit) })
  }

  private static func floorDivide(_ a: Int, _ b: Int) -> Int { (a - ((a % b) + b) % b) / b }
}

/// |a - b| over the larger of them.
func relative(_ a: Double, _ b: Double) -> Double {
  a == b ? 0 : abs(a - b) / max(abs(a), abs(b))
}

/// What the error says, or nil where none is thrown.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}
