import Files

/// A video made of the frames of an animated WebP, by libwebp: FFmpeg 5.1 leaves out the chunks of animations.
struct AnimatedWebP: VideoSource {
  let origin: ByteOrigin

  var stamp: String? { origin.stamp }
  var listedSize: Int { origin.size }

  func contentDigest(_ name: String) throws -> Digest { try origin.open().digest() }

  func info(_ name: String) throws -> VideoInfo {
    let region = try origin.open()
    let animation = try WebPAnimation(region, name: name)
    let shown = animation.durations
    let total = shown.reduce(0, +)
    return VideoInfo(
      width: animation.size.width, height: animation.size.height, frameCount: animation.frameCount,
      frameRate: total > 0 ? Double(shown.count) * 1000 / Double(total) : nil,
      isVariableFrameRate: shown.count > 2 ? Double(shown.max() ?? 0) > 1.5 * Double(shown.min() ?? 0) : nil,
      codec: "webp", pixelFormat: nil, colourRange: nil, colourMatrix: nil, rotation: 0, isLossless: nil,
      fileSize: region.count, problems: [])
  }

  func read(_ name: String, into assembler: WindowAssembler) throws {
    let animation = try WebPAnimation(try origin.open(), name: name)
    var index = 0
    while !assembler.isDone, let frame = try animation.next() {
      if assembler.advance(to: index) {
        var pixels = Array(frame)
        _ = try RGBAPixels.drop(&pixels, animation.size, hasAlpha: true) {
          try assembler.accept(index, size: $0, bytes: $1)
        }
      } else {
        assembler.skip(index)
      }
      index += 1
    }
  }

  func transparentFrames(_ name: String) throws -> Int {
    let animation = try WebPAnimation(try origin.open(), name: name)
    var found = 0
    while let frame = try animation.next() {
      if stride(from: 3, to: frame.count, by: 4).contains(where: { frame[$0] < .max }) { found += 1 }
    }
    return found
  }
}
