import Files

/// A video made of pictures, one a frame, in natural order of their names.
struct FrameFolder: VideoSource {
  struct File: Sendable {
    let name: String
    let origin: ByteOrigin
  }

  let path: String
  let files: [File]

  var stamp: String? {
    var hasher = SHA256()
    for file in files {
      guard let stamp = file.origin.stamp else { return nil }
      hasher.update(stamp + "\n")
    }
    return "\(path)|\(files.count) files|\(hasher.finish().hex)"
  }

  var listedSize: Int { files.reduce(0) { $0 + $1.origin.size } }

  func contentDigest(_ name: String) throws -> Digest {
    var hasher = SHA256()
    hasher.update("frames \(files.count)\n")
    for file in files {
      let region = try open(file)
      hasher.update("\(region.count)\n")
      try region.forEachPiece { hasher.update($0) }
    }
    return hasher.finish()
  }

  /// Reads the head and the end of every picture: all have one size.
  func info(_ name: String) throws -> VideoInfo {
    var first: PictureHeader?
    var bytes = 0
    for file in files {
      let region = try open(file)
      let header = try PictureHeader(region, name: place(of: file, in: name))
      try PictureDecoder.checkEnd(region, header.coding, name: place(of: file, in: name))
      bytes += region.count
      if let first { try demand(first.size, header.size, file.name, name) } else { first = header }
    }
    guard let first else { throw VideoError.set(.emptySet(path: path, ignored: 0)) }
    return VideoInfo(
      width: first.size.width, height: first.size.height, frameCount: files.count, frameRate: nil,
      isVariableFrameRate: nil, codec: first.coding.rawValue, pixelFormat: nil, colourRange: nil, colourMatrix: nil,
      rotation: 0, isLossless: first.coding.isLossless, fileSize: bytes,
      problems: (FrameNumbers.gaps(files.map(\.name)).map { [$0] } ?? []) + samePictures)
  }

  /// Names that several pictures share but for their endings.
  private var samePictures: [VideoInfo.Problem] {
    var seen: Set<Substring> = []
    let stems = files.map { file in file.name.lastIndex(of: ".").map { file.name[..<$0] } ?? file.name[...] }
    return stems.first { !seen.insert($0).inserted }.map { [.samePictureName(String($0))] } ?? []
  }

  func read(_ name: String, into assembler: WindowAssembler) throws {
    var first: FrameSize?
    var next = assembler.nextNeeded(from: 0)
    while let index = next {
      guard index < files.count else {
        assembler.skip(files.count - 1)
        return
      }
      let file = files[index]
      try PictureDecoder.decode(open(file), name: place(of: file, in: name)) { size, pixels in
        try demand(first ?? size, size, file.name, name)
        first = size
        try assembler.accept(index, size: size, bytes: pixels)
      }
      next = assembler.nextNeeded(from: index + 1)
    }
  }

  func transparentFrames(_ name: String) throws -> Int {
    var found = 0
    for file in files {
      let (region, place) = (try open(file), place(of: file, in: name))
      guard try PictureHeader(region, name: place).hasAlpha else { continue }
      if try PictureDecoder.decode(region, name: place, { _, _ in }) { found += 1 }
    }
    return found
  }

  /// A member of an archive is unpacked only where it is not larger than any picture is.
  private func open(_ file: File) throws -> ByteRegion {
    if let size = file.origin.unpackedSize {
      try PictureHeader.check(FrameSize(width: 1, height: 1), bytes: size, name: file.origin.path)
    }
    return try file.origin.open()
  }

  /// A picture that is a video by itself has the video's name.
  private func place(of file: File, in name: String) -> String {
    name == file.name || name.hasSuffix("/" + file.name) ? name : name + "/" + file.name
  }

  private func demand(_ wanted: FrameSize, _ size: FrameSize, _ file: String, _ name: String) throws {
    guard wanted != size else { return }
    throw VideoError.decoding(
      .frameSizeDiffers(
        folder: name, file: file, size: size, first: files[0].name, firstSize: wanted))
  }
}

/// The numbers in frame names.
enum FrameNumbers {
  /// Gaps in the numbering of `names`: they differ only in their last run of digits, whose steps are not all alike.
  static func gaps(_ names: [String]) -> VideoInfo.Problem? {
    var numbers: [Int] = []
    var frame: (head: Substring, tail: Substring)?
    for name in names {
      guard let last = name.lastIndex(where: \.isASCIIDigit) else { return nil }
      let tail = name[name.index(after: last)...]
      var first = last
      while first > name.startIndex, name[name.index(before: first)].isASCIIDigit { first = name.index(before: first) }
      let head = name[..<first]
      guard let number = Int(name[first...last]), frame.map({ $0 == (head, tail) }) ?? true else { return nil }
      frame = (head, tail)
      numbers.append(number)
    }
    numbers.sort()
    let steps = zip(numbers.dropFirst(), numbers).map { $0 - $1 }.filter { $0 > 0 }
    guard let step = steps.min() else { return nil }
    var (missing, first) = (0, 0)
    for (next, number) in zip(numbers.dropFirst(), numbers) where next - number > step {
      if missing == 0 { first = number + step }
      missing += (next - number) / step - 1 + ((next - number) % step == 0 ? 0 : 1)
    }
    return missing == 0 ? nil : .missingFrames(count: missing, first: first)
  }
}

extension Character {
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
