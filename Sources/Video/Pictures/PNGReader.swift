import CPNG
import Files

/// One PNG picture, read by libpng.
///
/// Its pixels are those of Pillow's `convert("RGB")`: palettes are looked up, grey is repeated, gamma is left alone, 16-bit
/// samples keep their high byte, alpha and transparent colours are dropped. One exception: Pillow clips 16-bit grey at 255,
/// which turns pictures white; it keeps its high byte here too, as with OpenCV. Every chunk's checksum is verified, and the
/// file must have its end.
final class PNGReader {
  private let name: String
  private let cursor: RegionCursor
  private let state: UnsafeMutablePointer<vidmetrics_png>

  /// Reads what stands before the pixels.
  ///
  /// - Throws: `VideoError.decoding(.undecodable)` in libpng's words, `.animation` for an animated PNG; `FilesError`.
  init(_ region: ByteRegion, name: String) throws {
    self.name = name
    cursor = RegionCursor(region)
    state = .allocate(capacity: 1)
    state.initialize(to: vidmetrics_png())
    state.pointee.opaque = Unmanaged.passUnretained(cursor).toOpaque()
    state.pointee.source = { opaque, target, count in
      guard let opaque, let target else { return 0 }
      return Unmanaged<RegionCursor>.fromOpaque(opaque).takeUnretainedValue().read(into: target, count: count)
    }
    guard vidmetrics_png_open(state, UInt32(PictureHeader.pixelLimit)) != 0 else { throw failure }
    guard state.pointee.animation == 0 else {
      throw VideoError.decoding(.animation(name: name, coding: "PNG", frames: Int(state.pointee.animation)))
    }
  }

  deinit {
    vidmetrics_png_close(state)
    state.deallocate()
  }

  var size: FrameSize { FrameSize(width: Int(state.pointee.width), height: Int(state.pointee.height)) }

  /// Whether it has an alpha channel or a transparent colour.
  var hasAlpha: Bool { state.pointee.channels == 4 }

  /// Reads the pixels, once. Returns whether alpha is below 255 somewhere.
  func decode(_ body: (FrameSize, UnsafeBufferPointer<UInt8>) throws -> Void) throws -> Bool {
    let size = size
    try PictureHeader.check(size, bytes: cursor.region.count, name: name)
    var pixels = [UInt8](repeating: 0, count: size.width * size.height * Int(state.pointee.channels))
    guard pixels.withUnsafeMutableBufferPointer({ vidmetrics_png_pixels(state, $0.baseAddress) }) != 0 else {
      throw failure
    }
    return try RGBAPixels.drop(&pixels, size, hasAlpha: hasAlpha, body)
  }

  private var failure: any Error {
    if let failure = cursor.failure { return failure }
    let words =
      "libpng: "
      + withUnsafeBytes(of: state.pointee.message) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    return VideoError.decoding(
      .undecodable(name: name, frame: nil, reason: state.pointee.ended == 0 ? words : "it is cut short (\(words))"))
  }
}

/// A region read from front to back in small pieces by a C library.
final class RegionCursor {
  let region: ByteRegion
  /// What stopped it, if not the end.
  private(set) var failure: (any Error)?
  private var buffer: [UInt8] = []
  private var place = 0
  private var next = 0

  init(_ region: ByteRegion) { self.region = region }

  /// Fewer than `count` bytes only at the end or after a failure.
  func read(into target: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
    var done = 0
    while done < count {
      if next == buffer.count {
        do { buffer = try region.bytes(at: place, count: 1 << 16) } catch {
          failure = error
          return done
        }
        (place, next) = (place + buffer.count, 0)
        if buffer.isEmpty { break }
      }
      let step = min(count - done, buffer.count - next)
      buffer.withUnsafeBufferPointer { (target + done).update(from: $0.baseAddress! + next, count: step) }
      (done, next) = (done + step, next + step)
    }
    return done
  }
}

/// Pixels of three or four bytes.
enum RGBAPixels {
  /// Gives `pixels` to `body` as RGB: a pixel keeps its colour whatever its alpha. Returns whether alpha is below 255
  /// somewhere.
  static func drop(
    _ pixels: inout [UInt8], _ size: FrameSize, hasAlpha: Bool,
    _ body: (FrameSize, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws -> Bool {
    let count = size.width * size.height
    var least = UInt8.max
    if hasAlpha {
      pixels.withUnsafeMutableBufferPointer { pixels in
        for pixel in 0..<count {
          for channel in 0..<3 { pixels[pixel &* 3 &+ channel] = pixels[pixel &* 4 &+ channel] }
          least = min(least, pixels[pixel &* 4 &+ 3])
        }
      }
    }
    try pixels.withUnsafeBufferPointer { try body(size, UnsafeBufferPointer(rebasing: $0[..<(count * 3)])) }
    return least < .max
  }
}
