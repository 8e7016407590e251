import Files
import Testing

/// What people have in the place of the file that they mean is named as what it is.
struct ContentKindTests {
  private static func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 1, count: 600) }

  @Test(
    arguments: [
      ([], ContentKind.empty), (Array("<!DOCTYPE html><html>".utf8), .webPage),
      (Array("\u{feff}\n <HTML><body>404".utf8), .webPage),
      (Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n".utf8), .gitLFSPointer),
      (Array("Not found\n".utf8), .text(beginning: "Not found")), ([0xFF, 0xFE, 0x70, 0], .textUTF16),
      (padded([0x80, 4, 0x95]), .pickle), (padded(Array("PK".utf8) + [3, 4]), .zip), (padded([0x1F, 0x8B]), .gzip),
      (padded([0x93] + Array("NUMPY".utf8)), .npy), (padded(Array("RIFFxxxxWEBP".utf8)), .webp),
      (padded(Array("xxxxftypisom".utf8)), .mp4), ([UInt8](repeating: 0, count: 4096), .zeros),
      ([16, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\":{}}".utf8), .safetensors), (padded([0xFF, 0xD8, 0xFF]), .jpeg),
    ] as [([UInt8], ContentKind)])
  func kinds(_ bytes: [UInt8], _ wanted: ContentKind) {
    #expect(ContentKind(head: Array(bytes.prefix(1024)), count: bytes.count) == wanted)
  }

  @Test func othersAreLeftToTheirReaders() {
    for head in [Self.padded([0x47, 0x40]), Array("YUV4MPEG2 W2 H2\nFRAME\n".utf8) + [0, 1, 2], [0, 0, 1, 0xBA]] {
      #expect(ContentKind(head: head, count: head.count) == nil)
    }
    // A long text is one for the readers of text.
    #expect(ContentKind(head: [UInt8](repeating: 0x61, count: 1024), count: 5000) == nil)
  }

  @Test func everyReaderSaysIt() throws {
    let folder = try TemporaryFolder()
    func text(_ name: String, _ content: String, _ read: (String) throws -> Void) throws -> String {
      let path = try folder.write(name, Array(content.utf8))
      return message { try read(path) }.replacingOccurrences(of: path, with: name)
    }
    let page = "<html><body>404 not found</body></html>"
    let again = "\nhint: a download or a copy went wrong: fetch the file again"
    #expect(
      try text("a.csv", page) { _ = try Table($0) } == "`a.csv` is a web page (HTML), not text" + again)
    #expect(
      try text("a.npy", page) { _ = try NPYHeader(ByteRegion(OpenFile($0)), path: $0) }
        == "`a.npy` is a web page (HTML), not a .npy array" + again)
    #expect(try text("a.zip", "") { _ = try Archive($0) } == "`a.zip` is empty, not a zip or tar archive" + again)
    #expect(
      try text("a.safetensors", page) { _ = try Safetensors.read(MappedBytes(mapping: $0).all) }
        == "`a.safetensors` is a web page (HTML), not a file of safetensors" + again)
  }
}
