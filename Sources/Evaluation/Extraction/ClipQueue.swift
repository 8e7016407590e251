import Dispatch
import Networks
import Synchronization
import Tensors

/// A fixed number of clip buffers that go round between the threads that decode and those that compute. A decoder
/// waits while all are full, so memory does not grow with the number of videos.
final class ClipQueue: Sendable {
  /// Memory of one clip.
  final class Slot: @unchecked Sendable {
    let buffer: FloatBuffer
    /// Of the frames that lie in it.
    var shape = FrameShape(height: 0, width: 0)
    init(count: Int) { buffer = FloatBuffer(zeros: count) }
  }

  enum Event: Sendable {
    /// Clip number `clip` lies in `slot`, which the receiver gives back.
    case clip(Int, Slot)
    /// Video number `video` could not be read.
    case failed(video: Int, any Error)
  }

  private struct State {
    var free: [Slot]
    var events: [Event] = []
    var decoders: Int
    var isClosed = false
  }

  private let state: Mutex<State>
  private let freeSlots: DispatchSemaphore
  private let waiting = DispatchSemaphore(value: 0)
  private let decoders: Int
  private let receivers: Int

  /// - Parameters:
  ///   - slots: how many clips are held at most.
  ///   - values: floats of a clip.
  ///   - receivers: how many threads call `next`.
  init(slots: Int, values: Int, decoders: Int, receivers: Int) {
    state = Mutex(State(free: (0..<slots).map { _ in Slot(count: values) }, decoders: decoders))
    freeSlots = DispatchSemaphore(value: 0)
    for _ in 0..<slots { freeSlots.signal() }
    self.decoders = decoders
    self.receivers = receivers
  }

  /// Waits for an empty buffer; nil once the queue is closed.
  func takeSlot() -> Slot? {
    freeSlots.wait()
    return state.withLock { $0.isClosed ? nil : $0.free.popLast() }
  }

  func giveBack(_ slot: Slot) {
    state.withLock { $0.free.append(slot) }
    freeSlots.signal()
  }

  func send(_ event: Event) {
    state.withLock { $0.events.append(event) }
    waiting.signal()
  }

  /// A decoder says that nothing more comes from it. The last one wakes all receivers.
  func decoderIsDone() {
    let isLast = state.withLock { state in
      state.decoders -= 1
      return state.decoders == 0
    }
    if isLast { for _ in 0..<receivers { waiting.signal() } }
  }

  /// Waits for the next event, in the order in which they were sent; nil, once for each receiver, when all decoders are done
  /// and nothing is left.
  func next() -> Event? {
    waiting.wait()
    return state.withLock { $0.events.isEmpty ? nil : $0.events.removeFirst() }
  }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Wakes every waiting decoder. Events sent from now on are not received.
  func close() {
    state.withLock { $0.isClosed = true }
    for _ in 0..<decoders { freeSlots.signal() }
  }
}
