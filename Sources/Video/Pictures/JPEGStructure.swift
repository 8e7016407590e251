import Files

/// What the markers of a JPEG file say (ITU-T T.81, annex B). Decoders read a file that was cut short to where it breaks off, or
/// lack the last scans of a progressive one, and show what they have.
enum JPEGStructure {
  /// - Throws: `VideoError.decoding(.undecodable)`; `FilesError`.
  static func size(_ region: ByteRegion, name: String) throws -> FrameSize {
    var place = 2
    while true {
      let segment = try region.bytes(at: place, count: 9)
      guard segment.count >= 4, segment[0] == 0xFF else { throw cutHeader(name) }
      let marker = segment[1]
      if marker == 0xFF || isAlone(marker) {
        place += marker == 0xFF ? 1 : 2
        continue
      }
      if isFrame(marker) {
        guard segment.count == 9 else { throw cutHeader(name) }
        return FrameSize(
          width: Int(segment[7]) << 8 | Int(segment[8]), height: Int(segment[5]) << 8 | Int(segment[6]))
      }
      let length = Int(segment[2]) << 8 | Int(segment[3])
      guard length >= 2, marker != endOfImage, marker != startOfScan else { throw cutHeader(name) }
      place += 2 + length
    }
  }

  /// Walks over all segments and scans.
  ///
  /// - Throws: `VideoError.decoding(.noEndMark)`, `.undecodable` where a progressive file lacks scans.
  static func checkWhole(_ bytes: [UInt8], name: String) throws {
    var scans: Scans?
    var place = 2
    while place + 4 <= bytes.count {
      let marker = bytes[place + 1]
      guard bytes[place] == 0xFF else { break }
      if marker == 0xFF || isAlone(marker) {
        place += marker == 0xFF ? 1 : 2
        continue
      }
      if marker == endOfImage { break }
      let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
      let segment = bytes[min(place + 4, bytes.count)..<min(place + 2 + max(2, length), bytes.count)]
      if isFrame(marker) { scans = [0xC2, 0xC6, 0xCA, 0xCE].contains(marker) ? Scans(segment) : nil }
      place += 2 + max(2, length)
      if marker == startOfScan {
        scans?.add(segment)
        place = endOfScan(bytes, from: place)
      }
    }
    guard place + 2 <= bytes.count, bytes[place] == 0xFF, bytes[place + 1] == endOfImage else {
      throw VideoError.decoding(.noEndMark(name: name))
    }
    if let scans, !scans.isComplete {
      throw VideoError.decoding(
        .undecodable(name: name, frame: nil, reason: "the last scans of this progressive JPEG are missing"))
    }
  }

  private static let endOfImage: UInt8 = 0xD9
  private static let startOfScan: UInt8 = 0xDA

  /// Markers without a length: restarts, the start of the image, TEM.
  private static func isAlone(_ marker: UInt8) -> Bool { (0xD0...0xD8).contains(marker) || marker == 0x01 }

  private static func isFrame(_ marker: UInt8) -> Bool {
    (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
  }

  /// The next marker that is neither a stuffed byte nor a restart.
  private static func endOfScan(_ bytes: [UInt8], from start: Int) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      var place = start
      while place + 1 < bytes.count {
        if bytes[place] == 0xFF, bytes[place + 1] != 0, !(0xD0...0xD7).contains(bytes[place + 1]) { return place }
        place += 1
      }
      return bytes.count
    }
  }

  private static func cutHeader(_ name: String) -> VideoError {
    .decoding(.undecodable(name: name, frame: nil, reason: "its header is cut short or damaged"))
  }

  /// The bits that scans of a progressive file have not brought yet: for each component and coefficient the point transform Al
  /// of the last scan that held it (annex G), 0 when all are there.
  private struct Scans {
    private var missing: [UInt8: [UInt8]] = [:]

    /// - Parameter frame: the segment of the start of the frame: precision, height, width, then three bytes a component.
    init(_ frame: ArraySlice<UInt8>) {
      for place in stride(from: frame.startIndex + 6, to: frame.endIndex, by: 3) {
        missing[frame[place]] = [UInt8](repeating: .max, count: 64)
      }
    }

    /// - Parameter scan: the number of components, two bytes for each, then Ss, Se, Ah and Al.
    mutating func add(_ scan: ArraySlice<UInt8>) {
      guard let count = scan.first, scan.count >= 1 + 2 * Int(count) + 3 else { return }
      let tail = scan.startIndex + 1 + 2 * Int(count)
      let (first, last) = (Int(scan[tail]), min(63, Int(scan[tail + 1])))
      guard first <= last else { return }
      for component in 0..<Int(count) {
        let identifier = scan[scan.startIndex + 1 + 2 * component]
        for coefficient in first...last { missing[identifier]?[coefficient] = scan[tail + 2] & 15 }
      }
    }

    var isComplete: Bool { missing.values.allSatisfy { $0.allSatisfy { $0 == 0 } } }
  }
}
