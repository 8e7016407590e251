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

  @Test func variablesAndSignals() throws {
    let program = ["/bin/sh", "-c", "printf '%s' \"$A\"; [ -n \"${HOME+x}\" ] || echo ' gone'"]
    #expect(ChildProcess.output(of: program, environment: ["A": "b 'c'", "HOME": nil]) == "b 'c' gone")
    // A program that ignores SIGPIPE has children that do not.
    let before = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, before) }
    let ending = "(kill -PIPE $(exec sh -c 'echo $PPID'); echo alive) | cat"
    #expect(ChildProcess.output(of: ["/bin/sh", "-c", ending]) == "")
    #expect(ChildProcess.output(of: ["/bin/sh", "-c", "exit 3"], allowing: [3]) == "")
  }

  /// What lies in the working folder is no program of the PATH.
  @Test func relativeSearchPathsAreLeftOut() throws {
    let folder = try TemporaryFolder()
    let program = try folder.write("git", Array("#!/bin/sh\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    #expect(ChildProcess.executable("git", in: folder.path) == program)
    let here = FileManager.default.currentDirectoryPath
    let relative = String(repeating: "../", count: here.split(separator: "/").count) + folder.path.dropFirst()
    #expect(access(relative + "/git", X_OK) == 0)
    #expect(ChildProcess.executable("git", in: relative + "::.:") == nil)
  }

  /// A child whose guard loses its program is ended with its group; one that is released is left alone.
  @Test func guardsEndWhatIsLeft() throws {
    let script = "(sleep 60) & echo $!; wait"
    let (read, write) = try ChildProcess.pipe(for: "sh")
    let child = try ChildProcess(["/bin/sh", "-c", script], leadsGroup: true, output: write)
    close(write)
    let watched = try #require(ChildGuard(of: child, isGroup: true))
    watched.release()
    usleep(100_000)
    #expect(kill(child.id, 0) == 0)
    // The guard of a program that is gone sees the end of its pipe.
    let end = try ChildProcess.pipe(for: "sh")
    let orphan = try ChildProcess(
      ["/bin/sh", "-c", ChildGuard.script, "sh", "-\(child.id)"], leadsGroup: true, input: end.read)
    close(end.read)
    close(end.write)
    #expect(child.wait() == .signalled(SIGTERM))
    let text = String(decoding: FileHandle(fileDescriptor: read).readDataToEndOfFile(), as: UTF8.self)
    let inner = try #require(pid_t(text.trimmingCharacters(in: .newlines)))
    // 1: after two seconds nobody was left to kill.
    let ending = orphan.wait()
    #expect(ending == .exited(0) || ending == .exited(1))
    #expect(kill(inner, 0) != 0 || Self.isZombie(inner))
  }

  private static func isZombie(_ id: pid_t) -> Bool {
    let stat = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
    return stat.split(separator: ")").last?.hasPrefix(" Z") ?? true
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
