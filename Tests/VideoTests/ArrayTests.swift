import Files
import Foundation
import Tensors
import Testing
import Video

@Suite struct ArrayTests {
  private func open(_ name: String, _ range: ValueRange? = nil) throws -> VideoSet {
    try VideoSet.open(Fixture.path("arrays/" + name), options: VideoSetOptions(valueRange: range))
  }

  @Test(arguments: ["uint8.npy", "version2.npy", "stored.npz", "deflated.npz"])
  func bytesComeAsTheyAre(_ name: String) throws {
    let set = try open(name)
    #expect(set.videos.map(\.name) == ["\(name)[0]", "\(name)[1]"])
    #expect(set.videos.allSatisfy { $0.isArrayRow && $0.valueRange == .byte })
    let first = try set.videos[0].all()
    let second = try set.videos[1].all()
    #expect(first.count == 4 && first.height == 4 && first.width == 5)
    // The second row is the first one backwards in time.
    let frame = 4 * 5 * 3
    for t in 0..<4 {
      let (here, there) = (t * frame, (3 - t) * frame)
      #expect(Array(first.bytes[here..<here + frame]) == Array(second.bytes[there..<there + frame]))
    }
    #expect(first.bytes.withUnsafeBytes { SHA256.digest(of: $0) } == (try single()))
  }

  /// The bytes of `one.npy` after its header of 128 bytes.
  private func single() throws -> Digest {
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("arrays/one.npy")))
    return data.dropFirst(128).withUnsafeBytes { SHA256.digest(of: $0) }
  }

  @Test func fourAxesAreOneVideo() throws {
    let set = try open("one.npy")
    #expect(set.videos.map(\.name) == ["one.npy"])
    #expect(try set.videos[0].info().frameCount == 4)
  }

  /// float32 and float64 hold v/255 to the last bit of a Float; float16 has 11 bits.
  @Test(arguments: [("float16", Float(0x1p-12)), ("float32", 0), ("float64", 0)])
  func floatsStayInTheirRange(_ type: String, _ tolerance: Float) throws {
    let bytes = try open("uint8.npy").videos[1].all().bytes
    let video = try open(type + ".npy", .unit).videos[1]
    #expect(video.valueRange == .unit)
    let floats = try video.all().floats
    #expect(floats.count == bytes.count)
    #expect(zip(floats, bytes).allSatisfy { abs($0 - Float($1) / 255) <= tolerance })
    #expect(try video.info().codec == "npy " + type)
  }

  @Test func ignoredMembersAreListed() throws {
    let set = try open("deflated.npz")
    #expect(set.ignored.map(\.name) == ["deflated.npz/labels"])
  }

  /// What is left alone is left alone for what it is: an array that is damaged is not.
  @Test func whatIsLeftAloneIsWhole() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("arrays/deflated.npz")))
    let head = try #require(whole.range(of: Data("labels.npy".utf8)))
    // Within the packed bytes of the labels, and within the head of the array that they are.
    for place in [head.upperBound + 30, head.upperBound + 60] {
      var bytes = whole
      bytes[place] ^= 4
      try folder.write("x.npz", bytes)
      #expect("byte \(place)") { try VideoSet.open(folder.path + "/x.npz") } throws: { "\($0)".contains("x.npz") }
    }
  }

  @Test func digestsAreOfRows() throws {
    let (plain, packed) = (try open("uint8.npy"), try open("deflated.npz"))
    #expect(try plain.videos.map { try $0.contentDigest() } == packed.videos.map { try $0.contentDigest() })
    #expect(try plain.videos[0].contentDigest() != plain.videos[1].contentDigest())
    #expect(plain.videos[0].stamp() != plain.videos[1].stamp())
    #expect(try plain.videos[0].contentDigest() == open("one.npy").videos[0].contentDigest())
  }

  @Test func messages() throws {
    let text = { (name: String, range: ValueRange?) in
      message { _ = try self.open(name, range) }?.replacingOccurrences(of: Fixture.folder + "/arrays/", with: "")
    }
    #expect(
      text("float32.npy", nil) == """
        `float32.npy` holds float32, whose range is not known
        hint: say what black and white are with --value-range 0..1|-1..1|0..255|network
        """)
    #expect(
      text("uint8.npy", .network)
        == "`uint8.npy` holds uint8, whose range is 0..255; --value-range network does not fit it")
    #expect(
      text("int64.npy", nil) == """
        `int64.npy` holds elements of type `<i8`; uint8, float16, float32 and float64 (little-endian) are read
        hint: where `a.min()` and `a.max()` are within 0..255, save `a.astype('uint8')`; other ranges have to be scaled first
        """)
    #expect(text("big-endian.npy", .unit)?.hasPrefix("`big-endian.npy` holds elements of type `>f4`;") == true)
    #expect(
      text("fortran.npy", nil) == """
        `fortran.npy` does not lie in the order of its axes (Fortran order, or a view of another array)
        hint: save `numpy.ascontiguousarray(a)`, of a tensor `a.contiguous()`
        """)
    #expect(
      text("channels-third.npy", nil) == """
        `channels-third.npy` has shape [2, 4, 3, 4, 5], which can be NTCHW or NCTHW
        hint: --layout says what the axes are, such as NTCHW: N counts videos, T frames, H and W pixels, C colours
        """)
    #expect(
      text("several.npz", nil) == """
        `several.npz` holds several arrays that could be videos: `real`, `fake`
        hint: --include '*/NAME' takes one, such as --include '*/real'; several arrays of four axes are a video each
        """)
    let nan = try open("nan.npy", .unit)
    #expect(throws: Never.self) { try nan.videos[0].all() }
    #expect(message { _ = try nan.videos[1].all() } == "frame 2 of `nan.npy[1]` holds nan")
    let outside = try open("float32.npy", .symmetric)
    #expect(throws: Never.self) { try outside.videos[0].all() }
  }

  @Test func valuesOutsideOfTheRange() throws {
    let folder = try TemporaryFolder()
    for (value, range, fails) in [
      (Float(1.0005), ValueRange.unit, false), (1.01, .unit, true), (-0.01, .unit, true), (-1, .symmetric, false),
      (255.5, .byte, true), (1e9, .network, false), (.infinity, .network, true),
    ] {
      try folder.write("a.npy", npy("<f4", [1, 1, 1, 3], [Float](repeating: value, count: 3)))
      let video = try VideoSet.open(folder.path, options: VideoSetOptions(valueRange: range)).videos[0]
      let text = message { _ = try video.all() }
      let wanted =
        value.isFinite
        ? "frame 0 of `a.npy` holds \(value), outside of --value-range \(range.rawValue)"
        : "frame 0 of `a.npy` holds inf"
      #expect(text == (fails ? wanted : nil))
    }
  }

  @Test(arguments: [
    ("<u2", "of 0..65535, save `(a / 257).round().astype('uint8')`"), ("|b1", "save `a.astype('uint8') * 255`"),
    ("|i1", "of -128..127, save `(a.astype('int16') + 128).astype('uint8')`"), (">f4", "save `a.astype('<f4')`"),
    ("<u4", "where `a.min()` and `a.max()` are within 0..255"), ("<c8", "save numbers: "),
  ])
  func conversionsThatKeepThePicture(_ type: String, _ hint: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("a.npy", npy(type, [1, 1, 1, 3], [UInt8](repeating: 0, count: 24)))
    let found = message { _ = try VideoSet.open(folder.path) }
    #expect(found?.split(separator: "\n").last?.hasPrefix("hint: " + hint) == true, "\(found ?? "none")")
  }

  @Test func truncatedAndNonsense() throws {
    let folder = try TemporaryFolder()
    let whole = npy("|u1", [2, 2, 2, 2, 3], [UInt8](repeating: 0, count: 48))
    try folder.write("a.npy", whole.dropLast(5))
    let text = message { _ = try VideoSet.open(folder.path) }
    #expect(text == "`\(folder.path)/a.npy` is truncated: \(whole.count) bytes expected, \(whole.count - 5) found")
    for cut in 0..<whole.count {
      try folder.write("a.npy", whole.prefix(cut))
      #expect { try VideoSet.open(folder.path) } throws: { isOurs($0) }
    }
    let most = "9223372036854775807"
    for shape in ["(\(most), \(most), 2, 2, 3)", "(9\(most), 1, 1, 3)", "(-1, 1, 1, 3)", "(0, 2, 2, 3)"] {
      try folder.write("a.npy", npy("|u1", shape: shape, [UInt8](repeating: 0, count: 48)))
      #expect { try VideoSet.open(folder.path) } throws: { isOurs($0) }
    }
  }
}
