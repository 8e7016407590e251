#!/usr/bin/env bash
# FFmpeg's libraries: what decodes videos, and the encoder of JPEG. LGPL 2.1 or later: no --enable-gpl. Network and
# files are left out: the program reads bytes by itself. `--extra-version` is what scores record as `environment.decoder`.
# The installation's path would end up in the libraries, so it is a fixed one, and `DESTDIR` puts it where it belongs.
. "$(dirname "$0")/common.sh"

decoders=(
  # of generators and data sets
  h264 hevc vp8 vp9 libdav1d mpeg1video mpeg2video mpeg4 msmpeg4v1 msmpeg4v2 msmpeg4v3 h261 h263 h263i h263p flv theora
  wmv1 wmv2 wmv3 vc1 gif apng webp png mjpeg mjpegb jpeg2000 bmp tiff qoi exr targa pam pbm pgm ppm
  # of studios and archives
  prores dnxhd cfhd dvvideo ffv1 huffyuv ffvhuff utvideo magicyuv lagarith rawvideo wrapped_avframe v210 v308 v408 v410
  r210 ayuv yuv4 y41p avui cljr zlib mszh qtrle rle msrle cinepak svq1 svq3 indeo3 indeo5 rv10 rv20 rv30 rv40
)
demuxers=(
  mov matroska avi gif apng mpegts mpegps mpegvideo m4v h261 h263 h264 hevc ivf av1 obu vc1 flv asf ogg rm dv mjpeg mpjpeg
  mxf nut yuv4mpegpipe rawvideo wtv gxf nsv swf image2pipe image_png_pipe image_jpeg_pipe image_webp_pipe image_bmp_pipe
  image_tiff_pipe image_j2k_pipe
)
parsers=(
  h261 h263 h264 hevc mpeg4video mpegvideo mjpeg png gif webp bmp vp3 vp8 vp9 av1 vc1 dvd_nav dnxhd jpeg2000 rv30 rv40 qoi
)
filters=(
  null extract_extradata av1_frame_split h264_mp4toannexb hevc_mp4toannexb mpeg4_unpack_bframes vp9_superframe
  vp9_superframe_split
)
list() { local IFS=,; echo "$*"; }
flags=(
  --prefix=/usr --libdir=/usr/lib --enable-static --disable-shared --enable-pic --disable-debug --extra-version=vidmetrics
  --disable-autodetect --disable-everything --disable-programs --disable-doc --disable-network --disable-avdevice
  --disable-avfilter --disable-postproc --disable-swresample --enable-zlib --enable-libdav1d
  "--enable-decoder=$(list "${decoders[@]}")" "--enable-demuxer=$(list "${demuxers[@]}")"
  "--enable-parser=$(list "${parsers[@]}")" "--enable-bsf=$(list "${filters[@]}")" --enable-encoder=mjpeg
)
fresh ffmpeg "$dist/stamps/dav1d" "$dist/sources/versions" && exit 0

command -v nasm >/dev/null || fail "nasm is missing: apt-get install nasm"
build=$dist/build/ffmpeg
rm -rf "$build"
mkdir -p "$build"
cd "$build"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
# By a relative path, as __FILE__ would keep it.
../../sources/ffmpeg/configure --pkg-config-flags=--static "${flags[@]}" >"$dist/ffmpeg.log" ||
  fail "FFmpeg's configure: $(tail -5 "$dist/ffmpeg.log")"
make -j"$jobs" >>"$dist/ffmpeg.log" 2>&1 || fail "FFmpeg: $(tail -20 "$dist/ffmpeg.log")"
make DESTDIR="$build/root" install >>"$dist/ffmpeg.log"
cp -r root/usr/include/. "$prefix/include/"
cp root/usr/lib/*.a "$prefix/lib/"
printf '%s\n' "${flags[*]}" >"$dist/ffmpeg.configure"
finished
