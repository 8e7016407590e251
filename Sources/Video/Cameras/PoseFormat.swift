import Files
import Vocabulary

/// How a file writes the poses of a camera, told by its content: one pose a line and so many numbers in it, or COLMAP's binary
/// images.
public enum PoseFormat: String, Sendable, CaseIterable {
  /// timestamp, fx, fy, cx, cy, 0, 0, then [R|t] from the world to the camera: 19 numbers, 18 without the timestamp. A line
  /// before them may say where the video is.
  case realEstate10K = "RealEstate10K"
  /// images.txt: id, qw, qx, qy, qz, tx, ty, tz, camera, name, from the world to the camera; then a line of points. Poses
  /// stand in no order: that of the names is the one of time.
  case colmapText = "COLMAP images.txt"
  /// images.bin, which says the same.
  case colmapBinary = "COLMAP images.bin"
  /// timestamp, tx, ty, tz, qx, qy, qz, qw, from the camera to the world.
  case tum = "TUM"
  /// [R|t] from the camera to the world, row by row.
  case kitti = "KITTI"

  /// Numbers, or words, in a line of it.
  static let ofColumns: [Int: PoseFormat] = [
    18: .realEstate10K, 19: .realEstate10K, 10: .colmapText, 8: .tum, 12: .kitti,
  ]
}

/// The camera poses of one video, in a file of any of the formats.
struct PoseReader {
  /// As messages call the file.
  let name: String

  /// - Returns: maps from the camera to the world, in the order of time.
  /// - Throws: `VideoError.poses`, `FilesError`.
  func read(_ origin: ByteOrigin) throws -> (format: PoseFormat, poses: [CameraPose]) {
    let region = try origin.open()
    let found: (format: PoseFormat, poses: [CameraPose])
    if Self.isBinary(origin.path) {
      found = (.colmapBinary, try binaryImages(region.whole()))
    } else {
      let bytes = try region.array()
      guard let text = String(validating: bytes, as: UTF8.self) else { throw VideoError.poses(.notText(name: name)) }
      found = try lines(text.utf8.starts(with: [0xef, 0xbb, 0xbf]) ? String(text.unicodeScalars.dropFirst()) : text)
    }
    guard found.poses.count >= 2 else { throw VideoError.poses(.tooFew(name: name, poses: found.poses.count)) }
    return found
  }

  static func isBinary(_ path: String) -> Bool { VideoSet.lastComponent(path).lowercased().hasSuffix(".bin") }

  // MARK: Text

  private typealias Line = (number: Int, words: [Substring])

  private func lines(_ text: String) throws -> (PoseFormat, [CameraPose]) {
    // An empty line of COLMAP is an image without points.
    let all: [Line] = TextLines.numbered(text).compactMap { line in
      line.text.first { !$0.isWhitespace } == "#"
        ? nil : (line.number, line.text.split { $0 == " " || $0 == "\t" })
    }
    var rest = all.drop { $0.words.isEmpty }
    if let head = rest.first, head.words.count == 1, head.words[0].contains("://") { rest = rest.dropFirst() }
    guard let first = rest.first(where: { !$0.words.isEmpty }) else {
      throw VideoError.poses(.tooFew(name: name, poses: 0))
    }
    guard let format = PoseFormat.ofColumns[first.words.count] else {
      throw VideoError.poses(.noFormat(name: name, line: first.number, columns: first.words.count))
    }
    if format == .colmapText { return (format, try images(Array(rest))) }
    // RealEstate10K's lines of 18 values are without it.
    let hasTime = [19, 8].contains(first.words.count)
    var time = -Double.infinity
    return (
      format,
      try rest.filter { !$0.words.isEmpty }.map { line in
        guard line.words.count == first.words.count else {
          throw VideoError.poses(
            .columns(name: name, line: line.number, found: line.words.count, wanted: first.words.count, format: format))
        }
        let values = try numbers(line.words, line.number)
        if hasTime {
          // Files of generators often have the same number in all lines.
          guard values[0] >= time else { throw VideoError.poses(.backInTime(name: name, line: line.number)) }
          time = values[0]
        }
        return try pose(values, format, line: line.number)
      }
    )
  }

  /// Every second line lists points, where there is one: three values each.
  private func images(_ lines: [Line]) throws -> [CameraPose] {
    let columns = 10
    var found: [(name: String, pose: CameraPose)] = []
    var mayBePoints = false
    for line in lines {
      guard line.words.count == columns else {
        guard mayBePoints, line.words.count % 3 == 0 else {
          throw VideoError.poses(
            .columns(name: name, line: line.number, found: line.words.count, wanted: columns, format: .colmapText))
        }
        mayBePoints = line.words.isEmpty && mayBePoints
        continue
      }
      let values = try numbers(line.words[1...7], line.number)
      found.append((String(line.words[9]), try pose(values, .colmapText, line: line.number)))
      mayBePoints = true
    }
    return try sorted(found)
  }

  private func numbers(_ words: some Collection<Substring>, _ line: Int) throws -> [Double] {
    try words.map { word in
      guard let value = Double(word), value.isFinite else {
        throw VideoError.poses(.badNumber(name: name, line: line, value: String(word.prefix(40))))
      }
      return value
    }
  }

  // MARK: COLMAP

  private func binaryImages(_ bytes: ByteSlice) throws -> [CameraPose] {
    var cursor = ByteCursor(bytes)
    let images = try cursor.length(UInt64.self, of: "the number of images")
    var found: [(name: String, pose: CameraPose)] = []
    for image in 0..<images {
      _ = try cursor.take(4, "image \(image)")
      let values = try (0..<7).map { _ in Double(bitPattern: try cursor.integer(UInt64.self, "image \(image)")) }
      _ = try cursor.take(4, "image \(image)")
      var name: [UInt8] = []
      while case let byte = try cursor.integer(UInt8.self, "the name of image \(image)"), byte != 0 {
        name.append(byte)
      }
      let points = try cursor.length(UInt64.self, of: "the points of image \(image)")
      guard points <= cursor.remaining / 24 else {
        throw FilesError.malformed(
          path: bytes.label,
          .endsEarly(part: "the points of image \(image)", at: cursor.position, needs: points * 24, of: bytes.count))
      }
      _ = try cursor.take(points * 24, "the points of image \(image)")
      found.append((String(decoding: name, as: UTF8.self), try pose(values, .colmapBinary, line: image + 1)))
    }
    return try sorted(found)
  }

  private func sorted(_ images: [(name: String, pose: CameraPose)]) throws -> [CameraPose] {
    let sorted = images.sorted { NaturalOrder.precedes($0.name, $1.name) }
    if let twice = zip(sorted.dropFirst(), sorted).first(where: { $0.name == $1.name }) {
      throw VideoError.poses(.imageTwice(name: name, image: twice.0.name))
    }
    return sorted.map(\.pose)
  }

  // MARK: One pose

  /// How far a rotation of a file may be from one: files are written with few digits.
  private static let tolerance = 0.01

  private func pose(_ values: [Double], _ format: PoseFormat, line: Int) throws -> CameraPose {
    let isBinary = format == .colmapBinary
    switch format {
    case .realEstate10K: return try checked(Array(values.suffix(12)), line).inverse
    case .kitti: return try checked(values, line)
    case .colmapText, .colmapBinary:
      let quaternion = SIMD4(values[1], values[2], values[3], values[0])
      return try turned(quaternion, SIMD3(values[4], values[5], values[6]), line, isBinary).inverse
    case .tum:
      let quaternion = SIMD4(values[4], values[5], values[6], values[7])
      return try turned(quaternion, SIMD3(values[1], values[2], values[3]), line, isBinary)
    }
  }

  /// No camera is farther from the origin: squares of differences of places are numbers then.
  private static let farthest = 1e100

  private func checkPlace(_ translation: SIMD3<Double>, _ line: Int, isBinary: Bool) throws {
    guard (0..<3).allSatisfy({ abs(translation[$0]) <= Self.farthest }) else {
      throw VideoError.poses(.tooFar(name: name, line: line, isImage: isBinary))
    }
  }

  private func checked(_ matrix: [Double], _ line: Int) throws -> CameraPose {
    try checkPlace(SIMD3(matrix[3], matrix[7], matrix[11]), line, isBinary: false)
    let pose = CameraPose(matrix: matrix)
    guard pose.skewness <= Self.tolerance, pose.determinant > 0 else {
      throw VideoError.poses(
        .notRotation(name: name, line: line, determinant: pose.determinant, skewness: pose.skewness))
    }
    return pose
  }

  private func turned(
    _ quaternion: SIMD4<Double>, _ translation: SIMD3<Double>, _ line: Int, _ isBinary: Bool
  ) throws -> CameraPose {
    let length = (quaternion * quaternion).sum().squareRoot()
    try checkPlace(translation, line, isBinary: isBinary)
    guard abs(length - 1) <= Self.tolerance else {
      throw VideoError.poses(.notUnit(name: name, line: line, isImage: isBinary, length: length))
    }
    return CameraPose(quaternion: quaternion, translation: translation)
  }
}
