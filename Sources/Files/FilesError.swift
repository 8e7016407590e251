/// What can be wrong with a file as bytes: it cannot be opened, or it does not hold what its format demands.
public enum FilesError: Error, Equatable, Sendable {
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  /// A file has the name that a new one should get.
  case exists(path: String)
  case malformed(path: String, Defect)
  /// Another kind of file than its name or its use says.
  case otherContent(path: String, found: ContentKind, wanted: String)
  /// Fewer bytes than the file itself claims.
  case truncated(path: String, expected: Int, found: Int)
  /// A compressed file cannot be unpacked to a temporary one.
  case noSpool(path: String, reason: String)
  /// A compressed file that becomes more bytes than videos could.
  case growsTooMuch(path: String, packed: Int, limit: Int)
  /// A program beside this one.
  case notStarted(program: String, reason: String)
}

extension FilesError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "`\(path)` cannot be read: \(reason)"
    case .unwritable(let path, let reason): "`\(path)` cannot be written: \(reason)"
    case .exists(let path): "`\(path)` exists already, and is replaced only where that is asked for"
    case .malformed(let path, let defect): "`\(path)` is damaged or not what it seems: \(defect)"
    case .otherContent(let path, let found, let wanted):
      "`\(path)` is \(found.name), not \(wanted)" + (found.wayOut.map { "\nhint: \($0)" } ?? "")
    case .truncated(let path, let expected, let found):
      "`\(path)` is truncated: \(expected) bytes expected, \(found) found"
    case .noSpool(let path, let reason):
      "cannot unpack `\(path)` to a temporary file: \(reason)\nhint: TMPDIR chooses the folder"
    case .growsTooMuch(let path, let packed, let limit):
      "`\(path)` has \(packed) bytes and would become more than \(limit): nothing is unpacked to more than a hundred times its "
        + "size\nhint: where it is what you mean, unpack it first and give the folder"
    case .notStarted(let program, let reason): "`\(program)` cannot be started: \(reason)"
    }
  }
}

/// How a file differs from its format.
public enum Defect: Error, Equatable, Sendable {
  /// A part claims bytes after the end of what holds it.
  case endsEarly(part: String, at: Int, needs: Int, of: Int)
  /// A part is not what the format allows at that byte.
  case nonsense(part: String, at: Int)
  /// A part is larger than any such file needs.
  case oversized(part: String, claimed: Int, limit: Int)
  /// Two statements of the file contradict each other.
  case contradiction(part: String, claimed: Int, found: Int)
  /// The checksum that the file carries is not that of its bytes.
  case checksum(part: String)
  /// A part that the format requires is not there.
  case missing(part: String)
  /// A part is kept in a way that is not read here.
  case unsupported(part: String, what: String)
  /// In the words of libarchive or zlib.
  case archive(reason: String)
}

extension Defect: CustomStringConvertible {
  public var description: String {
    switch self {
    case .endsEarly(let part, let at, let needs, let of):
      "\(part) at byte \(at) needs \(needs) bytes, but only \(of) are there in all"
    case .nonsense(let part, let at): "\(part) at byte \(at) is not valid"
    case .oversized(let part, let claimed, let limit): "\(part) claims \(claimed), the limit is \(limit)"
    case .contradiction(let part, let claimed, let found): "\(part) should be \(claimed) and is \(found)"
    case .checksum(let part): "the checksum of \(part) is wrong"
    case .missing(let part): "it has no \(part)"
    case .unsupported(let part, let what): "\(part) is \(what), which is not read here"
    case .archive(let reason): reason
    }
  }
}
