import COpenBLAS
import Files
import Foundation
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
      kernels of this processor: \(kernels)
      """
  }

  private static var kernels: String {
    let widest = KernelTable(.widest).name
    do {
      let chosen = try InstructionSet.chosen(cap: ProcessInfo.processInfo.environment["VIDMETRICS_ISA"])
      return chosen == .widest ? widest : "\(widest); VIDMETRICS_ISA chooses \(KernelTable(chosen).name)"
    } catch {
      return "\(widest); \(error)"
    }
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
