import Foundation
import Testing
import Video

/// What can be read in two ways is refused with the choices.
@Suite struct SetDoubtsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func set(_ names: [String], _ filter: NameFilter = NameFilter()) throws -> VideoSet {
    try? FileManager.default.removeItem(atPath: folder.path + "/set")
    for name in names {
      try folder.copy(name.hasSuffix("gif") ? "sixteen.gif" : "pictures/rgb.png", as: "set/" + name)
    }
    do { return try VideoSet.open(folder.path + "/set", options: VideoSetOptions(filter: filter)) } catch {
      throw Refusal(text: "\(error)".replacingOccurrences(of: folder.path + "/", with: ""))
    }
  }

  private struct Refusal: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
  }

  private func refusal(_ names: [String], _ filter: NameFilter = NameFilter()) -> String? {
    message { _ = try set(names, filter) }
  }

  private let flow = ["v/img_1.png", "v/img_2.png", "v/flow_x_1.png", "v/flow_x_2.png"]

  @Test func severalKindsOfPictures() throws {
    #expect(
      refusal(flow) == """
        folder `set/v` holds 2 series of pictures, so it is unclear which of them is the video: flow_x_# (2, first \
        `flow_x_1.png`), img_# (2, first `img_1.png`)
        hint: --include 'flow_x_[0-9]*.png' takes one of them; --include '*' says that all are one video; --images takes \
        each picture by itself, for FID and KID
        """)
    let chosen = try set(flow, NameFilter(include: ["img_*"]))
    #expect(try chosen.videos.map { try $0.info().frameCount } == [2])
    #expect(chosen.ignored.filter(\.isFiltered).map(\.name) == ["v/flow_x_1.png", "v/flow_x_2.png"])
    #expect(try set(flow, NameFilter(include: ["*"])).videos[0].info().frameCount == 4)
    #expect(try set(flow, NameFilter(exclude: ["flow_*"])).videos[0].info().frameCount == 2)
  }

  @Test(arguments: [
    ["v/a_1.png", "v/a_2.png", "v/b_1.png", "v/b_2.png"], ["v/v1_01.png", "v/v1_02.png", "v/v2_01.png", "v/v2_02.png"],
    ["v/0001.png", "v/0002.png", "v/cover.png"], ["v/-1.png", "v/0.png", "v/1.png"],
  ])
  func severalSeries(_ names: [String]) {
    #expect(refusal(names)?.contains(" series of pictures, so it is unclear") == true)
  }

  /// One series however it is numbered.
  @Test(arguments: [
    ["v/1.png", "v/2.png", "v/10.png"], ["v/shot7_01.png", "v/shot7_02.png"], ["v/a.png", "v/b.png"],
    ["v/f1_of_3.png", "v/f2_of_3.png", "v/f3_of_3.png"], ["v/frame (1).png", "v/frame (2).png"],
    ["v/0.25.png", "v/0.50.png", "v/0.75.png"],
    ["v/f8.png", "v/f9.png", "v/f10.png"],
    ["v/10.58.png", "v/10.59.png", "v/11.00.png"],
  ])
  func oneSeries(_ names: [String]) {
    #expect(refusal(names) == nil)
  }

  @Test func numbersOfOtherOrder() {
    let hexadecimal = ["0e", "0f", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "1a", "1b"]
    #expect(
      refusal(hexadecimal.map { "v/\($0).png" }) == """
        frames of `set/v` are named by what can be hexadecimal numbers, such as `0e.png`, whose order is not the natural one
        hint: rename them by whole numbers; --include '*' takes the natural order
        """)
    #expect(refusal(["v/0.25.png", "v/0.5.png", "v/0.75.png"])?.contains("can be decimal fractions, such as") == true)
  }

  @Test(
    arguments: [
      (["a.gif", "a.mp4.gif"], nil),
      (
        ["b.gif", "x/a.gif", "x/a/1.png"],
        "`set` has several files of one name but for the ending: `x/a`, `x/a.gif`, so"
      ),
      (["v/1.png", "v/1.jpg"], "`set/v` has several files of one name but for the ending: `1.jpg`, `1.png`, so"),
      (
        ["a.gif", "a (1).gif"],
        "`set` has a file named as a copy: `a (1).gif` beside `a.gif`\nhint: --exclude '* (1).gif'"
      ),
      (
        ["v/03.png", "v/03 (1).png"],
        "`set/v` has a file named as a copy: `03 (1).png` beside `03.png`\nhint: --exclude "
      ),
      (["a (1).gif", "a (2).gif"], nil), (["x/a.gif", "y/a.gif"], nil),
      (
        ["real/a.gif", "fake-1/a.gif"],
        "`set` holds `real` beside `fake-1`: real and generated videos in one set\nhint: "
      ),
      (["u/GT/a.gif", "u/pred/a.gif"], "`set` holds `u/GT` beside `u/pred`: real and generated"),
      (["real/a.gif", "dance/b.gif"], nil), (["fakery/a.gif", "real/b.gif"], nil),
    ] as [([String], String?)])
  func samplesThatCountTwice(_ names: [String], _ wanted: String?) {
    let found = refusal(names)
    #expect(wanted.map { found?.hasPrefix($0) == true } ?? (found == nil), "\(found ?? "none")")
    #expect(refusal(names, NameFilter(include: ["*"])) == nil)
  }

  @Test(arguments: [
    ("b*.gif", "a/b.gif", true), ("c*.gif", "a/b.gif", false), ("real", "real/x/b.gif", true),
    ("a/*", "a/b/c.gif", true),
    ("a/*.gif", "a/b/c.gif", false), ("b/*", "a/b/c.gif", false), ("**/c.*", "a/b/c.gif", true),
    ("?.gif", "ab.gif", false),
    ("[ab].gif", "b.gif", true), ("a", "ab/c.gif", false),
  ])
  func patterns(_ pattern: String, _ name: String, _ wanted: Bool) throws {
    let found = try? set([name, "zz/zz.gif"], NameFilter(include: [pattern]))
    #expect((found?.videos.map(\.name) ?? []) == (wanted ? [name] : []))
    let rest = try set([name, "zz/zz.gif"], NameFilter(exclude: [pattern]))
    #expect(rest.videos.count == (wanted ? 1 : 2))
  }

  @Test func patternsThatFitNothing() throws {
    let found = try set(["a.gif", "b.gif"], NameFilter(include: ["a*", "c*"], exclude: ["x"]))
    #expect(found.videos.map(\.name) == ["a.gif"] && found.unfittingPatterns == ["c*", "x"])
  }
}
