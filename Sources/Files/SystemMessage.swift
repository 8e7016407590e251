import Foundation

/// The system's words for an error number.
package func systemMessage(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }

/// The system's words for what Foundation met with a file; its own are in its language and leave the reason out.
package func systemMessage(of error: any Error) -> String {
  ((error as? CocoaError)?.underlying as? POSIXError).map { systemMessage($0.code.rawValue) } ?? "\(error)"
}
