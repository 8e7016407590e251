import Files
import Foundation

/// Runs the user's own `curl`.
struct FileDownload {
  let curl: String
  /// Where files lie until they are imported; what an interruption left is continued.
  let folder: String
  let report: (String) -> Void

  /// Gets a file, or what is missing of it, and returns its path.
  func run(_ file: PublishedFile) throws -> String {
    guard let url = file.url, url.hasPrefix("https://") else {
      throw WeightsError.curlFailed(url: file.url ?? file.name, output: ["only https is fetched"], kept: nil)
    }
    let path = "\(folder)/\(file.name)"
    if size(path) != nil { return path }
    let part = path + ".part"
    // Keeps two processes from writing one file.
    guard let lock = try FileLock(part) else {
      throw FilesError.unwritable(path: part, reason: "another process is downloading it")
    }
    defer {
      if size(part) == 0 { unlink(part) }
      withExtendedLifetime(lock) {}
    }
    let total = try length(of: url, part: part)
    if let total, let expected = file.size, total != expected {
      report("\(url) has \(total) bytes, \(expected) were expected: reading it will tell whether it is whole")
    }
    if let total, (size(part) ?? 0) > total {
      // Of another file that was once there.
      truncate(part, 0)
    }
    if total == nil || size(part) != total { try transfer(url, to: part, total: total) }
    if let total, let found = size(part), found != total {
      throw WeightsError.curlFailed(
        url: url, output: ["\(found) bytes have come, the server says \(total)"], kept: kept(part))
    }
    if let digest = file.digest {
      report("checking \(file.name)")
      let found = try MappedBytes(mapping: part).all.withBytes { SHA256.digest(of: $0) }
      guard found.hex.hasPrefix(digest) else {
        unlink(part)
        throw WeightsError.wrongDownload(url: url, expected: digest, found: found)
      }
    }
    try WholeFile.rename(part, to: path)
    return path
  }

  /// No other protocol, not after a redirection either; a connection that gives nothing for a minute is given up.
  private static let options = [
    "--fail", "--location", "--proto", "=https", "--proto-redir", "=https", "--connect-timeout", "30", "--speed-limit",
    "1", "--speed-time", "60", "--silent", "--show-error",
  ]

  /// Bytes of what a URL stands for; nil where the server does not say.
  private func length(of url: String, part: String) throws -> Int? {
    var lines: [String] = []
    let status = try ChildProcess.run([curl] + Self.options + ["--head", url]) { lines.append($0) }
    guard status == 0 else {
      let said = lines.filter { !$0.hasPrefix("HTTP/") && !$0.contains(": ") || $0.hasPrefix("curl") }
      throw WeightsError.curlFailed(url: url, output: said.suffix(6) + ["exit status \(status)"], kept: kept(part))
    }
    // One block of lines for each redirection; the last counts.
    let start = lines.lastIndex { $0.hasPrefix("HTTP/") } ?? 0
    return lines[start...].lazy.compactMap { line -> Int? in
      let fields = line.split(separator: ":", maxSplits: 1)
      guard fields.count == 2, fields[0].lowercased() == "content-length" else { return nil }
      return Int(fields[1].trimmingCharacters(in: .whitespacesAndNewlines))
    }.first
  }

  private func transfer(_ url: String, to part: String, total: Int?) throws {
    let start = size(part) ?? 0
    report(
      "downloading \(url)" + (total.map { " (\(Self.megabytes($0)))" } ?? "")
        + (start > 0 ? ", continued at \(Self.megabytes(start))" : ""))
    var progress = Progress(start: start, total: total)
    var said: [String] = []
    let status = try ChildProcess.run([curl] + Self.options + ["--continue-at", "-", "--output", part, url]) {
      progress.line(size: size(part) ?? 0).map(report)
    } line: {
      said.append($0)
    }
    guard status == 0 else {
      throw WeightsError.curlFailed(url: url, output: said.suffix(6) + ["exit status \(status)"], kept: kept(part))
    }
  }

  private func size(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// What has come so far and where it is, for a person.
  private func kept(_ part: String) -> String? {
    guard let size = size(part), size > 0 else { return nil }
    return "\(Self.megabytes(size)) are kept in `\(part)`"
  }

  static func megabytes(_ bytes: Int) -> String {
    let tenths = (bytes + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10) MB"
  }

  /// A line every five seconds.
  private struct Progress {
    let start: Int
    let total: Int?
    let began = Date()
    var last = Date()

    mutating func line(size: Int) -> String? {
      let now = Date()
      guard now.timeIntervalSince(last) >= 5 else { return nil }
      last = now
      let rate = Double(size - start) / max(now.timeIntervalSince(began), 0.1)
      let of = total.map { " of \(megabytes($0))" } ?? ""
      return "  \(megabytes(size))\(of), \(megabytes(Int(max(rate, 0)))) a second"
    }
  }
}
