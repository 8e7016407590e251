import Files

/// Decodes one picture to packed RGB bytes. Alpha is dropped: a pixel keeps the colour that is stored with it, as with Pillow's
/// `convert("RGB")`.
enum PictureDecoder {
  /// Returns whether alpha is below 255 somewhere.
  ///
  /// - Throws: `VideoError.decoding(.undecodable)`, `.noEndMark`, `.animation`; `FilesError`; what `body` throws.
  @discardableResult
  static func decode(
    _ region: ByteRegion, name: String, _ body: (FrameSize, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws -> Bool {
    let coding = try PictureHeader.coding(region, name: name)
    switch coding {
    case .png: return try PNGReader(region, name: name).decode(body)
    case .webp: return try WebPAnimation(region, name: name).still(body)
    case .jpeg, .bmp, .tiff, .pnm:
      return try LibavPicture.decode(region, coding, name: name, body)
    }
  }

  /// Finds a picture that was cut short, from its last bytes where they are an end mark, else by walking over all of it.
  static func checkEnd(_ region: ByteRegion, _ coding: PictureCoding, name: String) throws {
    switch coding {
    case .png:
      let end: [UInt8] = [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]
      guard try region.bytes(at: region.count - 12, count: 12) != end else { return }
      _ = try PNGReader(region, name: name).decode { _, _ in }
    case .jpeg:
      guard try region.bytes(at: region.count - 2, count: 2) != [0xFF, 0xD9] else { return }
      try JPEGStructure.checkWhole(region.array(), name: name)
    case .webp: try ContainerEnd.check(region, name: name)
    case .bmp, .tiff, .pnm: break  // the size is learned by decoding
    }
  }
}
