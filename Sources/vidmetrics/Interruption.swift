import Foundation
import Synchronization

/// Ctrl-C and the signals by which others end a program: the first asks the work to stop after the clip it is at, the second
/// ends the program at once.
enum Interruption {
  /// 0: none came.
  private static let requested = Atomic<Int32>(0)

  static var isRequested: Bool { requested.load(ordering: .relaxed) != 0 }

  /// The exit status of work that was interrupted: 128 and the number of the signal, as a shell says it.
  static var status: Int32 { 128 + requested.load(ordering: .relaxed) }

  /// Whether a person pressed Ctrl-C, not another program.
  static var isByPerson: Bool { requested.load(ordering: .relaxed) == SIGINT }

  /// - Parameter asWorker: also to the signals by which schedulers warn of the end of an allocation.
  static func listen(asWorker: Bool = false) {
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] + (asWorker ? [SIGUSR1, SIGUSR2] : []) {
      // Whoever started the program may have blocked the signal for it.
      var set = sigset_t()
      sigemptyset(&set)
      sigaddset(&set, number)
      pthread_sigmask(SIG_UNBLOCK, &set, nil)
      let before = signal(number) { number in
        // Of several the first says how it ends; any after it ends the program.
        Interruption.requested.store(number, ordering: .relaxed)
        // A scheduler that has warned says it again, and the flush takes a moment.
        if number == SIGUSR1 || number == SIGUSR2 { return }
        // No loop over a list: a signal may come while memory is being allocated.
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        signal(SIGHUP, SIG_DFL)
        signal(SIGQUIT, SIG_DFL)
      }
      // `nohup` has it ignored, and so it stays.
      if number == SIGHUP, isIgnoring(before) { signal(number, SIG_IGN) }
    }
  }

  /// Ends the program as the signal does by itself.
  static func end(by number: Int32) -> Never {
    signal(number, SIG_DFL)
    raise(number)
    exit(128 + number)
  }

  private static func isIgnoring(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
