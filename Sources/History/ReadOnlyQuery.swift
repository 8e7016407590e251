import Files
import Foundation
import GRDBSQLite
import MetricCatalog

extension HistoryStore {
  /// What one SQL statement reads, whatever it says.
  ///
  /// Nothing is written anywhere: the file is opened for reading, `query_only` holds, an authorizer lets only reading pass
  /// (no ATTACH, no VACUUM INTO, no PRAGMA that sets something, no temporary tables, no loading of extensions), and what
  /// sorting needs stays in memory.
  ///
  /// - Throws: `HistoryError.query`, `.queryWrites`, `.severalStatements`, `.noStatement`, `.queryTooLong`, `.queryTooLarge`,
  ///   and those of reading.
  public func query(_ sql: String, limits: QueryLimits = QueryLimits()) throws -> QueryResult {
    // First undoes what a killed writer left, and refuses a file of a newer version or of another program.
    let store = try HistoryStore(path: path, mode: .reading)
    return try withExtendedLifetime(store) { try ReadOnlyConnection(path: path, limits: limits).run(sql) }
  }
}

/// What a query may take.
public struct QueryLimits: Sendable {
  public static let seconds = 1...86_400

  /// Of the wall clock.
  public var seconds = 60
  /// Bytes of all that it gives, kept until it is printed: 256 MiB.
  public var bytes = 256 << 20

  public init() {}
}

/// A connection that can do nothing but read.
private final class ReadOnlyConnection {
  private let path: String
  private var handle: OpaquePointer?
  /// The action that the last statement asked for and that is not allowed.
  private let refused = Refusal()

  private let limits: QueryLimits
  private let deadline: Deadline

  final class Refusal { var what: String? }

  /// Looked at every so many steps of SQLite's machine, some ten times a millisecond.
  final class Deadline {
    static let steps: Int32 = 10_000
    let end: ContinuousClock.Instant
    init(seconds: Int) { end = .now + .seconds(seconds) }
  }

  init(path: String, limits: QueryLimits) throws {
    self.path = path
    self.limits = limits
    deadline = Deadline(seconds: limits.seconds)
    // No URI: its parameters could ask for another mode.
    guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_FULLMUTEX, nil) == SQLITE_OK else {
      throw HistoryError.database(path: path, reason: message)
    }
    sqlite3_busy_timeout(handle, 30_000)
    sqlite3_exec(handle, "PRAGMA query_only = 1; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = 0", nil, nil, nil)
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Int32(clamping: limits.bytes))
    // Of the whole process, while this connection is open: what is sorted is in memory, too.
    sqlite3_hard_heap_limit64(Int64(limits.bytes))
    sqlite3_progress_handler(
      handle, Deadline.steps,
      { context in
        guard let context else { return 0 }
        return ContinuousClock.now < Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue().end ? 0 : 1
      }, Unmanaged.passUnretained(deadline).toOpaque())
    // Table-valued functions declare their tables when they are first used, which the authorizer would take for a change.
    for function in [
      "json_each('[]')", "json_tree('[]')", "pragma_table_info('run')", "pragma_table_xinfo('run')",
      "pragma_table_list",
      "pragma_index_list('run')", "pragma_index_info('run_by_date')", "pragma_foreign_key_list('tag')",
    ] {
      sqlite3_exec(handle, "SELECT 1 FROM \(function) LIMIT 0", nil, nil, nil)
    }
    sqlite3_set_authorizer(
      handle,
      { context, action, first, second, _, _ in
        guard let what = ReadOnlyConnection.refusal(of: action, text(first), text(second)) else { return SQLITE_OK }
        if let context { Unmanaged<Refusal>.fromOpaque(context).takeUnretainedValue().what = what }
        return SQLITE_DENY
      }, Unmanaged.passUnretained(refused).toOpaque())
  }

  deinit {
    sqlite3_hard_heap_limit64(0)
    sqlite3_close_v2(handle)
  }

  private var message: String { String(cString: sqlite3_errmsg(handle)) }

  func run(_ sql: String) throws -> QueryResult {
    var statement: OpaquePointer?
    var rest = ""
    let prepared = sql.withCString { bytes in
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v2(handle, bytes, -1, &statement, &tail)
      rest = tail.map { String(cString: $0) } ?? ""
      return code
    }
    defer { sqlite3_finalize(statement) }
    guard prepared == SQLITE_OK else { throw try error() }
    guard let statement else { throw HistoryError.noStatement }
    guard try isBlank(rest) else { throw HistoryError.severalStatements }
    guard sqlite3_stmt_readonly(statement) != 0 else { throw HistoryError.queryWrites("write") }
    let columns = (0..<sqlite3_column_count(statement)).map { String(cString: sqlite3_column_name(statement, $0)) }
    var rows: [[QueryResult.Value]] = []
    var bytes = 0
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        rows.append(columns.indices.map { value(statement, Int32($0)) })
        // A value of its own takes 32 bytes and a row as many; a text or a blob its bytes beside.
        bytes += 32 + columns.indices.reduce(0) { $0 + 32 + Int(sqlite3_column_bytes(statement, Int32($1))) }
        guard bytes <= limits.bytes else { throw HistoryError.queryTooLarge(rows: rows.count, bytes: limits.bytes) }
      case SQLITE_DONE: return QueryResult(columns: columns, rows: rows)
      default: throw try error()
      }
    }
  }

  /// Whether nothing but white space and comments follow.
  private func isBlank(_ sql: String) throws -> Bool {
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    return sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK && statement == nil
  }

  private func error() throws -> HistoryError {
    if let what = refused.what { return .queryWrites(what) }
    let message = message
    switch sqlite3_errcode(handle) {
    case SQLITE_INTERRUPT: return .queryTooLong(seconds: limits.seconds)
    case SQLITE_NOMEM, SQLITE_TOOBIG: return .queryTooLarge(rows: 0, bytes: limits.bytes)
    case SQLITE_BUSY: return .busy(path: path, seconds: 30)
    case SQLITE_READONLY, SQLITE_AUTH: return .queryWrites("write")
    case SQLITE_CORRUPT: return .damaged(path: path, reason: message)
    default: return .query(message: message, nearest: try nearest(message))
    }
  }

  /// The table or column that `no such table: X` or `no such column: X` means.
  private func nearest(_ message: String) throws -> String? {
    let (sql, prefix) =
      message.hasPrefix("no such table: ")
      ? ("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')", "no such table: ")
      : (
        "SELECT DISTINCT column.name FROM sqlite_master AS t, pragma_table_info(t.name) AS column",
        "no such column: "
      )
    guard message.hasPrefix(prefix) else { return nil }
    let name = message.dropFirst(prefix.count).split(separator: ".").last.map(String.init) ?? ""
    let names = try run(sql).rows.compactMap { if case .text(let name)? = $0.first { name } else { nil } }
    return NearestName.of(name, among: names)
  }

  private func value(_ statement: OpaquePointer, _ column: Int32) -> QueryResult.Value {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    case SQLITE_TEXT:
      let bytes = UnsafeRawBufferPointer(
        start: sqlite3_column_text(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
      return .text(String(decoding: bytes, as: UTF8.self))
    case SQLITE_BLOB:
      let bytes = UnsafeRawBufferPointer(
        start: sqlite3_column_blob(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
      return .blob(Array(bytes))
    default: return .null
    }
  }

  /// PRAGMAs that only tell, with or without an argument, and those that do without one.
  private static let telling: Set = [
    "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
    "database_list", "collation_list", "function_list", "pragma_list", "compile_options", "integrity_check",
    "quick_check",
    "foreign_key_check",
  ]
  private static let tellingAlone: Set = [
    "user_version", "schema_version", "application_id", "page_count", "page_size", "encoding",
    "freelist_count",
  ]

  /// What an action would do beyond reading, in words; nil for what only reads.
  private static func refusal(of action: Int32, _ first: String?, _ second: String?) -> String? {
    switch action {
    case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return nil
    case SQLITE_FUNCTION:
      return ["load_extension", "fts3_tokenizer", "writefile", "edit"].contains(second?.lowercased() ?? "")
        ? "call \(second ?? "it")" : nil
    case SQLITE_PRAGMA:
      let name = first?.lowercased() ?? ""
      if telling.contains(name) || (tellingAlone.contains(name) && second == nil) { return nil }
      return "use PRAGMA \(name)"
    case SQLITE_INSERT: return first.map { "add to \($0)" } ?? "add"
    case SQLITE_DELETE: return first.map { "delete from \($0)" } ?? "delete"
    case SQLITE_UPDATE: return first.map { "change \($0)" } ?? "change"
    case SQLITE_ATTACH: return "open another file"
    case SQLITE_DETACH: return "close a file"
    case SQLITE_TRANSACTION, SQLITE_SAVEPOINT: return "begin or end a transaction"
    default: return "change the schema"
    }
  }
}

private func text(_ bytes: UnsafePointer<CChar>?) -> String? { bytes.map { String(cString: $0) } }
