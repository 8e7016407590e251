import Files
import Foundation
import GRDB

/// A history: runs and their scores in one SQLite file.
///
/// Safe under several processes of one machine: a write is one immediate transaction behind a rollback journal (never a
/// write-ahead log, which network file systems break), and who finds the file locked waits. A process that is ended in
/// mid-write leaves a journal, which the next one that opens the file undoes.
public struct HistoryStore: Sendable {
  public enum Mode: Sendable {
    /// Makes the file if there is none.
    case writing
    /// The file must be there.
    case changing
    /// The file must be there, and nothing is written.
    case reading
  }

  public let path: String
  package let queue: DatabaseQueue

  /// What its runs keep beside it.
  public var files: KeptFiles { KeptFiles(of: path) }

  /// `VIDMETRICS_DB`, else `vidmetrics.sqlite` in the working folder.
  public static func defaultPath(environment: [String: String]) -> String {
    guard let path = environment["VIDMETRICS_DB"], !path.isEmpty else { return "vidmetrics.sqlite" }
    return path
  }

  /// - Parameter patience: seconds to wait for a lock.
  /// - Throws: `HistoryError`.
  public init(path: String, mode: Mode = .writing, patience: Int = 30) throws {
    self.path = path
    queue = try Self.opened(path, mode, patience)
  }

  private static func opened(_ path: String, _ mode: Mode, _ patience: Int) throws -> DatabaseQueue {
    if mode != .writing, !FileManager.default.fileExists(atPath: path) { throw HistoryError.absent(path: path) }
    try checkIsNoLinkToNothing(path)
    // Opening a pipe would wait for whoever is at its other end.
    if let status = FileStatus(path), status.kind != .file { throw HistoryError.notAFile(path: path) }
    do {
      let queue = try open(path, readonly: mode == .reading, patience: patience)
      let isComplete = try queue.read { database in try check(database, path: path) }
      if mode == .reading, !isComplete {
        // An older schema, or a file whose making was cut short.
        _ = try opened(path, .changing, patience)
      } else if !isComplete {
        try migrate(queue)
      }
      return queue
    } catch let error as DatabaseError where mode == .reading && error.isUnfinishedWrite {
      // The first who may write undoes what a killed process left.
      do { _ = try opened(path, .changing, patience) } catch { throw HistoryError.unfinishedWrite(path: path) }
      return try opened(path, .reading, patience)
    } catch let error as DatabaseError {
      throw HistoryError(error, path: path, patience: patience)
    }
  }

  private static func open(_ path: String, readonly: Bool, patience: Int) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(TimeInterval(patience))
    configuration.acceptsDoubleQuotedStringLiterals = false
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Whether every migration has been made.
  ///
  /// - Throws: `HistoryError.notHistory`, `.newer`.
  static func check(_ database: Database, path: String) throws -> Bool {
    let id = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
    // A file between its making and its first migration holds the migrator's own table.
    let own = try Int.fetchOne(
      database, sql: "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE '%grdb_migrations%'")
    guard isEmpty || id == HistorySchema.applicationID || (id == 0 && own == 0) else {
      throw HistoryError.notHistory(path: path)
    }
    let migrator = HistorySchema.migrator
    if try migrator.hasBeenSuperseded(database) {
      let known = Set(migrator.migrations)
      throw HistoryError.newer(
        path: path, found: try migrator.appliedIdentifiers(database).filter { !known.contains($0) }.sorted())
    }
    return try migrator.hasCompletedMigrations(database)
  }

  /// Of two processes that make the file at once one is second, and finds a migration made that was missing a moment before:
  /// it tries again for as long as there are more of them each time.
  private static func migrate(_ queue: DatabaseQueue) throws {
    var made = -1
    while true {
      do {
        return try HistorySchema.migrator.migrate(queue)
      } catch {
        let now = try queue.read { try HistorySchema.migrator.appliedIdentifiers($0).count }
        guard now > made else { throw error }
        made = now
      }
    }
  }

  private static func checkIsNoLinkToNothing(_ path: String) throws {
    if !FileManager.default.fileExists(atPath: path),
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    {
      throw HistoryError.linkToNothing(path: path, target: target)
    }
  }

  /// - Throws: `HistoryError`.
  func reading<Value>(_ work: (Database) throws -> Value) throws -> Value {
    do { return try queue.read(work) } catch let error as DatabaseError { throw HistoryError(error, path: path) }
  }

  /// One immediate transaction: all of it is kept, or nothing.
  ///
  /// - Throws: `HistoryError`.
  func writing<Value>(_ work: (Database) throws -> Value) throws -> Value {
    do { return try queue.write(work) } catch let error as DatabaseError { throw HistoryError(error, path: path) }
  }

  /// Changes a page and takes the change back.
  ///
  /// - Throws: `HistoryError` where a run could not be recorded.
  public func checkIsWritable() throws {
    do {
      try queue.writeWithoutTransaction { database in
        try database.inTransaction(.immediate) {
          try database.execute(sql: "PRAGMA user_version = 1")
          return .rollback
        }
      }
    } catch let error as DatabaseError { throw HistoryError(error, path: path) }
  }

  /// Whether a run could be recorded in the file of that name, found out without making it.
  ///
  /// - Throws: `HistoryError`.
  public static func checkIsWritable(path: String) throws {
    if FileManager.default.fileExists(atPath: path) {
      return try HistoryStore(path: path, mode: .changing).checkIsWritable()
    }
    try checkIsNoLinkToNothing(path)
    let probe = path + ".\(getpid())"
    let descriptor = Foundation.open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw HistoryError.unwritable(path: path, reason: systemMessage())
    }
    close(descriptor)
    unlink(probe)
  }
}

extension DatabaseError {
  /// A journal that a reader may not roll back.
  var isUnfinishedWrite: Bool { extendedResultCode == .SQLITE_READONLY_ROLLBACK }
}

extension HistoryError {
  init(_ error: DatabaseError, path: String, patience: Int = 30) {
    let reason = error.message ?? "\(error.extendedResultCode)"
    switch error.resultCode {
    case .SQLITE_NOTADB: self = .notSQLite(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path, seconds: patience)
    case .SQLITE_FULL: self = .full(path: path)
    case .SQLITE_CORRUPT: self = .damaged(path: path, reason: reason)
    case .SQLITE_READONLY where error.isUnfinishedWrite: self = .unfinishedWrite(path: path)
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .unwritable(path: path, reason: reason)
    case .SQLITE_IOERR:
      self = .unwritable(path: path, reason: "\(reason) (\(error.extendedResultCode))")
    default: self = .database(path: path, reason: reason)
    }
  }
}
