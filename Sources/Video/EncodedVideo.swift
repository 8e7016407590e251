import CFFmpeg
import Files

extension ContentKind {
  /// Whether FFmpeg is to say what it holds. Pictures under a video's name are none; PNG may be animated, and motion JPEG without
  /// a container begins as a JPEG does.
  fileprivate func isVideo(_ path: String) -> Bool {
    switch self {
    case .mp4, .matroska, .avi, .wav, .gif, .png: true
    case .jpeg: ["mjpeg", "mjpg"].contains(path.split(separator: ".").last?.lowercased())
    case .webp, .bmp, .tiff, .empty, .webPage, .gitLFSPointer, .text, .textUTF16, .pickle, .torchLegacy, .zip, .tar,
      .gzip,
      .bzip2, .xz, .zstandard, .sevenZip, .rar, .npy, .safetensors, .hdf5, .matlab, .sqlite, .pdf, .zeros:
      false
    }
  }
}

/// A video file of any container and coding that FFmpeg opens.
struct EncodedVideo: VideoSource {
  let origin: ByteOrigin

  var stamp: String? { origin.stamp }
  var listedSize: Int { origin.size }

  func contentDigest(_ name: String) throws -> Digest { try origin.open().digest() }

  func info(_ name: String) throws -> VideoInfo {
    try LibavLog.capturing {
      let region = try origin.open()
      try region.refuse({ !$0.isVideo(origin.path) }, wanted: "a video", path: name)
      let input = try LibavInput(region, path: origin.path, name: name)
      let isAnimated = input.stream.pointee.codecpar.pointee.codec_id == AV_CODEC_ID_APNG
      try region.refuse({ $0 == .png && !isAnimated }, wanted: "a video", path: name)
      try ContainerEnd.check(region, name: name)
      let count = try FrameCounter.count(input)
      guard count.frames > 0 else {
        throw VideoError.decoding(.undecodable(name: name, frame: nil, reason: "it holds no pictures"))
      }
      let info = try describe(input, count)
      try PictureHeader.check(info.size, bytes: 0, name: name)
      return info
    }
  }

  func read(_ name: String, into assembler: WindowAssembler) throws {
    try LibavLog.capturing {
      let region = try origin.open()
      let input = try LibavInput(region, path: origin.path, name: name)
      let decoder = try FrameDecoder(input)
      let converter = try FrameConverter(name: name, rotation: try Rotation.of(input.stream, name: name))
      var first: FrameSize?
      let take = { (index: Int, frame: UnsafeMutablePointer<AVFrame>) -> Bool in
        let size = FrameSize(width: Int(frame.pointee.width), height: Int(frame.pointee.height))
        if let first, first != size {
          throw VideoError.decoding(.sizeChanges(name: name, frame: index, from: first, to: size))
        }
        first = size
        if assembler.advance(to: index) {
          try converter.convert(frame) { try assembler.accept(index, size: $0, bytes: $1) }
        } else {
          assembler.skip(index)
        }
        return !assembler.isDone
      }
      var proceed = true
      try input.forEachPacket { packet in
        proceed = try decoder.decode(packet, take)
        return proceed
      }
      if proceed, try decoder.decode(nil, take) { try ContainerEnd.check(region, name: name) }
    }
  }

  func transparentFrames(_ name: String) throws -> Int {
    try LibavLog.capturing {
      let input = try LibavInput(try origin.open(), path: origin.path, name: name)
      guard FrameAlpha.has(input.stream.pointee.codecpar.pointee.format) else { return 0 }
      let decoder = try FrameDecoder(input)
      var found = 0
      let take = { (_: Int, frame: UnsafeMutablePointer<AVFrame>) in
        if FrameAlpha.isTransparent(frame) { found += 1 }
        return true
      }
      try input.forEachPacket { try decoder.decode($0, take) }
      _ = try decoder.decode(nil, take)
      return found
    }
  }

  private func describe(_ input: LibavInput, _ count: FrameCounter.Count) throws -> VideoInfo {
    let stream = input.stream
    let parameters = stream.pointee.codecpar.pointee
    let rotation = try Rotation.of(stream, name: input.name)
    let turned = rotation % 180 != 0
    let (width, height) = (Int(parameters.width), Int(parameters.height))
    let range = parameters.color_range.rawValue
    let matrix = parameters.color_space.rawValue
    var problems: [VideoInfo.Problem] = []
    if [AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67].contains(parameters.color_trc),
      let transfer = PixelFormat.transferName(parameters.color_trc.rawValue)
    {
      problems.append(.highDynamicRange(transfer: transfer))
    }
    if input.hasUnreadAlpha { problems.append(.alphaPlane) }
    return VideoInfo(
      width: turned ? height : width, height: turned ? width : height, frameCount: count.frames,
      frameRate: Self.rate(stream.pointee.avg_frame_rate) ?? Self.rate(stream.pointee.r_frame_rate),
      isVariableFrameRate: count.isVariableRate, codec: String(cString: avcodec_get_name(parameters.codec_id)),
      pixelFormat: PixelFormat.name(parameters.format),
      colourRange: range == AVCOL_RANGE_UNSPECIFIED.rawValue ? nil : PixelFormat.rangeName(range),
      colourMatrix: matrix == AVCOL_SPC_UNSPECIFIED.rawValue ? nil : PixelFormat.matrixName(matrix),
      rotation: rotation, isLossless: Self.isLossless(parameters), fileSize: input.region.count,
      problems: problems)
  }

  private static func rate(_ rate: AVRational) -> Double? {
    rate.num > 0 && rate.den > 0 ? Double(rate.num) / Double(rate.den) : nil
  }

  /// Chroma subsampling and GIF's 256 colours lose values before the coding begins.
  private static func isLossless(_ parameters: AVCodecParameters) -> Bool? {
    if parameters.codec_id == AV_CODEC_ID_GIF || PixelFormat.isSubsampled(parameters.format) { return false }
    guard let properties = avcodec_descriptor_get(parameters.codec_id)?.pointee.props else { return nil }
    let (lossy, lossless) = (properties & AV_CODEC_PROP_LOSSY != 0, properties & AV_CODEC_PROP_LOSSLESS != 0)
    return lossy == lossless ? nil : lossless
  }
}
