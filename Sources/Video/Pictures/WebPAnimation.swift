import CWebP
import Files

/// A WebP file by libwebp: its one picture, or its animation with each frame put on the canvas. The canvas begins transparent and
/// black, whatever background the file names, as in Pillow.
final class WebPAnimation {
  let size: FrameSize
  let frameCount: Int
  /// Milliseconds that each frame is shown.
  let durations: [Int]
  let hasAlpha: Bool
  private let name: String
  private let bytes: ByteSlice
  private let decoder: OpaquePointer
  private var index = 0

  /// - Throws: `FilesError.truncated`, `VideoError.decoding(.undecodable)`.
  init(_ region: ByteRegion, name: String) throws {
    try ContainerEnd.check(region, name: name)
    let head = try Self.features(region, name: name)
    size = FrameSize(width: Int(head.width), height: Int(head.height))
    hasAlpha = head.has_alpha != 0
    try PictureHeader.check(size, bytes: region.count, name: name)
    let bytes = try region.whole()
    let opened = bytes.withBytes { raw -> (OpaquePointer?, [Int]) in
      var data = WebPData(bytes: raw.bindMemory(to: UInt8.self).baseAddress, size: raw.count)
      var options = WebPAnimDecoderOptions()
      guard WebPAnimDecoderOptionsInit(&options) != 0 else { return (nil, []) }
      options.color_mode = MODE_RGBA
      options.use_threads = 0
      guard let decoder = WebPAnimDecoderNew(&data, &options) else { return (nil, []) }
      var (shown, frame) = ([Int](), WebPIterator())
      if WebPDemuxGetFrame(WebPAnimDecoderGetDemuxer(decoder), 1, &frame) != 0 {
        repeat { shown.append(Int(frame.duration)) } while WebPDemuxNextFrame(&frame) != 0
      }
      WebPDemuxReleaseIterator(&frame)
      return (decoder, shown)
    }
    guard let decoder = opened.0, !opened.1.isEmpty else { throw Self.damaged(name) }
    self.decoder = decoder
    durations = opened.1
    frameCount = opened.1.count
    self.bytes = bytes
    self.name = name
  }

  deinit { WebPAnimDecoderDelete(decoder) }

  /// The next frame, width × height × 4 bytes that hold until the next call; nil behind the last.
  ///
  /// - Throws: `VideoError.decoding(.undecodable)`.
  func next() throws -> UnsafeBufferPointer<UInt8>? {
    guard index < frameCount else { return nil }
    var (pixels, time): (UnsafeMutablePointer<UInt8>?, Int32) = (nil, 0)
    guard WebPAnimDecoderGetNext(decoder, &pixels, &time) != 0, let pixels else {
      throw Self.damaged(name, frame: frameCount > 1 ? index : nil)
    }
    index += 1
    return UnsafeBufferPointer(start: pixels, count: size.width * size.height * 4)
  }

  /// The one picture. Returns whether alpha is below 255 somewhere.
  func still(_ body: (FrameSize, UnsafeBufferPointer<UInt8>) throws -> Void) throws -> Bool {
    guard frameCount == 1, let picture = try next() else {
      throw VideoError.decoding(.animation(name: name, coding: "WebP", frames: frameCount))
    }
    var pixels = Array(picture)
    return try RGBAPixels.drop(&pixels, size, hasAlpha: true, body)
  }

  /// Size and alpha of a file that holds one picture.
  ///
  /// - Throws: as `init`, and `VideoError.decoding(.animation)`.
  static func stillHeader(_ region: ByteRegion, name: String) throws -> (FrameSize, Bool) {
    let head = try features(region, name: name)
    guard head.has_animation == 0 else {
      throw VideoError.decoding(
        .animation(name: name, coding: "WebP", frames: try WebPAnimation(region, name: name).frameCount))
    }
    return (FrameSize(width: Int(head.width), height: Int(head.height)), head.has_alpha != 0)
  }

  /// Whether the first 21 bytes of a file are those of a WebP that is marked as an animation.
  static func isAnimated(_ head: [UInt8]) -> Bool {
    PictureCoding(head) == .webp && head.count >= 21 && head[12..<16].elementsEqual("VP8X".utf8) && head[20] & 2 != 0
  }

  private static func features(_ region: ByteRegion, name: String) throws -> WebPBitstreamFeatures {
    var features = WebPBitstreamFeatures()
    let head = try region.bytes(at: 0, count: 1 << 12)
    guard WebPGetFeatures(head, head.count, &features) == VP8_STATUS_OK else { throw damaged(name) }
    return features
  }

  private static func damaged(_ name: String, frame: Int? = nil) -> VideoError {
    .decoding(.undecodable(name: name, frame: frame, reason: "libwebp finds it damaged"))
  }
}
