import CFFmpeg

/// Samples of pictures without chroma subsampling as Pillow's `convert("RGB")` turns them into RGB: alpha is dropped, grey is
/// repeated, palettes are looked up, 16-bit samples keep their high byte.
enum PackedPixels {
  /// Returns false for other pixel formats.
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
    case AV_PIX_FMT_RGB24: colour(step: 3, at: 0, 1, 2)
    case AV_PIX_FMT_BGR24: colour(step: 3, at: 2, 1, 0)
    case AV_PIX_FMT_RGBA, AV_PIX_FMT_RGB0: colour(step: 4, at: 0, 1, 2)
    case AV_PIX_FMT_BGRA, AV_PIX_FMT_BGR0: colour(step: 4, at: 2, 1, 0)
    case AV_PIX_FMT_RGB48BE: colour(step: 6, at: 0, 2, 4)
    case AV_PIX_FMT_RGB48LE: colour(step: 6, at: 1, 3, 5)
    case AV_PIX_FMT_RGBA64BE: colour(step: 8, at: 0, 2, 4)
    case AV_PIX_FMT_RGBA64LE: colour(step: 8, at: 1, 3, 5)
    case AV_PIX_FMT_GRAY8: colour(step: 1, at: 0, 0, 0)
    case AV_PIX_FMT_YA8: colour(step: 2, at: 0, 0, 0)
    case AV_PIX_FMT_GRAY16BE: colour(step: 2, at: 0, 0, 0)
    case AV_PIX_FMT_GRAY16LE: colour(step: 2, at: 1, 1, 1)
    case AV_PIX_FMT_MONOBLACK: bits(set: 255)
    case AV_PIX_FMT_MONOWHITE: bits(set: 0)
    case AV_PIX_FMT_PAL8: palette(frame)
    default: nil
    }
  }

  /// Pixels of `step` bytes with red, green and blue at those places.
  private static func colour(step: Int, at red: Int, _ green: Int, _ blue: Int) -> Reader {
    { source, target, width in
      for x in 0..<width {
        let (from, to) = (source + x &* step, target + x &* 3)
        to[0] = from[red]
        to[1] = from[green]
        to[2] = from[blue]
      }
    }
  }

  /// Eight pixels a byte; what a bit that is set means.
  private static func bits(set value: UInt8) -> Reader {
    { source, target, width in
      for x in 0..<width {
        let isSet = source[x >> 3] & (0x80 >> UInt8(x & 7)) != 0
        for channel in 0..<3 { target[x &* 3 &+ channel] = isSet ? value : 255 &- value }
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

/// The alpha of decoded pictures.
enum FrameAlpha {
  /// Whether a pixel format has alpha; palettes have.
  static func has(_ format: Int32) -> Bool {
    guard let descriptor = av_pix_fmt_desc_get(AVPixelFormat(rawValue: format)) else { return false }
    return descriptor.pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0 || format == AV_PIX_FMT_PAL8.rawValue
  }

  /// Whether alpha is below its largest value somewhere.
  static func isTransparent(_ frame: UnsafeMutablePointer<AVFrame>) -> Bool {
    guard has(frame.pointee.format),
      let descriptor = av_pix_fmt_desc_get(AVPixelFormat(rawValue: frame.pointee.format))
    else { return false }
    let isPalette = frame.pointee.format == AV_PIX_FMT_PAL8.rawValue
    let component = isPalette ? 3 : Int32(descriptor.pointee.nb_components) - 1
    let depth = withUnsafeBytes(of: descriptor.pointee.comp) {
      $0.bindMemory(to: AVComponentDescriptor.self)[isPalette ? 0 : Int(component)].depth
    }
    let opaque = UInt16((1 << min(16, depth)) - 1)
    var row = [UInt16](repeating: 0, count: Int(frame.pointee.width))
    return withUnsafePointer(to: frame.pointee.data) { data in
      withUnsafePointer(to: frame.pointee.linesize) { lines in
        data.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: 8) { data in
          lines.withMemoryRebound(to: Int32.self, capacity: 8) { lines in
            (0..<frame.pointee.height).contains { y in
              av_read_image_line(
                &row, UnsafeMutablePointer(mutating: data), lines, descriptor, 0, y, component, frame.pointee.width,
                isPalette ? 1 : 0)
              return row.contains { $0 < opaque }
            }
          }
        }
      }
    }
  }
}
