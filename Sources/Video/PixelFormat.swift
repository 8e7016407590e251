import CFFmpeg

/// Names and properties of FFmpeg's pixel formats and colour tags.
enum PixelFormat {
  /// Matrices that libswscale applies; 2 is untagged and means BT.601.
  static let convertibleMatrices: Set<UInt32> = [
    AVCOL_SPC_BT709.rawValue, AVCOL_SPC_UNSPECIFIED.rawValue, AVCOL_SPC_FCC.rawValue, AVCOL_SPC_BT470BG.rawValue,
    AVCOL_SPC_SMPTE170M.rawValue, AVCOL_SPC_SMPTE240M.rawValue, AVCOL_SPC_BT2020_NCL.rawValue,
    AVCOL_SPC_RESERVED.rawValue,
  ]

  static func name(_ format: Int32) -> String? { av_get_pix_fmt_name(AVPixelFormat(rawValue: format)).map(String.init) }

  static func isRGB(_ format: Int32) -> Bool {
    guard let descriptor = av_pix_fmt_desc_get(AVPixelFormat(rawValue: format)) else { return false }
    return descriptor.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) != 0
  }

  static func isSubsampled(_ format: Int32) -> Bool {
    guard let descriptor = av_pix_fmt_desc_get(AVPixelFormat(rawValue: format)) else { return false }
    return descriptor.pointee.log2_chroma_w > 0 || descriptor.pointee.log2_chroma_h > 0
  }

  static func matrixName(_ matrix: UInt32) -> String? { av_color_space_name(AVColorSpace(matrix)).map(String.init) }

  static func rangeName(_ range: UInt32) -> String? { av_color_range_name(AVColorRange(range)).map(String.init) }

  static func transferName(_ transfer: UInt32) -> String? {
    av_color_transfer_name(AVColorTransferCharacteristic(transfer)).map(String.init)
  }
}
