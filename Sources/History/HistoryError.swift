/// Why a history cannot be read or written.
public enum HistoryError: Error, Equatable, CustomStringConvertible {
  case absent(path: String)
  case notSQLite(path: String)
  /// A folder, a pipe, a device.
  case notAFile(path: String)
  /// A history is not made where a link points: the folder may be another's, and the link to what must not be written.
  case linkToNothing(path: String, target: String)
  /// A SQLite database of somebody else.
  case notHistory(path: String)
  /// Written by a newer version of the program.
  case newer(path: String, found: [String])
  /// Another process held it for so long.
  case busy(path: String, seconds: Int)
  case unwritable(path: String, reason: String)
  case full(path: String)
  case damaged(path: String, reason: String)
  /// A writer was killed, and what it left cannot be undone where nothing may be written.
  case unfinishedWrite(path: String)
  case database(path: String, reason: String)
  case noRuns(path: String, wanted: String)
  /// - Parameter what: what the name is of: `data set`, `tag`.
  case noName(path: String, what: String, name: String, nearest: String?, known: [String])
  case noRun(reference: String, path: String, instead: String?)
  case severalRuns(reference: String, ids: [String])
  case sameRun(id: String, path: String)
  case notFinite(metric: String, name: String)
  case badReference(String)
  case noTag(run: String, tag: String, tags: [String])
  case query(message: String, nearest: String?)
  /// A query that would do something else than read.
  case queryWrites(String)
  case queryTooLong(seconds: Int)
  /// Of what it gives, or of one value; `rows` had come by then.
  case queryTooLarge(rows: Int, bytes: Int)
  case severalStatements
  case noStatement

  public var description: String {
    switch self {
    case .absent(let path):
      "there is no history `\(path)`\nhint: the first score makes it; --db FILE or VIDMETRICS_DB names another"
    case .notSQLite(let path):
      "`\(path)` is not a history: it is not a SQLite database\nhint: --db FILE or VIDMETRICS_DB names another file"
    case .notAFile(let path):
      "`\(path)` is not a history: it is not a file\nhint: --db FILE or VIDMETRICS_DB names another"
    case .linkToNothing(let path, let target):
      "`\(path)` is a link to `\(target)`, which is not there, and no history is made through it\n"
        + "hint: --db FILE or VIDMETRICS_DB names the file itself"
    case .notHistory(let path):
      "`\(path)` is a SQLite database, but not a history of vidmetrics; it was left as it is\n"
        + "hint: --db FILE or VIDMETRICS_DB names another file"
    case .newer(let path, let found):
      "`\(path)` was written by a newer vidmetrics (schema \(found.joined(separator: ", "))), and was left as it is\n"
        + "hint: install that version, or name another file with --db"
    case .busy(let path, let seconds):
      "`\(path)` has been locked by another process for \(seconds) s\nhint: try again when that one is done"
    case .unwritable(let path, let reason):
      "the history `\(path)` cannot be written: \(reason)\n"
        + "hint: --db FILE keeps it elsewhere, --no-record keeps nothing"
    case .full(let path):
      "the history `\(path)` cannot be written: the disk is full; what it held before is unchanged\n"
        + "hint: make room, or keep it elsewhere with --db FILE"
    case .damaged(let path, let reason):
      "the history `\(path)` is damaged: \(reason)\n"
        + "hint: `sqlite3 \(path) .recover | sqlite3 saved.sqlite` saves what can be read"
    case .unfinishedWrite(let path):
      "a process was ended while it wrote `\(path)`, and what it left can only be undone where the file may be written\n"
        + "hint: open it once as somebody who may write there, or copy it together with `\(path)-journal`"
    case .database(let path, let reason): "the history `\(path)`: \(reason)"
    case .noRuns(let path, let wanted): "`\(path)` holds no run\(wanted)"
    case .noName(let path, let what, let name, let nearest, let known):
      "no run in `\(path)` has the \(what) `\(name)`"
        + (known.isEmpty
          ? "\nhint: none has a \(what)"
          : "\nhint: " + (nearest.map { "did you mean `\($0)`?" } ?? "there is \(Self.list(known))"))
    case .noRun(let reference, let path, let instead):
      "no run `\(reference)` in `\(path)`\nhint: "
        + (instead.map { "did you mean `\($0)`?" } ?? "`vidmetrics runs` lists them")
    case .severalRuns(let reference, let ids):
      "`\(reference)` begins the ids of \(ids.count) runs: \(Self.list(ids))\nhint: give more digits"
    case .sameRun(let id, let path): "`\(path)` has a run `\(id)` already"
    case .notFinite(let metric, let name):
      "the \(name) of `\(metric)` is not a finite number, and only finite ones are recorded"
    case .badReference(let text):
      "`\(text)` does not name a run\nhint: a run is an id or its first digits, latest, tag:NAME or name:NAME"
    case .noTag(let run, let tag, let tags):
      "run `\(run)` has no tag `\(tag)`; " + (tags.isEmpty ? "it has none" : "it has \(tags.joined(separator: ", "))")
    case .query(let message, let nearest):
      "SQL: \(message)\nhint: "
        + (nearest.map { "did you mean `\($0)`?" } ?? "`vidmetrics query --schema` lists tables and columns")
    case .queryWrites(let what):
      "a query only reads, and this one would \(what)\nhint: `tag`, `delete` and `import` change the history"
    case .queryTooLong(let seconds):
      "the query has taken \(seconds) s and was ended\nhint: --timeout SECONDS gives it more; WHERE and LIMIT make it less work"
    case .queryTooLarge(let rows, let bytes):
      "the query takes more than \(bytes >> 20) MiB" + (rows > 0 ? ": it was ended after \(rows) rows" : "")
        + "\nhint: LIMIT, or fewer columns"
    case .severalStatements: "a query is one SQL statement, and these are several"
    case .noStatement: "there is no SQL statement"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", ..." : "")
  }
}
