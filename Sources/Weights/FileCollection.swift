import Files
import Foundation

/// Files that come together: a zip archive that is not a checkpoint by itself, or a folder.
package struct FileCollection {
  private enum Place {
    case folder
    case archive(Archive)
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
        throw FilesError.unreadable(
          path: path, reason: "it holds more than 10000 files: give the folder of the weights")
      }
      names.append(name)
    }
    self.names = names.sorted()
  }

  package init(archive: Archive) {
    path = archive.path
    place = .archive(archive)
    names = archive.members.map(\.name).sorted()
  }

  /// The bytes of a file: mapped where it lies, or inflated into memory. An archive's checksum is verified.
  package func bytes(_ name: String) throws -> ByteSlice {
    switch place {
    case .folder: return try MappedBytes(mapping: "\(path)/\(name)").all
    case .archive(let archive):
      guard let index = archive.members.lastIndex(where: { $0.name == name }) else {
        throw FilesError.malformed(path: path, .missing(part: "file `\(name)`"))
      }
      return try archive.open(index).whole()
    }
  }

  /// The file of that name in `folder`, which is "" or ends in `/`.
  func file(_ name: String, in folder: String) -> String? { names.contains(folder + name) ? folder + name : nil }
}
