/// Text of users inside of other languages.
package enum Escaping {
  /// What is printed on one line: line breaks and other control characters become spaces.
  package static func oneLine(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  static func html(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      // No document may hold these.
      case "\0"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func markdown(_ text: String) -> String {
    var result = ""
    for scalar in oneLine(text).unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "$", "!":
        result += "\\"
        result.unicodeScalars.append(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// For pdfLaTeX with the T1 encoding; what that cannot set is written as its code point.
  static func latex(_ text: String) -> String {
    var result = ""
    for scalar in oneLine(text).unicodeScalars {
      switch scalar {
      case "\\": result += "\\textbackslash{}"
      case "~": result += "\\textasciitilde{}"
      case "^": result += "\\textasciicircum{}"
      case "&", "%", "$", "#", "_", "{", "}": result += "\\\(scalar)"
      case "<": result += "\\textless{}"
      case ">": result += "\\textgreater{}"
      case "|": result += "\\textbar{}"
      case "\"": result += "\\textquotedbl{}"
      // `--` would become a dash; `[` and `*` after a line break would be taken for its options.
      case "-": result += result.hasSuffix("-") ? "{}-" : "-"
      case "[", "]", "*": result += "{\(scalar)}"
      case "±": result += "$\\pm$"
      case "×": result += "$\\times$"
      case "∞": result += "$\\infty$"
      case "↓": result += "$\\downarrow$"
      case "↑": result += "$\\uparrow$"
      case "\u{20}"..."\u{7e}", "\u{c0}"..."\u{d6}", "\u{d8}"..."\u{f6}", "\u{f8}"..."\u{ff}":
        result.unicodeScalars.append(scalar)
      default: result += "(U+\(String(scalar.value, radix: 16, uppercase: true)))"
      }
    }
    return result
  }
}
