import Foundation
import Tensors
import Testing
import Video

/// Frames spread evenly over a video, as LFDM takes them.
@Suite struct EvenClipTests {
  struct Golden: Decodable {
    let length: Int
    let count: Int
    let frames: [Int]
  }

  private func frames(_ length: Int, _ sampler: ClipSampler) throws -> [Int] {
    let windows = try sampler.windows(frameCount: length, videoName: "v")
    #expect(windows.count == 1)
    return (0..<windows[0].count).map(windows[0].frame)
  }

  /// `even.py` has the recipe. Four of the pairs have places that exact arithmetic puts one frame further.
  @Test func asNumPySpreadsThem() throws {
    let golden = try JSONDecoder().decode(
      [Golden].self, from: Data(contentsOf: URL(fileURLWithPath: Fixture.path("even.json"))))
    #expect(golden.count == 16)
    for entry in golden {
      #expect(
        try frames(entry.length, ClipSampler(frames: entry.count, clips: .even)) == entry.frames,
        "\(entry.length), \(entry.count)")
    }
  }

  /// What is left out at the beginning is as if it were not there; stride, offset and seed play no part.
  @Test func skippedFramesAndOtherFields() throws {
    for (length, count) in [(24, 16), (46, 40), (5, 9), (1, 3)] {
      let plain = try frames(length, ClipSampler(frames: count, clips: .even))
      let skipped = try frames(length + 3, ClipSampler(frames: count, clips: .even, skipFirst: 3))
      #expect(skipped == plain.map { $0 + 3 })
      let other = ClipSampler(frames: count, stride: 5, clips: .even, offset: .random, seed: 9)
      #expect(try frames(length, other) == plain)
    }
    #expect(
      message { _ = try frames(4, ClipSampler(frames: 2, clips: .even, skipFirst: 4)) }
        == "`v` is too short: 4 frames found, 5 needed for 2 frames after the first 4")
  }

  /// Whatever the numbers: from the first frame to the last, never backwards, and steps that differ by one at the most.
  @Test func properties() throws {
    for length in 1...130 {
      for count in 2...50 {
        let frames = try frames(length, ClipSampler(frames: count, clips: .even))
        let steps = zip(frames.dropFirst(), frames).map { $0 - $1 }
        #expect(frames.count == count && frames[0] == 0 && frames.last == length - 1)
        if length >= count {
          #expect(steps.allSatisfy { abs($0 * (count - 1) - (length - 1)) < 2 * (count - 1) && $0 >= 1 })
        } else {
          #expect(steps == Array(repeating: 1, count: length - 1) + Array(repeating: 0, count: count - length))
        }
      }
    }
  }

  /// Listed windows, repeated frames among them, hold the frames that they say, beside windows that overlap them.
  @Test(arguments: ["untagged.mp4", "sixteen.gif", "altref.webm"]) func framesAreRead(_ name: String) throws {
    let video = try Fixture.video(name)
    let whole = try video.all()
    let size = whole.height * whole.width * 3
    let windows =
      try [5, 7, 40].flatMap {
        try ClipSampler(frames: $0, clips: .even).windows(frameCount: whole.count, videoName: name)
      } + [FrameWindow(start: 1, count: 3), FrameWindow(frames: [2, 2, 2, 9, 9, 11])]
    #expect(windows[2].count == 40 && windows[2].last == whole.count - 1)
    var seen = 0
    try video.read(windows) { index, frames in
      seen += 1
      #expect(frames.count == windows[index].count)
      for place in 0..<frames.count {
        let there = windows[index].frame(place) * size
        #expect(frames.bytes[place * size..<(place + 1) * size] == whole.bytes[there..<there + size])
      }
    }
    #expect(seen == windows.count)
  }
}
