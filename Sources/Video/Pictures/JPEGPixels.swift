import CFFmpeg

/// The planes of a JPEG picture as RGB, the way libjpeg (and so PIL) turns them: chroma is upsampled by its triangle
/// filter ("fancy upsampling", jdsample.c) and converted with its fixed-point full-range BT.601 (jdcolor.c).
enum JPEGPixels {
  /// Returns false for pixel formats other than 8-bit YCbCr with chroma at full or half size either way.
  static func convert(
    _ frame: UnsafeMutablePointer<AVFrame>, _ body: (FrameSize, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws -> Bool {
    let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
    guard let layout = av_pix_fmt_desc_get(AVPixelFormat(rawValue: frame.pointee.format))?.pointee,
      layout.nb_components == 3, layout.comp.0.depth == 8, layout.log2_chroma_w <= 1, layout.log2_chroma_h <= 1,
      layout.flags == UInt64(AV_PIX_FMT_FLAG_PLANAR), frame.pointee.color_range == AVCOL_RANGE_JPEG,
      let luma = frame.pointee.data.0, let blue = frame.pointee.data.1, let red = frame.pointee.data.2
    else { return false }
    var lines = frame.pointee.linesize
    let rowBytes = withUnsafeBytes(of: &lines) { $0.bindMemory(to: Int32.self).prefix(3).map(Int.init) }
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    var chroma = (
      Chroma(blue, rowBytes[1], width, height, layout.log2_chroma_w == 1, layout.log2_chroma_h == 1),
      Chroma(red, rowBytes[2], width, height, layout.log2_chroma_w == 1, layout.log2_chroma_h == 1)
    )
    pixels.withUnsafeMutableBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      for y in 0..<height {
        chroma.0.upsample(y)
        chroma.1.upsample(y)
        chroma.0.row.withUnsafeBufferPointer { blue in
          chroma.1.row.withUnsafeBufferPointer { red in
            colour(luma + y &* rowBytes[0], blue, red, width, to: base + y &* width &* 3)
          }
        }
      }
    }
    try pixels.withUnsafeBufferPointer { try body(FrameSize(width: width, height: height), $0) }
    return true
  }

  /// One row; factors are round(f · 2^16) as in jdcolor.c.
  private static func colour(
    _ luma: UnsafePointer<UInt8>, _ blue: UnsafeBufferPointer<UInt8>, _ red: UnsafeBufferPointer<UInt8>, _ width: Int,
    to target: UnsafeMutablePointer<UInt8>
  ) {
    let half: Int32 = 1 << 15
    for x in 0..<width {
      let y = Int32(luma[x])
      let (cb, cr) = (Int32(blue[x]) &- 128, Int32(red[x]) &- 128)
      let values = (
        y &+ ((91_881 &* cr &+ half) >> 16), y &+ ((-22_554 &* cb &- 46_802 &* cr &+ half) >> 16),
        y &+ ((116_130 &* cb &+ half) >> 16)
      )
      let pixel = target + x &* 3
      pixel[0] = UInt8(clamping: values.0)
      pixel[1] = UInt8(clamping: values.1)
      pixel[2] = UInt8(clamping: values.2)
    }
  }

  /// One chroma plane, upsampled a row at a time.
  private struct Chroma {
    let plane: UnsafePointer<UInt8>
    let rowBytes: Int
    /// Of the plane.
    let width: Int
    let height: Int
    let halfWidth: Bool
    let halfHeight: Bool
    var row: [UInt8]
    private var sums: [Int32]

    init(
      _ plane: UnsafePointer<UInt8>, _ rowBytes: Int, _ width: Int, _ height: Int, _ halfWidth: Bool, _ halfHeight: Bool
    ) {
      self.plane = plane
      self.rowBytes = rowBytes
      self.width = halfWidth ? (width + 1) / 2 : width
      self.height = halfHeight ? (height + 1) / 2 : height
      self.halfWidth = halfWidth
      self.halfHeight = halfHeight
      row = [UInt8](repeating: 0, count: self.width * (halfWidth ? 2 : 1))
      sums = [Int32](repeating: 0, count: self.width)
    }

    /// Sets `row` to the chroma of picture row `y`: 3/4 of the nearer sample and 1/4 of the farther one along each
    /// halved axis; the rounding alternates as in libjpeg. libjpeg repeats samples where a plane halved in width is at
    /// most two wide.
    mutating func upsample(_ y: Int) {
      let near = halfHeight ? y / 2 : y
      let isUpper = y & 1 == 0
      let far = halfHeight && (width > 2 || !halfWidth) ? min(max(near + (isUpper ? -1 : 1), 0), height - 1) : near
      let (nearRow, farRow) = (plane + near &* rowBytes, plane + far &* rowBytes)
      guard halfWidth else {
        let bias: Int32 = isUpper ? 1 : 2
        for x in 0..<width {
          row[x] =
            halfHeight ? UInt8((Int32(nearRow[x]) &* 3 &+ Int32(farRow[x]) &+ bias) >> 2) : nearRow[x]
        }
        return
      }
      guard width > 2 else {
        for x in 0..<row.count { row[x] = nearRow[x / 2] }
        return
      }
      // Sums over the vertical axis are 4 times (or once) a sample; the horizontal step multiplies by 4 again.
      for x in 0..<width {
        sums[x] = halfHeight ? Int32(nearRow[x]) &* 3 &+ Int32(farRow[x]) : Int32(nearRow[x])
      }
      let (shift, left, right): (Int32, Int32, Int32) = halfHeight ? (4, 8, 7) : (2, 1, 2)
      let edge: (Int32, Int32) = halfHeight ? (8, 7) : (0, 0)
      let last = width - 1
      for x in 0..<width {
        let this = sums[x] &* 3
        row[2 &* x] =
          x == 0 ? UInt8((sums[0] &* 4 &+ edge.0) >> shift) : UInt8((this &+ sums[x &- 1] &+ left) >> shift)
        row[2 &* x &+ 1] =
          x == last ? UInt8((sums[last] &* 4 &+ edge.1) >> shift) : UInt8((this &+ sums[x &+ 1] &+ right) >> shift)
      }
    }
  }
}
