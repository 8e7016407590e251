import Files
import Weights

/// An array of a file, before it is known to hold videos.
struct StoredArray {
  /// nil where the file is one array.
  let name: String?
  let region: ByteRegion
  let dataOffset: Int
  let element: ElementType?
  /// As the file calls the type of its elements.
  let descriptor: String
  let shape: [Int]
  let isFortranOrder: Bool

  /// A .npy.
  init(_ region: ByteRegion, path: String, name: String? = nil) throws {
    let header = try NPYHeader(region, path: path)
    self.name = name
    self.region = region
    dataOffset = header.dataOffset
    element = header.element
    descriptor = header.descriptor
    shape = header.shape
    isFortranOrder = header.isFortranOrder
  }

  /// A tensor of a file that holds several.
  init(_ tensor: StoredTensor, name: String) throws {
    self.name = name
    isFortranOrder = tensor.strides != StoredTensor.rowMajor(tensor.shape)
    // Tensors may share the bytes of a storage.
    let count = isFortranOrder ? tensor.content.count : tensor.count * tensor.type.size
    region = ByteRegion(try tensor.content.slice(at: 0, count: count, part: "tensor `\(name)`"))
    dataOffset = 0
    element = tensor.type
    descriptor = tensor.type.rawValue
    shape = tensor.shape
  }
}

/// The arrays of videos in a file: one array of videos or of one video, or an array for each video.
struct ArrayFile {
  let arrays: [(name: String?, array: VideoArray)]
  /// Names of the others.
  let ignored: [String]

  /// - Parameter takes: whether an array of that name is meant.
  /// - Throws: `VideoError.array`, `FilesError`.
  init(_ origin: ByteOrigin, options: VideoSetOptions, takes: (String) -> Bool) throws {
    let path = origin.path
    let ending = path.split(separator: ".").last?.lowercased()
    switch ending {
    case "npz":
      guard case .file = origin else { throw VideoError.array(.noVideos(path: path)) }
      try origin.open().refuse({ $0 != .zip }, wanted: "an .npz of NumPy", path: path)
      let archive = try Archive(path)
      let media = archive.members.first { ![nil, .array].contains(MediaKind($0.name)) }
      if let media { throw VideoError.array(.mediaBesideArrays(path: path, member: media.name)) }
      let shapes = try archive.members.indices.map { index -> [Int]? in
        let name = archive.members[index].name
        guard name.hasSuffix(".npy") else { return nil }
        return try NPYHeader(archive.head(index, count: NPYHeader.most), path: "\(path)/\(name)").shape
      }
      (arrays, ignored) = try Self.several(
        path: path, options: options, takes: takes,
        names: archive.members.map { $0.name.hasSuffix(".npy") ? String($0.name.dropLast(4)) : $0.name }, shapes: shapes
      ) { index, name in
        let member = ByteOrigin.member(archive, index: index)
        return (try StoredArray(member.openSpooled(), path: path, name: name), member)
      }
      // What the head of an array says that is left alone is believed where the member is whole.
      for (index, member) in archive.members.enumerated() where ignored.contains { $0 + ".npy" == member.name } {
        try archive.verify(index)
      }
    case "safetensors", "pt", "pth":
      let bytes: ByteSlice =
        if case .file(let path) = origin { try MappedBytes(mapping: path).all } else { try origin.open().whole() }
      // A pickle is parsed and never executed.
      let found =
        try ending == "safetensors"
        ? Safetensors.read(bytes, limit: Self.largestHeader).tensors : CheckpointFile.read(bytes).tensors
      // `torch.save` of one tensor gives it no name.
      let tensors = Dictionary(uniqueKeysWithValues: found.map { ($0.key.isEmpty ? "tensor" : $0.key, $0.value) })
      let names = NaturalOrder.sorted(Array(tensors.keys))
      (arrays, ignored) = try Self.several(
        path: path, options: options, takes: takes, names: names, shapes: names.map { tensors[$0]?.shape }
      ) { _, name in
        guard let tensor = tensors[name] else { throw VideoError.array(.noVideos(path: path)) }
        return (try StoredArray(tensor, name: name), origin)
      }
    default:
      let array = try VideoArray(
        StoredArray(origin.openSpooled(), path: path), path: path, origin: origin, options: options)
      (arrays, ignored) = ([(nil, array)], [])
    }
  }

  /// What the safetensors programs allow.
  private static let largestHeader = 100_000_000

  /// A file of several arrays.
  private static func several(
    path: String, options: VideoSetOptions, takes: (String) -> Bool, names: [String], shapes: [[Int]?],
    open: (Int, String) throws -> (StoredArray, ByteOrigin)
  ) throws -> (arrays: [(name: String?, array: VideoArray)], ignored: [String]) {
    let axes = options.layout.map { [$0.axes.count] } ?? [4, 5]
    var (videos, others): ([Int], [String]) = ([], [])
    var leftOut = 0
    for (index, name) in names.enumerated() {
      if let shape = shapes[index], axes.contains(shape.count) {
        if takes(name) { videos.append(index) } else { leftOut += 1 }
      } else {
        others.append(name)
      }
    }
    guard !videos.isEmpty || leftOut > 0 else { throw VideoError.array(.noVideos(path: path)) }
    // Several arrays are a video each; several arrays of videos could be anything.
    let sets = videos.filter { (shapes[$0]?.count ?? 0) > 4 }
    guard videos.count == 1 || sets.isEmpty else {
      throw VideoError.array(.severalArrays(path: path, names: videos.map { names[$0] }))
    }
    let arrays = try videos.map { index -> (name: String?, array: VideoArray) in
      let (stored, origin) = try open(index, names[index])
      let label = videos.count == 1 ? path : "\(path)[\(names[index])]"
      return (names[index], try VideoArray(stored, path: label, origin: origin, options: options))
    }
    return (arrays, others)
  }
}
