import Testing
import Video

@Suite struct NaturalOrderTests {
  @Test func numbersCompareByValue() {
    let names = ["frame10.png", "frame2.png", "frame1.png", "frame100.png", "Frame3.png", "frame02.png"]
    let wanted = ["frame1.png", "frame2.png", "frame02.png", "Frame3.png", "frame10.png", "frame100.png"]
    #expect(NaturalOrder.sorted(names) == wanted)
  }

  @Test func foldersComeBeforeLongerNamesOfTheSameBeginning() {
    #expect(NaturalOrder.sorted(["a b/1", "a/10", "a/9", "a1/0", "B/1"]) == ["a/9", "a/10", "a b/1", "a1/0", "B/1"])
  }

  @Test func numbersOfAnyLength() {
    #expect(NaturalOrder.precedes("9999999999999999999999998", "9999999999999999999999999"))
    #expect(NaturalOrder.precedes("9", "10000000000000000000000000"))
  }

  /// A strict total order on distinct names: every pair one way, every triple transitive.
  @Test func isATotalOrder() {
    let names = ["", "0", "00", "1", "01", "a", "A", "a0", "a00", "a1", "A1", "a01b", "a1b", "a/1", "a/01", "é", "1a1"]
    for a in names {
      for b in names {
        #expect(NaturalOrder.precedes(a, b) != NaturalOrder.precedes(b, a) || a == b, "\(a) \(b)")
        for c in names where NaturalOrder.precedes(a, b) && NaturalOrder.precedes(b, c) {
          #expect(NaturalOrder.precedes(a, c), "\(a) \(b) \(c)")
        }
      }
    }
  }
}
