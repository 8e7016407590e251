import Distances
import Evaluation
import Files
import Foundation
import Testing
import Weights

/// The rows of Fixtures/golden/features/recipe.py.
private let rows: [Float] = [1, 2, 3, 2, 4, 1, 0, -2, 5, 7, 1, 1, 0, 0, -10]

private func fixture(_ name: String) -> String {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return root.appendingPathComponent("Fixtures/golden/features").appendingPathComponent(name).path
}

private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

private func message(_ body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return "nothing was thrown"
  } catch {
    return "\(error)"
  }
}

/// The header of a .npy file.
private func npy(_ type: String, _ shape: [Int]) -> [UInt8] {
  let axes = shape.map { "\($0)," }.joined(separator: " ")
  let text = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(axes)), }\n".utf8)
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count), 0] + text
}

/// A set of five rows whose names need escapes.
private func sample() -> FeatureSet {
  let names = ["a/2.mp4", "a/10.mp4", "b \"q\" \\ \u{e9}\n.mp4", "z.mp4", "z.mp4"]
  return FeatureSet(
    features: FeatureMatrix(rows: 5, columns: 3, values: rows),
    rows: names.enumerated().map { index, name in
      FeatureSet.Row(video: name, digest: "sha256:0\(index)", start: 4 * index, count: 16, stride: index + 1)
    }, recipe: ["weights": "i3d-kinetics400", "frames": "16", "resize": "bilinear"])
}

struct FeatureFileTests {
  private func set(_ path: String) throws -> FeatureSet {
    guard case .set(let set) = try FeatureFile.read(path) else { throw Unexpected() }
    return set
  }
  private struct Unexpected: Error {}

  @Test func aSetComesBack() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.safetensors")
    try FeatureFile.write(sample(), to: path)
    #expect(try set(path) == sample())
    #expect(FeatureFile.isFeatureFile(path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.safetensors"])
    let (tensors, metadata) = try Safetensors.read(MappedBytes(mapping: path).all)
    #expect(tensors["features"]?.shape == [5, 3] && tensors["features"]?.values() == rows)
    #expect(metadata.keys.sorted() == ["digest", "recipe", "rows", "schema"])
    #expect(metadata["schema"] == "vidmetrics.features/1")
    #expect(metadata["recipe"] == #"{"frames": "16", "resize": "bilinear", "weights": "i3d-kinetics400"}"#)
    #expect(metadata["rows"]?.hasPrefix(#"[["a/2.mp4", "sha256:00", 0, 16, 1], ["a/10.mp4", "#) == true)
  }

  @Test func oneSetHasOneSequenceOfBytes() throws {
    let folder = try TemporaryFolder()
    let contents = try (0..<4).map { index in
      try FeatureFile.write(sample(), to: folder.file("\(index).safetensors"))
      return try bytes(folder.file("\(index).safetensors"))
    }
    #expect(Set(contents).count == 1)
  }

  @Test func aSetOfNoRowsIsASet() throws {
    let folder = try TemporaryFolder()
    let empty = FeatureSet(
      features: FeatureMatrix(rows: 0, columns: 3, values: []), rows: [], recipe: ["frames": "16"])
    try FeatureFile.write(empty, to: folder.file("x.safetensors"))
    #expect(try set(folder.file("x.safetensors")) == empty)
  }

  /// A header has no room for the names of a million rows: from 8 MiB on they are a tensor of their own.
  @Test func theNamesOfManyRowsStandApart() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.safetensors")
    let count = 80_000
    let rows = (0..<count).map { index in
      FeatureSet.Row(
        video: index % 7 == 0 ? "ä \"\(index)\"\\\n.mp4" : "folder/\(index).mp4",
        digest: "sha256:" + String(repeating: "0", count: 64), start: index, count: 16, stride: 1)
    }
    let large = FeatureSet(
      features: FeatureMatrix(rows: count, columns: 1, values: (0..<count).map(Float.init)), rows: rows,
      recipe: ["frames": "16"])
    try FeatureFile.write(large, to: path)
    let (tensors, metadata) = try Safetensors.read(MappedBytes(mapping: path).all)
    #expect(tensors.keys.sorted() == ["features", "rows"] && metadata["schema"] == "vidmetrics.features/3")
    #expect(FeatureFile.isFeatureFile(path) && metadata["rows"] == nil)
    #expect(try set(path) == large)
    // One letter of one name.
    var damaged = try bytes(path)
    let letter = try #require(damaged.lastIndex(of: UInt8(ascii: "m")))
    damaged[letter] ^= 1
    try folder.write(damaged, "x.safetensors")
    #expect(message { _ = try set(path) }.contains("is not what was written"))
  }

  @Test func whatIsThereIsReplacedOnlyOnDemand() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.safetensors")
    try folder.write([1, 2, 3], "x.safetensors")
    #expect(
      message { try FeatureFile.write(sample(), to: path) }
        == "`\(path)` exists already, and is replaced only where that is asked for")
    #expect(try bytes(path) == [1, 2, 3])
    try FeatureFile.write(sample(), to: path, replacing: true)
    #expect(try set(path) == sample())
    let lost = folder.file("none/x.safetensors")
    #expect(
      message { try FeatureFile.write(sample(), to: lost) }
        == "`\(lost)` cannot be written: there is no folder `\(folder.path + "/none")`")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.safetensors"])
  }

  @Test(arguments: ["foreign.safetensors", "float64.safetensors", "rows.npy", "fortran.npy"])
  func foreignSetsAreReadWithoutARecipe(_ name: String) throws {
    #expect(FeatureFile.isFeatureFile(fixture(name)))
    let set = try set(fixture(name))
    #expect(set.features == FeatureMatrix(rows: 5, columns: 3, values: rows))
    #expect(set.rows.map(\.video) == ["row 0", "row 1", "row 2", "row 3", "row 4"] && set.recipe.isEmpty)
  }

  @Test(arguments: ["compressed.npz", "fortran.npz", "float32.npz"]) func statisticsOfNumPy(_ name: String) throws {
    #expect(FeatureFile.isFeatureFile(fixture(name)))
    #expect(
      try FeatureFile.read(fixture(name))
        == .statistics(mean: [2, 1, 0], covariance: [8.5, 1.75, 3, 1.75, 5, 0.25, 3, 0.25, 34], count: nil))
  }

  @Test(arguments: [nil, 2048]) func statisticsComeBack(_ count: Int?) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.npz")
    let mean: [Double] = [0.1, -2]
    let covariance: [Double] = [1.5, 1 / 3, 1 / 3, 2]
    try FeatureFile.write(mean: mean, covariance: covariance, count: count, to: path)
    #expect(FeatureFile.isFeatureFile(path))
    #expect(try FeatureFile.read(path) == .statistics(mean: mean, covariance: covariance, count: count))
    let first = try bytes(path)
    try FeatureFile.write(mean: mean, covariance: covariance, count: count, to: path, replacing: true)
    #expect(try bytes(path) == first)
    #expect(
      message { try FeatureFile.write(mean: mean, covariance: covariance, count: nil, to: path) }.contains("already"))
  }

  /// NumPy itself, where there is one.
  @Test(.enabled(if: numpy, "left out: no python3 with NumPy")) func numPyReadsWhatIsWritten() throws {
    let folder = try TemporaryFolder()
    try FeatureFile.write(mean: [0.1, -2], covariance: [1.5, 1 / 3, 1 / 3, 2], count: 7, to: folder.file("x.npz"))
    let script = """
      import numpy, sys, zipfile
      assert zipfile.ZipFile(sys.argv[1]).testzip() is None
      f = numpy.load(sys.argv[1])
      mu, sigma = f["mu"][:], f["sigma"][:]
      assert mu.dtype == sigma.dtype == numpy.float64 and sigma.flags.c_contiguous
      assert mu.tolist() == [0.1, -2] and sigma.tolist() == [[1.5, 1 / 3], [1 / 3, 2]] and int(f["count"]) == 7
      """
    #expect(try python(script, folder.file("x.npz")) == 0)
  }

  @Test func whatIsNoFeatureFile() throws {
    let folder = try TemporaryFolder()
    try folder.write(npy("<f4", [2, 8, 8, 3]) + [UInt8](repeating: 0, count: 1536), "video.npy")
    try folder.write(npy("|u1", [2, 3]) + [0, 0, 0, 0, 0, 0], "bytes.npy")
    try folder.write(Array("text".utf8), "x.npz")
    try FileManager.default.createDirectory(atPath: folder.file("y.safetensors"), withIntermediateDirectories: true)
    for name in ["video.npy", "bytes.npy", "x.npz", "y.safetensors", "none.safetensors", "none.npz", "none.npy", "."] {
      #expect(!FeatureFile.isFeatureFile(folder.file(name)), "\(name)")
    }
    let movie = folder.file("x.mp4")
    #expect(
      message { try FeatureFile.read(movie) } == """
        `\(movie)` is not a file of features, judging by its name
        hint: features are read from .safetensors and from .npy [N,D], statistics from .npz with `mu` and `sigma`
        """)
    let none = folder.file("none.npz")
    #expect(message { try FeatureFile.read(none) } == "`\(none)` cannot be read: No such file or directory")
  }
}

private let numpy: Bool = (try? python("import numpy")) == 0

/// The exit status of a Python program.
private func python(_ script: String, _ arguments: String...) throws -> Int32 {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-c", script] + arguments
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  return process.terminationStatus
}

struct FeatureFileDamageTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Reads `content` as a file called `name`, with the path in what is thrown cut to the name.
  private func message(_ name: String, _ content: [UInt8]) throws -> String {
    try folder.write(content, name)
    let words = EvaluationTests.message { try FeatureFile.read(folder.file(name)) }
    return words.replacingOccurrences(of: folder.path + "/", with: "")
  }

  private func written(_ set: FeatureSet = sample()) throws -> [UInt8] {
    let path = folder.file("written.safetensors")
    try FeatureFile.write(set, to: path, replacing: true)
    return try bytes(path)
  }

  @Test func everyCutIsAnError() throws {
    for (name, whole) in try [
      ("x.safetensors", written()), ("x.npz", bytes(fixture("compressed.npz"))),
      ("y.npz", bytes(fixture("fortran.npz"))), ("x.npy", bytes(fixture("rows.npy"))),
    ] {
      for piece in 0..<48 {
        try folder.write(Array(whole[..<(whole.count * piece / 48)]), name)
        #expect("\(name) cut at \(piece)/48") {
          try FeatureFile.read(folder.file(name))
        } throws: {
          $0 is FeatureFileError || $0 is FilesError
        }
      }
    }
    #expect(
      try message("x.npy", bytes(fixture("rows.npy")).dropLast(4))
        == """
        `x.npy` is damaged or not what it seems: the size in bytes of `features` of shape [5, 3] should be 60 and is 56
        """)
  }

  /// Every flipped bit of the members' contents is found: by digest, by checksum, or because it is no file any more.
  @Test func flippedBitsAreFound() throws {
    for (name, whole) in try [
      ("x.safetensors", written()), ("x.npz", bytes(fixture("fortran.npz"))),
      ("y.npz", bytes(fixture("compressed.npz"))),
    ] {
      try folder.write(whole, name)
      let original = try FeatureFile.read(folder.file(name))
      for position in stride(from: 0, to: whole.count, by: 3) {
        try folder.write(flipped(whole, at: position), name)
        if let found = try? FeatureFile.read(folder.file(name)) { #expect(found == original, "\(name) at \(position)") }
      }
    }
    #expect(
      try message("x.npz", flipped(bytes(fixture("fortran.npz")), at: 195))
        == "`x.npz` is damaged or not what it seems: the checksum of `mu.npy` is wrong")
    var damaged = try written()
    damaged[damaged.count - 1] ^= 1
    let words = try message("x.safetensors", damaged)
    #expect(words.hasPrefix("the content of `x.safetensors` is not what was written: expected sha256:"))
    #expect(words.hasSuffix("\nhint: copy the file again, or compute the features again"))
  }

  @Test func valuesThatAreNotFinite() throws {
    var broken = sample()
    broken.features = FeatureMatrix(rows: 5, columns: 3, values: rows.dropLast() + [.nan])
    let wanted = """
      `features[4, 2]` in `\(folder.file("n.safetensors"))` is nan
      hint: features that are not finite have no distribution; compute them again
      """
    #expect(EvaluationTests.message { try FeatureFile.write(broken, to: folder.file("n.safetensors")) } == wanted)
    try Safetensors.write(
      ["features": WeightTensor(name: "features", shape: [5, 3], values: broken.features.values)], metadata: [:],
      to: folder.file("n.safetensors"))
    #expect(EvaluationTests.message { try FeatureFile.read(folder.file("n.safetensors")) } == wanted)
    let features = try message("n.npy", npy("<f4", [1, 2]) + floats([1, .infinity]))
    #expect(features.hasPrefix("`features[0, 1]` in `n.npy` is inf\n"))
    let mean = try message("n.npz", statistics([1, .nan], [1, 0, 0, 1]))
    #expect(mean.hasPrefix("`mu[1]` in `n.npz` is nan\n"))
    let covariance = try message("n.npz", statistics([1, 2], [1, 0, .infinity, 1]))
    #expect(covariance.hasPrefix("`sigma[1, 0]` in `n.npz` is inf\n"))
  }

  @Test func wrongTypesAndShapes() throws {
    #expect(
      try message("x.npy", npy("<i8", [1, 2]) + [UInt8](repeating: 0, count: 16)) == """
        `features` in `x.npy` is of type <i8, and float32 or float64 is expected
        hint: `features.astype("float32")` before saving
        """)
    #expect(
      try message("x.npy", npy("<f4", [4]) + floats([1, 2, 3, 4]))
        == "`features` in `x.npy` has shape [4], and [N, D] is expected")
    #expect(
      try message("x.npy", npy("<f4", [4, 0]))
        == "`features` in `x.npy` has shape [4, 0], and [N, D] is expected")
    #expect(
      try message("x.npz", statistics([1, 2, 3], [1, 0, 0, 1]))
        == "`mu` in `x.npz` has 3 columns and `sigma` has 2")
    #expect(
      try message("x.npz", statistics([1, 2], [1, 0, 0, 1, 0, 0], rows: 3))
        == "`sigma` in `x.npz` has shape [3, 2], and [D, D] is expected")
    let path = folder.file("x.safetensors")
    func tensors(_ names: [String]) throws -> String {
      try Safetensors.write(
        Dictionary(uniqueKeysWithValues: names.map { ($0, WeightTensor(name: $0, shape: [2], values: [1, 2])) }),
        metadata: [:], to: path)
      return EvaluationTests.message { try FeatureFile.read(path) }
    }
    #expect(try tensors(["features"]) == "`features` in `\(path)` has shape [2], and [N, D] is expected")
    #expect(try tensors(["a", "b"]) == "`\(path)` has no `features`; it holds `a`, `b`")
    #expect(
      try tensors(["features", "labels"]) == """
        `\(path)` holds more than the tensor `features`: `labels`
        hint: keep the features of one set in a file
        """)
  }

  @Test func covariancesThatAreNone() throws {
    #expect(
      try message("x.npz", statistics([1, 2], [1, 0.5, -0.5, 1]))
        == """
        `x.npz`: the covariance has 0.5 in row 0, column 1, but -0.5 in row 1, column 0: it must be symmetric
        """)
    #expect(
      try message("x.npz", statistics([1, 2], [1, 0, 0, -2]))
        == "`x.npz`: the covariance has -2.0 on its diagonal, column 1: a variance is 0 or more")
    // What sums of floats lose is no damage: the mean of the two is taken.
    try folder.write(statistics([1, 2], [1, 0.5, 0.50001, 1]), "x.npz")
    guard case .statistics(_, let covariance, _) = try FeatureFile.read(folder.file("x.npz")) else {
      Issue.record("`x.npz` does not hold statistics")
      return
    }
    #expect(covariance[1] == covariance[2] && abs(covariance[1] - 0.500005) < 1e-12)
  }

  @Test func partsThatAreMissing() throws {
    var zip = StoredZip()
    zip.add("mean.npy", npy("<f8", [1]) + [UInt8](repeating: 0, count: 8))
    #expect(
      try message("x.npz", zip.finished?.flatMap { $0 } ?? []) == "`x.npz` has no `mu`; it holds `mean`")
    func set(_ change: (inout [String: String]) -> Void) throws -> String {
      let path = folder.file("x.safetensors")
      try FeatureFile.write(sample(), to: path, replacing: true)
      var (_, metadata) = try Safetensors.read(MappedBytes(mapping: path).all)
      change(&metadata)
      try Safetensors.write(
        ["features": WeightTensor(name: "features", shape: [5, 3], values: rows)], metadata: metadata, to: path)
      let words = EvaluationTests.message { try FeatureFile.read(path) }
      return words.replacingOccurrences(of: folder.path + "/", with: "")
    }
    #expect(try set { _ in } == "nothing was thrown")
    #expect(
      try set { $0["schema"] = "vidmetrics.features/4" } == """
        `x.safetensors` has the schema `vidmetrics.features/4`, and `vidmetrics.features/3` and those before it are read here
        hint: write it anew with this version
        """)
    #expect(
      try set { $0["schema"] = "vidmetrics.features/3" } == "`x.safetensors` has no `rows`; it holds `features`")
    #expect(
      try set { $0["schema"] = "vidmetrics.features/2" }
        == "`x.safetensors` has no `origin`; it holds `digest`, `recipe`, `rows`, `schema`")
    #expect(try set { $0["schema"] = nil } == "`x.safetensors` has no `schema`; it holds `digest`, `recipe`, `rows`")
    #expect(try set { $0["rows"] = nil } == "`x.safetensors` has no `rows`; it holds `digest`, `recipe`, `schema`")
    #expect(
      try set { $0["rows"] = #"[["a", "", 0, 16, 1]]"# } == "`x.safetensors` names 1 row and has 5 of them")
    #expect(
      try set { $0["rows"] = #"[["a", "", 0, 16]]"# }
        == "`x.safetensors` is damaged or not what it seems: its field `rows` at byte 8 is not valid")
    let changed = try set { $0["recipe"] = #"{"frames": "17"}"# }
    #expect(changed.hasPrefix("the content of `x.safetensors` is not what was written"))
  }

  private func flipped(_ bytes: [UInt8], at position: Int) -> [UInt8] {
    var bytes = bytes
    bytes[position] ^= 0x10
    return bytes
  }

  private func floats(_ values: [Float]) -> [UInt8] {
    values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
  }

  private func statistics(_ mean: [Double], _ covariance: [Double], rows: Int? = nil) throws -> [UInt8] {
    func array(_ values: [Double], _ shape: [Int]) -> [UInt8] {
      npy("<f8", shape) + values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    }
    let rows = rows ?? Int(Double(covariance.count).squareRoot())
    var zip = StoredZip()
    zip.add("mu.npy", array(mean, [mean.count]))
    zip.add("sigma.npy", array(covariance, [rows, covariance.count / rows]))
    return try #require(zip.finished).flatMap { $0 }
  }
}
