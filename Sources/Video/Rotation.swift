import CFFmpeg

/// Turning pictures upright.
enum Rotation {
  /// The clockwise turn in degrees, 0, 90, 180 or 270, that a stream's display matrix asks for; other angles are an
  /// error, mirrored pictures too.
  static func of(_ stream: UnsafeMutablePointer<AVStream>, name: String) throws -> Int {
    guard let matrix = vidmetrics_display_matrix(stream) else { return 0 }
    let angle = av_display_rotation_get(matrix)  // counter-clockwise, -180...180, NaN for a singular matrix
    let determinant = Double(matrix[0]) * Double(matrix[4]) - Double(matrix[1]) * Double(matrix[3])
    let turns = (-angle / 90).rounded()
    guard determinant > 0, angle.isFinite, abs(-angle - turns * 90) < 0.5 else {
      throw VideoError.decoding(
        .undecodable(
          name: name, frame: nil, reason: "its display matrix is no turn by 90, 180 or 270 degrees"))
    }
    return ((Int(turns) % 4) + 4) % 4 * 90
  }

  /// Copies RGB rows of `rowBytes` bytes to packed rows, turned clockwise by `rotation`.
  static func copy(
    from source: UnsafePointer<UInt8>, rowBytes: Int, width: Int, height: Int, rotation: Int,
    to target: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let target = target.baseAddress else { return }
    if rotation == 0 {
      for y in 0..<height { (target + y &* width &* 3).update(from: source + y &* rowBytes, count: width &* 3) }
      return
    }
    for y in 0..<height {
      let row = source + y &* rowBytes
      // Where pixel (0, y) goes and how far apart its neighbours to the right go.
      let (start, step): (Int, Int) =
        switch rotation {
        case 90: (height &- 1 &- y, height)
        case 180: ((height &- y) &* width &- 1, -1)
        default: ((width &- 1) &* height &+ y, -height)
        }
      var place = target + start &* 3
      for x in 0..<width {
        let pixel = row + x &* 3
        place[0] = pixel[0]
        place[1] = pixel[1]
        place[2] = pixel[2]
        if x < width &- 1 { place += step &* 3 }
      }
    }
  }
}
