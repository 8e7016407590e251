import Foundation
import Testing

/// What one target does for all others, none of them does again.
@Suite struct RoomTests {
  struct Sign: Sendable, CustomTestStringConvertible {
    let what: String
    let pattern: String
    var room = "Files"
    /// Nobody does it, not even the room.
    var isForbidden = false

    var testDescription: String { what }
  }

  @Test(arguments: [
    Sign(what: "renaming into place", pattern: #"(?:^|[^.A-Za-z]|Foundation\.)rename\("#),
    Sign(what: "writing in one step by Foundation", pattern: #"atomically:|options: \.atomic"#, isForbidden: true),
    Sign(what: "opening or making a zip", pattern: "0x0[0-9]0[0-9]_?4[bB]50"),
    Sign(what: "opening an archive", pattern: "import CArchive"),
    Sign(what: "opening or making a .npy", pattern: #""NUMPY""#),
    Sign(what: "mapping a file", pattern: #"(?:^|[^A-Za-z])mmap\((?!.*MAP_ANON)"#),
    Sign(what: "starting a program", pattern: #"posix_spawn|[^A-Za-z]Process\(\)|import Subprocess"#),
    Sign(what: "asking for the system's words", pattern: #"[^_A-Za-z]strerror\("#),
    Sign(what: "putting a thread to sleep", pattern: #"(?:^|[^.A-Za-z])u?sleep\("#, isForbidden: true),
    Sign(what: "parsing YAML", pattern: #"Yams\.(?:compose|load)"#),
    Sign(what: "quoting cells", pattern: #"replacing(?:Occurrences)?\(.*"\\"\\"""#),
    Sign(what: "looping over threads", pattern: "concurrentPerform", room: "Threads"),
    Sign(what: "mixing bits into random numbers", pattern: "(?i)0xbf58_?476d|6_?364_?136_?223_?846", room: "Random"),
  ])
  func isDoneInItsRoomAlone(_ sign: Sign) throws {
    let regex = try Regex(sign.pattern).anchorsMatchLineEndings()
    let sources = try ["Sources", "Metrics", "Reports"].flatMap { try Documents.files(in: $0, ending: ".swift") }
    let found = try sources.filter { try Documents.text($0).contains(regex) }
    let room = "Sources/\(sign.room)/"
    #expect(found.contains { $0.hasPrefix(room) } == !sign.isForbidden)
    #expect(found.filter { !$0.hasPrefix(room) } == [])
  }
}
