import Foundation
import Tensors
import Testing
import Video

@Suite struct PictureTests {
  private let gradient = Picture(
    width: 5, height: 3, pixels: (0..<45).map { UInt8(($0 * 37) % 256) })

  private func readBack(_ bytes: [UInt8], _ name: String) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    try folder.write("video/\(name)", Data(bytes))
    var found: [UInt8] = []
    let video = try VideoSet.open(folder.path + "/video").videos[0]
    try video.read([FrameWindow(start: 0, count: 1)]) { _, frames in
      if case .bytes(let bytes) = frames.samples { found = bytes }
    }
    return found
  }

  @Test func pngKeepsEveryByte() throws {
    #expect(try readBack(PictureEncoder.png(gradient), "0.png") == gradient.pixels)
  }

  @Test func jpegKeepsColours() throws {
    let orange = Picture(width: 16, height: 16, pixels: (0..<768).map { [230, 120, 20][$0 % 3] })
    let found = try readBack(PictureEncoder.jpeg(orange, scale: 2), "0.jpg")
    #expect(zip(found, orange.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 3 })
  }

  @Test func halvingIsTheMeanOfFour() {
    let picture = Picture(width: 2, height: 2, pixels: [0, 0, 0, 100, 20, 4, 100, 20, 8, 200, 40, 8])
    #expect(picture.resized(width: 1, height: 1).pixels == [100, 20, 5])
    #expect(picture.resized(width: 4, height: 2).pixels.prefix(6) == [0, 0, 0, 0, 0, 0])
    #expect(
      Picture(width: 3, height: 1, pixels: [0, 0, 0, 90, 90, 90, 180, 180, 180]).resized(width: 2, height: 1).pixels
        == [30, 30, 30, 150, 150, 150])
  }

  @Test func picturesBesideEachOther() {
    let sheet = Picture.beside(
      [Picture(width: 1, height: 1, grey: 7), Picture(width: 1, height: 2, grey: 9)], gap: 1, grey: 0)
    #expect(sheet.width == 3 && sheet.height == 2)
    #expect(sheet.pixels == [7, 7, 7, 0, 0, 0, 9, 9, 9, 0, 0, 0, 0, 0, 0, 9, 9, 9])
  }

  /// Frame t is t·10 + x in every row: column x is a row of rising values, row y the frames below each other.
  @Test func slicesFollowALineOverTime() throws {
    let folder = try TemporaryFolder()
    var values: [UInt8] = []
    for t in 0..<4 {
      for y in 0..<2 {
        for x in 0..<3 { values += Array(repeating: UInt8(t * 10 + x + y * 100), count: 3) }
      }
    }
    var header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 4, 2, 3, 3), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    var file: [UInt8] = [0x93] + Array("NUMPY".utf8)
    file += [1, 0, 118, 0]
    file += Array(header.utf8) + values
    try folder.write("v.npy", Data(file))
    let video = try VideoSet.open(folder.path + "/v.npy").videos[0]
    func grey(_ slice: TimeSlice) -> [UInt8] {
      stride(from: 0, to: slice.picture.pixels.count, by: 3).map { slice.picture.pixels[$0] }
    }

    let column = try TimeSlice(video, line: .column(2))
    #expect(column.picture.width == 4 && column.picture.height == 2)
    #expect(grey(column) == [2, 12, 22, 32, 102, 112, 122, 132])
    #expect(try TimeSlice(video).line == .column(1))
    let row = try TimeSlice(video, line: .row(1), frames: 2)
    #expect(row.picture.width == 3 && row.picture.height == 2)
    #expect(grey(row) == [100, 101, 102, 110, 111, 112])
    #expect(throws: VideoError.picture(.badSlice(name: "v.npy[0]", isColumn: true, place: 3, limit: 3))) {
      try TimeSlice(video, line: .column(3))
    }
  }
}
