import ArgumentParser

/// Names separated by commas.
enum CommaList {
  /// Each once, in their order.
  ///
  /// - Throws: `ValidationError` where there is none.
  static func names(_ text: String, of option: String) throws -> [String] {
    var names: [String] = []
    for part in text.split(separator: ",") {
      let name = part.trimmingCharacters(in: .whitespaces)
      if !name.isEmpty, !names.contains(name) { names.append(name) }
    }
    guard !names.isEmpty else { throw ValidationError("--\(option) `\(text)` holds no name") }
    return names
  }
}

extension CompletionKind {
  /// Names separated by commas: what stands before the last comma stays, and no name is offered twice.
  static func commaList(_ names: [String]) -> CompletionKind {
    .custom { _, _, typed in
      let finished = typed.lastIndex(of: ",").map { String(typed[...$0]) } ?? ""
      let used = Set(finished.split(separator: ",").map(String.init))
      return names.filter { !used.contains($0) }.map { finished + $0 }
    }
  }
}
