import Foundation
import Testing
import Video

@Suite struct SetScanTests {
  @Test func classesAboveVideosAndFrameFolders() throws {
    let folder = try TemporaryFolder()
    for name in ["b/v10.gif", "b/v2.gif", "a/deep/er/v.gif"] { try folder.copy("sixteen.gif", as: name) }
    for name in ["c/clip/f1.png", "c/clip/f2.png", "c/clip/f4.png", "c/clip/f9.png"] {
      try folder.copy("pictures/rgb.png", as: name)
    }
    for name in ["README", "meta.json", ".DS_Store", "a/.hidden/x.mp4", "c/old.zip"] { try folder.write(name) }
    let set = try VideoSet.open(folder.path)
    #expect(set.videos.map(\.name) == ["a/deep/er/v.gif", "b/v2.gif", "b/v10.gif", "c/clip"])
    #expect(set.kind == "frame folders + videos")
    #expect(set.ignored.map(\.name) == [".DS_Store", "a/.hidden", "c/old.zip", "meta.json", "README"])
    let info = try set.videos[3].info()
    #expect(info.frameCount == 4 && info.isLossless == true)
    #expect(info.problems == [.missingFrames(count: 5, first: 3)])
    #expect(info.problems.map(\.description) == ["5 frames are missing in the numbering, first 3"])
  }

  @Test func linksThatGoRoundAreNotFollowed() throws {
    let folder = try TemporaryFolder()
    try folder.copy("sixteen.gif", as: "a/v.gif")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/a/up", withDestinationPath: folder.path)
    let set = try VideoSet.open(folder.path)
    #expect(set.videos.map(\.name) == ["a/v.gif"])
    #expect(set.ignored.map(\.reason) == ["a link to a folder that holds it"])
  }

  @Test func emptyFoldersAreListed() throws {
    let folder = try TemporaryFolder()
    try folder.copy("sixteen.gif", as: "a/a.gif")
    try FileManager.default.createDirectory(atPath: folder.path + "/b", withIntermediateDirectories: false)
    let set = try VideoSet.open(folder.path)
    #expect(set.ignored.map { "\($0.name): \($0.reason)" } == ["b: a folder with nothing in it"])
  }

  /// A dead link with a video's name is a video that cannot be read, not a file of no kind.
  @Test func deadLinks() throws {
    let folder = try TemporaryFolder()
    try folder.copy("sixteen.gif", as: "a.gif")
    for name in ["b.mp4", "notes"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/" + name, withDestinationPath: folder.path + "/none")
    }
    let set = try VideoSet.open(folder.path)
    #expect(set.videos.map(\.name) == ["a.gif", "b.mp4"])
    #expect(set.ignored.map { "\($0.name): \($0.reason)" } == ["notes: not a file"])
    #expect(
      message { _ = try set.videos[1].info() } == "`\(folder.path)/b.mp4` cannot be read: No such file or directory")
  }

  @Test func foldersThatGoTooDeep() throws {
    let folder = try TemporaryFolder()
    let deep = (1...64).map { "\($0)" }.joined(separator: "/")
    try folder.copy("sixteen.gif", as: deep + "/v.gif")
    try folder.copy("sixteen.gif", as: deep + "/65/w.gif")
    let set = try VideoSet.open(folder.path)
    #expect(set.videos.map(\.name) == [deep + "/v.gif"])
    #expect(set.ignored.map { "\($0.name): \($0.reason)" } == [deep + "/65: more than 64 folders deep"])
  }

  @Test func framesOfOneSize() throws {
    let folder = try TemporaryFolder()
    try folder.copy("pictures/rgb.png", as: "v/f1.png")
    try folder.copy("pictures/420.jpg", as: "v/f2.jpg")
    #expect(try VideoSet.open(folder.path).videos[0].info().frameCount == 2)
    try folder.write("v/f3.png", tinyPNG())
    let video = try VideoSet.open(folder.path).videos[0]
    let wanted =
      "frames of `v` differ in size: `f3.png` is 1x1, `f1.png` is 17x13"
      + "\nhint: a folder of pictures is a video; for FID and KID, --images takes each picture by itself"
    #expect(message { _ = try video.info() } == wanted)
    #expect(message { try video.read([FrameWindow(start: 0, count: 3)]) { _, _ in } } == wanted)
  }

  /// One black pixel, 8-bit grey.
  private func tinyPNG() -> Data {
    Data(
      base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")
      ?? Data()
  }

  @Test func digestsAndStamps() throws {
    let folder = try TemporaryFolder()
    try folder.copy("pictures/rgb.png", as: "v/a1.png")
    try folder.copy("pictures/grey.png", as: "v/a2.png")
    try folder.copy("pictures/rgb.png", as: "w/b1.png")
    try folder.copy("pictures/grey.png", as: "w/b2.png")
    try folder.copy("pictures/grey.png", as: "x/b1.png")
    try folder.copy("pictures/rgb.png", as: "x/b2.png")
    let videos = try VideoSet.open(folder.path).videos
    let digests = try videos.map { try $0.contentDigest() }
    #expect(digests[0] == digests[1] && digests[0] != digests[2])
    let before = videos[0].stamp()
    #expect(before != nil && before == videos[0].stamp() && before != videos[1].stamp())
    try folder.copy("pictures/rgba.png", as: "v/a2.png")
    #expect(videos[0].stamp() != before)
    try FileManager.default.removeItem(atPath: folder.path + "/v/a2.png")
    #expect(videos[0].stamp() == nil)
  }

  @Test func messages() throws {
    let folder = try TemporaryFolder()
    let root = folder.path
    let kinds = """
      hint: a set is a folder of videos (mp4, avi, mov, mkv, webm, gif, ...), a folder of frame folders \
      (png, jpg, webp, bmp, tiff, ppm), classes above either, a video file, a .npy/.npz array, tensors in a \
      .safetensors or .pt, a .zip/.tar of these, or a manifest (.csv, .tsv, .jsonl)
      """
    let text = { (path: String) in message { _ = try VideoSet.open(path) } }
    #expect(text(root + "/none") == "no such file or folder: `\(root)/none`")
    #expect(text(root) == "no videos in `\(root)`\n\(kinds)")
    try folder.write("README")
    #expect(text(root) == "no videos in `\(root)` (1 other file)\n\(kinds)")
    #expect(text(root + "/README") == "`\(root)/README` is no kind of set that is known by its name\n\(kinds)")
    try folder.copy("pictures/rgb.png", as: "x/f1.png")
    #expect(
      text(root + "/x/f1.png")
        == "`\(root)/x/f1.png` is one picture, not a video\nhint: name the folder that holds the frames")
    try folder.copy("sixteen.gif", as: "x/v.gif")
    #expect(
      text(root) == """
        folder `\(root)/x` holds 1 picture beside `x/v.gif`, so it is unclear whether it is one video made of frames
        hint: keep frames in a folder of their own, or say what is meant, such as --include '*.gif'
        """)
  }
}
