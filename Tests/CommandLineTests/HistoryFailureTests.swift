import Foundation
import History
import Scores
import Testing

/// Several processes, processes that are killed, disks that are full or may not be written.
@Suite(.serialized) struct HistoryFailureTests {
  let workplace: Workplace
  let program: Program

  init() throws {
    workplace = try Workplace()
    program = workplace.program
  }

  /// A file that `import` takes: runs with so many values each.
  private func lines(_ name: String, runs: Int, values: Int) throws -> String {
    let lines = try (0..<runs).map { number in
      var run = RunRecord(id: "\(name)\(number)", date: "2026-11-21T00:00:00.000Z", name: name)
      var score = ScoreRecord(metric: "fvd", value: Double(number), direction: .lower)
      score.videos = (0..<values).map { .init(name: "video \($0)", value: Double($0)) }
      run.scores = [score]
      return try RunDocument.json(run).line
    }
    let path = workplace.file(name + ".jsonl")
    try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func integrity() throws -> String {
    try program.run("query", "--sql", "PRAGMA integrity_check", "--csv").output
  }

  /// Many processes at once, on a history that is not there yet.
  @Test func severalWriters() throws {
    let writers = 24
    let files = try (0..<writers).map { try lines("w\($0)x", runs: 5, values: 50) }
    let processes = try files.map { try program.start(["import", $0]) }
    for (process, _, errors) in processes {
      let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(words)")
      #expect(words == "5 runs added to \(program.history)\n")
    }
    let store = try HistoryStore(path: program.history, mode: .reading)
    #expect(try store.count() == 5 * writers)
    #expect(try store.runs().allSatisfy { $0.scores[0].videos?.count == 50 })
    #expect(try integrity() == "integrity_check\nok\n")
  }

  /// Ended in the middle of a large write, again and again: what was there stays, and of the write there is all or nothing.
  @Test func killedInMidWrite() throws {
    #expect(try program.run("import", lines("kept", runs: 3, values: 10)).status == 0)
    let large = try lines("large", runs: 60, values: 400)
    var interrupted = 0
    for attempt in 0..<8 {
      let (process, _, _) = try program.start(["import", large])
      // Until it writes; then a little longer each time.
      let journal = program.history + "-journal"
      while process.isRunning, !FileManager.default.fileExists(atPath: journal) { usleep(500) }
      usleep(UInt32(attempt * 15_000))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if FileManager.default.fileExists(atPath: journal) { interrupted += 1 }
      let store = try HistoryStore(path: program.history, mode: .reading)
      let runs = try store.runs(detail: .scores)
      #expect(runs.count == 3 || runs.count == 63, "\(runs.count)")
      #expect(runs.filter { $0.name == "kept" }.count == 3)
      #expect(try integrity() == "integrity_check\nok\n")
      if runs.count == 63 {
        try HistoryStore(path: program.history).delete(runs.map(\.id).filter { $0.hasPrefix("large") })
      }
    }
    #expect(interrupted > 0, "no process was killed while it wrote")
    #expect(try program.run("import", large).status == 0)
  }

  /// A file system of its own, where this user may mount one.
  private final class Disk {
    let path: String

    init?(at path: String, kilobytes: Int) {
      self.path = path
      try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      guard Self.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path) else { return nil }
    }

    deinit { _ = Self.run("umount", path) }

    /// Fills it, but for so many pages of 4 KB.
    func fill(but pages: Int) throws {
      let descriptor = open(path + "/filler", O_WRONLY | O_CREAT, 0o644)
      try #require(descriptor >= 0)
      defer { close(descriptor) }
      let page = [UInt8](repeating: 1, count: 4096)
      var written = 0
      while write(descriptor, page, page.count) == page.count { written += 1 }
      try #require(written > pages && ftruncate(descriptor, 4096 * (written - pages)) == 0)
    }

    func makeReadOnly() -> Bool { Self.run("mount", "-o", "remount,ro", path) }

    static let isPossible: Bool = {
      let disk = Disk(at: NSTemporaryDirectory() + "vidmetrics-disk-" + UUID().uuidString, kilobytes: 64)
      defer { if let disk { try? FileManager.default.removeItem(atPath: disk.path) } }
      return disk != nil
    }()

    private static func run(_ arguments: String...) -> Bool {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = arguments
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }
  }

  @Test(.enabled(if: Disk.isPossible, "left out: this user may not mount a file system"))
  func aDiskThatIsFull() throws {
    let disk = try #require(Disk(at: workplace.file("disk"), kilobytes: 256))
    defer { withExtendedLifetime(disk) {} }
    let history = disk.path + "/h.sqlite"
    #expect(try program.run("import", lines("kept", runs: 2, values: 5), "--db", history).status == 0)
    let large = try lines("large", runs: 200, values: 200)
    let full = try program.run("import", large, "--db", history)
    #expect(full.status == 2)
    #expect(
      full.errors
        == "error: the history `\(history)` cannot be written: the disk is full; what it held before is unchanged\n"
        + "hint: make room, or keep it elsewhere with --db FILE\n")
    #expect(try HistoryStore(path: history, mode: .reading).runs().map(\.name) == ["kept", "kept"])

    // Room for the look before the work, but not for the run: the score itself is printed, then what is wrong.
    try disk.fill(but: 3)
    let real = try workplace.writeArray("real.npy", frames: 3, side: 16, values: Array(repeating: 9, count: 100))
    let fake = try workplace.writeArray("fake.npy", frames: 3, side: 16, values: Array(repeating: 99, count: 100))
    let scored = try program.run("psnr", real, fake, "--db", history)
    #expect(scored.status == 2 && scored.errors.contains("No space left on device"), "\(scored.errors)")
    #expect(scored.output.hasPrefix("PSNR  "))
    #expect(try HistoryStore(path: history, mode: .reading).runs().map(\.name) == ["kept", "kept"])
  }

  @Test(.enabled(if: Disk.isPossible, "left out: this user may not mount a file system"))
  func aDiskThatMayNotBeWritten() throws {
    let disk = try #require(Disk(at: workplace.file("disk"), kilobytes: 1024))
    defer { withExtendedLifetime(disk) {} }
    let history = disk.path + "/h.sqlite"
    #expect(try program.run("import", lines("kept", runs: 2, values: 5), "--db", history).status == 0)
    try #require(disk.makeReadOnly())
    let real = try workplace.writeArray("real.npy", frames: 3, side: 16, values: [9])
    for (path, reason) in [
      (history, "attempt to write a readonly database"), (disk.path + "/new.sqlite", "Read-only file system"),
    ] {
      let scored = try program.run("psnr", real, real, "--db", path)
      #expect(scored.status == 2 && scored.output.isEmpty)
      #expect(
        scored.errors
          == "error: the history `\(path)` cannot be written: \(reason)\n"
          + "hint: --db FILE keeps it elsewhere, --no-record keeps nothing\n")
    }
    #expect(try program.run("runs", "--db", history).output.split(separator: "\n").count == 3)
    #expect(
      try program.run("query", "--sql", "SELECT count(*) FROM run", "--csv", "--db", history).output == "count(*)\n2\n")
  }
}
