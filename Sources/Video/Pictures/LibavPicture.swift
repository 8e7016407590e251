import CFFmpeg
import Files

/// A JPEG, BMP, TIFF or PNM picture, read by libavcodec. JPEG takes IJG's integer transform; `JPEGPixels` says what becomes of
/// its chroma, `PackedPixels` of the samples of the others.
enum LibavPicture {
  /// Returns whether alpha is below 255 somewhere.
  static func decode(
    _ region: ByteRegion, _ coding: PictureCoding, name: String,
    _ body: (FrameSize, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws -> Bool {
    var isTransparent = false
    try withFrame(region, coding, name: name) { frame in
      isTransparent = FrameAlpha.isTransparent(frame)
      if try !PackedPixels.convert(frame, body), try !JPEGPixels.convert(frame, body) {
        try FrameConverter(name: name, rotation: 0).convert(frame, body)
      }
    }
    return isTransparent
  }

  /// The size, and whether there is alpha: by decoding, for want of anything shorter that holds for all kinds of headers.
  static func header(_ region: ByteRegion, _ coding: PictureCoding, name: String) throws -> (FrameSize, Bool) {
    var found = (FrameSize(width: 0, height: 0), false)
    try withFrame(region, coding, name: name) { frame in
      let size = FrameSize(width: Int(frame.pointee.width), height: Int(frame.pointee.height))
      found = (size, FrameAlpha.has(frame.pointee.format))
    }
    return found
  }

  private static func withFrame(
    _ region: ByteRegion, _ coding: PictureCoding, name: String, _ body: (UnsafeMutablePointer<AVFrame>) throws -> Void
  ) throws {
    try PictureHeader.check(FrameSize(width: 1, height: 1), bytes: region.count, name: name)
    let bytes = try region.array()
    if coding == .jpeg { try JPEGStructure.checkWhole(bytes, name: name) }
    if coding == .tiff, let pages = TIFFPages.count(bytes), pages > 1 {
      throw VideoError.decoding(.animation(name: name, coding: "TIFF", frames: pages))
    }
    try LibavLog.capturing {
      let decoder = try FrameDecoder(codec(coding), name: name) { context in
        context.pointee.max_pixels = Int64(PictureHeader.pixelLimit)
        guard coding == .jpeg else { return 0 }
        context.pointee.err_recognition = AV_EF_EXPLODE
        context.pointee.idct_algo = FF_IDCT_INT
        return 0
      }
      var done = false
      let take = { (_: Int, frame: UnsafeMutablePointer<AVFrame>) in
        try body(frame)
        done = true
        return false
      }
      var packet = av_packet_alloc()
      defer { av_packet_free(&packet) }
      guard let packet, let count = Int32(exactly: bytes.count), av_new_packet(packet, count) == 0 else {
        throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: "out of memory"))
      }
      bytes.withUnsafeBufferPointer { packet.pointee.data.update(from: $0.baseAddress!, count: $0.count) }
      if try decoder.decode(packet, take) { _ = try decoder.decode(nil, take) }
      guard done else { throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: LibavLog.reason(-1))) }
    }
  }

  private static func codec(_ coding: PictureCoding) -> AVCodecID {
    switch coding {
    case .png: AV_CODEC_ID_PNG
    case .jpeg: AV_CODEC_ID_MJPEG
    case .webp: AV_CODEC_ID_WEBP
    case .bmp: AV_CODEC_ID_BMP
    case .tiff: AV_CODEC_ID_TIFF
    case .pnm: AV_CODEC_ID_PPM  // its decoder goes by the file's own mark
    }
  }
}

/// The pages of a TIFF file (TIFF 6.0, section 2).
enum TIFFPages {
  /// How many there are but for reduced copies; nil where the list of them is damaged.
  static func count(_ bytes: [UInt8]) -> Int? {
    let isLittle = bytes[0] == 0x49
    func number(_ place: Int, _ size: Int) -> Int? {
      guard place >= 0, place <= bytes.count - size else { return nil }
      let digits = bytes[place..<place + size]
      return (isLittle ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 | Int($1) }
    }
    var (pages, seen) = (0, Set<Int>())
    guard var place = number(4, 4) else { return nil }
    while place != 0 {
      guard seen.insert(place).inserted, let entries = number(place, 2) else { return nil }
      var isReduced = false
      for entry in 0..<entries where number(place + 2 + entry * 12, 2) == 254 {  // NewSubfileType
        isReduced = (number(place + 2 + entry * 12 + 8, 4) ?? 0) & 1 == 1
      }
      pages += isReduced ? 0 : 1
      guard let next = number(place + 2 + entries * 12, 4) else { return nil }
      place = next
    }
    return pages
  }
}
