import CFFmpeg
import CPNG

/// Writes pictures as PNG, by libpng, and as JPEG, by libavcodec.
public enum PictureEncoder {
  /// PNG, 8 bits a channel, nothing lost.
  ///
  /// - Throws: `VideoError.picture(.unencodable)`.
  public static func png(_ picture: Picture) throws -> [UInt8] {
    final class Sink { var bytes: [UInt8] = [] }
    let sink = Sink()
    var state = vidmetrics_png()
    state.opaque = Unmanaged.passUnretained(sink).toOpaque()
    state.sink = { opaque, bytes, count in
      guard let opaque, let bytes else { return 0 }
      let sink = Unmanaged<Sink>.fromOpaque(opaque).takeUnretainedValue()
      sink.bytes += UnsafeBufferPointer(start: bytes, count: count)
      return 1
    }
    (state.width, state.height) = (UInt32(picture.width), UInt32(picture.height))
    guard picture.pixels.withUnsafeBufferPointer({ vidmetrics_png_write(&state, $0.baseAddress) }) != 0 else {
      let words = withUnsafeBytes(of: state.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      throw VideoError.picture(.unencodable(coding: "PNG", reason: "libpng: \(words)"))
    }
    return sink.bytes
  }

  /// JPEG with every chroma sample (4:4:4), in JFIF's colours.
  ///
  /// - Parameter scale: of the quantisation tables, 2 (fine) to 31 (coarse).
  /// - Throws: `VideoError.picture(.unencodable)`.
  public static func jpeg(_ picture: Picture, scale: Int = 4) throws -> [UInt8] {
    try encode(picture, AV_CODEC_ID_MJPEG, AV_PIX_FMT_YUVJ444P, name: "JPEG") { context in
      context.pointee.flags |= Int32(AV_CODEC_FLAG_QSCALE)
      context.pointee.global_quality = FF_QP2LAMBDA * Int32(scale)
      context.pointee.color_range = AVCOL_RANGE_JPEG
    } fill: { frame in
      frame.pointee.quality = FF_QP2LAMBDA * Int32(scale)
      guard let luma = frame.pointee.data.0, let blue = frame.pointee.data.1, let red = frame.pointee.data.2 else {
        return
      }
      for y in 0..<picture.height {
        for x in 0..<picture.width {
          let place = (y * picture.width + x) * 3
          let (r, g, b) = (
            Float(picture.pixels[place]), Float(picture.pixels[place + 1]), Float(picture.pixels[place + 2])
          )
          luma[y * Int(frame.pointee.linesize.0) + x] = byte(0.299 * r + 0.587 * g + 0.114 * b)
          blue[y * Int(frame.pointee.linesize.1) + x] = byte(128 - 0.168736 * r - 0.331264 * g + 0.5 * b)
          red[y * Int(frame.pointee.linesize.2) + x] = byte(128 + 0.5 * r - 0.418688 * g - 0.081312 * b)
        }
      }
    }
  }

  private static func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value.rounded()))) }

  private static func encode(
    _ picture: Picture, _ id: AVCodecID, _ format: AVPixelFormat, name: String,
    configure: (UnsafeMutablePointer<AVCodecContext>) -> Void = { _ in },
    fill: (UnsafeMutablePointer<AVFrame>) -> Void
  ) throws -> [UInt8] {
    try LibavLog.capturing {
      guard let codec = avcodec_find_encoder(id) else {
        throw VideoError.picture(.unencodable(coding: name, reason: "this FFmpeg has no encoder for it"))
      }
      var context = avcodec_alloc_context3(codec)
      var frame = av_frame_alloc()
      var packet = av_packet_alloc()
      defer {
        avcodec_free_context(&context)
        av_frame_free(&frame)
        av_packet_free(&packet)
      }
      guard let context, let frame, let packet else {
        throw VideoError.picture(.unencodable(coding: name, reason: "out of memory"))
      }
      func check(_ code: Int32) throws {
        guard code >= 0 else { throw VideoError.picture(.unencodable(coding: name, reason: LibavLog.reason(code))) }
      }
      context.pointee.width = Int32(picture.width)
      context.pointee.height = Int32(picture.height)
      context.pointee.pix_fmt = format
      context.pointee.time_base = AVRational(num: 1, den: 25)
      context.pointee.thread_count = 1
      configure(context)
      try check(avcodec_open2(context, codec, nil))
      frame.pointee.format = format.rawValue
      frame.pointee.width = context.pointee.width
      frame.pointee.height = context.pointee.height
      frame.pointee.color_range = context.pointee.color_range
      try check(av_frame_get_buffer(frame, 0))
      fill(frame)
      frame.pointee.pts = 0
      try check(avcodec_send_frame(context, frame))
      try check(avcodec_send_frame(context, nil))
      try check(avcodec_receive_packet(context, packet))
      return Array(UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
    }
  }
}
