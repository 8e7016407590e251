#!/usr/bin/env bash
# clips.sh FOLDER  makes one small video of each kind that the program should read: 16 frames of a moving test picture, by the
# system's `ffmpeg`. FOLDER/videos/NAME.ENDING, and FOLDER/frames/NAME/.
set -euo pipefail
folder=$1
mkdir -p "$folder/videos" "$folder/frames"
cd "$folder"

# make FILE SIZE OPTION...
make() {
  local file=$1 size=$2
  shift 2
  ffmpeg -nostdin -v error -f lavfi -i "testsrc2=size=$size:rate=25,noise=alls=12:allf=t:all_seed=7" -frames:v 16 \
    -flags +bitexact -fflags +bitexact -threads 1 "$@" "$file" </dev/null
}

make videos/h264.mp4 96x80 -c:v libx264 -pix_fmt yuv420p
make videos/h264-odd.mp4 98x82 -vf crop=97:81:0:0 -c:v libx264 -pix_fmt yuv444p
make videos/h264-10bit-444.mkv 96x80 -c:v libx264 -pix_fmt yuv444p10le
make videos/h264-10bit-420.mov 96x80 -c:v libx264 -pix_fmt yuv420p10le
make videos/h264-interlaced.ts 96x80 -c:v libx264 -pix_fmt yuv420p -flags +ildct+ilme+bitexact
make videos/h264-grey.mp4 96x80 -c:v libx264 -pix_fmt gray
make videos/h264-full-range.mp4 96x80 -c:v libx264 -pix_fmt yuvj420p -color_range pc
make videos/h264-bt709.mp4 96x80 -c:v libx264 -pix_fmt yuv420p -colorspace bt709
make videos/h264.264 96x80 -c:v libx264 -pix_fmt yuv420p
make videos/h264.m2ts 96x80 -c:v libx264 -pix_fmt yuv420p
make videos/h264.flv 96x80 -c:v libx264 -pix_fmt yuv420p
ffmpeg -nostdin -v error -i videos/h264.mp4 -c copy -metadata:s:v rotate=90 -flags +bitexact -fflags +bitexact \
  videos/h264-rotated.mp4
make videos/hevc.mp4 96x80 -c:v libx265 -x265-params log-level=error -pix_fmt yuv420p
make videos/hevc-10bit.mkv 96x80 -c:v libx265 -x265-params log-level=error -pix_fmt yuv420p10le
make videos/hevc.hevc 96x80 -c:v libx265 -x265-params log-level=error -pix_fmt yuv420p
make videos/vp8.webm 96x80 -c:v libvpx -b:v 200k
make videos/vp9.webm 96x80 -c:v libvpx-vp9 -b:v 200k
make videos/vp9-444.mkv 96x80 -c:v libvpx-vp9 -b:v 200k -pix_fmt yuv444p
make videos/vp9-10bit.ivf 96x80 -c:v libvpx-vp9 -b:v 200k -pix_fmt yuv420p10le
make videos/av1.mp4 96x80 -c:v libaom-av1 -cpu-used 8 -b:v 200k
make videos/av1-10bit.mkv 96x80 -c:v libaom-av1 -cpu-used 8 -b:v 200k -pix_fmt yuv420p10le
make videos/av1.obu 96x80 -c:v libaom-av1 -cpu-used 8 -b:v 200k
make videos/mpeg1.mpg 96x80 -c:v mpeg1video -q:v 4
make videos/mpeg2.ts 96x80 -c:v mpeg2video -q:v 4
make videos/mpeg2.vob 96x80 -c:v mpeg2video -q:v 4
make videos/mpeg2-422.mxf 96x80 -c:v mpeg2video -q:v 4 -pix_fmt yuv422p
make videos/mpeg2.m2v 96x80 -c:v mpeg2video -q:v 4
make videos/mpeg4.avi 96x80 -c:v mpeg4 -q:v 4
make videos/mpeg4-b-frames.mp4 96x80 -c:v mpeg4 -q:v 4 -bf 2
make videos/mpeg4.m4v 96x80 -c:v mpeg4 -q:v 4
make videos/msmpeg4v2.avi 96x80 -c:v msmpeg4v2 -q:v 4
make videos/msmpeg4v3.avi 96x80 -c:v msmpeg4 -q:v 4
make videos/wmv1.asf 96x80 -c:v wmv1 -q:v 4
make videos/wmv2.wmv 96x80 -c:v wmv2 -q:v 4
make videos/sorenson.flv 96x80 -c:v flv -q:v 4
make videos/h261.mkv 176x144 -c:v h261 -q:v 4
make videos/h263.3gp 176x144 -c:v h263 -q:v 4
make videos/h263p.mov 96x80 -c:v h263p -q:v 4
make videos/theora.ogv 96x80 -c:v libtheora -q:v 6
make videos/rv10.rm 96x80 -c:v rv10 -q:v 4
make videos/rv20.rm 96x80 -c:v rv20 -q:v 4
make videos/dv.dv 720x576 -c:v dvvideo -pix_fmt yuv420p
make videos/mjpeg.avi 96x80 -c:v mjpeg -q:v 3
make videos/mjpeg-444.mjpeg 96x80 -c:v mjpeg -q:v 3 -pix_fmt yuvj444p
make videos/jpeg2000.mov 96x80 -c:v jpeg2000
make videos/gif.gif 96x80
make videos/apng.apng 96x80 -plays 1
make videos/webp.webp 96x80 -c:v libwebp_anim
make videos/png.mov 96x80 -c:v png
make videos/prores.mov 96x80 -c:v prores_ks -profile:v 3
make videos/prores-4444.mov 96x80 -c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le
make videos/dnxhr.mxf 256x128 -c:v dnxhd -profile:v dnxhr_hq -pix_fmt yuv422p
make videos/cineform.mov 96x80 -c:v cfhd
make videos/ffv1.mkv 96x80 -c:v ffv1 -level 3
make videos/ffv1-16bit.mkv 96x80 -c:v ffv1 -level 3 -pix_fmt yuv420p16le
make videos/huffyuv.avi 96x80 -c:v huffyuv
make videos/ffvhuff.avi 96x80 -c:v ffvhuff
make videos/utvideo.avi 96x80 -c:v utvideo
make videos/magicyuv.avi 96x80 -c:v magicyuv
make videos/v210.mov 96x80 -c:v v210
make videos/qtrle.mov 96x80 -c:v qtrle
make videos/cinepak.avi 96x80 -c:v cinepak
make videos/svq1.mov 96x80 -c:v svq1 -q:v 4
make videos/zlib.avi 96x80 -c:v zlib
make videos/raw-rgb.avi 96x80 -c:v rawvideo -pix_fmt bgr24
make videos/raw-yuv.nut 96x80 -c:v rawvideo -pix_fmt yuv420p
make videos/yuv.y4m 96x80 -pix_fmt yuv420p
make videos/yuv-422.y4m 96x80 -pix_fmt yuv422p
# With sound, which is passed over.
sound() { # sound VIDEO CODEC FILE
  ffmpeg -nostdin -v error -i "$1" -f lavfi -i sine=duration=0.64 -c:v copy -c:a "$2" -flags +bitexact -fflags +bitexact "$3"
}
sound videos/h264.mp4 aac videos/sound-aac.mp4
sound videos/h264.mp4 aac videos/sound-aac.ts
sound videos/h264.mp4 flac videos/sound-flac.mkv
sound videos/vp9.webm libopus videos/sound-opus.webm
sound videos/mpeg1.mpg mp2 videos/sound-mp2.mpg
sound videos/mpeg4.avi libmp3lame videos/sound-mp3.avi
sound videos/theora.ogv libvorbis videos/sound-vorbis.ogv
for frames in png:rgb24 png-16bit:rgb48be png-grey:gray png-palette:pal8 png-alpha:rgba jpg:yuvj420p jpg-444:yuvj444p \
  bmp:bgr24 tiff:rgb24 ppm:rgb24; do
  name=${frames%:*} format=${frames#*:}
  mkdir -p "frames/$name"
  make "frames/$name/%03d.${name%%-*}" 96x80 -pix_fmt "$format" -q:v 2
done
mkdir -p frames/webp frames/webp-alpha
make frames/webp/%03d.webp 96x80 -c:v libwebp -f image2 -pix_fmt yuv420p
make frames/webp-alpha/%03d.webp 96x80 -c:v libwebp -f image2 -pix_fmt bgra -lossless 1
