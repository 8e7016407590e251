import Foundation
import Testing
import Video

@Suite struct ManifestTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["clips/a.gif", "clips/b, 2.gif", "many/x.gif", "many/y.gif"] {
      try folder.copy("sixteen.gif", as: name)
    }
    for name in ["frames/f1.png", "frames/f2.png"] { try folder.copy("pictures/rgb.png", as: name) }
  }

  private func open(_ name: String, _ text: String) throws -> VideoSet {
    try folder.write(name, Data(text.utf8))
    return try VideoSet.open(folder.path + "/" + name)
  }

  @Test func aTableOfVideos() throws {
    let text =
      "\u{feff}path,class,prompt\r\nclips/a.gif,dance,\"a \"\"red\"\" cat, sitting\"\r\n\"clips/b, 2.gif\",walk,\r\n"
    let set = try open("set.csv", text + "frames,walk,x\r\n")
    #expect(set.videos.map(\.name) == ["clips/a.gif", "clips/b, 2.gif", "frames"])
    #expect(set.videos[0].labels == ["class": "dance", "prompt": "a \"red\" cat, sitting"])
    #expect(set.videos[1].labels == ["class": "walk"])
    #expect(set.kind == "frame folders + videos of a manifest")
    #expect(try set.videos.map { try $0.info().frameCount } == [16, 16, 2])
  }

  @Test func oneObjectALine() throws {
    let set = try open(
      "set.jsonl", #"{"path": "clips/a.gif", "subject": 7}"# + "\n\n" + #"{"path": "frames", "subject": null}"# + "\n")
    #expect(set.videos.map(\.labels) == [["subject": "7"], [:]])
  }

  @Test(arguments: [
    ("a.csv", "file,class\nclips/a.gif,x\n", "line 1: it has no column `path` or `file_name`, but `file`, `class`"),
    ("a.csv", "path,class\n,x\n", "line 2: the column `path` is missing or empty"),
    ("a.csv", "path\nclips/a.gif\nclips/a.gif\n", "line 3: `clips/a.gif` is named twice"),
    ("a.jsonl", "{\"path\": \"clips/a.gif\"}\nnot json\n", "line 2: the line is not a JSON object"),
    ("a.jsonl", "{\"class\": \"x\"}\n", "line 1: it has no column `path` or `file_name`, but `class`"),
    (
      "a.jsonl", "{\"path\": \"clips/a.gif\"}\n{\"class\": \"x\"}\n", "line 2: the column `path` is missing or empty"
    ),
    (
      "a.csv", "path,caption\nclips/a.gif,a cat, sleeping\n",
      "line 2: it has 3 cells, and there are 2 columns; a cell that holds a separator is in quotation marks"
    ),
    ("a.csv", "path\nclips/a.gif\n./clips//a.gif\n", "line 3: `./clips//a.gif` is named twice"),
  ])
  func whatIsWrongIsNamedByItsLine(_ name: String, _ text: String, _ expected: String) throws {
    let found = message { _ = try open(name, text) }
    #expect(found?.hasPrefix("\(folder.path)/\(name), \(expected)\nhint: a manifest has a column `path`") == true)
  }

  /// The same set however its table is written.
  @Test(arguments: [
    ("a.csv", "path;class\r\nclips/a.gif;x\r\nframes;y\r\n\r\n"), ("a.tsv", "path\tclass\nclips/a.gif\tx\nframes\ty\n"),
    ("a.csv", "file_name,class\nclips/a.gif,x\nframes,y\n"),
    ("a.jsonl", "{\"path\":\"clips/a.gif\",\"class\":\"x\"}\r\n{\"path\":\"frames\",\"class\":\"y\"}\r\n\r\n"),
  ])
  func tablesThatPeopleBring(_ name: String, _ text: String) throws {
    let set = try open(name, text)
    #expect(set.videos.map(\.name) == ["clips/a.gif", "frames"])
    #expect(set.videos.map(\.labels) == [["class": "x"], ["class": "y"]])
  }

  @Test func theColumnOfPathsIsChosen() throws {
    try folder.write("a.csv", Data("path,video\nclips/a.gif,clips/b, 2.gif\n".replacing("b, 2", with: "a").utf8))
    let path = folder.path + "/a.csv"
    let set = try VideoSet.open(path, options: VideoSetOptions(pathColumn: "video"))
    #expect(set.videos.map(\.name) == ["clips/a.gif"] && set.videos[0].labels == ["path": "clips/a.gif"])
    let found = message { _ = try VideoSet.open(path, options: VideoSetOptions(pathColumn: "clip")) }
    #expect(found?.contains("a.csv, line 1: it has no column `clip`, but `path`, `video`\n") == true)
    #expect(found?.hasSuffix("--path-column says that another column has the paths") == true)
  }

  @Test func whatALineMayName() throws {
    let place = folder.path
    let missing = message { _ = try open("a.csv", "path\nclips/none.gif\n") }
    #expect(missing?.hasPrefix("\(place)/a.csv, line 2: there is no `\(place)/clips/none.gif`\n") == true)
    let several = message { _ = try open("b.csv", "path\nmany\n") }
    #expect(
      several?.hasPrefix("\(place)/b.csv, line 2: `\(place)/many` holds 2 videos, and a line is for one\n") == true)
    let other = message { _ = try open("c.csv", "path\nc.csv\n") }
    #expect(other?.contains("`\(place)/c.csv` is no video, folder of frames or array by its name") == true)
  }
}

@Suite struct PicturesAsImagesTests {
  /// Pictures of any sizes, each a sample by itself; a folder of them is no video then.
  @Test func eachPictureIsAnImage() throws {
    let folder = try TemporaryFolder()
    for name in ["a/p10.png", "a/p2.png", "b.png"] { try folder.copy("pictures/rgb.png", as: name) }
    try folder.copy("sixteen.gif", as: "a/v.gif")
    let set = try VideoSet.open(folder.path, options: VideoSetOptions(picturesAreImages: true))
    #expect(set.videos.map(\.name) == ["a/p2.png", "a/p10.png", "a/v.gif", "b.png"])
    #expect(set.kind == "images + videos")
    #expect(try set.videos.map { try $0.info().frameCount } == [1, 1, 16, 1])
  }
}
