import CFFmpeg

/// A decoder of one stream: packets in, pictures out, one thread. Used inside of `LibavLog.capturing`.
///
/// One thread a decoder keeps the result the same everywhere; callers decode several videos at once instead.
final class FrameDecoder {
  /// Decoded pictures so far, the index of the next one.
  private(set) var index = 0

  private let name: String
  private let context: UnsafeMutablePointer<AVCodecContext>
  private let frame: UnsafeMutablePointer<AVFrame>

  /// For a stream of `input`; with `countingOnly` the inverse transform and loop filter are left out.
  convenience init(_ input: LibavInput, countingOnly: Bool = false) throws {
    let parameters = input.stream.pointee.codecpar
    guard let id = parameters?.pointee.codec_id else { throw VideoError.decoding(.noVideoStream(name: input.name)) }
    try self.init(id, name: input.name) { context in
      let code = avcodec_parameters_to_context(context, parameters)
      context.pointee.pkt_timebase = input.stream.pointee.time_base
      context.pointee.max_pixels = Int64(PictureHeader.pixelLimit)
      context.pointee.err_recognition |= AV_EF_CRCCHECK  // APNG and FFV1 have checksums
      // GIF has no colour for a transparent pixel: black as in Pillow, where FFmpeg has white.
      if id == AV_CODEC_ID_GIF, code >= 0 { return av_opt_set_int(context.pointee.priv_data, "trans_color", 0, 0) }
      if countingOnly {
        context.pointee.skip_idct = AVDISCARD_ALL
        context.pointee.skip_loop_filter = AVDISCARD_ALL
      }
      return code
    }
  }

  init(_ id: AVCodecID, name: String, configure: (UnsafeMutablePointer<AVCodecContext>) -> Int32) throws {
    guard let codec = avcodec_find_decoder(id) else {
      let coding = String(cString: avcodec_get_name(id))
      throw VideoError.decoding(
        .undecodable(name: name, frame: nil, reason: "this FFmpeg has no decoder for `\(coding)`"))
    }
    var context = avcodec_alloc_context3(codec)
    var frame = av_frame_alloc()
    guard let opened = context, let picture = frame else {
      throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: "out of memory"))
    }
    var code = configure(opened)
    opened.pointee.thread_count = 1
    if code >= 0 { code = avcodec_open2(opened, codec, nil) }
    guard code >= 0 else {
      let reason = LibavLog.reason(code)
      avcodec_free_context(&context)
      av_frame_free(&frame)
      throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: reason))
    }
    self.name = name
    self.context = opened
    self.frame = picture
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    var frame: UnsafeMutablePointer<AVFrame>? = frame
    avcodec_free_context(&context)
    av_frame_free(&frame)
  }

  /// Decodes `packet` (nil: the rest at the end) and gives each picture with its index to `body`, until it returns
  /// false. Returns false when `body` did. What the decoder reports as an error is one, though it may give a picture that
  /// it made up for the damaged one.
  func decode(
    _ packet: UnsafeMutablePointer<AVPacket>?, _ body: (Int, UnsafeMutablePointer<AVFrame>) throws -> Bool
  ) throws -> Bool {
    if let packet, packet.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 {
      throw VideoError.decoding(.undecodable(name: name, frame: index, reason: "a packet is cut short"))
    }
    let reported = LibavLog.count
    let sent = avcodec_send_packet(context, packet)
    guard sent >= 0 || sent == vidmetrics_averror_eof() else { throw failure(sent) }
    if LibavLog.count > reported { throw failure(nil) }
    while true {
      let reported = LibavLog.count
      let code = avcodec_receive_frame(context, frame)
      if code == vidmetrics_averror_eagain() || code == vidmetrics_averror_eof() { return true }
      guard code >= 0 else { throw failure(code) }
      defer { av_frame_unref(frame) }
      let damaged =
        LibavLog.count > reported || frame.pointee.decode_error_flags != 0
        || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
      if damaged { throw failure(nil) }
      let proceed = try body(index, frame)
      index += 1
      if !proceed { return false }
    }
  }

  private func failure(_ code: Int32?) -> VideoError {
    let reason =
      code.map(LibavLog.reason) ?? (["the picture is damaged"] + LibavLog.lastMessages).joined(separator: "; ")
    return .decoding(.undecodable(name: name, frame: index, reason: reason))
  }
}
