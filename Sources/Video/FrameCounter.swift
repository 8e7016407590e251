import CFFmpeg

/// The exact number of pictures in a stream by the cheapest way that is right.
enum FrameCounter {
  struct Count {
    var frames: Int
    var isVariableRate: Bool?
  }

  /// Counts packets where each packet that is not marked as discarded (edit lists) is one picture: codings whose every
  /// picture stands alone, GIF and APNG, and H.264, VP9 and AV1 in containers that store whole pictures (MP4, MOV,
  /// Matroska, WebM), if the first packet is a key frame. Elsewhere (packed B-frames of MPEG-4 in AVI, hidden frames
  /// of VP8, leading pictures of HEVC, elementary and transport streams) pictures are counted by decoding.
  static func count(_ input: LibavInput) throws -> Count {
    guard packetsArePictures(input) else { return try countByDecoding(input) }
    var (packets, times, startsWithKey) = (0, [Int64](), true)
    try input.forEachPacket { packet in
      let flags = packet.pointee.flags
      if flags & AV_PKT_FLAG_CORRUPT != 0 {
        throw VideoError.decoding(.undecodable(name: input.name, frame: packets, reason: "a packet is cut short"))
      }
      if packets == 0, flags & AV_PKT_FLAG_KEY == 0 { startsWithKey = false }
      if flags & AV_PKT_FLAG_DISCARD == 0 {
        packets += 1
        times.append(packet.pointee.pts)
      }
      return startsWithKey
    }
    if startsWithKey { return Count(frames: packets, isVariableRate: isVariable(times)) }
    return try countByDecoding(LibavInput(input.region, path: input.name, name: input.name))
  }

  private static func countByDecoding(_ input: LibavInput) throws -> Count {
    let decoder = try FrameDecoder(input, countingOnly: true)
    var times: [Int64] = []
    let take = { (_: Int, frame: UnsafeMutablePointer<AVFrame>) in
      times.append(frame.pointee.best_effort_timestamp)
      return true
    }
    try input.forEachPacket { try decoder.decode($0, take) }
    _ = try decoder.decode(nil, take)
    return Count(frames: decoder.index, isVariableRate: isVariable(times))
  }

  private static func packetsArePictures(_ input: LibavInput) -> Bool {
    let parameters = input.stream.pointee.codecpar.pointee
    let id = parameters.codec_id
    if [AV_CODEC_ID_GIF, AV_CODEC_ID_APNG].contains(id) { return true }
    if let properties = avcodec_descriptor_get(id)?.pointee.props, properties & AV_CODEC_PROP_INTRA_ONLY != 0 {
      return true
    }
    let container = input.format.pointee.iformat.map { String(cString: $0.pointee.name) } ?? ""
    let wholePictures = container.hasPrefix("mov,") || container.hasPrefix("matroska,")
    let progressive = [AV_FIELD_PROGRESSIVE, AV_FIELD_UNKNOWN].contains(parameters.field_order)
    return wholePictures && progressive && [AV_CODEC_ID_H264, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1].contains(id)
  }

  private static func isVariable(_ times: [Int64]) -> Bool? {
    guard times.count > 2, !times.contains(.min) else { return nil }
    let sorted = times.sorted()
    let steps = zip(sorted.dropFirst(), sorted).map { $0 &- $1 }
    guard let shortest = steps.min(), let longest = steps.max() else { return nil }
    return Double(longest) > 1.5 * Double(shortest)
  }
}
