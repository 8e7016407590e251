import Files
import Foundation
import History
import ReportAssets
import Scores

/// Writes a table of runs in one format.
public protocol TableWriter: Sendable {
  /// - Parameter runs: all that the table was made of, for formats that show more than the table.
  /// - Throws: `ReportError`.
  func text(_ table: ReportTable, runs: [RunRecord]) throws -> String
}

/// What a report can be written as; a format's name is its option and its key in a suite.
public enum TableFormat: String, Sendable, CaseIterable {
  case html, markdown, latex, csv, jsonl

  /// - Parameters:
  ///   - files: what the runs have kept, for formats with pictures.
  ///   - version: of this program, for formats that say so.
  ///   - style: of Markdown and LaTeX.
  func writer(files: KeptFiles?, version: String, style: TableStyle, media: Media, reload: Int?) -> any TableWriter {
    switch self {
    case .html:
      HTMLWriter(version: version, moment: RunRecord.now(), files: files, media: media, reload: reload)
    case .markdown: MarkdownWriter(style: style)
    case .latex: LaTeXWriter(style: style)
    case .csv: CSVWriter()
    case .jsonl: JSONLinesWriter()
    }
  }
}

/// A report of runs: what stands in it, and the files that it is written to.
public struct Report: Sendable, Equatable {
  public struct File: Sendable, Equatable {
    public var format: TableFormat
    public var path: String

    public init(format: TableFormat, path: String) {
      self.format = format
      self.path = path
    }
  }

  public var files: [File] = []
  /// A paper's table, or nil for a plain one.
  public var layout: String?
  /// Papers whose published rows stand beside the runs; nil: those of the layout.
  public var baselines: [String]?
  /// Only these metrics and data sets; nil: all.
  public var metrics: [String]?
  public var datasets: [String]?
  public var title: String?
  /// How much is said below a table; nil: as much as suits its format.
  public var notes: TableStyle.Notes?
  public var isTransposed = false
  public var label: String?
  public var caption: String?
  /// Only these methods, in this order; nil: all.
  public var methods: [String]?
  /// Whether of each name and data set only the checkpoint stands in it that was scored last.
  public var isNewestOnly = false
  /// Digits behind the point, by metric; those of all metrics under the empty name.
  public var digits: [String: Int] = [:]
  /// Something earlier that is asked what is new since; nil: the page that is written over.
  public var since: Since?
  /// Whether the page is written again and again: then what lies there is this page, and tells nothing of before.
  public var isLive = false
  /// Generators that made no videos.
  public var failures: [ReportTable.Failure] = []
  public var media = Media.full
  /// Seconds after which the page loads itself anew; nil: it is finished.
  public var reload: Int?

  public init() {}

  /// In place of papers: no published rows.
  public static let noPaper = "none"
  /// Every paper that has published rows.
  public static var papers: [String] { Baseline.names }

  /// Papers whose rows stand beside the runs.
  ///
  /// - Throws: `BaselineError`.
  public func published() throws -> [Baseline] {
    let names = baselines ?? layout.map { [$0] } ?? []
    if names == [Self.noPaper] { return [] }
    if let other = names.first(where: { $0 != Self.noPaper }), names.contains(Self.noPaper) {
      throw ReportError.noneAndOthers(other)
    }
    return try names.map { try Baseline.named($0) }
  }

  /// - Parameter differences: what tells which number is best.
  /// - Throws: `ReportError.nothingToShow`, and what papers' tables throw.
  public func table(of runs: [RunRecord], by differences: (any DifferenceSource)?) throws -> ReportTable {
    var builder = TableBuilder()
    builder.differences = differences
    let paper = try layout.map { try Baseline.named($0) }
    builder.layout = paper?.layout
    builder.baselines = try published()
    (builder.metrics, builder.datasets) = (metrics, datasets)
    (builder.methods, builder.digits) = (methods, digits)
    (builder.since, builder.failures) = (since, failures)
    builder.isLive = isLive
    let measured = runs.isEmpty ? "" : ", and runs measured here"
    builder.title = title ?? paper.map { "\($0.short), \($0.table)" + measured } ?? "Scores"
    guard isNewestOnly else { return try builder.table(of: runs) }
    let newest = NewestRuns(of: runs)
    var table = try builder.table(of: newest.kept)
    table.remarks += newest.remarks
    return table
  }

  /// The page that is written over.
  public var earlierPage: Since? {
    files.lazy.filter { $0.format == .html }.compactMap { Since(page: $0.path) }.first
  }

  /// A paper's table has its own text around it, a page and a terminal have none.
  public func style(of format: TableFormat) -> TableStyle {
    TableStyle(
      notes: notes ?? (format == .latex ? .short : .full), isTransposed: isTransposed, label: label, caption: caption)
  }

  /// Writes every file of it: whole, or not at all.
  ///
  /// - Parameters:
  ///   - differences: what tells which number is best.
  ///   - files: what the runs have kept.
  ///   - version: of this program.
  /// - Throws: `ReportError`, and what papers' tables throw.
  public func write(
    _ runs: [RunRecord], by differences: (any DifferenceSource)?, files: KeptFiles?, version: String
  ) throws {
    var report = self
    report.since = since ?? (isLive ? nil : earlierPage)
    let table = try report.table(of: runs, by: differences)
    for file in self.files {
      let writer = file.format.writer(
        files: files, version: version, style: style(of: file.format), media: media, reload: reload)
      try WholeFile.write(writer.text(table, runs: isNewestOnly ? NewestRuns(of: runs).kept : runs), to: file.path)
    }
  }
}
