import Files

/// The kind and size of a PNG or JPEG picture, from its first bytes whatever its name says.
struct PictureHeader {
  enum Coding: String {
    case png
    case jpeg
  }

  let coding: Coding
  let size: FrameSize

  init(_ region: ByteRegion, name: String) throws {
    let head = try region.bytes(at: 0, count: 1 << 12)
    try region.refuse({ $0 != .png && $0 != .jpeg }, wanted: "a PNG or JPEG picture", path: name)
    coding = try Self.coding(head, name: name)
    let size = coding == .png ? Self.sizeOfPNG(head) : try Self.sizeOfJPEG(region)
    guard let size, size.width > 0, size.height > 0 else {
      throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: "its header is cut short or damaged"))
    }
    self.size = size
  }

  static func coding(_ head: [UInt8], name: String) throws -> Coding {
    if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if head.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: "neither PNG nor JPEG"))
  }

  private static func sizeOfPNG(_ head: [UInt8]) -> FrameSize? {
    guard head.count >= 24, head[12..<16].elementsEqual("IHDR".utf8) else { return nil }
    let number = { (place: Int) in head[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    return FrameSize(width: number(16), height: number(20))
  }

  /// ITU-T T.81, B.1: segments up to the first start-of-frame marker.
  private static func sizeOfJPEG(_ region: ByteRegion) throws -> FrameSize? {
    var place = 2
    while true {
      let segment = try region.bytes(at: place, count: 9)
      guard segment.count >= 4, segment[0] == 0xFF else { return nil }
      let marker = segment[1]
      if marker == 0xFF || (0xD0...0xD8).contains(marker) || marker == 0x01 {
        place += marker == 0xFF ? 1 : 2
        continue
      }
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        guard segment.count == 9 else { return nil }
        return FrameSize(
          width: Int(segment[7]) << 8 | Int(segment[8]), height: Int(segment[5]) << 8 | Int(segment[6]))
      }
      let length = Int(segment[2]) << 8 | Int(segment[3])
      guard length >= 2, marker != 0xD9, marker != 0xDA else { return nil }
      place += 2 + length
    }
  }
}
