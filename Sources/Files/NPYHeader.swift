/// The header of a .npy file, format versions 1 to 3 (numpy/lib/format.py).
package struct NPYHeader {
  /// The limit of NumPy itself is 10,000 characters unless one allows more.
  private static let maximumLength = 1 << 20

  /// A header ends within so many bytes.
  package static let most = maximumLength + 12

  package let shape: [Int]
  /// Where the elements begin.
  package let dataOffset: Int
  /// As NumPy writes it, without quotes: `<f4`; structured types as they stand.
  package let descriptor: String
  /// The first index changes fastest.
  package let isFortranOrder: Bool

  /// - Throws: `FilesError.malformed`, `.truncated`.
  package init(_ region: ByteRegion, path: String) throws {
    let head = try region.bytes(at: 0, count: 12)
    try region.refuse({ $0 != .npy }, wanted: "a .npy array", path: path)
    guard head.count == 12, head.starts(with: Self.mark) else {
      throw FilesError.malformed(path: path, .missing(part: "mark of a .npy file at its beginning"))
    }
    let version = head[6]
    guard (1...3).contains(version) else {
      throw FilesError.malformed(path: path, .unsupported(part: "the .npy header", what: "of version \(version)"))
    }
    let start = version == 1 ? 10 : 12
    let length = head[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.maximumLength else {
      throw FilesError.malformed(
        path: path, .oversized(part: "the .npy header", claimed: length, limit: Self.maximumLength))
    }
    let bytes = try region.bytes(at: start, count: length)
    guard bytes.count == length else {
      throw FilesError.truncated(path: path, expected: start + length, found: region.count)
    }
    dataOffset = start + length
    let text = String(decoding: bytes, as: UTF8.self)
    guard let descriptor = Self.value(of: "descr", in: text), let order = Self.value(of: "fortran_order", in: text),
      let shape = Self.shape(in: text)
    else { throw FilesError.malformed(path: path, .missing(part: "descr, fortran_order and shape in its header")) }
    let quoted = descriptor.first == "'" || descriptor.first == "\""
    self.descriptor = quoted ? String(descriptor.dropFirst().dropLast()) : descriptor
    isFortranOrder = order != "False"
    self.shape = shape
  }

  /// The type of the elements, if it is one of those that are read: little-endian numbers.
  package var element: ElementType? {
    switch descriptor {
    case "|u1", "<u1", ">u1": .uint8
    case "<i8": .int64
    case "<f2": .float16
    case "<f4": .float32
    case "<f8": .float64
    default: nil
    }
  }

  /// The array, whose elements must fill the rest of the region exactly.
  ///
  /// - Parameter part: what messages call it.
  /// - Throws: `FilesError.malformed`.
  package func array(of element: ElementType, in region: ByteRegion, part: String, path: String) throws -> StoredTensor
  {
    var needed = element.size
    for extent in shape {
      let (product, overflow) = needed.multipliedReportingOverflow(by: extent)
      needed = overflow ? .max : product
    }
    let found = region.count - dataOffset
    guard needed == found else {
      throw FilesError.malformed(
        path: path,
        .contradiction(part: "the size in bytes of `\(part)` of shape \(shape)", claimed: needed, found: found))
    }
    let bytes = try region.slice(at: dataOffset, count: needed, part: "`\(part)`")
    let strides = isFortranOrder ? Array(StoredTensor.rowMajor(shape.reversed()).reversed()) : nil
    return try StoredTensor(name: part, type: element, shape: shape, strides: strides, bytes: bytes)
  }

  /// A file of format version 1 as `np.save` writes it, the elements in C order from a multiple of 64 bytes on.
  ///
  /// - Parameter bytes: of the elements.
  package static func file(_ descriptor: String, _ shape: [Int], _ bytes: [UInt8]) -> [UInt8] {
    let extents = shape.map { "\($0)," }.joined(separator: " ")
    let axes = shape.count > 1 ? String(extents.dropLast()) : extents
    var text = Array("{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(axes)), }".utf8)
    text += [UInt8](repeating: 0x20, count: 63 - (10 + text.count) % 64) + [0x0A]
    return mark + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text + bytes
  }

  private static let mark = [0x93] + Array("NUMPY".utf8)

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
