import Files
import Foundation
import Testing
import Video
import Vocabulary

/// Files of camera poses as a set: every format gives the same path, and what is wrong is said with its line.
@Suite struct PoseFileTests {
  let folder: TemporaryFolder
  private static let options = VideoSetOptions(isOfPoses: true)

  init() throws { folder = try TemporaryFolder() }

  private func path(_ text: String, _ name: String = "a.txt") throws -> [CameraPose] {
    try folder.write(name, Data(text.utf8))
    let set = try VideoSet.open(folder.path, options: Self.options)
    return try #require(set.videos.first).cameraPath()
  }

  /// A quarter turn about z, and a camera at (1, 2, 3).
  private static let wanted = [
    CameraPose(matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]),
    CameraPose(matrix: [0, -1, 0, 1, 1, 0, 0, 2, 0, 0, 1, 3]),
  ]

  @Test(arguments: [
    "0 0 0 0 0 0 0 1\n0.5 1 2 3 0 0 0.7071067811865476 0.7071067811865476\n",
    "1 0 0 0 0 1 0 0 0 0 1 0\r\n0 -1 0 1 1 0 0 2 0 0 1 3\r\n",
    "\u{FEFF}https://x.org/a\n7 .5 .5 .5 .5 0 0 1 0 0 0 0 1 0 0 0 0 1 0\n8 .5 .5 .5 .5 0 0 0 1 0 -2 -1 0 0 1 0 0 1 -3\n\n",
    ".5 .5 .5 .5 0 0 1 0 0 0 0 1 0 0 0 0 1 0\n.5\t.5 .5 .5 0 0 0 1 0 -2 -1 0 0 1 0 0 1 -3",
    "# Image list\n9 0.7071067811865476 0 0 -0.7071067811865476 -2 1 -3 1 f10.png\n\n4 1 0 0 0 0 0 0 1 f9.png\n1 2 -1 3 4 7\n",
    "4 1 0 0 0 0 0 0 1 f9.png\n9 0.7071067811865476 0 0 -0.7071067811865476 -2 1 -3 1 f10.png\n",
  ]) func formats(_ text: String) throws {
    let found = try path(text)
    #expect(found.count == 2)
    for (pose, wanted) in zip(found, Self.wanted) {
      #expect(pose.squaredRotationDifference(to: wanted) < 1e-28)
      #expect(abs((pose.translation - wanted.translation).max()) < 1e-14)
    }
  }

  @Test(arguments: [
    ("", "`a.txt` has 0 camera poses, and a camera's path has 2 at least"),
    ("# only a comment\n\n", "`a.txt` has 0 camera poses, and a camera's path has 2 at least"),
    ("0 0 0 0 0 0 0 1\n", "`a.txt` has 1 camera pose, and a camera's path has 2 at least"),
    (
      "\n1 2 3\n",
      "`a.txt`, line 2: 3 values, and a line of camera poses has 19 or 18 (RealEstate10K), 12 (KITTI), 10 (COLMAP's "
        + "images.txt) or 8 (TUM), between spaces"
    ),
    (
      "0,0,0,0,0,0,0,1\n1,0,0,0,0,0,0,1\n",
      "`a.txt`, line 1: 1 value, and a line of camera poses has"
    ),
    ("0 0 0 0 0 0 0 1\n1 0 0 x 0 0 0 1\n", "`a.txt`, line 2: `x` is not a number"),
    ("0 0 0 0 0 0 0 1\n1 0 0 nan 0 0 0 1\n", "`a.txt`, line 2: `nan` is not a number"),
    ("0 0 0 0 0 0 0 1\n1 0 0 0 0 0 1\n", "`a.txt`, line 2: 7 values, and a pose of TUM has 8, as the lines before it"),
    (
      "0 0 0 0 0 0 0 1\n1 0 0 0 0 0 0 2\n",
      """
      `a.txt`, line 2: the quaternion's length is 2.0, and a rotation's is 1
      hint: TUM has qx qy qz qw behind the place, COLMAP qw qx qy qz before it
      """
    ),
    ("0 0 0 0 0 0 0 1\n1 1e200 0 0 0 0 0 1\n", "`a.txt`, line 2: the camera is farther than 1e100 from the origin"),
    (
      "0 0 0 0 0 0 0 1\n2 0 0 0 0 0 0 1\n2 0 0 0 0 0 0 1\n1 0 0 0 0 0 0 1\n",
      """
      `a.txt`, line 4: its time, the first number, is before that of the line above
      hint: sort the lines by time
      """
    ),
    (
      "1 0 0 0 0 1 0 0 0 0 1 0\n1 0 0 1e101 0 1 0 0 0 0 1 0\n",
      "`a.txt`, line 2: the camera is farther than 1e100 from the origin"
    ),
    (
      "1 0 0 0 0 1 0 0 0 0 1 0\n1 0 0 0 0 1 0 0 0 0 -1 0\n",
      """
      `a.txt`, line 2: its 3 × 3 matrix is not a rotation: its determinant is -1.0
      hint: rows of [R|t] are expected, R without a scale and without a reflection
      """
    ),
    (
      "1 0 0 0 0 1 0 0 0 0 1 0\n2 0 0 0 0 2 0 0 0 0 2 0\n",
      """
      `a.txt`, line 2: its 3 × 3 matrix is not a rotation: R·Rᵀ is 3.0 from 1
      hint: rows of [R|t] are expected, R without a scale and without a reflection
      """
    ),
    (
      "1 1 0 0 0 0 0 0 1 a.png\n\n2 1 0 0 0 0 0 0 1 a.png\n\n", "`a.txt` has two poses of the image `a.png`"
    ),
    (
      "1 1 0 0 0 0 0 0 1 a.png\n1 2\n2 1 0 0 0 0 0 0 1 b.png\n",
      "`a.txt`, line 2: 2 values, and a pose of COLMAP images.txt has 10, as the lines before it"
    ),
  ]) func messages(_ text: String, _ wanted: String) throws {
    do {
      _ = try path(text)
      Issue.record("nothing is thrown")
    } catch { #expect("\(error)".hasPrefix(wanted), "\(error)") }
  }

  @Test func aSetOfPoses() throws {
    let path = "0 0 0 0 0 0 0 1\n1 0 0 0 0 0 0 1\n"
    let model = "1 1 0 0 0 0 0 0 1 a.png\n\n2 1 0 0 0 0 0 0 1 b.png\n\n"
    try folder.write("b/one.txt", Data(path.utf8))
    try folder.write("b/note.md", Data("x".utf8))
    try folder.write("b/clip.mp4", Data("x".utf8))
    try folder.write("a/sparse/0/images.txt", Data(model.utf8))
    try folder.write("a/sparse/0/cameras.txt", Data("x".utf8))
    try folder.write("c/images.txt", Data(model.utf8))
    let set = try VideoSet.open(folder.path, options: Self.options)
    #expect(set.kind == "camera poses" && set.videos.map(\.name) == ["a", "b/one.txt", "c"])
    #expect(set.videos.map(\.stem) == ["a", "b/one", "c"])
    #expect(
      set.ignored.map { "\($0.name): \($0.reason)" } == [
        "a/sparse/0/cameras.txt: beside images.txt", "b/clip.mp4: not a file of camera poses by its name",
        "b/note.md: not a file of camera poses by its name",
      ])
    let info = try set.videos[1].info()
    #expect(info.frameCount == 2 && info.width == 0 && info.codec == "TUM")
    // The same bytes are the same content, wherever they lie.
    #expect(try set.videos[0].contentDigest() == set.videos[2].contentDigest())
    #expect(throws: VideoError.decoding(.noVideoStream(name: "c"))) {
      try set.videos[2].read([FrameWindow(start: 0, count: 1)]) { _, _ in }
    }
    try folder.write("list.csv", Data("path,class\nb/one.txt,x\n".utf8))
    let listed = try VideoSet.open(folder.path + "/list.csv", options: Self.options)
    #expect(listed.videos.map(\.name) == ["b/one.txt"] && listed.videos[0].labels == ["class": "x"])
    // To a set of videos they are nothing.
    #expect(throws: VideoError.set(.unknownKind(path: folder.path + "/b/one.txt"))) {
      try VideoSet.open(folder.path + "/b/one.txt")
    }
    #expect(throws: VideoError.poses(.notPoses(path: folder.path + "/b/clip.mp4"))) {
      try VideoSet.open(folder.path + "/b/clip.mp4", options: Self.options)
    }
  }

  @Test("images.bin that ends early, or claims more than it holds") func brokenBinary() throws {
    func file(_ bytes: [UInt8]) throws -> String? {
      try folder.write("m/images.bin", Data(bytes))
      let set = try VideoSet.open(folder.path, options: Self.options)
      do { _ = try set.videos[0].cameraPath() } catch { return "\(error)" }
      return nil
    }
    let binary = Array(
      try Data(contentsOf: URL(fileURLWithPath: Fixture.folder + "/../cameras/fake/orbit/sparse/0/images.bin")))
    #expect(try file(binary) == nil)
    for count in stride(from: 0, to: binary.count, by: 37) {
      #expect(try file(Array(binary.prefix(count))) != nil, "\(count) bytes")
    }
    #expect(try file([255, 255, 255, 255, 255, 255, 255, 255])?.contains("the number of images") == true)
  }
}
