import Foundation

/// Files that are there whole or not at all: written beside their place and renamed. An interrupted program leaves the old
/// file or none.
public enum WholeFile {
  /// What a file is called while it is written: `PATH.PROCESS.RANDOM.part`, by which `sweep` knows it.
  private static func part(of path: String) -> String {
    "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).part"
  }

  /// - Parameters:
  ///   - replacing: a file that is there is replaced; otherwise it is an error, and the file is left alone.
  ///   - isDurable: the bytes are on the disk before the file has its name. A cache can do without.
  /// - Throws: `FilesError.unwritable`, `.exists`; what `body` throws.
  package static func write(
    _ path: String, replacing: Bool = true, isDurable: Bool = true, _ body: (FileWriter) throws -> Void
  ) throws {
    guard replacing || access(path, F_OK) != 0 else { throw FilesError.exists(path: path) }
    let writer = try FileWriter(part(of: path), target: path)
    do {
      try body(writer)
      try writer.finish(replacing: replacing, isDurable: isDurable)
    } catch {
      unlink(writer.path)
      throw error
    }
  }

  /// Folders on the way are made.
  ///
  /// - Throws: `FilesError.unwritable`.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty { try makeFolder(folder) }
    try write(path) { writer in try bytes.withUnsafeBytes { try writer.write($0) } }
  }

  public static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  /// Adds to the end of a file that others write to as well, in one call; it is made if it is not there.
  ///
  /// - Throws: `FilesError.unwritable`.
  public static func append(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FilesError.unwritable(path: path, reason: systemMessage()) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard bytes.withUnsafeBytes({ Foundation.write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
      throw FilesError.unwritable(path: path, reason: systemMessage())
    }
  }

  /// A folder and those above it.
  ///
  /// - Throws: `FilesError.unwritable`.
  package static func makeFolder(_ path: String) throws {
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw FilesError.unwritable(path: path, reason: "the folder cannot be made: \(systemMessage(of: error))")
    }
  }

  /// Gives a finished file or folder its name, which replaces a file of that name.
  ///
  /// - Throws: `FilesError.unwritable`.
  package static func rename(_ path: String, to name: String) throws {
    guard Foundation.rename(path, name) == 0 else {
      throw FilesError.unwritable(path: name, reason: systemMessage())
    }
  }

  /// Gives a finished folder its name; what had it goes. A program that is killed in between leaves the old folder under
  /// `old`, which lies beside it.
  ///
  /// - Throws: `FilesError.unwritable`.
  package static func replaceFolder(_ folder: String, with part: String, keepingAs old: String) throws {
    try? FileManager.default.removeItem(atPath: old)
    let hadOne = Foundation.rename(folder, old) == 0
    try rename(part, to: folder)
    if hadOne { try? FileManager.default.removeItem(atPath: old) }
  }

  /// Removes files of `folder` that were never finished: their process is gone, and nobody has touched them for an hour (a
  /// process of another machine that shares the folder cannot be asked for). What cannot be removed stays.
  ///
  /// - Parameter prefix: names that begin with it and go on with the number of a process are swept, too.
  package static func sweep(_ folder: String, prefix: String? = nil) {
    for name in (try? FileStatus.names(in: folder)) ?? [] {
      let path = folder + "/" + name
      guard let process = process(of: name, prefix), kill(process, 0) != 0, errno == ESRCH, isOld(path) else {
        continue
      }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Nil for a name of another kind.
  private static func process(of name: String, _ prefix: String?) -> pid_t? {
    var digits: Substring?
    if let prefix, name.hasPrefix(prefix) {
      digits = name.dropFirst(prefix.count)
    } else if name.hasSuffix(".part") {
      digits = name.split(separator: ".").dropLast(2).last
    }
    return digits.flatMap { pid_t($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  private static func isOld(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return false }
    #if canImport(Darwin)
      return time(nil) - status.st_mtimespec.tv_sec > 3600
    #else
      return time(nil) - status.st_mtim.tv_sec > 3600
    #endif
  }
}

/// Takes the bytes of a file that `WholeFile` writes.
package final class FileWriter {
  let path: String
  private let target: String
  private let descriptor: Int32

  fileprivate init(_ path: String, target: String) throws {
    self.path = path
    self.target = target
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FilesError.unwritable(path: target, reason: systemMessage()) }
  }

  deinit { close(descriptor) }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let written = Foundation.write(descriptor, base, rest.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FilesError.unwritable(path: target, reason: systemMessage()) }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  package func writeLittleEndian(_ values: [Float]) throws {
    #if _endian(little)
      try values.withUnsafeBytes { try write($0) }
    #else
      try values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { try write($0) }
    #endif
  }

  fileprivate func finish(replacing: Bool, isDurable: Bool) throws {
    guard !isDurable || fsync(descriptor) == 0 else {
      throw FilesError.unwritable(path: target, reason: systemMessage())
    }
    guard replacing || give() else {
      throw errno == EEXIST
        ? FilesError.exists(path: target) : FilesError.unwritable(path: target, reason: systemMessage())
    }
    if replacing { try WholeFile.rename(path, to: target) }
  }

  /// A second name, which is refused where the name is taken, and then the first one goes. Some file systems have no
  /// second names; there a file that appears within the same moment is replaced.
  private func give() -> Bool {
    if link(path, target) == 0 { return unlink(path) == 0 }
    guard [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS].contains(errno) else { return false }
    guard access(target, F_OK) != 0 else {
      errno = EEXIST
      return false
    }
    return rename(path, target) == 0
  }
}
