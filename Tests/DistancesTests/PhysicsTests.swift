import Distances
import Testing
import Vocabulary

/// Physics-IQ's masks and numbers against closed forms; against the published functions see the tests of the command line.
@Suite struct PhysicsTests {
  /// A grey frame with a white square of `side` pixels at (x, y).
  private func frame(_ height: Int, _ width: Int, x: Int, y: Int, side: Int, grey: UInt8 = 0) -> [UInt8] {
    (0..<height * width * 3).map { index in
      let (row, column) = (index / 3 / width, index / 3 % width)
      return (y..<y + side).contains(row) && (x..<x + side).contains(column) ? 255 : grey
    }
  }

  private func places(_ mask: [UInt8], width: Int) -> (rows: ClosedRange<Int>, columns: ClosedRange<Int>)? {
    let moving = mask.indices.filter { mask[$0] == 255 }
    guard let top = moving.map({ $0 / width }).min(), let bottom = moving.map({ $0 / width }).max(),
      let left = moving.map({ $0 % width }).min(), let right = moving.map({ $0 % width }).max()
    else { return nil }
    // Of each corner 3 + 1 + 1 pixels are blurred by both directions.
    #expect(moving.count == (bottom - top + 1) * (right - left + 1) - 4 * 5)
    return (top...bottom, left...right)
  }

  @Test(
    "a square of 12 that appears: blurred by 1 pixel in steps of 1/16, 0.7 of it above 10 grey levels, and its corners rounded"
  )
  func appearingSquare() throws {
    var masks = MotionMasks(height: 40, width: 50)
    #expect(masks.next(frame(40, 50, x: 0, y: 0, side: 0)).allSatisfy { $0 == 0 }, "the first frame does not move")
    let found = try #require(places(masks.next(frame(40, 50, x: 20, y: 10, side: 12)), width: 50))
    // One pixel outside the blur has left 5/16 of 255, two pixels 1/16: 0.7 · 16 = 11 > 10.
    #expect(found.rows == 8...23 && found.columns == 18...33)
  }

  @Test("a still, a change of 10 levels and specks of up to 4 pixels do not move") func whatDoesNotMove() {
    var still = MotionMasks(height: 20, width: 20)
    for _ in 0..<3 { #expect(still.next(frame(20, 20, x: 3, y: 3, side: 9)).allSatisfy { $0 == 0 }) }
    // 0.7 · 14 = 9.8, rounded 4 from 14: 10 is not above 10; 0.7 · 16 is.
    for (level, moves) in [(UInt8(14), false), (16, true)] {
      var dim = MotionMasks(height: 20, width: 20)
      _ = dim.next(frame(20, 20, x: 0, y: 0, side: 0))
      #expect(dim.next(frame(20, 20, x: 0, y: 0, side: 0, grey: level)).contains(255) == moves, "\(level)")
    }
    var speck = MotionMasks(height: 20, width: 20)
    _ = speck.next(frame(20, 20, x: 0, y: 0, side: 0, grey: 250))
    #expect(speck.next(frame(20, 20, x: 9, y: 9, side: 1, grey: 250)).allSatisfy { $0 == 0 })
  }

  @Test("half the size and the same size; by a quarter the middle four of sixteen pixels") func smallerPictures() {
    let picture = (0..<64).map { UInt8($0 * 3) }
    #expect(BilinearBytes(height: 8, width: 8, channels: 1, toHeight: 8, toWidth: 8)(picture) == picture)
    let quarter = BilinearBytes(height: 8, width: 8, channels: 1, toHeight: 2, toWidth: 2)(picture)
    let wanted = [(1, 1), (1, 5), (5, 1), (5, 5)].map { row, column in
      let sum = [0, 1, 8, 9].reduce(0) { $0 + Int(picture[row * 8 + column + $1]) }
      return UInt8((sum + 2) / 4)
    }
    #expect(quarter == wanted)
    // Of three channels each by itself.
    let colours: [UInt8] = picture.flatMap { [$0, 255 - $0, 7] }
    let small = BilinearBytes(height: 8, width: 8, channels: 3, toHeight: 2, toWidth: 2)(colours)
    #expect(small.indices.filter { $0 % 3 == 0 }.map { small[$0] } == wanted && small[2] == 7)
  }

  /// 4 pixels, moving or not, in each of some frames of one grey level.
  private func moving(_ masks: [[UInt8]], level: UInt8 = 0) -> MovingFrames {
    var found = MovingFrames()
    for mask in masks { found.append([UInt8](repeating: level, count: 12), mask: mask.map { $0 * 255 }) }
    return found
  }

  @Test func agreements() throws {
    let first = moving([[0, 0, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0]])
    let other = moving([[0, 0, 0, 0], [0, 1, 1, 0], [1, 0, 0, 0]], level: 51)
    let found = try first.agreement(with: other)
    #expect(found.spatial == 2.0 / 3)
    #expect(found.spatiotemporal == [1, 1.0 / 3, 1])
    // 2, 1, 0, 0 against 1, 1, 1, 0.
    #expect(found.weighted == 2.0 / 4)
    #expect(found.error.allSatisfy { abs($0 - 0.04) < 1e-15 })
    let same = try first.agreement(with: first)
    #expect(same.spatial == 1 && same.spatiotemporal == [1, 1, 1] && same.weighted == 1 && same.error == [0, 0, 0])
    let still = moving([[0, 0, 0, 0], [0, 0, 0, 0]])
    #expect(try still.agreement(with: still).weighted == 1 && still.agreement(with: still).spatial == 1)
    #expect(throws: DistanceError.motionFrames(first: 3, second: 2)) { try first.agreement(with: still) }
  }

  @Test("take 2 has 100, half of its IoUs 50, and each hundredth of MSE takes one away") func scores() throws {
    let first = moving([[0, 0, 0, 0], [1, 1, 0, 0]])
    let takes = PhysicsIQ.Values(try first.agreement(with: moving([[0, 0, 0, 0], [1, 0, 0, 0]])), .none)
    #expect(takes.spatial == 0.5 && takes.spatiotemporal == 0.75 && takes.weighted == 0.5 && takes.error == 0)
    #expect(try PhysicsIQ(videos: [takes], takes: [takes], rounding: .none).score() == 100)
    var half = takes
    (half.spatial, half.spatiotemporal, half.weighted) = (0.25, 0.375, 0.25)
    #expect(try PhysicsIQ(videos: [half], takes: [takes], rounding: .none).score() == 50)
    half.error = 0.1
    #expect(try abs(PhysicsIQ(videos: [half], takes: [takes], rounding: .none).score() - 40) < 1e-12)
    half.error = 2
    #expect(try PhysicsIQ(videos: [half], takes: [takes], rounding: .none).score() == 0)
    var perfect = takes
    (perfect.spatial, perfect.spatiotemporal, perfect.weighted) = (1, 1, 1)
    let both = PhysicsIQ(videos: [perfect, half], takes: [takes, takes], rounding: .none)
    #expect(try PhysicsIQ(videos: [perfect], takes: [takes], rounding: .none).score() == 100, "and no more")
    let parts = try both.parts()
    let mean = (parts[0] + parts[1]) / 2
    #expect(try abs(min(max(mean, 0), 100) - both.score()) < 1e-12)
    #expect(try both.score([0, 0]) == 100)
    var none = takes
    none.spatial = 0
    #expect(throws: DistanceError.noPhysicalVariance) {
      try PhysicsIQ(videos: [half], takes: [none], rounding: .none).score()
    }
  }

  @Test("values of frames to 4 digits, as Python rounds") func rounding() throws {
    var agreement = try moving([[0, 0, 0, 0], [1, 1, 0, 0]]).agreement(with: moving([[0, 0, 0, 0], [1, 0, 0, 0]]))
    agreement.spatiotemporal = [0.00005, 0.33333333]
    agreement.error = [0.12345, 0.00015]
    let values = PhysicsIQ.Values(agreement, .published)
    // As binary numbers 0.00005 and 0.12345 are above the half, 0.00015 below it.
    #expect(values.spatiotemporal == (0.0001 + 0.3333) / 2)
    #expect(values.error == (0.1235 + 0.0001) / 2)
    #expect(PhysicsIQ.Values(agreement, .none).spatiotemporal == (0.00005 + 0.33333333) / 2)
  }
}
