import Files
import Foundation
import Testing

struct WritingTests {
  private struct Stopped: Error {}

  @Test func filesAreWholeOrAsTheyWere() throws {
    let folder = try TemporaryFolder()
    try WholeFile.write("one", to: folder.file("deep/a.md"))
    try WholeFile.write("two", to: folder.file("deep/a.md"))
    #expect(try folder.bytes("deep/a.md") == Array("two".utf8))
    try FileManager.default.createDirectory(atPath: folder.file("b.md"), withIntermediateDirectories: true)
    #expect(
      message { try WholeFile.write("x", to: folder.file("b.md")) }
        == "`\(folder.file("b.md"))` cannot be written: Is a directory")
    #expect(throws: Stopped.self) {
      try WholeFile.write(folder.file("deep/a.md")) { writer in
        try [UInt8](repeating: 1, count: 100).withUnsafeBytes { try writer.write($0) }
        throw Stopped()
      }
    }
    #expect(try folder.bytes("deep/a.md") == Array("two".utf8))
    #expect(folder.names == ["b.md", "deep"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("deep")) == ["a.md"])
  }

  @Test func whatIsThereIsReplacedOnlyOnDemand() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x", [1])
    #expect(throws: FilesError.exists(path: path)) { try WholeFile.write(path, replacing: false) { _ in } }
    // One that appears meanwhile is left alone, too.
    let late = folder.file("late")
    #expect(throws: FilesError.exists(path: late)) {
      try WholeFile.write(late, replacing: false) { _ in try folder.write("late", [2]) }
    }
    #expect(try folder.bytes("late") == [2] && folder.names == ["late", "x"])
    try WholeFile.write(path, replacing: true) { _ in }
    #expect(try folder.bytes("x").isEmpty)
  }

  @Test func linesAreAdded() throws {
    let folder = try TemporaryFolder()
    for line in ["one\n", "two\n"] { try WholeFile.append(line, to: folder.file("x")) }
    #expect(try folder.bytes("x") == Array("one\ntwo\n".utf8))
    #expect(
      message { try WholeFile.append("x", to: folder.path) } == "`\(folder.path)` cannot be written: Is a directory")
  }

  @Test func foldersAreReplaced() throws {
    let folder = try TemporaryFolder()
    for name in ["part", "out"] {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
      try folder.write(name + "/x", Array(name.utf8))
    }
    try WholeFile.replaceFolder(folder.file("out"), with: folder.file("part"), keepingAs: folder.file(".old"))
    #expect(try folder.bytes("out/x") == Array("part".utf8) && folder.names == ["out"])
    #expect(throws: FilesError.self) { try WholeFile.rename(folder.file("none"), to: folder.file("out")) }
  }

  /// Of a process that is gone, and old: both.
  @Test func whatNobodyFinishesIsSwept() throws {
    let folder = try TemporaryFolder()
    let gone = 4_194_304 + 7  // above the largest number of a process
    let names = [
      "a.\(gone).1.part", "b.\(getpid()).1.part", "c.\(gone).2.part", "d.part", ".load-\(gone)", "e.\(gone)",
    ]
    for name in names { try folder.write(name, [1]) }
    for name in names where !name.hasPrefix("c") {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: folder.file(name))
    }
    WholeFile.sweep(folder.path)
    #expect(folder.names == names.filter { !$0.hasPrefix("a") }.sorted())
    WholeFile.sweep(folder.path, prefix: ".load-")
    #expect(!folder.names.contains(".load-\(gone)") && folder.names.count == 4)
  }

  @Test func safetensorsComeBack() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.safetensors")
    try Safetensors.write(
      [("b", [2, 2], [1, 2, 3, 4]), ("a", [0], []), ("c", [], [-0.5])], metadata: ["k": "v\n\u{e9}"], to: path)
    let bytes = try folder.bytes("x.safetensors")
    #expect((8 + Int(bytes[0]) + Int(bytes[1]) << 8) % 8 == 0)
    let (tensors, metadata) = try Safetensors.read(MappedBytes(mapping: path).all)
    #expect(metadata == ["k": "v\n\u{e9}"] && tensors.keys.sorted() == ["a", "b", "c"])
    #expect(tensors["b"]?.values() == [1, 2, 3, 4] && tensors["b"]?.values(axes: [1, 0]) == [1, 3, 2, 4])
    #expect(tensors["c"]?.values() == [-0.5] && tensors["a"]?.shape == [0])
  }
}
