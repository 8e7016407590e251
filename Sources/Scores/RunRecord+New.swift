import Foundation

extension RunRecord {
  /// Twelve random hexadecimal digits.
  public static func newID() -> String {
    let digits = String(UInt64.random(in: 0..<(1 << 48)), radix: 16)
    return String(repeating: "0", count: 12 - digits.count) + digits
  }

  /// ISO 8601 in UTC to the millisecond.
  public static func now() -> String { date(Date()) }

  /// A time as runs have it: `2026-11-21T14:05:09.250Z`.
  public static func date(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// A set's last folder or file, without the latter's extension: `generated/` is `generated`.
  public static func name(ofSet path: String) -> String {
    let url = URL(fileURLWithPath: path)
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists && isFolder.boolValue ? url.lastPathComponent : url.deletingPathExtension().lastPathComponent
  }
}
