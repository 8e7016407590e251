import Files
import Foundation
import Testing

struct ZipTests {
  private let members: [(name: String, content: [UInt8])] = [
    ("a.npy", Array("first".utf8)), ("folder/b", []), ("c", (0..<255).map { UInt8($0) }),
  ]

  private func stored() throws -> [UInt8] {
    var zip = StoredZip()
    for (name, content) in members { zip.add(name, content) }
    return try #require(zip.finished).flatMap { $0 }
  }

  private func directory(_ bytes: [UInt8]) throws -> ZipDirectory {
    try ZipDirectory(ByteRegion(MappedBytes(label: "x.zip", copying: bytes).all))
  }

  @Test func whatIsWrittenComesBack() throws {
    let zip = try directory(stored())
    #expect(zip.entries.map(\.name) == members.map(\.name) && zip.entries.map(\.size) == [5, 0, 255])
    for (name, content) in members { #expect(try zip.bytes(name).array() == content) }
    #expect(message { try zip.bytes("d") } == "`x.zip` is damaged or not what it seems: it has no entry `d`")
    let folder = try TemporaryFolder()
    let archive = try Archive(folder.write("x.zip", stored()))
    #expect(archive.kind == "zip" && archive.members.map(\.name) == members.map(\.name))
    #expect(try archive.members.indices.map { try archive.open($0).array() } == members.map(\.content))
  }

  /// As a writer of large archives would have it: sizes and places of all ones, and the numbers in extra fields.
  @Test func zip64() throws {
    let plain = try stored()
    let start = plain.count - 22 - members.map { 46 + $0.name.utf8.count }.reduce(0, +)
    var (directory, offset): ([UInt8], Int) = ([], 0)
    for (name, content) in members {
      let ones = number(0xffff_ffff, 4)
      let fixed = number(0x0201_4b50, 4) + number(45, 2) + number(45, 2) + number(0, 2) + number(0, 2) + number(0, 4)
      let checksum = content.withUnsafeBytes { number(Int(CRC32.ieee.of($0)), 4) }
      let extra = number(1, 2) + number(24, 2) + number(content.count, 8) + number(content.count, 8) + number(offset, 8)
      directory += fixed + checksum + ones + ones + number(name.utf8.count, 2) + number(extra.count, 2)
      directory += [UInt8](repeating: 0, count: 10) + ones + Array(name.utf8) + extra
      offset += 30 + name.utf8.count + content.count
    }
    let record =
      number(0x0606_4b50, 4) + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8)
      + number(members.count, 8) + number(members.count, 8) + number(directory.count, 8) + number(start, 8)
    let locator = number(0x0706_4b50, 4) + number(0, 4) + number(start + directory.count, 8) + number(1, 4)
    let end = number(0x0605_4b50, 4) + number(0, 4) + number(0xffff, 2) + number(0xffff, 2)
    let comment = Array("a comment".utf8)
    let whole =
      Array(plain[..<start]) + directory + record + locator + end + number(0xffff_ffff, 4) + number(0xffff_ffff, 4)
      + number(comment.count, 2) + comment
    let zip = try self.directory(whole)
    #expect(zip.entries.map(\.size) == [5, 0, 255])
    for (name, content) in members { #expect(try zip.bytes(name).array() == content) }
  }

  /// Every cut is an error, and every flipped bit of a content is found by its checksum.
  @Test func damage() throws {
    let whole = try stored()
    for count in 0..<whole.count {
      #expect("first \(count) bytes") { try directory(Array(whole[..<count])) } throws: { $0 is FilesError }
    }
    for place in whole.indices {
      var bytes = whole
      bytes[place] ^= 0x10
      guard let zip = try? directory(bytes) else { continue }
      for (name, content) in members {
        if let found = try? zip.bytes(name) { #expect(found.array() == content, "byte \(place)") }
      }
    }
    #expect(
      message { try directory(Array(whole.dropLast(3))) }
        == "`x.zip` is damaged or not what it seems: it has no zip directory: it may be truncated")
  }

  private func number(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
}
