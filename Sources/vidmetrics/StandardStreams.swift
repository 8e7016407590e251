import Foundation

/// What the program was given as stdin, stdout and stderr.
enum StandardStreams {
  /// To be called first.
  ///
  /// A stream that is closed is opened on /dev/null: the next file that is opened would get its number, and messages would be
  /// written into a history. stdin and stdout are opened the wrong way round, so that using them is the error that it was.
  /// A pipe that nobody reads any more is an error of the write, not the end of the program.
  static func prepare() {
    for (number, mode) in [(Int32(0), O_WRONLY), (1, O_RDONLY), (2, O_WRONLY)] where fcntl(number, F_GETFD) < 0 {
      // The lowest free number is this one.
      _ = open("/dev/null", mode)
    }
    signal(SIGPIPE, SIG_IGN)
    checkDescriptors()
  }

  /// The three streams, and what Dispatch, SQLite and a reader hold at once: Dispatch traps where it gets none.
  private static let fewestDescriptors: rlim_t = 16

  private static func checkDescriptors() {
    var limit = rlimit()
    #if canImport(Darwin)
      let failed = getrlimit(RLIMIT_NOFILE, &limit) != 0
    #else
      let failed = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0
    #endif
    guard !failed, limit.rlim_cur < fewestDescriptors else { return }
    Terminal.write(
      "error: the program may have \(limit.rlim_cur) files open at once (`ulimit -n`), and needs \(fewestDescriptors)\n"
    )
    exit(Exit.usageOrInput)
  }
}
