import Foundation

/// What libFuzzer calls: first `LLVMFuzzerInitialize`, then `LLVMFuzzerTestOneInput` for each input. `VIDMETRICS_READER` names
/// the reader that the inputs go to.
private enum Input {
  static let reader: Reader = {
    let name = ProcessInfo.processInfo.environment["VIDMETRICS_READER"] ?? ""
    guard let reader = Reader.all.first(where: { $0.name == name }) else {
      for reader in Reader.all { print(reader.name, reader.seeds.joined(separator: " ")) }
      fflush(nil)
      // libFuzzer waits in `exit` for a fuzzer that does not exist yet.
      _exit(name.isEmpty ? 0 : 2)
    }
    return reader
  }()

  /// A reader is given a file: in TMPDIR, which best lies in memory.
  static let path = (NSTemporaryDirectory() as NSString).appendingPathComponent("input.\(reader.ending)")
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
  _ = Input.path
  return 0
}

/// A reader may refuse an input, which is right for nearly all. It may not trap, nor read or write beyond its bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let file = open(Input.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  guard file >= 0, count == 0 || write(file, bytes, count) == count else { fatalError("\(Input.path): \(errno)") }
  close(file)
  do { try Input.reader.read(Input.path) } catch { _ = "\(error)" }
  return 0
}
