/// Why a document or a run does not give the scores that are asked of it: facts; `description` writes the words.
public enum ScoreError: Error, Equatable, CustomStringConvertible {
  /// - Parameter place: the file, and the line where it has several.
  case notADocument(place: String, reason: String)
  case unknownSchema(place: String, String?)
  /// The fields of a score are not those that its fingerprint is of.
  case otherFields(place: String, metric: String, fingerprint: String)
  /// - Parameter place: the file or the run.
  case noSuchScore(place: String, metric: String, known: [String])
  case noScores(place: String)
  /// Scores that were not measured by this program.
  case noSettings(place: String, metric: String)

  public var description: String {
    switch self {
    case .notADocument(let place, let reason):
      "\(place) is not a document of scores: \(reason)\nhint: `vidmetrics fvd REAL FAKE --json > FILE` makes one"
    case .unknownSchema(let place, let schema):
      "\(place) is not a document of scores: its schema is \(schema.map { "`\($0)`" } ?? "missing"), and "
        + "`\(RunDocument.schema)` is read here\nhint: `vidmetrics fvd REAL FAKE --json > FILE` makes one"
    case .otherFields(let place, let metric, let fingerprint):
      "\(place): the fields of `\(metric)` do not give its fingerprint \(fingerprint)\n"
        + "hint: the document was changed by hand, or written by a version of vidmetrics that has other fields"
    case .noSuchScore(let place, let metric, let known):
      "\(place) has no score `\(metric)`" + (known.isEmpty ? "" : "\nhint: it has \(known.joined(separator: ", "))")
    case .noScores(let place): "\(place) holds no score"
    case .noSettings(let place, let metric):
      "`\(metric)` of \(place) was not measured by this program, so its fields are not known\n"
        + "hint: `vidmetrics show RUN` prints what is known"
    }
  }
}

extension RunRecord {
  /// The scores, or those of some names.
  ///
  /// - Parameters:
  ///   - names: none: all.
  ///   - place: the file or the run, for messages.
  /// - Throws: `ScoreError.noSuchScore`.
  public func scores(named names: [String], place: String) throws -> [ScoreRecord] {
    let known = scores.map(\.metric)
    if let absent = names.first(where: { !known.contains($0) }) {
      throw ScoreError.noSuchScore(place: place, metric: absent, known: known)
    }
    return scores.filter { names.isEmpty || names.contains($0.metric) }
  }
}
