import Testing
import Video

@Suite struct WindowTests {
  private static let sources = ["untagged.mp4", "sixteen.gif", "altref.webm"]

  @Test(arguments: sources) func windowsAreCutsOfTheWhole(_ name: String) throws {
    let video = try Fixture.video(name)
    let whole = try video.all()
    let frame = whole.height * whole.width * 3
    let windows = [
      FrameWindow(start: 5, count: 4, stride: 3), FrameWindow(start: 0, count: 3), FrameWindow(start: 2, count: 8),
      FrameWindow(start: 0, count: 16), FrameWindow(start: 15, count: 1), FrameWindow(start: 2, count: 8),
    ]
    var order: [Int] = []
    try video.read(windows) { index, frames in
      order.append(index)
      let window = windows[index]
      #expect(frames.count == window.count)
      for k in 0..<window.count {
        let (here, there) = (k * frame, (window.start + k * window.stride) * frame)
        #expect(Array(frames.bytes[here..<here + frame]) == Array(whole.bytes[there..<there + frame]))
      }
    }
    #expect(order == Array(windows.indices))
  }

  @Test func decodingStopsAtTheLastFrameThatIsNeeded() throws {
    var count = 0  // the damage of this file comes later
    try Fixture.video("damaged.mp4").read([FrameWindow(start: 0, count: 2)]) { _, frames in count = frames.count }
    #expect(count == 2)
  }

  @Test func whatBodyThrowsComesThrough() {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try Fixture.video("untagged.mp4").read([FrameWindow(start: 0, count: 2)]) { _, _ in throw Stop() }
    }
  }

  @Test func messages() throws {
    let video = try Fixture.video("sixteen.gif")
    #expect(
      message { try video.read([FrameWindow(start: 0, count: 17)]) { _, _ in } }
        == "`sixteen.gif` ends early: 17 frames wanted, 16 decoded")
    #expect(
      message { try video.read([FrameWindow(start: -1, count: 2, stride: 0)]) { _, _ in } }
        == "window start -1, count 2, stride 0 of `sixteen.gif` is not a window")
    #expect(
      message { try video.read([FrameWindow(start: .max, count: .max, stride: .max)]) { _, _ in } }?
        .hasSuffix("is not a window") == true)
    let row = try Fixture.video("arrays/uint8.npy")
    #expect(
      message { try row.read([FrameWindow(start: 2, count: 3)]) { _, _ in } }
        == "`uint8.npy[0]` ends early: 5 frames wanted, 4 decoded")
  }
}
