import Files
import Foundation
import Testing

struct ProcessTests {
  private func run(_ script: String) throws -> (status: Int32, lines: [String]) {
    var lines: [String] = []
    let status = try ChildProcess.run(["/bin/sh", "-c", script]) { lines.append($0) }
    return (status, lines)
  }

  @Test func linesAndEndings() throws {
    #expect(try run("echo one; echo two >&2; printf three") == (0, ["one", "two", "three"]))
    #expect(try run("exit 7").status == 7 && run("kill -9 $$").status == 137)
    #expect(try run("read x && echo got").lines == [])
    let none = "/nowhere/program"
    #expect(
      message { try ChildProcess.run([none]) { _ in } } == "`\(none)` cannot be started: No such file or directory")
  }

  @Test func whatIsPrinted() {
    #expect(ChildProcess.output(of: ["/bin/sh", "-c", "echo a; echo b; echo no >&2"]) == "a\nb")
    #expect(ChildProcess.output(of: ["/bin/sh", "-c", "echo a; exit 1"]) == nil)
    #expect(ChildProcess.output(of: ["/nowhere/program"]) == nil)
    #expect(ChildProcess.executable("sh", in: "/nowhere:/bin:/usr/bin") == "/bin/sh")
    #expect(ChildProcess.executable("no-such-program", in: "/bin") == nil)
  }

  /// What this program's parent left open for it, say the pipe that tells the parent of its end, is not the child's.
  @Test func noOtherDescriptorIsInherited() throws {
    let held = dup(1)
    defer { close(held) }
    #expect(held > 2 && fcntl(held, F_GETFD) == 0)
    #expect(ChildProcess.output(of: ["/bin/sh", "-c", "[ -e /dev/fd/\(held) ] && echo held; echo end"]) == "end")
  }

  @Test func folderGroupAndStreams() throws {
    let folder = try TemporaryFolder()
    let (read, write) = try ChildProcess.pipe(for: "sh")
    defer { close(read) }
    let child = try ChildProcess(
      ["/bin/sh", "-c", "pwd"], in: folder.path, leadsGroup: true, output: write)
    close(write)
    #expect(getpgid(child.id) == child.id)
    let text = String(decoding: FileHandle(fileDescriptor: read).readDataToEndOfFile(), as: UTF8.self)
    #expect(child.wait() == .exited(0))
    let found = URL(fileURLWithPath: text.trimmingCharacters(in: .newlines)).resolvingSymlinksInPath().path
    #expect(found == URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path)
    let nowhere = message { try ChildProcess(["/bin/sh"], in: "/nowhere") }
    #expect(nowhere == "`/bin/sh` cannot be started: No such file or directory")
  }
}
