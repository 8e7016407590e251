import Files
import Testing

struct HalfPrecisionTests {
  #if !(os(macOS) && arch(x86_64))
    @Test func everyPatternIsThatOfTheCompiler() {
      for bits in UInt16.min ... .max {
        let (found, expected) = (Float(half: bits), Float(Float16(bitPattern: bits)))
        if expected.isNaN {
          #expect(found.isNaN && found.sign == expected.sign, "\(bits)")
        } else if found.bitPattern != expected.bitPattern {
          Issue.record("\(bits): \(found), and \(expected) is expected")
        }
      }
    }
  #endif

  @Test func theLimitsOfTheFormat() {
    #expect(Float(half: 0x7bff) == 65504 && Float(half: 0x0400) == 0x1p-14 && Float(half: 0x0001) == 0x1p-24)
    #expect(Float(half: 0xfc00) == -.infinity && Float(half: 0x8000).bitPattern == 0x8000_0000)
  }
}
