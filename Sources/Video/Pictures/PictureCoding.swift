/// The coding of a picture, from its first bytes whatever its name says.
enum PictureCoding: String {
  case png
  case jpeg
  case webp
  case bmp
  case tiff
  /// PBM, PGM, PPM and PAM.
  case pnm

  /// nil: none of these.
  init?(_ head: [UInt8]) {
    if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if head.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if head.count >= 12, head.starts(with: "RIFF".utf8), head[8..<12].elementsEqual("WEBP".utf8) {
      self = .webp
    } else if head.starts(with: "BM".utf8) {
      self = .bmp
    } else if head.starts(with: [0x49, 0x49, 0x2A, 0]) || head.starts(with: [0x4D, 0x4D, 0, 0x2A]) {
      self = .tiff
    } else if head.count >= 3, head[0] == UInt8(ascii: "P"), (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(head[1]),
      [0x20, 0x0A, 0x0D, 0x09, UInt8(ascii: "#")].contains(head[2])
    {
      self = .pnm
    } else {
      return nil
    }
  }

  /// Whether every value of an RGB picture is kept; nil where that depends on the file.
  var isLossless: Bool? {
    switch self {
    case .png, .bmp, .pnm: true
    case .jpeg: false
    case .webp, .tiff: nil
    }
  }
}
