import Files

/// What a picture says of itself before its pixels.
struct PictureHeader {
  let coding: PictureCoding
  let size: FrameSize
  /// Whether it has alpha or a transparent colour.
  let hasAlpha: Bool

  /// No picture is read that has more pixels (8K has 33 million), or whose file has more bytes: far more than any frame
  /// needs, and little enough to be held.
  static let pixelLimit = 1 << 27
  static let byteLimit = 1 << 28

  /// - Throws: `VideoError.decoding(.undecodable)`, `.animation`; `FilesError`.
  init(_ region: ByteRegion, name: String) throws {
    coding = try Self.coding(region, name: name)
    switch coding {
    case .png:
      let reader = try PNGReader(region, name: name)
      (size, hasAlpha) = (reader.size, reader.hasAlpha)
    case .webp: (size, hasAlpha) = try WebPAnimation.stillHeader(region, name: name)
    case .jpeg: (size, hasAlpha) = (try JPEGStructure.size(region, name: name), false)
    case .bmp, .tiff, .pnm: (size, hasAlpha) = try LibavPicture.header(region, coding, name: name)
    }
    try Self.check(size, bytes: region.count, name: name)
  }

  static func coding(_ region: ByteRegion, name: String) throws -> PictureCoding {
    let head = try region.bytes(at: 0, count: 64)
    if let coding = PictureCoding(head) { return coding }
    let wanted = "a PNG, JPEG, WebP, BMP, TIFF or PNM picture"
    try region.refuse({ _ in true }, wanted: wanted, path: name)
    throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: "it is not \(wanted)"))
  }

  /// - Throws: `VideoError.decoding(.undecodable)` for a picture without pixels or with too many.
  static func check(_ size: FrameSize, bytes: Int, name: String) throws {
    let (pixels, overflow) = size.width.multipliedReportingOverflow(by: size.height)
    let reason: String? =
      if size.width <= 0 || size.height <= 0 {
        "its size is \(size)"
      } else if overflow || pixels > pixelLimit {
        "its size is \(size), and at most \(pixelLimit) pixels are read"
      } else if bytes > byteLimit {
        "it has \(bytes) bytes, and at most \(byteLimit) are read of a picture"
      } else {
        nil
      }
    if let reason { throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: reason)) }
  }
}
