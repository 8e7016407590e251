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

  public static func write(_ flow: FlowField, to path: String) throws {
    let bytes = bytes(flow)
    try WholeFile.write(path) { file in try bytes.withUnsafeBytes(file.write) }
  }
}
