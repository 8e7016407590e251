import ArgumentParser

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
