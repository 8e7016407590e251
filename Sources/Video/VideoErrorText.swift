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
    case .mixedFolder(let path, let images, let others):
      "folder `\(path)` holds \(images) \(images == 1 ? "picture" : "pictures") beside "
        + others.map { "`\($0)`" }.joined(separator: ", ")
        + ", so it is unclear whether it is one video made of frames\nhint: keep frames in a folder of their own"
    case .manifest(let path, let line, let reason):
      "\(path)\(line.map { ", line \($0)" } ?? ""): \(reason)"
        + "\nhint: a manifest has a column `path`, relative to its own folder, and any others such as `class` and `subject`"
    }
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
    case .fortranOrder(let path):
      "`\(path)` is in Fortran order\nhint: save `numpy.ascontiguousarray(a)`"
    case .elementType(let path, let descriptor):
      "`\(path)` holds elements of type `\(descriptor)`; uint8, float16, float32 and float64 (little-endian) are read\n"
        + "hint: save `a.astype('uint8')` or `a.astype('<f4')`"
    case .layout(let path, let shape): Self.layoutText(path, shape)
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
        + "\nhint: save the one that is meant by itself"
    }
  }

  private static func layoutText(_ path: String, _ shape: [Int]) -> String {
    let found = "`\(path)` has shape [\(shape.map(String.init).joined(separator: ", "))]"
    let wanted = "videos are [N, T, H, W, 3], one video is [T, H, W, 3]"
    let turn: String? =
      switch (shape.count, shape.firstIndex(of: 3)) {
      case (5, 2): "it looks like [N, T, 3, H, W]: save `a.transpose(0, 1, 3, 4, 2)`"
      case (5, 1): "it looks like [N, 3, T, H, W]: save `a.transpose(0, 2, 3, 4, 1)`"
      case (4, 1): "it looks like [T, 3, H, W]: save `a.transpose(0, 2, 3, 1)`"
      case (4, 0): "it looks like [3, T, H, W]: save `a.transpose(1, 2, 3, 0)`"
      default: nil
      }
    return "\(found); \(wanted)" + (turn.map { "\nhint: \($0)" } ?? "")
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
