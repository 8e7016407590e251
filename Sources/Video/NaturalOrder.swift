/// Natural order of names: runs of digits compare by value, so `frame2` comes before `frame10`.
///
/// Names are compared folder by folder. Letters compare without ASCII case first; case, then leading zeros (fewer
/// first), decide only between names that are otherwise equal, so the order is total and the same on every machine.
public enum NaturalOrder {
  /// Whether `a` comes before `b`.
  ///
  /// - Complexity: O(length), without allocation for native strings.
  public static func precedes(_ a: String, _ b: String) -> Bool {
    var a = a
    var b = b
    return a.withUTF8 { a in b.withUTF8 { b in compare(a, b) < 0 } }
  }

  /// `names` in natural order.
  public static func sorted(_ names: [String]) -> [String] { names.sorted(by: precedes) }

  private static func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
    var i = 0
    var j = 0
    var tie = 0  // the first difference in case or in leading zeros
    while i < a.count, j < b.count {
      if isDigit(a[i]), isDigit(b[j]) {
        let (x, y) = (digits(a, i), digits(b, j))
        if x.length != y.length { return x.length - y.length }
        for k in 0..<x.length where a[x.start + k] != b[y.start + k] {
          return Int(a[x.start + k]) - Int(b[y.start + k])
        }
        if tie == 0 { tie = (x.start - i) - (y.start - j) }
        i = x.start + x.length
        j = y.start + y.length
        continue
      }
      let (p, q) = (rank(a[i]), rank(b[j]))
      if p != q { return p - q }
      if tie == 0 { tie = Int(a[i]) - Int(b[j]) }
      i += 1
      j += 1
    }
    let rest = (a.count - i) - (b.count - j)
    return rest != 0 ? rest : tie
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  /// The run of digits at `index` without its leading zeros.
  private static func digits(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> (start: Int, length: Int) {
    var start = index
    while start < text.count, text[start] == 48 { start += 1 }
    var end = start
    while end < text.count, isDigit(text[end]) { end += 1 }
    return (start, end - start)
  }

  /// The end of a folder's name comes before every character; letters without case.
  private static func rank(_ byte: UInt8) -> Int {
    if byte == 47 { return -1 }
    return byte &- 65 < 26 ? Int(byte) + 32 : Int(byte)
  }
}

extension Collection<String> {
  package func sortedNaturally() -> [String] { NaturalOrder.sorted(Array(self)) }
}
