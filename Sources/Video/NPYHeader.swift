/// The header of a .npy file, format versions 1 to 3 (numpy/lib/format.py).
package struct NPYHeader {
  package enum Element: String {
    case uint8
    case float16
    case float32
    case float64

    package var size: Int {
      switch self {
      case .uint8: 1
      case .float16: 2
      case .float32: 4
      case .float64: 8
      }
    }
  }

  package let shape: [Int]
  /// Where the elements begin.
  package let dataOffset: Int
  /// As NumPy writes it, without quotes: `<f4`; structured types as they stand.
  package let descriptor: String
  private let order: String

  /// The first index changes fastest.
  package var isFortranOrder: Bool { order != "False" }

  /// - Throws: `VideoError.notAnArray`, `.truncated`.
  package init(_ region: ByteRegion, path: String) throws {
    let head = try region.bytes(at: 0, count: 12)
    guard head.count == 12, head.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw VideoError.notAnArray(path: path, reason: "it does not begin with the mark of a .npy file")
    }
    let version = head[6]
    guard (1...3).contains(version) else {
      throw VideoError.notAnArray(path: path, reason: "format version \(version) is unknown")
    }
    let start = version == 1 ? 10 : 12
    let length = head[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 20 else {
      throw VideoError.notAnArray(path: path, reason: "its header claims \(length) bytes")
    }
    let bytes = try region.bytes(at: start, count: length)
    guard bytes.count == length else {
      throw VideoError.truncated(name: path, expected: start + length, found: region.count)
    }
    dataOffset = start + length
    let text = String(decoding: bytes, as: UTF8.self)
    guard let descriptor = Self.value(of: "descr", in: text), let order = Self.value(of: "fortran_order", in: text),
      let shape = Self.shape(in: text)
    else { throw VideoError.notAnArray(path: path, reason: "its header has no descr, fortran_order and shape") }
    let quoted = descriptor.first == "'" || descriptor.first == "\""
    self.descriptor = quoted ? String(descriptor.dropFirst().dropLast()) : descriptor
    self.order = order
    self.shape = shape
  }

  /// The type of the elements, in C order.
  ///
  /// - Throws: `VideoError.elementType`, `.fortranOrder`.
  func element(path: String) throws -> Element {
    let element = try elementInAnyOrder(path: path)
    guard !isFortranOrder else { throw VideoError.fortranOrder(path: path) }
    return element
  }

  /// - Throws: `VideoError.elementType`.
  package func elementInAnyOrder(path: String) throws -> Element {
    let elements: [String: Element] = [
      "|u1": .uint8, "<u1": .uint8, ">u1": .uint8, "<f2": .float16, "<f4": .float32, "<f8": .float64,
    ]
    guard let element = elements[descriptor] else {
      throw VideoError.elementType(path: path, descriptor: descriptor)
    }
    return element
  }

  /// The text after `'key':` up to the comma, bracket or brace that ends it.
  private static func value(of key: String, in text: String) -> String? {
    guard let place = place(after: key, in: text) else { return nil }
    let rest = text[place...].drop { $0 == " " }
    guard let quote = rest.first, quote == "'" || quote == "\"" else {
      return String(rest.prefix { $0 != "," && $0 != "}" })
    }
    guard let end = rest.dropFirst().firstIndex(of: quote) else { return nil }
    return String(rest[...end])
  }

  private static func shape(in text: String) -> [Int]? {
    guard let place = place(after: "shape", in: text) else { return nil }
    let rest = text[place...].drop { $0 == " " }
    guard rest.first == "(", let end = rest.firstIndex(of: ")") else { return nil }
    var shape: [Int] = []
    for part in rest[rest.index(after: rest.startIndex)..<end].split(separator: ",") {
      let digits = part.filter { $0 != " " && $0 != "L" }
      if digits.isEmpty { continue }
      guard let number = Int(digits), number >= 0 else { return nil }
      shape.append(number)
    }
    return shape
  }

  private static func place(after key: String, in text: String) -> String.Index? {
    for quote in ["'", "\""] {
      let wanted = Array((quote + key + quote + ":").utf8)
      let bytes = Array(text.utf8)
      guard bytes.count >= wanted.count else { continue }
      for start in 0...(bytes.count - wanted.count) where bytes[start..<start + wanted.count].elementsEqual(wanted) {
        return text.utf8.index(text.utf8.startIndex, offsetBy: start + wanted.count)
      }
    }
    return nil
  }
}
