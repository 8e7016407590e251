import Tensors

extension VideoError.SetProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path): "no such file or folder: `\(path)`"
    case .unknownKind(let path):
      "`\(path)` is no kind of set that is known by its name\nhint: a set is \(MediaKind.setKinds)"
    case .loneImage(let path):
      "`\(path)` is one picture, not a video\nhint: name the folder that holds the frames"
    case .emptySet(let path, let ignored):
      "no videos in `\(path)`\(ignored == 0 ? "" : " (\(ignored) other \(ignored == 1 ? "file" : "files"))")\n"
        + "hint: a set is \(MediaKind.setKinds)"
    case .nothingMeant(let path, let filter, let files, let first):
      "\(Self.options(filter)) \(filter.patterns.count == 1 ? "leaves" : "leave") out "
        + (files == 1
          ? "`\(first)`, the only file of `\(path)`" : "all \(files) files of `\(path)`, such as `\(first)`")
        + "\nhint: a pattern without `/` is held against each part of a name, one with `/` against the whole name below the set"
    case .mixedFolder(let path, let images, let others):
      "folder `\(path)` holds \(images) \(images == 1 ? "picture" : "pictures") beside "
        + others.map { "`\($0)`" }.joined(separator: ", ")
        + ", so it is unclear whether it is one video made of frames\nhint: keep frames in a folder of their own, or say what is "
        + "meant, such as --include '*\(Self.ending(of: others[0]))'"
    case .sameStems(let path, let stems, let first): Self.sameStemsText(path, stems, first)
    case .copies(let path, let count, let copy, let original):
      "`\(path)` has \(count == 1 ? "a file" : "\(count) files") named as a copy: `\(copy)` beside `\(original)`\n"
        + "hint: --exclude '\(Self.copyGlob(copy))' leaves it out; \(Self.allMeant)"
    case .realBesideFake(let path, let real, let fake):
      "`\(path)` holds `\(real)` beside `\(fake)`: real and generated videos in one set\n"
        + "hint: name one of the folders, or take one by --include '\(real)'; \(Self.allMeant)"
    case .severalSeries(let path, let series): Self.severalSeriesText(path, series)
    case .orderOfNames(let path, let reading, let first):
      "frames of `\(path)` are named by what can be \(reading.rawValue), such as `\(first)`, whose order is not the natural "
        + "one\nhint: rename them by whole numbers; --include '*' takes the natural order"
    case .manifest(let path, let line, let reason):
      "\(path)\(line.map { ", line \($0)" } ?? ""): \(reason)"
        + "\nhint: a manifest has a column `path`, relative to its own folder, and any others such as `class` and `subject`; "
        + "--path-column says that another column has the paths"
    }
  }
}

extension VideoError.SetProblem {
  private static func sameStemsText(_ path: String, _ stems: Int, _ first: [String]) -> String {
    let names = first.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
    let more = stems == 1 ? "" : " and \(stems - 1) more such"
    let glob = "*\(ending(of: first[0]))"
    return
      "`\(path)` has several files of one name but for the ending: \(names)\(more), so a sample would count more than once"
      + "\nhint: --include or --exclude says which are meant, such as --include '\(glob)'; \(allMeant)"
  }

  private static func severalSeriesText(_ path: String, _ series: [VideoError.Series]) -> String {
    let shown = series.prefix(4).map { "\($0.pattern) (\($0.pictures), first `\($0.first)`)" }.joined(separator: ", ")
    let more = series.count > 4 ? " and \(series.count - 4) more" : ""
    return "folder `\(path)` holds \(series.count) series of pictures, so it is unclear which of them is the video: "
      + "\(shown)\(more)\nhint: --include '\(series[0].glob)' takes one of them; --include '*' says that all are one video; "
      + "--images takes each picture by itself, for FID and KID"
  }

  private static func options(_ filter: NameFilter) -> String {
    (filter.include.map { "--include '\($0)'" } + filter.exclude.map { "--exclude '\($0)'" }).joined(separator: " ")
  }

  private static let allMeant = "--include '*' says that all are"

  private static func ending(of name: String) -> Substring { name.lastIndex(of: ".").map { name[$0...] } ?? "" }

  /// `* (1).mp4` of `a/b (1).mp4`.
  private static func copyGlob(_ name: String) -> String {
    let stem = VideoItem.stem(of: name)
    let added = SetDoubts.original(of: stem).map { stem.dropFirst($0.count) } ?? ""
    return "*" + added + name.dropFirst(stem.count)
  }
}

extension VideoError.DecodingProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .undecodable(let name, let frame, let reason):
      "cannot decode `\(name)`\(frame.map { " at frame \($0)" } ?? ""): \(reason)"
    case .noVideoStream(let name): "`\(name)` has no video stream"
    case .onlyCover(let name): "`\(name)` has no video stream, only an attached picture, such as the cover of a record"
    case .animation(let name, let coding, let frames):
      "`\(name)` holds \(frames) \(coding) pictures, and a frame is one\nhint: "
        + (coding == "PNG"
          ? "it is a video by itself under a name that ends in .apng" : "keep one picture in each file")
    case .noEndMark(let name): "`\(name)` is truncated: it ends without its end mark"
    case .endsEarly(let name, let wanted, let found):
      "`\(name)` ends early: \(wanted) frames wanted, \(found) decoded"
    case .sizeChanges(let name, let frame, let from, let to):
      "frame \(frame) of `\(name)` is \(to), the frames before it are \(from)"
    case .unsupportedColour(let name, let matrix):
      "`\(name)` is tagged with colour matrix `\(matrix)`, which cannot be converted to RGB here\n"
        + "hint: convert it to bt709 first"
    case .frameSizeDiffers(let folder, let file, let size, let first, let firstSize):
      "frames of `\(folder)` differ in size: `\(file)` is \(size), `\(first)` is \(firstSize)"
        + "\nhint: a folder of pictures is a video; for FID and KID, --images takes each picture by itself"
    }
  }
}

extension VideoError.ArrayProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noVideos(let path): "none of the arrays of `\(path)` has the four or five axes of videos"
    case .mediaBesideArrays(let path, let member):
      "`\(path)` holds `\(member)`, and an .npz holds arrays alone\nhint: give the file the ending .zip"
    case .fortranOrder(let path):
      "`\(path)` does not lie in the order of its axes (Fortran order, or a view of another array)\nhint: save "
        + "`numpy.ascontiguousarray(a)`, of a tensor `a.contiguous()`"
    case .elementType(let path, let descriptor):
      "`\(path)` holds elements of type `\(descriptor)`; uint8, float16, float32 and float64 (little-endian) are read\nhint: "
        + Self.conversion(descriptor)
    case .layout(let path, let shape): Self.layoutText(path, shape)
    case .networkColours(let path, let colours):
      "`\(path)` has \(colours) colours, and --value-range network gives arrays to the network as they are: 3 are expected"
    case .valueRangeNeeded(let path, let type):
      "`\(path)` holds \(type), whose range is not known\nhint: say what black and white are with --value-range "
        + ValueRange.allCases.map(\.rawValue).joined(separator: "|")
    case .valueRangeOfBytes(let path, let range):
      "`\(path)` holds uint8, whose range is 0..255; --value-range \(range.rawValue) does not fit it"
    case .outOfRange(let name, let value, let frame, let range):
      "frame \(frame) of `\(name)` holds \(value), outside of --value-range \(range.rawValue)"
    case .notFinite(let name, let value, let frame): "frame \(frame) of `\(name)` holds \(value)"
    case .severalArrays(let path, let names):
      "`\(path)` holds several arrays that could be videos: " + names.map { "`\($0)`" }.joined(separator: ", ")
        + "\nhint: --include '*/NAME' takes one, such as --include '*/\(names[0])'; several arrays of four axes are a video each"
    }
  }

  /// How elements of other types become such as are read. Types are as NumPy and safetensors write them.
  private static func conversion(_ descriptor: String) -> String {
    let kind = descriptor.drop { "<>|=".contains($0) }
    return switch kind {
    case "u2", "uint16": "of 0..65535, save `(a / 257).round().astype('uint8')`"
    case "b1", "bool": "save `a.astype('uint8') * 255`"
    case "i1", "int8": "of -128..127, save `(a.astype('int16') + 128).astype('uint8')`"
    case "i2", "i4", "i8", "u4", "u8", "int16", "int32", "int64":
      "where `a.min()` and `a.max()` are within 0..255, save `a.astype('uint8')`; other ranges have to be scaled first"
    case "f4", "f8", "f2": "save `a.astype('<\(kind)')`"
    case "O", "O8", "|O":
      "an array of objects is a pickle, which is not read: save videos of several lengths by "
        + "`numpy.savez(path, *videos)`"
    default: "save numbers: `a.astype('<f4')`, or `a.astype('uint8')` of 0..255"
    }
  }

  private static func layoutText(_ path: String, _ shape: [Int]) -> String {
    let found = "`\(path)` has shape [\(shape.map(String.init).joined(separator: ", "))]"
    let candidates = ArrayLayout.candidates(of: shape)
    if shape.contains(0) { return found + ", so it holds nothing" }
    let problem =
      candidates.count > 1
      ? "which can be \(candidates.map(\.description).joined(separator: " or "))"
      : "in which no axis has the 1, 3 or 4 entries of colours"
    let example = shape.count == 5 ? "NTCHW" : shape.count == 4 ? "NTHW (grey)" : "THW (grey)"
    return
      "\(found), \(problem)\nhint: --layout says what the axes are, such as \(example): N counts videos, T frames, H and W "
      + "pixels, C colours"
  }
}

extension VideoError.ClipProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooShort(let name, let wanted, let found, let frames, let stride, let skipFirst):
      "`\(name)` is too short: \(found) frames found, \(wanted) needed"
        + (wanted == frames ? "" : " for \(frames) frames") + (stride == 1 ? "" : " at stride \(stride)")
        + (skipFirst == 0 ? "" : " after the first \(skipFirst)")
    case .tooFewStarts(let name, let clips, let starts):
      "`\(name)` has room for \(starts) different \(starts == 1 ? "clip" : "clips"), \(clips) are wanted"
    case .badSampler(let field, let value, let least): "\(field) is \(value); it is at least \(least)"
    case .badWindow(let name, let window):
      "window start \(window.start), count \(window.count), stride \(window.stride) of `\(name)` is not a window"
    }
  }
}

extension VideoError.PictureProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badSlice(let name, let isColumn, let place, let limit):
      "`\(name)` has no \(isColumn ? "column" : "row") \(place)\nhint: 0 to \(limit - 1) are inside of its pictures"
    case .unencodable(let coding, let reason): "a picture cannot be written as \(coding): \(reason)"
    }
  }
}

extension VideoError.PoseProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .emptySet(let path, let ignored):
      "no camera poses in `\(path)`\(ignored == 0 ? "" : " (\(ignored) other \(ignored == 1 ? "file" : "files"))")\n"
        + "hint: a set of camera poses is \(MediaKind.poseSetKinds)"
    case .notPoses(let path):
      "`\(path)` is not a file of camera poses by its name\nhint: a set of camera poses is \(MediaKind.poseSetKinds)"
    case .notText(let name): "`\(name)` is not text in UTF-8, as files of camera poses are"
    case .noFormat(let name, let line, let columns):
      "`\(name)`, line \(line): \(columns) \(columns == 1 ? "value" : "values"), and a line of camera poses has 19 or 18 "
        + "(RealEstate10K), 12 (KITTI), 10 (COLMAP's images.txt) or 8 (TUM), between spaces"
    case .columns(let name, let line, let found, let wanted, let format):
      "`\(name)`, line \(line): \(found) \(found == 1 ? "value" : "values"), and a pose of \(format.rawValue) has \(wanted), as "
        + "the lines before it"
    case .badNumber(let name, let line, let value): "`\(name)`, line \(line): `\(value)` is not a number"
    case .notRotation(let name, let line, let determinant, let skewness):
      "`\(name)`, line \(line): its 3 × 3 matrix is not a rotation: "
        + (determinant > 0
          ? "R·Rᵀ is \(Self.digits(skewness)) from 1" : "its determinant is \(Self.digits(determinant))")
        + "\nhint: rows of [R|t] are expected, R without a scale and without a reflection"
    case .notUnit(let name, let line, let isImage, let length):
      "`\(name)`, \(isImage ? "image" : "line") \(line): the quaternion's length is \(Self.digits(length)), and a rotation's is 1"
        + "\nhint: TUM has qx qy qz qw behind the place, COLMAP qw qx qy qz before it"
    case .tooFar(let name, let line, let isImage):
      "`\(name)`, \(isImage ? "image" : "line") \(line): the camera is farther than 1e100 from the origin"
    case .backInTime(let name, let line):
      "`\(name)`, line \(line): its time, the first number, is before that of the line above\nhint: sort the lines by time"
    case .imageTwice(let name, let image): "`\(name)` has two poses of the image `\(image)`"
    case .tooFew(let name, let poses):
      "`\(name)` has \(poses == 1 ? "1 camera pose" : "\(poses) camera poses"), and a camera's path has 2 at least"
    }
  }

  private static func digits(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
