import CFFmpeg
import CPNG
import CWebP

/// The libraries that turn files into pixels, and whose build of them: `FFmpeg 5.1.9-0+deb12u1 (libavformat 59.27.100, ...)` is
/// Debian's, `FFmpeg 5.1.9-vidmetrics (...)` the one inside the program of `make dist`. Some formats (4:2:0 of odd height or of 10
/// bits) come out differently in other versions, so what is kept of a video is kept under this.
public let decoderVersion: String = {
  func text(_ version: UInt32) -> String { "\(version >> 16).\(version >> 8 & 255).\(version & 255)" }
  let versions = [
    ("libavformat", avformat_version()), ("libavcodec", avcodec_version()), ("libswscale", swscale_version()),
  ]
  let libraries = versions.map { "\($0.0) \(text($0.1))" }.joined(separator: ", ")
  let webp = text(UInt32(WebPGetDecoderVersion()))
  return "FFmpeg \(String(cString: av_version_info())) (\(libraries)), "
    + "libpng \(png_get_libpng_ver(nil).map { String(cString: $0) } ?? ""), libwebp \(webp)"
}()
