/// The made-up numbers of the recipes in `Fixtures/golden`, to the bit: a hash of a name and an index.
///
/// - Parameter value: of a number in [0, 1) with 24 bits.
func madeUpNumbers(_ name: String, _ count: Int, _ value: (Double) -> Double) -> [Float] {
  let start = name.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  return (0..<count).map { index in
    var x = start &+ UInt32(truncatingIfNeeded: index)
    x = (x ^ x >> 16) &* 0x85eb_ca6b
    x = (x ^ x >> 13) &* 0xc2b2_ae35
    x ^= x >> 16
    return Float(value(Double(x >> 8) * 0x1p-24))
  }
}
