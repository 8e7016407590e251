import Foundation

/// The system's words for an error number.
package func systemMessage(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
