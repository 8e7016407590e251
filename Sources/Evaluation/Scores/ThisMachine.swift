import Foundation
import Scores
import Video

extension RunRecord.Circumstances {
  /// This machine, as far as it tells.
  ///
  /// - Parameters:
  ///   - version: of vidmetrics.
  ///   - isa: instruction set and kernels.
  public static func ofThisMachine(version: String, isa: String) -> Self {
    var facts = Self()
    (facts.version, facts.isa, facts.decoder) = (version, isa, decoderVersion)
    (facts.processor, facts.host, facts.os) = (thisProcessor, thisHost, thisSystem)
    return facts
  }

  public static var thisProcessor: String? {
    value(of: "model name", separator: ":", in: "/proc/cpuinfo")
  }

  private static var thisHost: String? {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return name.isEmpty ? nil : name
  }

  private static var thisSystem: String? {
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
