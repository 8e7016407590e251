import Foundation

/// Files that come together: a zip archive that is no checkpoint by itself, or a folder.
package struct FileCollection {
  private enum Place {
    case folder
    case archive(ZipDirectory)
  }

  /// As the user gave it.
  package let path: String
  /// Paths inside, sorted.
  package let names: [String]
  private let place: Place

  package init(folder path: String) throws {
    self.path = path
    place = .folder
    var names: [String] = []
    let files = FileManager.default.enumerator(atPath: path)
    while let name = files?.nextObject() as? String {
      guard names.count < 10_000 else {
        throw WeightsError.unreadable(
          path: path, reason: "it holds more than 10000 files: give the folder of the weights")
      }
      names.append(name)
    }
    self.names = names.sorted()
  }

  package init(archive: ZipDirectory) {
    path = archive.file.label
    place = .archive(archive)
    names = archive.entries.keys.sorted()
  }

  /// The bytes of a file: mapped where it lies, or inflated into memory. An archive's checksum is verified.
  package func bytes(_ name: String) throws -> ByteSlice {
    switch place {
    case .folder: return try MappedBytes(mapping: "\(path)/\(name)").all
    case .archive: return try ArchiveMember.read(path) { $0 == name }.bytes
    }
  }

  /// The file of that name in `folder`, which is "" or ends in `/`.
  func file(_ name: String, in folder: String) -> String? { names.contains(folder + name) ? folder + name : nil }
}
