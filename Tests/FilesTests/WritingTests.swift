import Files
import Foundation
import Testing

struct WritingTests {
  private struct Stopped: Error {}

  @Test func filesAreWholeOrAsTheyWere() throws {
    let folder = try TemporaryFolder()
    #expect(
      message { try WholeFile.write("one", to: folder.file("deep/a.md")) }
        == "`\(folder.file("deep/a.md"))` cannot be written: there is no folder `\(folder.file("deep"))`")
    try FileManager.default.createDirectory(atPath: folder.file("deep"), withIntermediateDirectories: true)
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

  /// Until it is whole a file has no name, so that nothing is left of it however the program ends.
  @Test func whatIsBeingWrittenHasNoName() throws {
    let folder = try TemporaryFolder()
    try folder.write("old", Array("old".utf8))
    for (name, replacing) in [("old", true), ("new", false), ("new2", true)] {
      let before = folder.names
      try WholeFile.write(folder.file(name), replacing: replacing) { writer in
        try Array("whole".utf8).withUnsafeBytes { try writer.write($0) }
        #expect(folder.names == before)
      }
      #expect(try folder.bytes(name) == Array("whole".utf8))
    }
    #expect(folder.names == ["new", "new2", "old"])
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

  /// A link goes on leading to the file, wherever that is, and the file keeps its permissions.
  @Test func linksAreFollowed() throws {
    let folder = try TemporaryFolder()
    let files = FileManager.default
    for name in ["a", "b"] {
      try files.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    }
    try folder.write("b/x", [1])
    try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.file("b/x"))
    for (link, target) in [("a/one", "../b/x"), ("two", "a/one"), ("a/none", "../b/new"), ("loop", "loop")] {
      try files.createSymbolicLink(atPath: folder.file(link), withDestinationPath: target)
    }
    try WholeFile.write([2, 3], to: folder.file("two"))
    try WholeFile.write([4], to: folder.file("a/none"))
    #expect(try folder.bytes("b/x") == [2, 3] && folder.bytes("b/new") == [4])
    #expect(try files.destinationOfSymbolicLink(atPath: folder.file("two")) == "a/one")
    #expect(try files.contentsOfDirectory(atPath: folder.file("b")).sorted() == ["new", "x"])
    #expect(try files.attributesOfItem(atPath: folder.file("b/x"))[.posixPermissions] as? Int == 0o640)
    try WholeFile.append("5\n", to: folder.file("two"))
    #expect(try folder.bytes("b/x") == [2, 3, 10, 0x35, 10])
    #expect(
      message { try WholeFile.write([1], to: folder.file("loop")) }.hasSuffix("Too many levels of symbolic links"))
  }

  /// What is no file takes the bytes, and stays what it is.
  @Test func pipesAndDescriptorsAreWrittenThrough() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.file("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    // Both ends, so that nobody waits.
    let end = open(pipe, O_RDWR | O_NONBLOCK)
    defer { close(end) }
    func come() -> String {
      var buffer = [UInt8](repeating: 0, count: 100)
      let count = read(end, &buffer, buffer.count)
      return String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
    }
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "pipe")
    for path in [pipe, folder.file("link"), "/dev/fd/\(end)", "/proc/self/fd/\(end)"] {
      try WholeFile.write("whole", to: path)
      #expect(come() == "whole", "\(path)")
      try WholeFile.append("line", to: path)
      #expect(come() == "line", "\(path)")
    }
    var status = stat()
    #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO && folder.names == ["link", "pipe"])
    #expect(
      message { try WholeFile.write("x", to: "/dev/fd/999") } == "`/dev/fd/999` cannot be written: Bad file descriptor")
    #expect(WholeFile.isStandardOutput("-") && WholeFile.isStandardOutput("/dev/stdout"))
    #expect(!WholeFile.isStandardOutput(pipe) && !WholeFile.isStandardOutput("./-"))
  }

  /// A file behind a descriptor is added to where the descriptor stands.
  @Test func descriptorsKeepTheirPlace() throws {
    let folder = try TemporaryFolder()
    let descriptor = open(folder.file("x"), O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    _ = write(descriptor, "before ", 7)
    try WholeFile.write("whole", to: "/dev/fd/\(descriptor)")
    _ = write(descriptor, " after", 6)
    #expect(try folder.bytes("x") == Array("before whole after".utf8))
  }

  @Test func linesAreAdded() throws {
    let folder = try TemporaryFolder()
    for line in ["one\n", "two\n"] { try WholeFile.append(line, to: folder.file("x")) }
    #expect(try folder.bytes("x") == Array("one\ntwo\n".utf8))
    // What somebody left unfinished is no beginning of ours.
    try folder.write("x", Array("one\ntw".utf8))
    try WholeFile.append("three\n", to: folder.file("x"))
    #expect(try folder.bytes("x") == Array("one\ntw\nthree\n".utf8))
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
