import Files
import Foundation
import Tensors
import Testing
import Video

/// Arrays whose axes, colours or files are others than [N, T, H, W, 3] in a .npy.
@Suite struct ArrayLayoutTests {
  private func open(_ name: String, _ range: ValueRange? = nil) throws -> VideoSet {
    try VideoSet.open(Fixture.path("arrays/" + name), options: VideoSetOptions(valueRange: range))
  }

  /// The videos of `uint8.npy`, however their axes lie: the same frames and the same digests.
  @Test(arguments: [("channels-third.npy", "NTCHW"), ("channels-second.npy", "ncthw")])
  func axesInAnyOrder(_ name: String, _ layout: String) throws {
    let options = VideoSetOptions(layout: try #require(ArrayLayout(layout)))
    let (plain, other) = (try open("uint8.npy"), try VideoSet.open(Fixture.path("arrays/" + name), options: options))
    #expect(try other.videos.map { try $0.all().bytes } == plain.videos.map { try $0.all().bytes })
    #expect(try other.videos.map { try $0.contentDigest() } == plain.videos.map { try $0.contentDigest() })
    #expect(try other.videos[0].info().pixelFormat == "\(layout.uppercased()), rgb")
  }

  /// Every order of the axes of one small array whose elements are their own places.
  @Test func everyOrderOfAxes() throws {
    let extents: [Character: Int] = ["N": 2, "T": 5, "H": 6, "W": 7, "C": 3]
    func orders(_ rest: [Character]) -> [[Character]] {
      rest.isEmpty ? [[]] : rest.flatMap { first in orders(rest.filter { $0 != first }).map { [first] + $0 } }
    }
    let folder = try TemporaryFolder()
    var wanted: [Digest]?
    for order in orders(["N", "T", "H", "W", "C"]) {
      var bytes = [UInt8](repeating: 0, count: 2 * 5 * 6 * 7 * 3)
      let shape = order.map { extents[$0] ?? 1 }
      for place in bytes.indices {
        var (rest, index) = (place, [Character: Int]())
        for (axis, extent) in zip(order, shape).reversed() {
          index[axis] = rest % extent
          rest /= extent
        }
        let value = zip("NTHWC", [630, 126, 21, 3, 1]).reduce(0) { $0 + (index[$1.0] ?? 0) * $1.1 }
        bytes[place] = UInt8(value % 251)
      }
      try folder.write("a.npy", npy("|u1", shape, bytes))
      let options = VideoSetOptions(layout: ArrayLayout(String(order)))
      let videos = try VideoSet.open(folder.path + "/a.npy", options: options).videos
      let digests = try videos.map { video in try video.all().bytes.withUnsafeBytes { SHA256.digest(of: $0) } }
      if wanted == nil { wanted = digests }
      #expect(digests == wanted, "\(String(order))")
    }
  }

  @Test(
    arguments: [
      ([2, 8, 3, 16, 16], "NTCHW"), ([2, 3, 8, 16, 16], "NCTHW"), ([8, 3, 16, 16], "TCHW"), ([3, 8, 16, 16], "CTHW"),
      ([2, 8, 16, 16, 1], "NTHWC"), ([8, 16, 16, 4], "THWC"), ([3, 3, 16, 16, 3], "NTHWC"), ([2, 3, 3, 16, 16], nil),
      ([2, 8, 16, 16, 5], nil), ([20, 100, 64, 64], nil), ([8, 64, 64], nil),
    ] as [([Int], String?)])
  func theOnlyLayout(_ shape: [Int], _ wanted: String?) throws {
    let folder = try TemporaryFolder()
    try folder.write("a.npy", npy("|u1", shape, [UInt8](repeating: 7, count: shape.reduce(1, *))))
    let found = try? VideoSet.open(folder.path + "/a.npy").videos[0].info()
    #expect((found != nil) == (wanted != nil))
    if let wanted, let found {
      let isPlain = shape.last == 3
      #expect(isPlain ? found.pixelFormat == nil : found.pixelFormat?.hasPrefix(wanted) == true)
    }
  }

  @Test func greyAndAlpha() throws {
    let folder = try TemporaryFolder()
    func pixels(_ data: Data, _ range: ValueRange? = nil, layout: String? = nil) throws -> Frames {
      let options = VideoSetOptions(valueRange: range, layout: layout.flatMap { ArrayLayout($0) })
      try folder.write("a.npy", data)
      return try VideoSet.open(folder.path + "/a.npy", options: options).videos[0].all()
    }
    #expect(
      try pixels(npy("|u1", [1, 1, 2, 1], [UInt8(9), 200]), layout: "THWC").bytes == [9, 9, 9, 200, 200, 200])
    #expect(try pixels(npy("|u1", [1, 1, 2], [UInt8(9), 200]), layout: "THW").bytes == [9, 9, 9, 200, 200, 200])
    let alpha = npy(
      "|u1", [2, 2, 1, 4], [UInt8(10), 20, 30, 255, 100, 200, 50, 128] + [UInt8](repeating: 0, count: 8))
    #expect(try pixels(alpha, layout: "THWC").bytes.prefix(6) == [10, 20, 30, 50, 100, 25])
    let half = npy("<f4", [1, 1, 1, 4], [Float(1), 0, -1, 0])
    #expect(try pixels(half, .symmetric, layout: "THWC").floats == [0, -0.5, -1])
  }

  /// A .npz with an array for each video, as `numpy.savez(path, *videos)` writes it.
  @Test func anArrayForEachVideo() throws {
    var zip = StoredZip()
    zip.add("v10.npy", Array(npy("|u1", [5, 2, 2, 3], [UInt8](repeating: 1, count: 60))))
    zip.add("v2.npy", Array(npy("|u1", [4, 2, 2, 3], [UInt8](repeating: 2, count: 48))))
    zip.add("labels.npy", Array(npy("|u1", [2], [UInt8(0), 1])))
    let folder = try TemporaryFolder()
    try folder.write("a.npz", Data((zip.finished ?? []).joined()))
    let set = try VideoSet.open(folder.path + "/a.npz")
    #expect(set.videos.map(\.name) == ["a.npz[v2]", "a.npz[v10]"])
    #expect(try set.videos.map { try $0.info().frameCount } == [4, 5] && set.videos.allSatisfy { !$0.isArrayRow })
    #expect(set.ignored.map(\.name) == ["a.npz/labels"])
    let one = try VideoSet.open(folder.path, options: VideoSetOptions(filter: NameFilter(include: ["a.npz/v2"])))
    #expect(one.videos.map(\.name) == ["a.npz"] && one.ignored.filter(\.isFiltered).map(\.name) == ["a.npz/v10"])
    #expect(one.unfittingPatterns.isEmpty)
  }

  @Test func tensorsOfSafetensors() throws {
    let folder = try TemporaryFolder()
    let values = (0..<96).map { Float($0) / 96 }
    try Safetensors.write([("videos", [2, 1, 3, 4, 4], values)], metadata: [:], to: folder.path + "/a.safetensors")
    let options = VideoSetOptions(valueRange: .unit, layout: ArrayLayout("NTCHW"))
    let set = try VideoSet.open(folder.path + "/a.safetensors", options: options)
    #expect(set.videos.map(\.name) == ["a.safetensors[0]", "a.safetensors[1]"])
    #expect(try Array(set.videos[1].all().floats.prefix(3)) == [48, 64, 80].map { Float($0) / 96 })
    #expect(try VideoSet.open(folder.path, options: options).videos.map(\.name) == set.videos.map(\.name))
    // Beside videos it may hold weights.
    try folder.copy("sixteen.gif", as: "v.gif")
    #expect(
      try VideoSet.open(folder.path).ignored.map { "\($0.name): \($0.reason)" }
        == ["a.safetensors: an archive or a file of tensors beside videos"])
  }

  /// `torch.save` of one tensor, and of a dictionary of tensors of several lengths; made by the recipe beside them.
  @Test func tensorsOfPyTorch() throws {
    let bytes = try Fixture.video("arrays/one.npy").all().bytes
    let one = try VideoSet.open(Fixture.path("arrays/one.pt"))
    #expect(one.videos.map(\.name) == ["one.pt"] && one.videos[0].isArray)
    #expect(try one.videos[0].all().bytes == bytes)
    let several = try VideoSet.open(
      Fixture.path("arrays/several.pt"), options: VideoSetOptions(layout: ArrayLayout("TCHW")))
    #expect(several.videos.map(\.name) == ["several.pt[v1]", "several.pt[v2]"])
    #expect(try several.videos.map { try $0.info().frameCount } == [4, 2] && several.videos[0].all().bytes == bytes)
    #expect(
      message { _ = try VideoSet.open(Fixture.path("arrays/view.pt")) }?.contains(
        "view.pt` does not lie in the order of its axes") == true)
    #expect(
      message { _ = try VideoSet.open(Fixture.path("../weights/refused-posix-system.pt")) }?.contains("refused") == true
    )
  }
}

/// What the values of arrays say about the range that they are read as.
@Suite struct ValueExtentTests {
  private func open(_ name: String, _ range: ValueRange? = nil) throws -> VideoSet {
    try VideoSet.open(Fixture.path("arrays/" + name), options: VideoSetOptions(valueRange: range))
  }

  /// Values that cannot be meant in the range that is named.
  @Test(
    arguments: [
      (Float(0.2)...0.9, ValueRange.byte, "no value is above 1, as in 0..1"),
      (-1...1, .byte, "no value is above 1, as in -1..1"), (0...1, .symmetric, "no value is below 0, as in 0..1"),
      (0...0.004, .unit, "all values lie in a 32nd of the range"), (0...1, .unit, nil), (-0.5...0.9, .symmetric, nil),
      (3...120, .byte, nil), (0...255, .network, nil), (100...101, .byte, "all values lie in a 32nd of the range"),
    ] as [(ClosedRange<Float>, ValueRange, String?)])
  func valuesThatDoNotFillTheirRange(_ values: ClosedRange<Float>, _ range: ValueRange, _ wanted: String?) {
    #expect(range.doubt(of: values) == wanted)
  }

  @Test func extentsAreOfTheWholeVideo() throws {
    #expect(
      try open("float32.npy", .unit).videos[0].content().values == open("float64.npy", .unit).videos[0].content().values
    )
    let folder = try TemporaryFolder()
    try folder.write("a.npy", npy("<f4", [2, 1, 1, 3], [0.5, .nan, -3, 0, 2, .infinity] as [Float]))
    let video = try VideoSet.open(folder.path, options: VideoSetOptions(valueRange: .byte)).videos[0]
    #expect(try video.content().values == -3...2)
    let report = SetReport(try VideoSet.open(folder.path, options: VideoSetOptions(valueRange: .byte)))
    #expect(report.problems.map(\.code) == [.narrowRange])
  }
}
