/// A zip whose members are kept as they are (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16), each dated
/// 1980-01-01, so that the same members give the same bytes.
package struct StoredZip {
  private var pieces: [[UInt8]] = []
  private var directory: [UInt8] = []
  private var members = 0
  private var size = 0

  package init() {}

  package mutating func add(_ name: String, _ content: [UInt8]) {
    let checksum = content.withUnsafeBytes { CRC32.ieee.of($0) }
    // From "version needed" to the length of the extra field.
    let fields =
      Self.u16(20) + Self.u16(0) + Self.u16(0) + Self.u16(0) + Self.u16(0x21) + Self.u32(Int(checksum))
      + Self.u32(content.count) + Self.u32(content.count) + Self.u16(name.utf8.count) + Self.u16(0)
    // Comment, disk, attributes; then where the local header is.
    directory +=
      Self.u32(0x0201_4B50) + Self.u16(20) + fields + Self.u16(0) + Self.u16(0) + Self.u16(0) + Self.u32(0)
      + Self.u32(size) + Array(name.utf8)
    let local = Self.u32(0x0403_4B50) + fields + Array(name.utf8)
    pieces += [local, content]
    size += local.count + content.count
    members += 1
  }

  /// The whole, in pieces; nil where it needs the fields of zip64.
  package var finished: [[UInt8]]? {
    guard size + directory.count < 0xFFFF_FFFF, members < 0xFFFF else { return nil }
    let end =
      Self.u32(0x0605_4B50) + Self.u16(0) + Self.u16(0) + Self.u16(members) + Self.u16(members)
      + Self.u32(directory.count) + Self.u32(size) + Self.u16(0)
    return pieces + [directory, end]
  }

  /// Little-endian; the low bits of what does not fit, which `finished` refuses.
  private static func u16(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }
  private static func u32(_ value: Int) -> [UInt8] { u16(value & 0xFFFF) + u16(value >> 16 & 0xFFFF) }
}
