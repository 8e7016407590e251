import Foundation
import Synchronization

/// Ctrl-C: the first asks the work to stop after the clip it is at, the second ends the program at once.
enum Interruption {
  private static let requested = Atomic<Bool>(false)

  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  static func listen() {
    // Whoever started the program may have blocked the signal for it.
    var interrupt = sigset_t()
    sigemptyset(&interrupt)
    sigaddset(&interrupt, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &interrupt, nil)
    signal(SIGINT) { number in
      Interruption.requested.store(true, ordering: .relaxed)
      signal(number, SIG_DFL)
    }
  }
}
