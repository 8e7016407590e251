/// What libFuzzer calls for each input. A reader may refuse it; it may not trap, nor read beyond its bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzerTestOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let reader = Readers.all[Int(bytes[0]) % Readers.all.count]
  do { try reader(Array(UnsafeBufferPointer(start: bytes + 1, count: count - 1))) } catch {
    // Refused, which is right for nearly all.
  }
  return 0
}
