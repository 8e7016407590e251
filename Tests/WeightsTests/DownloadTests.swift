import Foundation
import Testing
import Weights

/// Downloads with a `curl` that is a shell script.
@Suite(.serialized)
struct DownloadTests {
  private static let checkpoint = Fixture.folder + "/../transformers/dino_vitbase16_pretrain.pth"

  private final class Bench {
    let folder: TemporaryFolder
    let store: WeightStore
    private(set) var lines: [String] = []

    init() throws {
      folder = try TemporaryFolder()
      store = WeightStore(folder: folder.path + "/store")
    }

    var part: String { store.folder + "/downloads/dino.pth.part" }
    var downloads: [String] {
      (try? FileManager.default.contentsOfDirectory(atPath: store.folder + "/downloads")) ?? []
    }

    /// The script has the file to be written in `$out`, and `$head` for a question after the size.
    func curl(_ script: String) throws {
      let words = """
        #!/bin/sh
        echo "$*" >> '\(folder.path)/asked'
        while [ $# -gt 0 ]; do
          case "$1" in --head) head=1 ;; --output) out="$2" ;; esac
          shift
        done
        \(script)

        """
      let path = try folder.write("curl", Array(words.utf8))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    var asked: [String] {
      let text = (try? String(contentsOfFile: folder.path + "/asked", encoding: .utf8)) ?? ""
      return text.split(separator: "\n").map(String.init)
    }

    func fetch(digest: String? = nil, size: Int? = nil) throws -> StoredWeights {
      let file = PublishedFile(name: "dino.pth", url: "https://example.org/dino.pth", digest: digest, size: size)
      let known = KnownWeights(
        name: "tiny", network: "vit-dino", fingerprint: nil, purpose: "a test", source: "a test", package: nil,
        files: [file])
      lines = []
      return try store.fetch(known, searchPath: folder.path + ":/usr/bin:/bin") { lines.append($0) }
    }
  }

  private static let size = 464_457
  /// Answers like a server that has the checkpoint, and goes on where the file ends.
  private static let server = """
    if [ -n "$head" ]; then printf 'HTTP/1.1 302 Found\\r\\ncontent-length: 0\\r\\n\\r\\n'
      printf 'HTTP/2 200 \\r\\nContent-Length: \(size)\\r\\n\\r\\n'; exit; fi
    from=$(wc -c < "$out"); tail -c +$((from + 1)) '\(checkpoint)' >> "$out"
    """

  @Test func continuesWhatWasInterrupted() throws {
    let bench = try Bench()
    try bench.curl(
      """
      if [ -n "$head" ]; then printf 'HTTP/2 200 \\r\\ncontent-length: \(Self.size)\\r\\n\\r\\n'; exit; fi
      head -c 200000 '\(Self.checkpoint)' > "$out"; echo 'curl: (56) the cable was pulled' >&2; exit 56
      """)
    #expect(
      message { try bench.fetch() } == """
        `curl` could not get https://example.org/dino.pth:
          curl: (56) the cable was pulled
          exit status 56
        hint: 0.2 MB are kept in `\(bench.part)`; `vidmetrics weights fetch tiny` continues there
        hint: or get this file on another machine:
          https://example.org/dino.pth
        copy it here, and run `vidmetrics weights import dino.pth`
        """)
    #expect(bench.downloads == ["dino.pth.part"])
    try bench.curl(Self.server)
    let weights = try bench.fetch()
    #expect(weights.name == "tiny" && weights.network == "vit-dino")
    #expect(bench.lines.contains("downloading https://example.org/dino.pth (0.5 MB), continued at 0.2 MB"))
    #expect(!FileManager.default.fileExists(atPath: bench.store.folder + "/downloads"))
    #expect(try bench.store.load("tiny").tensors.count == 30)
    // No protocol but https, and not behind a redirection either.
    #expect(
      bench.asked.allSatisfy {
        $0.contains("--fail --location --proto =https --proto-redir =https ")
          && $0.hasSuffix(" https://example.org/dino.pth")
      })
    #expect(bench.asked.last?.contains(" --continue-at - --output \(bench.part) ") == true)
    let before = bench.asked.count
    _ = try bench.fetch()
    #expect(bench.asked.count == before && bench.lines == ["tiny is already in \(bench.store.path("tiny"))"])
  }

  @Test func statesASizeThatWasNotExpected() throws {
    let bench = try Bench()
    try bench.curl(Self.server)
    _ = try bench.fetch(size: 1000)
    #expect(
      bench.lines.contains(
        "https://example.org/dino.pth has \(Self.size) bytes, 1000 were expected: reading it will tell whether it is whole"
      ))
  }

  @Test func removesWhatIsNotThePublishedFile() throws {
    let bench = try Bench()
    try bench.curl(Self.server)
    let words = message { try bench.fetch(digest: "00efa78f") }
    #expect(
      words.hasPrefix(
        "https://example.org/dino.pth did not give the published file: its SHA-256 should begin with 00efa78f, and is ")
    )
    #expect(words.contains("\nhint: the download is removed; `vidmetrics weights fetch tiny` begins anew\n"))
    #expect(bench.downloads.isEmpty)
    // A page of some gateway instead of the file.
    try bench.curl(
      "if [ -n \"$head\" ]; then printf 'HTTP/2 200 \\r\\n\\r\\n'; exit; fi; printf '<html>log in first</html>' > \"$out\""
    )
    #expect(message { try bench.fetch() }.contains("dino.pth` is a web page (HTML), not a checkpoint"))
    #expect(bench.downloads.isEmpty)
  }

  @Test func saysWhatToDoWithoutANetworkOrCurl() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path + "/store")
    let way = """
      hint: or get these files on another machine:
        https://github.com/ssundaram21/dreamsim/releases/download/v0.2.0-checkpoints/dreamsim_ensemble_checkpoint.zip
        https://dl.fbaipublicfiles.com/dino/dino_vitbase16_pretrain/dino_vitbase16_pretrain.pth
      copy them here, and run `vidmetrics weights import dreamsim_ensemble_checkpoint.zip dino_vitbase16_pretrain.pth`
      """
    #expect(
      message { try store.fetch("dreamsim-ensemble", searchPath: folder.path) { _ in } } == """
        fetching needs `curl`, and there is no `curl` on the PATH
        hint: install it, and run `vidmetrics weights fetch dreamsim-ensemble` again
        \(way)
        """)
    let path = try folder.write("curl", Array("#!/bin/sh\necho 'curl: (6) no such host' >&2\nexit 6\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    #expect(
      message { try store.fetch("dreamsim-ensemble", searchPath: folder.path) { _ in } } == """
        `curl` could not get \
        https://github.com/ssundaram21/dreamsim/releases/download/v0.2.0-checkpoints/dreamsim_ensemble_checkpoint.zip:
          curl: (6) no such host
          exit status 6
        hint: `vidmetrics weights fetch dreamsim-ensemble` tries again
        \(way)
        """)
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).isEmpty)
  }

  /// The vocabulary as a gzip file that the user has; only the published one is taken.
  @Test func vocabulariesAreTextsAndNotNetworks() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path)
    #expect(
      message { try store.loadVocabulary("clip-vocabulary") }.hasPrefix(
        "weights `clip-vocabulary` are not on this machine\nhint: `vidmetrics weights fetch clip-vocabulary` gets them")
    )
    try folder.write("clip-vocabulary.txt", Array("#version: 0.2\ni n\n".utf8))
    #expect(message { try store.loadVocabulary("clip-vocabulary") }.hasPrefix("weights `clip-vocabulary` in `"))
    #expect(message { try store.verify("clip-vocabulary") }.contains(" are damaged: expected sha256:67603cfd"))
    #expect(
      message { try store.load("clip-vocabulary") } == "`clip-vocabulary` is a vocabulary, not weights of a network")
  }

  private static let here = WeightStore(
    folder: WeightStore.defaultFolder(environment: ProcessInfo.processInfo.environment))

  @Test(.enabled(if: here.has("clip-vocabulary"), "the vocabulary has not been fetched"))
  func theVocabularyHasCLIPsMerges() throws {
    let lines = try Self.here.loadVocabulary("clip-vocabulary").split(separator: "\n")
    // clip/simple_tokenizer.py takes the lines 1 to 48894.
    #expect(lines.count == 262_145 && lines[1] == "i n" && lines[48_894] == "jeky ll</w>")
  }
}
