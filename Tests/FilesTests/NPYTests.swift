import Files
import Testing

struct NPYTests {
  private func region(_ bytes: [UInt8]) -> ByteRegion { ByteRegion(MappedBytes(label: "x.npy", copying: bytes).all) }

  private func bytes<Number>(_ values: [Number]) -> [UInt8] { values.withUnsafeBytes(Array.init) }

  @Test(arguments: [[], [3], [2, 3], [1, 2, 3, 4]]) func whatIsWrittenComesBack(_ shape: [Int]) throws {
    let values = (0..<shape.reduce(1, *)).map { Double($0) / 3 }
    let file = NPYHeader.file("<f8", shape, bytes(values))
    let header = try NPYHeader(region(file), path: "x.npy")
    #expect(header.shape == shape && header.element == .float64 && !header.isFortranOrder)
    #expect(header.dataOffset % 64 == 0)
    let array = try header.array(of: .float64, in: region(file), part: "x", path: "x.npy")
    #expect(array.doubles() == values && array.values() == values.map { Float($0) })
  }

  /// The first index changes fastest, whatever the number of axes.
  @Test func fortranOrder() throws {
    let shape = [2, 3, 4]
    var values = [Float](repeating: 0, count: 24)
    for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { values[i + 2 * j + 6 * k] = Float(100 * i + 10 * j + k) } } }
    var file = NPYHeader.file("<f4", shape, bytes(values))
    let text = Array("False, ".utf8)
    let place = try #require(file.indices.first { file[$0...].starts(with: text) })
    file.replaceSubrange(place..<place + text.count, with: Array("True,  ".utf8))
    let header = try NPYHeader(region(file), path: "x.npy")
    #expect(header.isFortranOrder)
    var wanted: [Float] = []
    for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { wanted.append(Float(100 * i + 10 * j + k)) } } }
    #expect(try header.array(of: .float32, in: region(file), part: "x", path: "x.npy").values() == wanted)
  }

  @Test func everyTypeAsFloats() {
    func floats<Number>(_ type: ElementType, _ values: [Number]) -> [Float] {
      var floats = [Float](repeating: 0, count: values.count)
      values.withUnsafeBytes { bytes in floats.withUnsafeMutableBufferPointer { type.read(bytes, into: $0) } }
      return floats
    }
    #expect(floats(.float16, [UInt16(0x3c00), 0xc000, 0x0001]) == [1, -2, 0x1p-24])
    #expect(floats(.bfloat16, [UInt16(0x3f80), 0xc000]) == [1, -2])
    #expect(floats(.float32, [Float(1.5), -0.1]) == [1.5, -0.1])
    #expect(floats(.float64, [1.5, 0.1]) == [1.5, 0.1])
    #expect(floats(.int8, [Int8(-7), 127]) == [-7, 127] && floats(.uint8, [UInt8(255)]) == [255])
    #expect(floats(.int16, [Int16.min]) == [-32768] && floats(.int32, [Int32(16_777_217)]) == [16_777_216])
    #expect(floats(.int64, [Int64(-5), 1 << 40]) == [-5, 0x1p40] && floats(.bool, [UInt8(1), 0]) == [1, 0])
  }

  @Test func nonsenseIsNamed() throws {
    let file = NPYHeader.file("<f8", [2], [UInt8](repeating: 0, count: 16))
    func words(_ change: (inout [UInt8]) -> Void) -> String {
      var bytes = file
      change(&bytes)
      return message {
        let header = try NPYHeader(region(bytes), path: "x.npy")
        return try header.array(of: .float64, in: region(bytes), part: "x", path: "x.npy")
      }
    }
    let damaged = "`x.npy` is damaged or not what it seems: "
    #expect(words { $0[1] = 0 } == damaged + "it has no mark of a .npy file at its beginning")
    #expect(words { $0[6] = 9 } == damaged + "the .npy header is of version 9, which is not read here")
    #expect(words { $0[12] = 0x20 } == damaged + "it has no descr, fortran_order and shape in its header")
    #expect(words { $0.removeLast() } == damaged + "the size in bytes of `x` of shape [2] should be 16 and is 15")
    #expect(words { $0.append(0) } == damaged + "the size in bytes of `x` of shape [2] should be 16 and is 17")
    #expect(words { $0.removeLast(100) } == "`x.npy` is truncated: 128 bytes expected, 44 found")
  }
}
