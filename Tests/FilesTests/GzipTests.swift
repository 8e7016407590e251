import Files
import Foundation
import Testing

/// Archives as zlib and libarchive find them: in gzip, and at the end of a tar.
struct GzipTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs a line of shell in the folder.
  private func make(_ line: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private func content(of name: String) throws -> [[UInt8]] {
    let archive = try Archive(folder.file(name))
    return try archive.members.indices.map { try archive.open($0).array() }
  }

  /// A tar of two files that do not compress, so that gzip stores them and a changed byte is a valid other text.
  private let first = (0..<3000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
  private let second = Array("second".utf8)

  private func makeTar() throws {
    try folder.write("a", first)
    try folder.write("b", second)
    // Of always the same bytes: a flipped bit that fills up a stored block says nothing.
    try make("tar --mtime=@1000000000 --owner=0 --group=0 -cf plain.tar a b")
  }

  @Test func everyFlippedByteAndEveryCutIsFound() throws {
    try makeTar()
    try make("gzip -nc plain.tar > whole.tar.gz")
    let whole = try folder.bytes("whole.tar.gz")
    #expect(try content(of: "whole.tar.gz") == [first, second])
    for place in stride(from: 10, to: whole.count, by: 61) + [whole.count - 8, whole.count - 1] {
      var bytes = whole
      bytes[place] ^= 1
      try folder.write("x.tar.gz", bytes)
      #expect("byte \(place)") { try content(of: "x.tar.gz") } throws: { $0 is FilesError }
    }
    for count in stride(from: 0, to: whole.count, by: 97) {
      try folder.write("x.tar.gz", whole.prefix(count))
      #expect("first \(count) bytes") { try content(of: "x.tar.gz") } throws: { $0 is FilesError }
    }
    var bytes = whole
    bytes[whole.count - 8] ^= 1
    try folder.write("x.tar.gz", bytes)
    let path = folder.file("x.tar.gz")
    #expect(
      message { try content(of: "x.tar.gz") }
        == "`\(path)` is damaged or not what it seems: gzip: incorrect data check")
    try folder.write("x.tar.gz", whole.dropLast(3))
    #expect(
      message { try content(of: "x.tar.gz") } == "`\(path)` is damaged or not what it seems: gzip: it is cut short")
  }

  /// As `cat a.gz b.gz` and programs with several threads write it; tapes fill up with zeros.
  @Test func severalParts() throws {
    try makeTar()
    try make("head -c 1000 plain.tar | gzip -nc > x.tar.gz; tail -c +1001 plain.tar | gzip -nc >> x.tar.gz")
    #expect(try content(of: "x.tar.gz") == [first, second])
    try make("head -c 700000 /dev/zero >> x.tar.gz")
    #expect(try content(of: "x.tar.gz") == [first, second])
    try make("printf x >> x.tar.gz")
    #expect(
      message { try content(of: "x.tar.gz") }
        == "`\(folder.file("x.tar.gz"))` is damaged or not what it seems: gzip: there are other bytes behind its end")
  }

  @Test func aTarHasAnEndAndNothingBehindIt() throws {
    try makeTar()
    let whole = try folder.bytes("plain.tar")
    let end = 512 + 3072 + 512 + 512
    let path = folder.file("x.tar")
    for count in [end + 512, end + 1024] {
      try folder.write("x.tar", whole.prefix(count))
      #expect(try content(of: "x.tar") == [first, second])
    }
    for count in [end, end + 511, 512 + 3072] {
      try folder.write("x.tar", whole.prefix(count))
      #expect("first \(count) bytes") { try content(of: "x.tar") } throws: { $0 is FilesError }
    }
    try folder.write("x.tar", whole.prefix(end))
    #expect(
      message { try content(of: "x.tar") }
        == "`\(path)` is damaged or not what it seems: it has no end mark: the tar is cut short")
    try folder.write("x.tar", whole + whole)
    #expect(
      message { try content(of: "x.tar") }
        == "`\(path)` is damaged or not what it seems: what follows its end mark is more than zeros, which is not read here"
    )
  }

  /// Members in place and members that were deflated, small and large.
  @Test(arguments: ["-0", "-6"], [3000, 5_000_000]) func aZipsChecksums(_ level: String, _ size: Int) throws {
    let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    try folder.write("a", content)
    try make("python3 -c \"import zipfile; zipfile.ZipFile('x.zip', 'w', \(level == "-0" ? 0 : 8)).write('a')\"")
    #expect(try self.content(of: "x.zip") == [content])
    var bytes = try folder.bytes("x.zip")
    let directory = bytes.count - 22 - 46 - 1
    bytes[directory + 16] ^= 1  // the CRC of the central directory
    try folder.write("x.zip", bytes)
    #expect(
      message { try self.content(of: "x.zip") }
        == "`\(folder.file("x.zip"))` is damaged or not what it seems: the checksum of `a` is wrong")
    let archive = try Archive(folder.file("x.zip"))
    #expect(message { try archive.openSpooled(0).array() }.hasSuffix("the checksum of `a` is wrong"))
  }

  @Test func aChecksumGoesOn() {
    let bytes = Array("123456789".utf8)
    let crc = { (part: ArraySlice<UInt8>, previous: UInt32) in
      Array(part).withUnsafeBytes { CRC32.ieee.of($0, after: previous) }
    }
    #expect(crc(bytes[...], 0) == 0xCBF4_3926)
    for cut in 0...9 { #expect(crc(bytes[cut...], crc(bytes[..<cut], 0)) == 0xCBF4_3926) }
  }

  /// Zeros become a thousand times as large, and no video does.
  @Test func whatGrowsTooMuchIsNotUnpacked() throws {
    for (name, packer) in [("x.tar.gz", "gzip -1"), ("x.tar.xz", "xz -0")] {
      try make("truncate -s 400M zeros; tar cf - zeros | \(packer) > \(name); rm zeros")
      #expect("\(name)") { try Archive(folder.file(name)) } throws: {
        "\($0)".hasPrefix("`\(folder.file(name))` has ") && "\($0)".contains(" and would become more than 268435456: ")
      }
    }
    try make(
      "truncate -s 300M zeros; python3 -c \"import zipfile; zipfile.ZipFile('x.zip', 'w', 8).write('zeros')\"; rm zeros"
    )
    let archive = try Archive(folder.file("x.zip"))
    for open in [archive.open, archive.openSpooled] {
      #expect { try open(0) } throws: { "\($0)".contains("x.zip/zeros` has ") }
    }
    // Less than that may be what it likes, and so may what is packed in a hundredth.
    try make("truncate -s 200M zeros; tar cf - zeros | gzip -1 > y.tar.gz; rm zeros")
    #expect(try Archive(folder.file("y.tar.gz")).members.map(\.size) == [200 << 20])
    try make(
      "(truncate -s 290M zeros; head -c 4M /dev/urandom >> zeros); tar cf - zeros | gzip -1 > z.tar.gz; rm zeros")
    #expect(try Archive(folder.file("z.tar.gz")).members.map(\.size) == [294 << 20])
  }
}
