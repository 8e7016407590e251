import Foundation

/// Files that are there whole or not at all: written without a name, which they get at the end. However the program ends, it
/// leaves the old file or none. Where the file system has no files without names, one is written beside its place and renamed,
/// and a killed program leaves it behind. Anything that is not a file (`-`, a pipe, a device) is written through.
public enum WholeFile {
  /// What a file is called until it has its own name: `PATH.PROCESS.RANDOM.part`, by which `sweep` knows it.
  fileprivate static func part(of path: String) -> String {
    "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).part"
  }

  /// A file without a name in the folder of `place`, which goes with its last descriptor; nil where there can be none.
  private static func nameless(besides place: String) -> Int32? {
    #if os(Linux)
      // Its name is given by way of /proc.
      guard hasDescriptorNames else { return nil }
      // O_TMPFILE, which Swift does not import.
      let flags = 0o20_000_000 | O_DIRECTORY
      let descriptor = open(OutputPlace.folder(of: place) ?? ".", O_RDWR | O_CLOEXEC | flags, 0o666)
      return descriptor < 0 ? nil : descriptor
    #else
      return nil
    #endif
  }

  private static let hasDescriptorNames = access("/proc/self/fd", X_OK) == 0

  /// - Parameters:
  ///   - path: `-` is stdout; a link is followed; the folder must be there.
  ///   - replacing: a file that is there is replaced, and keeps its permissions; otherwise it is an error, and the file is
  ///     left alone.
  ///   - isDurable: the bytes are on the disk before the file has its name. A cache can do without.
  /// - Throws: `FilesError.unwritable`, `.exists`; what `body` throws.
  package static func write(
    _ path: String, replacing: Bool = true, isDurable: Bool = true, _ body: (FileWriter) throws -> Void
  ) throws {
    guard replacing || access(path, F_OK) != 0 else { throw FilesError.exists(path: path) }
    switch try OutputPlace(path) {
    case .descriptor(let number):
      try body(FileWriter(descriptor: fcntl(number, F_DUPFD_CLOEXEC, 3), target: path))
    case .stream(let place):
      try body(FileWriter(descriptor: open(place, O_WRONLY | O_NOCTTY | O_CLOEXEC), target: path))
    case .file(let place):
      let part = part(of: place)
      let nameless = nameless(besides: place)
      let writer = try FileWriter(
        descriptor: nameless ?? open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666), target: path,
        canRewrite: true)
      do {
        try body(writer)
        try writer.finish(
          part, as: place, hasName: nameless == nil, replacing: replacing, isDurable: isDurable)
      } catch {
        unlink(part)
        throw error
      }
    }
  }

  /// - Throws: `FilesError.unwritable`.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    try write(path) { writer in try bytes.withUnsafeBytes { try writer.write($0) } }
  }

  public static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  /// Whether what is written to `path` goes to stdout.
  public static func isStandardOutput(_ path: String) -> Bool { (try? OutputPlace(path)) == .descriptor(1) }

  /// Adds lines to the end of a file that others write to as well; it is made if it is not there. A line that somebody left
  /// unfinished is ended first, and a line that the disk has no room for is taken back.
  ///
  /// - Throws: `FilesError.unwritable`.
  public static func append(_ text: String, to path: String) throws {
    guard case .file(let place) = try OutputPlace(path) else { return try write(text, to: path) }
    // Read as well, to see how the file ends; one that may only be written is taken as it is.
    let flags = O_CREAT | O_APPEND | O_CLOEXEC
    var descriptor = open(place, O_RDWR | flags, 0o666)
    if descriptor < 0, errno == EACCES { descriptor = open(place, O_WRONLY | flags, 0o666) }
    let writer = try FileWriter(descriptor: descriptor, target: path)
    // File systems without locks: one call adds one text even so, and nothing is taken back.
    var isLocked = flock(descriptor, LOCK_EX) == 0
    while !isLocked, errno == EINTR { isLocked = flock(descriptor, LOCK_EX) == 0 }
    var status = stat()
    let size = fstat(descriptor, &status) == 0 ? status.st_size : 0
    var last: UInt8 = 0x0A
    if size > 0 { _ = pread(descriptor, &last, 1, size - 1) }
    do { try Array(((last == 0x0A ? "" : "\n") + text).utf8).withUnsafeBytes(writer.write) } catch {
      if isLocked { ftruncate(descriptor, size) }
      throw error
    }
  }

  /// A folder and those above it.
  ///
  /// - Throws: `FilesError.unwritable`.
  package static func makeFolder(_ path: String) throws {
    if mkdir(path, 0o777) == 0 || FileStatus(path)?.kind == .folder { return }
    if errno == ENOENT, let above = OutputPlace.folder(of: path.hasSuffix("/") ? String(path.dropLast()) : path) {
      try makeFolder(above)
      if mkdir(path, 0o777) == 0 || FileStatus(path)?.kind == .folder { return }
    }
    throw FilesError.unwritable(path: path, reason: "the folder cannot be made: \(systemMessage())")
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

/// Takes the bytes of an output that `WholeFile` writes.
package final class FileWriter {
  /// What errors name.
  private let target: String
  private let descriptor: Int32

  /// Takes over `descriptor`; a negative one is an error that `errno` tells.
  fileprivate init(descriptor: Int32, target: String, canRewrite: Bool = false) throws {
    self.canRewrite = canRewrite
    guard descriptor >= 0 else { throw FilesError.unwritable(path: target, reason: systemMessage()) }
    self.target = target
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    try Self.write(bytes, to: descriptor, target: target)
  }

  /// All of the bytes.
  ///
  /// - Throws: `FilesError.unwritable`.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, target: String) throws {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let written = Foundation.write(descriptor, base, rest.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FilesError.unwritable(path: target, reason: systemMessage()) }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Whether what was written can be written anew: a file can, a pipe or a device cannot.
  package let canRewrite: Bool

  /// Writes over what was written at `offset`.
  package func rewrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    precondition(canRewrite, "FileWriter: this output cannot be written anew")
    var done = 0
    while let base = bytes.baseAddress, done < bytes.count {
      let written = pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FilesError.unwritable(path: target, reason: systemMessage()) }
      done += written
    }
  }

  package func writeLittleEndian(_ values: [Float]) throws {
    try values.withUnsafeBufferPointer { try writeLittleEndian($0) }
  }

  package func writeLittleEndian(_ values: UnsafeBufferPointer<Float>) throws {
    #if _endian(little)
      try write(UnsafeRawBufferPointer(values))
    #else
      try values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { try write($0) }
    #endif
  }

  /// - Parameter hasName: it is called `part`; else it has no name yet.
  fileprivate func finish(_ part: String, as place: String, hasName: Bool, replacing: Bool, isDurable: Bool) throws {
    if replacing { takePermissions(of: place) }
    guard !isDurable || fsync(descriptor) == 0 else {
      throw FilesError.unwritable(path: target, reason: systemMessage())
    }
    var isThere = false
    if hasName {
      isThere = replacing ? rename(part, place) == 0 : give(part, place)
    } else {
      isThere = name(place)
      if !isThere, replacing, errno == EEXIST { isThere = name(part) && rename(part, place) == 0 }
    }
    guard isThere else {
      throw !replacing && errno == EEXIST
        ? FilesError.exists(path: target) : FilesError.unwritable(path: target, reason: systemMessage())
    }
  }

  /// Gives a file without a name one that nothing has.
  private func name(_ place: String) -> Bool {
    linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, place, AT_SYMLINK_FOLLOW) == 0
  }

  /// Owner, group and mode of the file that is replaced, as far as this user may give them.
  private func takePermissions(of place: String) {
    var status = stat()
    guard stat(place, &status) == 0 else { return }
    _ = fchown(descriptor, status.st_uid, status.st_gid)
    _ = fchmod(descriptor, status.st_mode & 0o777)
  }

  /// A second name, which is refused where the name is taken, and then the first one goes. Some file systems have no
  /// second names; there a file that appears within the same moment is replaced.
  private func give(_ part: String, _ place: String) -> Bool {
    if link(part, place) == 0 { return unlink(part) == 0 }
    guard [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS].contains(errno) else { return false }
    guard access(place, F_OK) != 0 else {
      errno = EEXIST
      return false
    }
    return rename(part, place) == 0
  }
}
