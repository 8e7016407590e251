import Files
import Testing

/// Packs of entries, which processes write side by side and put together.
@Suite struct EntryPacksTests {
  private let folder: TemporaryFolder
  private var packs: EntryPacks { EntryPacks(folder.path) }
  private var files: [String] { folder.names.filter { $0.hasSuffix(".pack") } }

  init() throws { folder = try TemporaryFolder() }

  private func key(_ index: Int) -> Digest { SHA256.digest(of: "entry \(index)") }

  private func payload(_ index: Int) -> [UInt8] {
    (0..<(index % 5) * 700).map { UInt8(truncatingIfNeeded: $0 &* index) } + [UInt8(index % 256)]
  }

  /// Writers that end one after another, and one that lives: few files, every entry, and the living one's as it goes on.
  @Test func smallPacksArePutTogether() throws {
    let living = packs
    try living.write(key(0), payload(0))
    for index in 1...30 {
      try packs.write(key(index), payload(index))
      // Ended packs are put together once there are more than eight.
      #expect(files.count <= 11, "\(index)")
    }
    try living.write(key(31), payload(31))
    let read = packs
    for index in 0...31 { #expect(read.read(key(index)) == payload(index), "\(index)") }
    #expect(read.read(key(32)) == nil)
    #expect(files.count < 12)
  }

  /// An entry with a changed byte is absent, and its neighbours are there, with an index and without.
  @Test func aDamagedEntryIsAbsent() throws {
    for hasIndex in [true, false] {
      for name in files { try folder.write(name, []) }
      var writer: EntryPacks? = packs
      for index in 0..<3 { try writer?.write(key(index), payload(4 + 5 * index)) }
      writer = nil
      let name = try #require(files.first { ((try? folder.bytes($0)) ?? []).count > 3 * 2800 })
      var bytes = try folder.bytes(name)
      if !hasIndex { bytes.removeLast(56 + 3 * 40) }
      // In the payload of the second of three equal entries.
      bytes[bytes.count / 2 - (hasIndex ? 88 : 0)] ^= 1
      try folder.write(name, bytes)
      let read = packs
      #expect((0..<3).map { read.read(key($0)) != nil } == [true, false, true], "\(hasIndex)")
    }
  }
}
