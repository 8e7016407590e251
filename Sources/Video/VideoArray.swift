import Files
import Tensors

/// An array of videos, or of one video, in a .npy file, a member of a .npz or a tensor of a .safetensors.
///
/// Frames are read from the file when they are needed; nothing else of it is held. Compressed members are unpacked to an
/// unlinked temporary file first, so that frames can be read in any order in linear time.
final class VideoArray: Sendable {
  /// What messages call it.
  let path: String
  let origin: ByteOrigin
  let region: ByteRegion
  let dataOffset: Int
  let element: ElementType
  let valueRange: ValueRange
  let geometry: ArrayGeometry

  private static let read: Set<ElementType> = [.uint8, .float16, .bfloat16, .float32, .float64]

  /// - Throws: `VideoError.array(.layout)`, `.elementType`, `.fortranOrder`, `.valueRangeNeeded`, `.valueRangeOfBytes`;
  ///   `FilesError`.
  init(_ stored: StoredArray, path: String, origin: ByteOrigin, options: VideoSetOptions) throws {
    let shape = stored.shape
    let layout = options.layout.flatMap { $0.axes.count == shape.count ? $0 : nil } ?? ArrayLayout.only(of: shape)
    guard let layout, let geometry = ArrayGeometry(shape: shape, layout: layout) else {
      throw VideoError.array(.layout(path: path, shape: shape))
    }
    guard let element = stored.element, Self.read.contains(element) else {
      throw VideoError.array(.elementType(path: path, descriptor: stored.descriptor))
    }
    guard !stored.isFortranOrder else { throw VideoError.array(.fortranOrder(path: path)) }
    var bytes = element.size
    for axis in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: axis)
      bytes = overflow ? .max : product
    }
    let found = stored.region.count - stored.dataOffset
    guard bytes <= found else {
      let (expected, overflow) = bytes.addingReportingOverflow(stored.dataOffset)
      throw FilesError.truncated(path: path, expected: overflow ? .max : expected, found: stored.region.count)
    }
    guard bytes == found else {
      throw FilesError.malformed(
        path: path,
        .contradiction(part: "the size in bytes of an array of shape \(shape)", claimed: bytes, found: found))
    }
    switch (element, options.valueRange) {
    case (.uint8, .network?): throw VideoError.array(.valueRangeOfBytes(path: path, range: .network))
    case (.uint8, _): valueRange = .byte  // the option speaks of float arrays; the other set may hold one
    case (_, nil): throw VideoError.array(.valueRangeNeeded(path: path, type: element.rawValue))
    case (_, .network?) where geometry.colours != 3:
      throw VideoError.array(.networkColours(path: path, colours: geometry.colours))
    case (_, let range?): valueRange = range
    }
    self.path = path
    self.origin = origin
    self.element = element
    self.geometry = geometry
    region = stored.region
    dataOffset = stored.dataOffset
  }

  var holdsFloats: Bool { element != .uint8 }
  /// [T, H, W, C]
  var videoShape: [Int] { [geometry.frames, geometry.height, geometry.width, geometry.colours] }
  var frameBytes: Int { geometry.frameElements * element.size }
  var videoBytes: Int { geometry.frames * frameBytes }

  /// The elements of one frame in the order H, W, C, as the file has them.
  func frame(_ frame: Int, of video: Int) throws -> [UInt8] {
    let (starts, length) = geometry.runs(video: video, frame: frame)
    let runBytes = length * element.size
    var bytes = [UInt8](repeating: 0, count: frameBytes)
    try bytes.withUnsafeMutableBytes { buffer in
      for (index, start) in starts.enumerated() {
        let place = dataOffset + start * element.size
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[index * runBytes..<(index + 1) * runBytes])
        let got = try region.read(at: place, into: part)
        guard got == runBytes else {
          throw FilesError.truncated(path: path, expected: place + runBytes, found: place + got)
        }
      }
    }
    guard !geometry.layout.isPlain else { return bytes }
    var arranged = [UInt8](repeating: 0, count: frameBytes)
    arranged.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes { geometry.arrange($0, elementSize: element.size, into: target) }
    }
    return arranged
  }
}

/// One video of an array.
struct ArrayRow: VideoSource {
  let array: VideoArray
  let row: Int

  var stamp: String? {
    array.origin.stamp.map { array.geometry.isSingle ? "\($0)|\(array.path)" : "\($0)|\(array.path)|\(row)" }
  }
  var listedSize: Int { array.videoBytes }

  private var frames: Int { array.geometry.frames }
  private var size: FrameSize { FrameSize(width: array.geometry.width, height: array.geometry.height) }

  func contentDigest(_ name: String) throws -> Digest { try content(name).digest }

  /// Over the frames' elements in the order T, H, W, C, however they lie in the file.
  func content(_ name: String) throws -> VideoContent {
    var hasher = SHA256()
    var values = ValueExtent()
    hasher.update("\(array.element.rawValue) \(array.videoShape)\n")
    for index in 0..<frames {
      let bytes = try array.frame(index, of: row)
      bytes.withUnsafeBytes { hasher.update($0) }
      values.take(bytes, array.element)
    }
    return VideoContent(digest: hasher.finish(), values: values.range)
  }

  func info(_ name: String) throws -> VideoInfo {
    let layout = array.geometry.layout
    return VideoInfo(
      width: size.width, height: size.height, frameCount: frames, frameRate: nil, isVariableFrameRate: nil,
      codec: "npy " + array.element.rawValue,
      pixelFormat: layout.isPlain && array.geometry.colours == 3 ? nil : "\(layout), \(array.geometry.colourWords)",
      colourRange: nil, colourMatrix: nil, rotation: 0, isLossless: true, fileSize: array.videoBytes, problems: [])
  }

  func read(_ name: String, into assembler: WindowAssembler) throws {
    var next = assembler.nextNeeded(from: 0)
    while let index = next {
      guard index < frames else {
        assembler.skip(frames - 1)
        return
      }
      let elements = try array.frame(index, of: row)
      if array.element == .uint8 {
        let pixels = ArrayColours.rgb(elements, colours: array.geometry.colours)
        try pixels.withUnsafeBufferPointer { try assembler.accept(index, size: size, bytes: $0) }
      } else {
        var floats = [Float](repeating: 0, count: array.geometry.frameElements)
        elements.withUnsafeBytes { bytes in
          floats.withUnsafeMutableBufferPointer { array.element.read(bytes, into: $0) }
        }
        try FloatRange.check(floats, array.valueRange, frame: index, name: name)
        let pixels = ArrayColours.rgb(floats, colours: array.geometry.colours, range: array.valueRange)
        try pixels.withUnsafeBufferPointer { try assembler.accept(index, size: size, floats: $0) }
      }
      next = assembler.nextNeeded(from: index + 1)
    }
  }
}
