/// The kind of a file by its first bytes, whatever its name says, to tell people which other file they have given.
///
/// Marks are from the formats' specifications, as `file` (magic) lists them.
public enum ContentKind: Sendable, Equatable {
  case empty
  /// A page of a browser, such as "404 not found" and the form before a download.
  case webPage
  /// What Git keeps in the place of a large file (git-lfs.github.com/spec/v1).
  case gitLFSPointer
  /// A short text of no other kind.
  case text(beginning: String)
  case textUTF16
  case pickle, torchLegacy
  case zip, tar, gzip, bzip2, xz, zstandard, sevenZip, rar
  case npy, safetensors, hdf5, matlab, sqlite, pdf
  case png, jpeg, gif, webp, bmp, tiff
  case mp4, matroska, avi, wav
  /// Zeros alone: space that was kept for a download.
  case zeros

  /// How many bytes of the beginning are looked at.
  static let headLength = 1024

  /// nil for anything else.
  ///
  /// - Parameters:
  ///   - head: the first bytes.
  ///   - count: of all bytes.
  package init?(head: [UInt8], count: Int) {
    func at(_ place: Int, _ mark: String) -> Bool { head.dropFirst(place).starts(with: mark.utf8) }
    guard count > 0 else {
      self = .empty
      return
    }
    if head.count > 8, head[8] == UInt8(ascii: "{"), head[4..<8].allSatisfy({ $0 == 0 }) {
      self = .safetensors
    } else if let found = Self.marks.first(where: { head.dropFirst($0.place).starts(with: $0.bytes) }) {
      self = found.kind
    } else if at(0, "RIFF"),
      let found = ["WEBP": Self.webp, "AVI ": .avi, "WAVE": .wav].first(where: { at(8, $0.key) })
    {
      self = found.value
    } else if head.count >= 64, head.allSatisfy({ $0 == 0 }) {
      self = .zeros
    } else if let text = Self.text(head, isWhole: count <= Self.headLength) {
      self = text
    } else {
      return nil
    }
  }

  package init?(_ region: ByteRegion) throws {
    self.init(head: try region.bytes(at: 0, count: Self.headLength), count: region.count)
  }

  private static let marks: [(place: Int, bytes: [UInt8], kind: ContentKind)] = [
    (0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png), (0, [0xFF, 0xD8, 0xFF], .jpeg),
    (0, Array("GIF8".utf8), .gif), (0, [0x49, 0x49, 0x2A, 0], .tiff), (0, [0x4D, 0x4D, 0, 0x2A], .tiff),
    (0, [0x93] + Array("NUMPY".utf8), .npy), (0, [0x89] + Array("HDF\r\n".utf8), .hdf5),
    (0, Array("MATLAB 5.0".utf8), .matlab), (0, Array("SQLite format 3".utf8), .sqlite), (0, Array("%PDF-".utf8), .pdf),
    (0, Array("PK".utf8) + [3, 4], .zip), (0, Array("PK".utf8) + [5, 6], .zip), (0, [0x1F, 0x8B], .gzip),
    (0, Array("BZh".utf8), .bzip2), (0, [0xFD] + Array("7zXZ".utf8), .xz), (0, [0x28, 0xB5, 0x2F, 0xFD], .zstandard),
    (0, Array("7z".utf8) + [0xBC, 0xAF], .sevenZip), (0, Array("Rar!".utf8), .rar), (257, Array("ustar".utf8), .tar),
    (0, [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46], .torchLegacy),
    (0, [0x80, 2], .pickle), (0, [0x80, 3], .pickle), (0, [0x80, 4], .pickle), (0, [0x80, 5], .pickle),
    (4, Array("ftyp".utf8), .mp4), (4, Array("moov".utf8), .mp4), (0, [0x1A, 0x45, 0xDF, 0xA3], .matroska),
    (0, [0xFF, 0xFE], .textUTF16), (0, [0xFE, 0xFF], .textUTF16),
    (0, Array("version https://git-lfs.github.com/spec".utf8), .gitLFSPointer),
  ]

  private static func text(_ head: [UInt8], isWhole: Bool) -> ContentKind? {
    guard head.allSatisfy({ $0 >= 0x20 || (0x09...0x0D).contains($0) }) else { return nil }
    let text = String(decoding: head, as: UTF8.self)
    let start = text.drop { $0.isWhitespace || $0 == "\u{feff}" }
    let lower = start.prefix(256).lowercased()
    if lower.hasPrefix("<!doctype html") || lower.hasPrefix("<") && lower.contains("<html") {
      return .webPage
    }
    guard isWhole, String(validating: head, as: UTF8.self) != nil else { return nil }
    return .text(beginning: String(start.prefix(40).prefix { !$0.isNewline }))
  }

  /// With its article.
  var name: String {
    switch self {
    case .empty: "empty"
    case .webPage: "a web page (HTML)"
    case .gitLFSPointer: "a pointer of Git LFS"
    case .text(let beginning): "a short text that begins with `\(beginning)`"
    case .textUTF16: "text in UTF-16"
    case .pickle: "a pickle of Python"
    case .torchLegacy: "a file of PyTorch from before version 1.6"
    case .zip: "a zip archive"
    case .tar: "a tar archive"
    case .gzip: "compressed by gzip"
    case .bzip2: "compressed by bzip2"
    case .xz: "compressed by xz"
    case .zstandard: "compressed by zstd"
    case .sevenZip: "a 7z archive"
    case .rar: "a RAR archive"
    case .npy: "a NumPy array"
    case .safetensors: "a file of safetensors"
    case .hdf5: "an HDF5 file"
    case .matlab: "a MATLAB file"
    case .sqlite: "an SQLite database"
    case .pdf: "a PDF"
    case .png: "a PNG picture"
    case .jpeg: "a JPEG picture"
    case .gif: "a GIF"
    case .webp: "a WebP picture"
    case .bmp: "a BMP picture"
    case .tiff: "a TIFF picture"
    case .mp4: "an MP4 video"
    case .matroska: "a Matroska or WebM video"
    case .avi: "an AVI video"
    case .wav: "a WAV sound"
    case .zeros: "filled with zeros"
    }
  }

  /// What somebody who has it can do; nil where the name says it.
  var wayOut: String? {
    switch self {
    case .empty, .webPage, .text, .zeros: "a download or a copy went wrong: fetch the file again"
    case .gitLFSPointer: "`git lfs pull` fetches the file itself"
    case .textUTF16: "save it as UTF-8"
    case .pickle, .torchLegacy: "nothing in a pickle is executed here: save arrays by `numpy.save`, or as safetensors"
    case .gzip, .bzip2, .xz, .zstandard: "unpack it first"
    case .zip, .tar: "give it the ending .zip or .tar, or unpack it"
    case .sevenZip, .rar: "unpack it: .zip and .tar are read here"
    case .npy: "give it the ending .npy"
    case .hdf5, .matlab: "save its arrays by `numpy.save`"
    case .safetensors, .sqlite, .pdf, .wav: nil
    case .png, .jpeg, .gif, .webp, .bmp, .tiff, .mp4, .matroska, .avi: "give it the ending of what it is"
    }
  }
}

extension ByteRegion {
  /// Refuses content that is known as another kind than what is wanted; what is not known is left to the reader.
  ///
  /// - Parameters:
  ///   - wanted: in words: `a video`.
  ///   - path: what messages call it.
  /// - Throws: `FilesError.otherContent`.
  package func refuse(_ isOther: (ContentKind) -> Bool, wanted: String, path: String) throws {
    guard let kind = try ContentKind(self), isOther(kind) else { return }
    throw FilesError.otherContent(path: path, found: kind, wanted: wanted)
  }
}
