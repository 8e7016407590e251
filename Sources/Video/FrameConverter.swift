import CFFmpeg

/// Turns decoded pictures into packed RGB bytes H×W×3, upright.
///
/// The conversion is libswscale's; matrix and range are those that the picture is tagged with. Untagged pictures are
/// read as BT.601, and as 16...235 unless the pixel format itself says full range, which is what swscale does by
/// default and OpenCV, PyAV and decord with it. Alpha is dropped: a pixel keeps the colour that is stored with it, and is
/// black where there is none (GIF), as with Pillow's `convert("RGB")`.
final class FrameConverter {
  private let name: String
  private let rotation: Int
  private let flags: Int32
  private var key: Key?
  private var scaler: OpaquePointer?
  private let scratch: UnsafeMutablePointer<AVFrame>
  private var packed: [UInt8] = []

  private struct Key: Equatable {
    var format, width, height: Int32
    var matrix, range: UInt32
  }

  /// `rotation` is 0, 90, 180 or 270 degrees clockwise.
  init(name: String, rotation: Int, flags: Int32 = SWS_BILINEAR | SWS_BITEXACT) throws {
    guard let frame = av_frame_alloc() else {
      throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: "out of memory"))
    }
    scratch = frame
    self.name = name
    self.rotation = rotation
    self.flags = flags
  }

  deinit {
    sws_freeContext(scaler)
    var frame: UnsafeMutablePointer<AVFrame>? = scratch
    av_frame_free(&frame)
  }

  /// Converts one picture and gives its size and bytes to `body`.
  func convert(
    _ frame: UnsafeMutablePointer<AVFrame>, _ body: (FrameSize, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    try prepare(frame)
    let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
    let code = withUnsafePointer(to: frame.pointee.data) { data in
      withUnsafePointer(to: frame.pointee.linesize) { lines in
        data.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: 8) { data in
          lines.withMemoryRebound(to: Int32.self, capacity: 8) { lines in
            scale(data, lines, frame.pointee.height)
          }
        }
      }
    }
    guard code == frame.pointee.height, let pixels = scratch.pointee.data.0 else {
      throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: LibavLog.reason(code)))
    }
    let turned = rotation % 180 != 0
    let size = FrameSize(width: turned ? height : width, height: turned ? width : height)
    if packed.count != width * height * 3 { packed = [UInt8](repeating: 0, count: width * height * 3) }
    packed.withUnsafeMutableBufferPointer {
      Rotation.copy(
        from: pixels, rowBytes: Int(scratch.pointee.linesize.0), width: width, height: height, rotation: rotation,
        to: $0)
    }
    try packed.withUnsafeBufferPointer { try body(size, $0) }
  }

  private func scale(
    _ data: UnsafePointer<UnsafePointer<UInt8>?>, _ lines: UnsafePointer<Int32>, _ height: Int32
  ) -> Int32 {
    var target = [scratch.pointee.data.0]
    var rowBytes = [scratch.pointee.linesize.0]
    target += [nil, nil, nil]
    rowBytes += [0, 0, 0]
    return sws_scale(scaler, data, lines, 0, height, &target, &rowBytes)
  }

  private func prepare(_ frame: UnsafeMutablePointer<AVFrame>) throws {
    let new = Key(
      format: frame.pointee.format, width: frame.pointee.width, height: frame.pointee.height,
      matrix: frame.pointee.colorspace.rawValue, range: frame.pointee.color_range.rawValue)
    guard new != key else { return }
    key = nil
    sws_freeContext(scaler)
    scaler = sws_getContext(
      new.width, new.height, AVPixelFormat(rawValue: new.format), new.width, new.height, AV_PIX_FMT_RGB24, flags, nil,
      nil, nil)
    guard scaler != nil else {
      let format = PixelFormat.name(new.format) ?? "unknown"
      throw VideoError.decoding(
        .undecodable(name: name, frame: nil, reason: "pixel format `\(format)` is not converted to RGB"))
    }
    try setColour(new)
    av_frame_unref(scratch)
    scratch.pointee.format = AV_PIX_FMT_RGB24.rawValue
    scratch.pointee.width = new.width
    scratch.pointee.height = new.height
    let code = av_frame_get_buffer(scratch, 64)
    guard code >= 0 else {
      throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: LibavLog.reason(code)))
    }
    key = new
  }

  private func setColour(_ key: Key) throws {
    guard !PixelFormat.isRGB(key.format) else { return }
    guard PixelFormat.convertibleMatrices.contains(key.matrix) else {
      throw VideoError.decoding(.unsupportedColour(name: name, matrix: PixelFormat.matrixName(key.matrix) ?? "unknown"))
    }
    var (inverse, table): (UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?)
    var (sourceRange, targetRange, brightness, contrast, saturation): (Int32, Int32, Int32, Int32, Int32) = (
      0, 0, 0, 0, 0
    )
    sws_getColorspaceDetails(
      scaler, &inverse, &sourceRange, &table, &targetRange, &brightness, &contrast, &saturation)
    switch key.range {
    case AVCOL_RANGE_JPEG.rawValue: sourceRange = 1
    case AVCOL_RANGE_MPEG.rawValue: sourceRange = 0
    default: break  // what the pixel format says
    }
    let coefficients = sws_getCoefficients(Int32(key.matrix))
    sws_setColorspaceDetails(
      scaler, coefficients, sourceRange, coefficients, 1, 0, 1 << 16, 1 << 16)
  }
}
