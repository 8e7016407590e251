import Foundation
import Video

extension ScoreEnvironment {
  /// This machine, as far as it tells.
  public init(version: String, isa: String) {
    self.init(
      version: version, isa: isa, decoder: decoderVersion, processor: Self.processor, host: Self.host, os: Self.system)
  }

  private static var processor: String? {
    value(of: "model name", separator: ":", in: "/proc/cpuinfo")
  }

  private static var host: String? {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return name.isEmpty ? nil : name
  }

  private static var system: String? {
    value(of: "PRETTY_NAME", separator: "=", in: "/etc/os-release")
      ?? ProcessInfo.processInfo.operatingSystemVersionString
  }

  /// The first line `key separator value` of a file.
  private static func value(of key: String, separator: Character, in path: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      let value = line.drop { $0 != separator }.dropFirst()
      let trimmed = value.trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
      return trimmed.isEmpty ? nil : trimmed
    }
    return nil
  }
}
