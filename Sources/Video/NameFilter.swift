import Foundation

/// Which files of a set are meant, by shell patterns (`fnmatch`: `*`, `?`, `[a-z]`).
///
/// A pattern without `/` is held against each part of a name, so that `*.mp4` takes files and `real` all below a folder; one
/// with `/` against the whole name or a folder above it: `real/*`, `a/b`. `*` does not reach over a `/`; `**` does.
public struct NameFilter: Sendable, Equatable {
  /// At least one of them fits; if there are none, all files are meant.
  public var include: [String]
  /// None of them fits.
  public var exclude: [String]

  public init(include: [String] = [], exclude: [String] = []) {
    self.include = include
    self.exclude = exclude
  }

  public var patterns: [String] { include + exclude }

  /// Whether everything is meant as it lies there: the answer to what could be read in two ways.
  var meansAll: Bool { include.contains("*") || include.contains("**") }

  /// The patterns that fit a name, and whether they take it.
  package func judge(_ name: String) -> (isTaken: Bool, fitting: [String]) {
    let (included, excluded) = (fitting(include, name), fitting(exclude, name))
    return ((include.isEmpty || !included.isEmpty) && excluded.isEmpty, included + excluded)
  }

  private func fitting(_ patterns: [String], _ name: String) -> [String] {
    patterns.isEmpty ? [] : patterns.filter { Self.fits($0, name) }
  }

  static func fits(_ pattern: String, _ name: String) -> Bool {
    let parts = name.split(separator: "/").map(String.init)
    guard pattern.contains("/") || pattern.contains("**") else {
      return parts.contains { fnmatch(pattern, $0, 0) == 0 }
    }
    let flags = pattern.contains("**") ? 0 : FNM_PATHNAME
    return parts.indices.contains { fnmatch(pattern, parts[...$0].joined(separator: "/"), flags) == 0 }
  }
}
