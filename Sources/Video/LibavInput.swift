import CFFmpeg
import Files

/// A container opened for demuxing over a `ByteRegion`. Used on one thread, inside of `LibavLog.capturing`.
///
/// All bytes come through the region: what a container refers to outside of itself (playlists, references) is not
/// opened.
final class LibavInput {
  let name: String
  let format: UnsafeMutablePointer<AVFormatContext>
  let stream: UnsafeMutablePointer<AVStream>
  let region: ByteRegion

  private final class Cursor {
    let region: ByteRegion
    var place = 0
    var failure: (any Error)?
    init(_ region: ByteRegion) { self.region = region }
  }

  private let cursor: Cursor
  private let io: UnsafeMutablePointer<AVIOContext>

  /// Opens `region`; `path` only helps to tell the format by its extension.
  init(_ region: ByteRegion, path: String, name: String) throws {
    let cursor = Cursor(region)
    let size: Int32 = 1 << 16
    guard let buffer = av_malloc(Int(size)),
      let io = avio_alloc_context(
        buffer.assumingMemoryBound(to: UInt8.self), size, 0, Unmanaged.passUnretained(cursor).toOpaque(),
        Self.read, nil, Self.seek)
    else { throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: "out of memory")) }
    do {
      let format = try Self.open(io, path, name, cursor)
      do {
        stream = try Self.bestStream(format, name)
      } catch {
        var format: UnsafeMutablePointer<AVFormatContext>? = format
        avformat_close_input(&format)
        throw error
      }
      self.format = format
    } catch {
      Self.free(io)
      throw error
    }
    self.cursor = cursor
    self.io = io
    self.region = region
    self.name = name
  }

  deinit {
    var format: UnsafeMutablePointer<AVFormatContext>? = format
    avformat_close_input(&format)
    Self.free(io)
  }

  /// Whether the pictures have alpha beside them that the decoder does not read: VP8 and VP9 in WebM.
  var hasUnreadAlpha: Bool {
    av_dict_get(stream.pointee.metadata, "alpha_mode", nil, 0)?.pointee.value.map { String(cString: $0) } == "1"
      && !FrameAlpha.has(stream.pointee.codecpar.pointee.format)
  }

  /// Whether nothing follows the last frame: YUV4MPEG2, whose demuxer leaves out one that is cut short.
  private var isOfPacketsAlone: Bool {
    format.pointee.iformat.map { String(cString: $0.pointee.name) } == "yuv4mpegpipe"
  }

  /// Gives the video stream's packets to `body` until it returns false or the container ends.
  func forEachPacket(_ body: (UnsafeMutablePointer<AVPacket>) throws -> Bool) throws {
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    guard let packet else { throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: "out of memory")) }
    var end = 0
    while true {
      let code = av_read_frame(format, packet)
      if let failure = cursor.failure { throw failure }
      if code == vidmetrics_averror_eof() {
        if isOfPacketsAlone, end < region.count {
          throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: "its last frame is cut short"))
        }
        return
      }
      guard code >= 0 else {
        throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: LibavLog.reason(code)))
      }
      defer { av_packet_unref(packet) }
      end = Int(packet.pointee.pos) + Int(packet.pointee.size)
      if packet.pointee.stream_index == stream.pointee.index, try !body(packet) { return }
    }
  }

  private static func open(
    _ io: UnsafeMutablePointer<AVIOContext>, _ path: String, _ name: String, _ cursor: Cursor
  ) throws -> UnsafeMutablePointer<AVFormatContext> {
    var format = avformat_alloc_context()
    format?.pointee.pb = io
    format?.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
    var options: OpaquePointer?
    av_dict_set(&options, "protocol_whitelist", "none", 0)
    defer { av_dict_free(&options) }
    let opened = avformat_open_input(&format, path, nil, &options)  // frees the context when it fails
    if let failure = cursor.failure { throw failure }
    guard opened >= 0, let format else {
      throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: LibavLog.reason(opened)))
    }
    let code = avformat_find_stream_info(format, nil)
    guard code >= 0 else {
      var format: UnsafeMutablePointer<AVFormatContext>? = format
      let reason = LibavLog.reason(code)
      avformat_close_input(&format)
      throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: reason))
    }
    return format
  }

  private static func bestStream(_ format: UnsafeMutablePointer<AVFormatContext>, _ name: String) throws
    -> UnsafeMutablePointer<AVStream>
  {
    func isVideo(_ index: Int) -> (stream: Bool, cover: Bool) {
      guard let stream = format.pointee.streams[index]?.pointee, let coding = stream.codecpar?.pointee,
        coding.codec_type == AVMEDIA_TYPE_VIDEO
      else { return (false, false) }
      let isCover = stream.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
      return (!isCover, isCover)
    }
    let all = 0..<Int(format.pointee.nb_streams)
    var best = Int(av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0))
    if best >= 0, isVideo(best).cover { best = all.first { isVideo($0).stream } ?? -1 }
    guard best >= 0, let stream = format.pointee.streams[best] else {
      throw VideoError.decoding(
        all.contains { isVideo($0).cover } ? .onlyCover(name: name) : .noVideoStream(name: name))
    }
    for index in all where index != best {
      format.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
    }
    return stream
  }

  private static func free(_ io: UnsafeMutablePointer<AVIOContext>) {
    av_freep(&io.pointee.buffer)
    var io: UnsafeMutablePointer<AVIOContext>? = io
    avio_context_free(&io)
  }

  private typealias Read = @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?, Int32) -> Int32
  private typealias Seek = @convention(c) (UnsafeMutableRawPointer?, Int64, Int32) -> Int64

  private static let read: Read = { opaque, buffer, size in
    guard let opaque, let buffer else { return vidmetrics_averror_io() }
    let cursor = Unmanaged<Cursor>.fromOpaque(opaque).takeUnretainedValue()
    do {
      let target = UnsafeMutableRawBufferPointer(start: buffer, count: Int(size))
      let got = try cursor.region.read(at: cursor.place, into: target)
      cursor.place += got
      return got == 0 ? vidmetrics_averror_eof() : Int32(got)
    } catch {
      cursor.failure = error
      return vidmetrics_averror_io()
    }
  }

  private static let seek: Seek = { opaque, offset, whence in
    guard let opaque else { return -1 }
    let cursor = Unmanaged<Cursor>.fromOpaque(opaque).takeUnretainedValue()
    let base: Int
    switch whence & ~AVSEEK_FORCE {
    case AVSEEK_SIZE: return Int64(cursor.region.count)
    case 0: base = 0
    case 1: base = cursor.place
    case 2: base = cursor.region.count
    default: return -1
    }
    let (target, overflow) = base.addingReportingOverflow(Int(offset))
    guard !overflow, target >= 0 else { return -1 }
    cursor.place = target
    return Int64(target)
  }
}
