import Files
import Tensors

/// An array of videos [N,T,H,W,3], or of one video [T,H,W,3], in a .npy file or as a member of a .npz.
///
/// Rows are read from the file when they are needed; nothing else of it is held. Compressed members are unpacked to an
/// unlinked temporary file first, so that rows can be read in any order in linear time.
final class VideoArray: Sendable {
  let path: String
  let origin: ByteOrigin
  let region: ByteRegion
  let dataOffset: Int
  let element: ElementType
  let holdsFloats: Bool
  let valueRange: ValueRange
  /// The array is one video.
  let isSingle: Bool
  let rows: Int
  /// [T, H, W, 3].
  let rowShape: [Int]
  /// Arrays of a .npz that are no videos by their shape.
  let ignored: [String]

  private static let read: Set<ElementType> = [.uint8, .float16, .float32, .float64]

  /// - Throws: `VideoError.array(.layout)`, `.elementType`, `.fortranOrder`, `.valueRangeNeeded`, `.valueRangeOfBytes`,
  ///   `.severalArrays`; `FilesError`.
  static func open(_ origin: ByteOrigin, valueRange: ValueRange?) throws -> VideoArray {
    guard case .file(let path) = origin, path.lowercased().hasSuffix(".npz") else {
      return try VideoArray(origin, path: origin.path, valueRange: valueRange, ignored: [])
    }
    let archive = try Archive(path)
    var (videos, others): ([Int], [String]) = ([], [])
    for (index, member) in archive.members.enumerated() {
      let shape =
        member.name.hasSuffix(".npy")
        ? try? NPYHeader(archive.head(index, count: 1 << 16), path: path).shape : nil
      if let shape, (4...5).contains(shape.count) { videos.append(index) } else { others.append(member.name) }
    }
    let names = { (indices: [Int]) in indices.map { String(archive.members[$0].name.dropLast(4)) } }
    guard let index = videos.first else {
      throw VideoError.array(.noVideos(path: path))
    }
    guard videos.count == 1 else { throw VideoError.array(.severalArrays(path: path, names: names(videos))) }
    return try VideoArray(.member(archive, index: index), path: path, valueRange: valueRange, ignored: others)
  }

  private init(_ origin: ByteOrigin, path: String, valueRange: ValueRange?, ignored: [String]) throws {
    let region = try origin.openSpooled()
    let header = try NPYHeader(region, path: path)
    let shape = header.shape
    guard (4...5).contains(shape.count), shape.last == 3, shape.allSatisfy({ $0 > 0 }) else {
      throw VideoError.array(.layout(path: path, shape: shape))
    }
    guard let element = header.element, Self.read.contains(element) else {
      throw VideoError.array(.elementType(path: path, descriptor: header.descriptor))
    }
    guard !header.isFortranOrder else { throw VideoError.array(.fortranOrder(path: path)) }
    var bytes = element.size
    for axis in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: axis)
      bytes = overflow ? .max : product
    }
    guard bytes >= region.count - header.dataOffset else {
      throw FilesError.malformed(
        path: path,
        .contradiction(
          part: "the size in bytes of its elements, of shape \(shape)", claimed: bytes,
          found: region.count - header.dataOffset))
    }
    guard bytes <= region.count - header.dataOffset else {
      let (expected, overflow) = bytes.addingReportingOverflow(header.dataOffset)
      throw FilesError.truncated(path: path, expected: overflow ? .max : expected, found: region.count)
    }
    switch (element, valueRange) {
    case (.uint8, .network?): throw VideoError.array(.valueRangeOfBytes(path: path, range: .network))
    case (.uint8, _): self.valueRange = .byte  // the option speaks of float arrays; the other set may hold one
    case (_, nil): throw VideoError.array(.valueRangeNeeded(path: path, type: element.rawValue))
    case (_, let range?): self.valueRange = range
    }
    holdsFloats = element != .uint8
    self.path = path
    self.origin = origin
    self.region = region
    self.element = element
    dataOffset = header.dataOffset
    self.ignored = ignored
    isSingle = shape.count == 4
    rows = isSingle ? 1 : shape[0]
    rowShape = isSingle ? shape : Array(shape.dropFirst())
  }

  var frameValues: Int { rowShape[1] * rowShape[2] * 3 }
  var rowBytes: Int { rowShape[0] * frameValues * element.size }
}

/// One row of an array.
struct ArrayRow: VideoSource {
  let array: VideoArray
  let row: Int

  var stamp: String? { array.origin.stamp.map { array.isSingle ? $0 : "\($0)|\(row)" } }

  private var offset: Int { array.dataOffset + row * array.rowBytes }

  func contentDigest(_ name: String) throws -> Digest {
    var hasher = SHA256()
    hasher.update("\(array.element.rawValue) \(array.rowShape)\n")
    try array.region.forEachPiece(at: offset, count: array.rowBytes) { hasher.update($0) }
    return hasher.finish()
  }

  func info(_ name: String) throws -> VideoInfo {
    VideoInfo(
      width: array.rowShape[2], height: array.rowShape[1], frameCount: array.rowShape[0], frameRate: nil,
      isVariableFrameRate: nil, codec: "npy " + array.element.rawValue, pixelFormat: nil, colourRange: nil,
      colourMatrix: nil, rotation: 0, isLossless: true, fileSize: array.rowBytes, problems: [])
  }

  func read(_ name: String, into assembler: WindowAssembler) throws {
    let size = FrameSize(width: array.rowShape[2], height: array.rowShape[1])
    let element = array.element
    let frameBytes = array.frameValues * element.size
    var bytes = [UInt8](repeating: 0, count: frameBytes)
    var floats = [Float](repeating: 0, count: element == .uint8 ? 0 : array.frameValues)
    var next = assembler.nextNeeded(from: 0)
    while let index = next {
      guard index < array.rowShape[0] else {
        assembler.skip(array.rowShape[0] - 1)
        return
      }
      let place = offset + index * frameBytes
      let got = try bytes.withUnsafeMutableBytes { try array.region.read(at: place, into: $0) }
      guard got == frameBytes else {
        throw FilesError.truncated(path: array.path, expected: place + frameBytes, found: place + got)
      }
      if element == .uint8 {
        try bytes.withUnsafeBufferPointer { try assembler.accept(index, size: size, bytes: $0) }
      } else {
        bytes.withUnsafeBytes { bytes in floats.withUnsafeMutableBufferPointer { element.read(bytes, into: $0) } }
        try FloatRange.check(floats, array.valueRange, frame: index, name: name)
        try floats.withUnsafeBufferPointer { try assembler.accept(index, size: size, floats: $0) }
      }
      next = assembler.nextNeeded(from: index + 1)
    }
  }
}
