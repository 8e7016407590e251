import Tensors

/// Puts windows together out of frames that arrive one by one, by rising index.
final class WindowAssembler {
  private let name: String
  private let windows: [FrameWindow]
  private let deliver: (Int, Frames) throws -> Void
  /// Window indices by rising start, and how many of them have begun.
  private let byStart: [Int]
  private var begun = 0
  private var live: [Int: Part] = [:]
  private var complete: [Int: Frames] = [:]
  private var nextToDeliver = 0

  /// The number of frames that the windows reach to.
  let end: Int
  /// How many frames have been seen.
  private(set) var seen = 0

  private struct Part {
    var bytes: [UInt8] = []
    var floats: [Float] = []
    var size: FrameSize
    var filled = 0
  }

  init(_ windows: [FrameWindow], name: String, deliver: @escaping (Int, Frames) throws -> Void) throws {
    var end = 0
    for window in windows {
      if let listed = window.listed {
        let isRising = listed.indices.dropFirst().allSatisfy { listed[$0 - 1] <= listed[$0] }
        guard let first = listed.first, first >= 0, isRising, window.last < .max else {
          throw VideoError.clip(.badWindow(name: name, window: window))
        }
        end = max(end, window.last + 1)
        continue
      }
      let (steps, first) = max(0, window.count - 1).multipliedReportingOverflow(by: window.stride)
      let (last, second) = window.start.addingReportingOverflow(steps)
      guard window.start >= 0, window.count >= 1, window.stride >= 1, !first, !second, last < .max else {
        throw VideoError.clip(.badWindow(name: name, window: window))
      }
      end = max(end, last + 1)
    }
    self.name = name
    self.windows = windows
    self.deliver = deliver
    self.end = end
    byStart = windows.indices.sorted { (windows[$0].start, $0) < (windows[$1].start, $1) }
  }

  /// Whether all windows are complete.
  var isDone: Bool { seen >= end }

  /// Goes on to frame `index`: begins the windows that have started by then. Whether one of them holds the frame.
  func advance(to index: Int) -> Bool {
    while begun < byStart.count, windows[byStart[begun]].start <= index {
      live[byStart[begun]] = Part(size: FrameSize(width: 0, height: 0))
      begun += 1
    }
    return live.keys.contains { holds($0, index) }
  }

  /// The first frame at or after `index` that some window needs; nil when there is none.
  func nextNeeded(from index: Int) -> Int? {
    var next: Int?
    for window in windows {
      if let listed = window.listed {
        if let frame = listed.first(where: { $0 >= index }) { next = min(next ?? .max, frame) }
        continue
      }
      let place = max(0, index - window.start)
      let step = place / window.stride + (place % window.stride == 0 ? 0 : 1)
      guard step < window.count else { continue }
      next = min(next ?? .max, window.start + step * window.stride)
    }
    return next
  }

  /// Frame `index` is not needed.
  func skip(_ index: Int) { seen = index + 1 }

  /// Frame `index`, H×W×3 bytes.
  func accept(_ index: Int, size: FrameSize, bytes: UnsafeBufferPointer<UInt8>) throws {
    try put(index, size) { part, offset, total in
      if part.bytes.isEmpty { part.bytes = [UInt8](repeating: 0, count: total) }
      part.bytes.withUnsafeMutableBytes {
        UnsafeMutableRawBufferPointer(rebasing: $0[offset..<offset + bytes.count]).copyMemory(from: .init(bytes))
      }
    }
  }

  /// Frame `index`, H×W×3 floats.
  func accept(_ index: Int, size: FrameSize, floats: UnsafeBufferPointer<Float>) throws {
    try put(index, size) { part, offset, total in
      if part.floats.isEmpty { part.floats = [Float](repeating: 0, count: total) }
      part.floats.withUnsafeMutableBufferPointer {
        _ = UnsafeMutableBufferPointer(rebasing: $0[offset..<offset + floats.count]).update(fromContentsOf: floats)
      }
    }
  }

  /// The source has ended: an error if a window still lacks a frame.
  func finish() throws {
    guard nextToDeliver == windows.count else {
      throw VideoError.decoding(.endsEarly(name: name, wanted: end, found: seen))
    }
  }

  private func holds(_ window: Int, _ index: Int) -> Bool {
    let window = windows[window]
    if let listed = window.listed { return listed.contains(index) }
    return index >= window.start && index <= window.last && (index - window.start) % window.stride == 0
  }

  private func put(_ index: Int, _ size: FrameSize, _ copy: (inout Part, Int, Int) -> Void) throws {
    _ = advance(to: index)
    seen = index + 1
    let values = size.width * size.height * 3
    for key in live.keys.sorted() where holds(key, index) {
      let (total, overflow) = values.multipliedReportingOverflow(by: windows[key].count)
      guard !overflow, var part = live.removeValue(forKey: key) else {
        throw VideoError.clip(.badWindow(name: name, window: windows[key]))
      }
      if part.filled == 0 { part.size = size }
      guard part.size == size else {
        throw VideoError.decoding(.sizeChanges(name: name, frame: index, from: part.size, to: size))
      }
      repeat {
        copy(&part, part.filled * values, total)
        part.filled += 1
      } while part.filled < windows[key].count && windows[key].frame(part.filled) == index
      if part.filled == windows[key].count {
        complete[key] = Frames(
          count: part.filled, height: size.height, width: size.width,
          samples: part.floats.isEmpty ? .bytes(part.bytes) : .floats(part.floats))
      } else {
        live[key] = part
      }
    }
    while let frames = complete.removeValue(forKey: nextToDeliver) {
      try deliver(nextToDeliver, frames)
      nextToDeliver += 1
    }
  }
}
