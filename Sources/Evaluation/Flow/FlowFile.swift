import Files
import Networks

/// Flows as Middlebury's `.flo` files: `PIEH` (202021.25 as float32), width and height as int32, then u and v of each pixel
/// in rows from above, float32; all little-endian.
public enum FlowFile {
  public static func bytes(_ flow: FlowField) -> [UInt8] {
    var bytes = Array("PIEH".utf8)
    bytes.reserveCapacity(12 + 4 * flow.values.count)
    func append(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    append(UInt32(flow.width))
    append(UInt32(flow.height))
    for value in flow.values { append(value.bitPattern) }
    return bytes
  }

  /// - Throws: `FilesError` for what is not such a file, or is cut.
  public static func read(_ path: String) throws -> FlowField {
    var cursor = ByteCursor(try MappedBytes(mapping: path).all)
    guard try cursor.integer(UInt32.self, "the tag") == Float(202021.25).bitPattern else {
      throw FilesError.malformed(path: path, .missing(part: "tag PIEH at its beginning, as .flo files have it"))
    }
    let (width, height) = (
      Int(try cursor.integer(Int32.self, "the width")), Int(try cursor.integer(Int32.self, "the height"))
    )
    guard width > 0, height > 0, cursor.remaining % 8 == 0, cursor.remaining / 8 == width * height else {
      throw FilesError.malformed(
        path: path, .contradiction(part: "the number of pixels", claimed: width * height, found: cursor.remaining / 8))
    }
    let values = try cursor.take(cursor.remaining, "the flow").withBytes { bytes in
      (0..<2 * width * height).map { index in
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
      }
    }
    return FlowField(height: height, width: width, values: values)
  }

  public static func write(_ flow: FlowField, to path: String) throws {
    let bytes = bytes(flow)
    try WholeFile.write(path) { file in try bytes.withUnsafeBytes(file.write) }
  }
}
