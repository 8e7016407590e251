import CFFmpeg

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// FFmpeg's log: nothing is printed; the last error messages of a piece of work are kept for the error's text.
///
/// FFmpeg logs on the thread that calls it (decoders run single-threaded here), so messages are kept by thread.
enum LibavLog {
  private final class Messages {
    var lines: [String] = []
    var count = 0
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    av_log_set_callback { source, level, format, arguments in
      LibavLog.record(source, level, format, arguments)
    }
    return key
  }()

  /// Logged as errors, and of no picture: H.264's bookkeeping of references, which files cut without coding them anew (such as
  /// those of Kinetics) begin with; tags of TIFF that its decoder has no use for; what is called a warning by the line itself.
  /// Pictures that lack a reference are marked besides.
  private static let harmless = [
    "mmco: unref short failure", "number of reference frames", "co located POCs unavailable",
    "Unknown or unsupported tag", "warning",
  ]

  private static func record(
    _ source: UnsafeMutableRawPointer?, _ level: Int32, _ format: UnsafePointer<CChar>?, _ arguments: CVaListPointer?
  ) {
    guard level <= AV_LOG_ERROR, let arguments, let kept = pthread_getspecific(key) else { return }
    var line = [CChar](repeating: 0, count: 512)
    var prefix: Int32 = 0  // no "[h264 @ 0x...]"
    av_log_format_line(source, level, format, arguments, &line, Int32(line.count), &prefix)
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let messages = Unmanaged<Messages>.fromOpaque(kept).takeUnretainedValue()
    if !harmless.contains(where: words.hasPrefix) { messages.count += 1 }
    if !words.isEmpty, messages.lines.last != words { messages.lines = messages.lines.suffix(1) + [words] }
  }

  /// Runs `work`; `reason(code)` inside of it gives FFmpeg's words for a code and the last messages.
  static func capturing<Result>(_ work: () throws -> Result) rethrows -> Result {
    let messages = Messages()
    let outer = pthread_getspecific(key)
    pthread_setspecific(key, Unmanaged.passUnretained(messages).toOpaque())
    defer { pthread_setspecific(key, outer) }
    return try withExtendedLifetime(messages) { try work() }
  }

  /// FFmpeg's words for `code`, followed by the last messages of the work that is going on.
  static func reason(_ code: Int32) -> String {
    var text = [CChar](repeating: 0, count: 256)
    av_strerror(code, &text, text.count)
    let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return ([words] + lastMessages).joined(separator: "; ")
  }

  static var lastMessages: [String] { current?.lines ?? [] }

  /// How many errors FFmpeg has reported in the work that is going on, but for harmless ones.
  static var count: Int { current?.count ?? 0 }

  private static var current: Messages? {
    pthread_getspecific(key).map { Unmanaged<Messages>.fromOpaque($0).takeUnretainedValue() }
  }
}
