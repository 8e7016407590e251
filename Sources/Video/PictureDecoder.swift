import CFFmpeg

/// Decodes one PNG or JPEG picture to packed RGB bytes.
///
/// PNG goes through libavcodec's decoder and not through libpng's simplified API: the latter applies gAMA chunks and
/// takes 16-bit samples for linear light, PIL does neither, and what PIL gives is what published scores were made of.
/// JPEG goes through libavcodec with IJG's integer transform; `JPEGPixels` says what becomes of the chroma.
enum PictureDecoder {
  static func decode(
    _ bytes: [UInt8], name: String, _ body: (FrameSize, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    try LibavLog.capturing {
      let coding = try PictureHeader.coding(bytes, name: name)
      let decoder = try FrameDecoder(coding == .png ? AV_CODEC_ID_PNG : AV_CODEC_ID_MJPEG, name: name) { context in
        context.pointee.err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE
        if coding == .jpeg { context.pointee.idct_algo = FF_IDCT_INT }
        return 0
      }
      var done = false
      let take = { (_: Int, frame: UnsafeMutablePointer<AVFrame>) in
        if try !PNGPixels.convert(frame, body), try !JPEGPixels.convert(frame, body) {
          try FrameConverter(name: name, rotation: 0).convert(frame, body)
        }
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
}

/// The pixel formats of PNG as PIL's `convert("RGB")` turns them into RGB: alpha and transparent colours are dropped,
/// grey is repeated, palettes are looked up, 16-bit samples keep their high byte. One exception: PIL clips 16-bit grey at
/// 255 instead, which turns pictures white; it keeps its high byte here too, as with OpenCV.
enum PNGPixels {
  /// Returns false for pixel formats that are not PNG's.
  static func convert(
    _ frame: UnsafeMutablePointer<AVFrame>, _ body: (FrameSize, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws -> Bool {
    let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
    guard let data = frame.pointee.data.0, let reader = reader(frame) else { return false }
    let rowBytes = Int(frame.pointee.linesize.0)
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    pixels.withUnsafeMutableBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      for y in 0..<height { reader(data + y &* rowBytes, base + y &* width &* 3, width) }
    }
    try pixels.withUnsafeBufferPointer { try body(FrameSize(width: width, height: height), $0) }
    return true
  }

  /// Source row, target row, width.
  private typealias Reader = (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>, Int) -> Void

  private static func reader(_ frame: UnsafeMutablePointer<AVFrame>) -> Reader? {
    switch AVPixelFormat(rawValue: frame.pointee.format) {
    case AV_PIX_FMT_RGB24: { $1.update(from: $0, count: $2 &* 3) }
    case AV_PIX_FMT_RGBA: colour(step: 4, sample: 1)
    case AV_PIX_FMT_RGB48BE: colour(step: 6, sample: 2)
    case AV_PIX_FMT_RGBA64BE: colour(step: 8, sample: 2)
    case AV_PIX_FMT_GRAY8: colour(step: 1, sample: 0)
    case AV_PIX_FMT_YA8: colour(step: 2, sample: 0)
    case AV_PIX_FMT_GRAY16BE: colour(step: 2, sample: 0)
    case AV_PIX_FMT_YA16BE: colour(step: 4, sample: 0)
    case AV_PIX_FMT_MONOBLACK:
      { source, target, width in
        for x in 0..<width {
          let value: UInt8 = source[x >> 3] & (0x80 >> UInt8(x & 7)) != 0 ? 255 : 0
          for channel in 0..<3 { target[x &* 3 &+ channel] = value }
        }
      }
    case AV_PIX_FMT_PAL8: palette(frame)
    default: nil
    }
  }

  /// Pixels of `step` bytes whose channels are `sample` bytes apart.
  private static func colour(step: Int, sample: Int) -> Reader {
    { source, target, width in
      for x in 0..<width {
        let (from, to) = (source + x &* step, target + x &* 3)
        to[0] = from[0]
        to[1] = from[sample]
        to[2] = from[sample &* 2]
      }
    }
  }

  /// 256 words 0xAARRGGBB in the machine's byte order.
  private static func palette(_ frame: UnsafeMutablePointer<AVFrame>) -> Reader? {
    guard let table = frame.pointee.data.1 else { return nil }
    return { source, target, width in
      for x in 0..<width {
        let colour = UnsafeRawPointer(table).load(fromByteOffset: Int(source[x]) &* 4, as: UInt32.self)
        let to = target + x &* 3
        to[0] = UInt8(truncatingIfNeeded: colour >> 16)
        to[1] = UInt8(truncatingIfNeeded: colour >> 8)
        to[2] = UInt8(truncatingIfNeeded: colour)
      }
    }
  }
}
