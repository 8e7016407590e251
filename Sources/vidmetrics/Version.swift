import COpenBLAS
import Files
import GRDBSQLite
import Kernels
import Video

enum Version {
  /// Of the program; every score carries it.
  static let text = "0.2.0"

  /// What `--version` prints: the version on a line of its own, then what it was built with and what it runs on.
  static var details: String {
    let blas = openblas_get_config().map { String(cString: $0) }?.split(separator: " ").prefix(2).joined(separator: " ")
    return """
      \(text)
      built with Swift \(compiler)\(isOptimised ? "" : ", without optimisation")
      \(decoderVersion)
      \(Archive.libraryVersion), SQLite \(String(cString: sqlite3_libversion())), \
      \(blas ?? "OpenBLAS")
      kernels of this processor: \(KernelTable(.widest).name)
      """
  }

  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or newer"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  private static var isOptimised: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }
}
