"""Makes the fixtures of the Video tests and golden.json beside them.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 pillow==13.0.0 av==18.1.0 decord==0.6.0
    venv/bin/python make_fixtures.py          # needs the ffmpeg program (made with 5.1.9), with libx264, libvpx and libtheora

golden.json holds, for each file, what the reference program named there decodes: frame count, height, width, SHA-256 of
all RGB bytes, and the pixels at three places (frame, y, x, [R, G, B]).
"""

import base64
import hashlib
import io
import json
import pathlib
import subprocess
import tarfile
import zipfile
import zlib

import av
import decord
import numpy as np
from PIL import Image, ImageSequence

HERE = pathlib.Path(__file__).resolve().parent
T, H, W = 16, 48, 64
golden = {}


def scene(frames=T, height=H, width=W):
    """A moving colour pattern: smooth, saturated, with edges. [T, H, W, 3] uint8."""
    t, y, x = np.meshgrid(np.arange(frames), np.arange(height), np.arange(width), indexing="ij")
    red = 127.5 + 127.5 * np.sin((x + 2 * t) / 9.0)
    green = 127.5 + 127.5 * np.sin((y - 3 * t) / 7.0)
    blue = np.where((x + y + 4 * t) // 12 % 2 == 0, 220.0, 30.0)
    return np.stack([red, green, blue], -1).round().astype(np.uint8)


def encode(name, frames, *options, rate=25):
    t, h, w, _ = frames.shape
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{w}x{h}", "-r", str(rate),
               "-i", "-", *options, "-fflags", "+bitexact", "-flags:v", "+bitexact", str(HERE / name)]
    subprocess.run(command, input=frames.tobytes(), check=True)


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


def record(name, rgb, reference):
    t, h, w, _ = rgb.shape
    places = [(0, 0, 0), (t // 2, h // 2, w // 3), (t - 1, h - 1, w - 1)]
    golden[name] = {
        "reference": reference, "frames": t, "height": h, "width": w,
        "sha256": hashlib.sha256(np.ascontiguousarray(rgb).tobytes()).hexdigest(),
        "pixels": [[*place, rgb[place].tolist()] for place in places],
    }


def by_pyav(name):
    with av.open(str(HERE / name)) as container:
        frames = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
    record(name, np.stack(frames), "PyAV 18.1.0 to_ndarray(format='rgb24')")


def by_ffmpeg(name, height, width):
    command = ["ffmpeg", "-v", "error", "-i", str(HERE / name), "-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt",
               "rgb24", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    record(name, np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3), "ffmpeg 5.1.9 -pix_fmt rgb24")


def by_pil(name):
    rgb = np.asarray(Image.open(HERE / name).convert("RGB"))[None]
    record(name, rgb, "Pillow 13.0.0 convert('RGB')")
    if name.endswith(".jpg"):  # not equal to the bit: all values, for a bound on the difference
        golden[name]["rgb"] = base64.b64encode(rgb.tobytes()).decode()


def videos():
    x264 = ["-c:v", "libx264", "-crf", "23", "-pix_fmt", "yuv420p"]
    encode("untagged.mp4", scene(), *x264)
    by_pyav("untagged.mp4")
    tags = {
        "bt709": ("bt709", "tv"), "bt601": ("smpte170m", "tv"), "bt709-full": ("bt709", "pc"),
        "bt2020": ("bt2020nc", "tv"),
    }
    for name, (matrix, span) in tags.items():
        space = {"smpte170m": "smpte170m", "bt709": "bt709", "bt2020nc": "bt2020"}[matrix]
        encode(f"{name}.mp4", scene(), "-vf", f"scale=out_color_matrix={space}:out_range={span}", *x264,
               "-colorspace", matrix, "-color_range", span)
        by_ffmpeg(f"{name}.mp4", H, W)
    for angle in (90, 180, 270):  # clockwise; the tag of ffmpeg 5.1 turns the other way
        ffmpeg("-i", HERE / "untagged.mp4", "-c", "copy", "-metadata:s:v:0", f"rotate={360 - angle}", "-fflags", "+bitexact",
               HERE / f"rotated{angle}.mp4")
        by_ffmpeg(f"rotated{angle}.mp4", *((H, W) if angle == 180 else (W, H)))
    encode("odd.avi", scene(5, 27, 35), "-c:v", "mpeg4", "-q:v", "4")
    record("odd.avi", decord.VideoReader(str(HERE / "odd.avi"))[:].asnumpy(), "decord 0.6.0 (FFmpeg 4.1)")
    encode("yuv444.mkv", scene(5), "-c:v", "libx264", "-crf", "23", "-pix_fmt", "yuv444p")
    by_pyav("yuv444.mkv")
    encode("vfr.mkv", scene(), *x264, "-vf", "select='not(between(n,4,9))'", "-vsync", "vfr")
    by_pyav("vfr.mkv")
    encode("altref.webm", scene(), "-c:v", "libvpx", "-b:v", "200k", "-auto-alt-ref", "1", "-lag-in-frames", "8",
           "-arnr-maxframes", "5")
    by_pyav("altref.webm")
    encode("theora.ogv", scene(5), "-c:v", "libtheora", "-q:v", "7")
    by_pyav("theora.ogv")
    encode("raw.y4m", scene(3, 12, 16), "-pix_fmt", "yuv420p")
    by_pyav("raw.y4m")
    encode("sixteen.gif", scene(), "-f", "gif", "-loop", "0", rate=8)
    by_pyav("sixteen.gif")
    encode("faststart.mp4", scene(), *x264, "-bf", "2", "-movflags", "+faststart")
    whole = (HERE / "faststart.mp4").read_bytes()
    (HERE / "truncated.mp4").write_bytes(whole[: len(whole) * 6 // 10])
    damaged = bytearray(whole)  # the payload of the later pictures overwritten, lengths kept
    for place in range(len(damaged) * 5 // 10, len(damaged) * 9 // 10):
        damaged[place] = (place * 37 + 11) & 255
    (HERE / "damaged.mp4").write_bytes(damaged)
    (HERE / "faststart.mp4").unlink()
    encode("keys.mp4", scene(), *x264, "-g", "8", "-bf", "0")
    ffmpeg("-ss", "0.44", "-i", HERE / "keys.mp4", "-c", "copy", "-fflags", "+bitexact", HERE / "editlist.mp4")
    by_pyav("editlist.mp4")
    (HERE / "keys.mp4").unlink()
    gif = (HERE / "sixteen.gif").read_bytes()
    (HERE / "truncated.gif").write_bytes(gif[: len(gif) // 2])
    Image.fromarray(scene(1)[0]).save(HERE / "cover.jpg")
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.1", "-i", HERE / "cover.jpg", "-map", "0", "-map", "1", "-c:a", "aac",
           "-c:v", "copy", "-disposition:v:0", "attached_pic", "-fflags", "+bitexact", HERE / "cover-only.mp4")
    (HERE / "cover.jpg").unlink()


def png_with(chunk, data, image):
    """`image` as PNG with one more chunk before its pixels."""
    buffer = io.BytesIO()
    image.save(buffer, "png")
    raw = buffer.getvalue()
    body = chunk + data
    extra = len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    return raw[:33] + extra + raw[33:]  # after the signature and IHDR


def pictures():
    (HERE / "pictures").mkdir(exist_ok=True)
    rgb = scene(1, 13, 17)[0]
    image = Image.fromarray(rgb)
    alpha = Image.fromarray((np.arange(13 * 17).reshape(13, 17) % 256).astype(np.uint8))
    with_alpha = image.copy()
    with_alpha.putalpha(alpha)
    grey_alpha = image.convert("L")
    grey_alpha.putalpha(alpha)
    palette = image.quantize(32)
    save = lambda picture, name, **options: picture.save(HERE / "pictures" / name, **options)
    save(image, "rgb.png")
    save(with_alpha, "rgba.png")
    save(image.convert("L"), "grey.png")
    save(grey_alpha, "grey-alpha.png")
    save(palette, "palette.png")
    save(palette, "palette-transparent.png", transparency=3)
    save(image.quantize(4), "palette2.png", bits=2)
    save(image.convert("1"), "bilevel.png")
    save(image, "rgb-transparent.png", transparency=tuple(int(v) for v in rgb[0, 0]))
    (HERE / "pictures" / "gamma.png").write_bytes(png_with(b"gAMA", (100000).to_bytes(4, "big"), image))
    deep = rgb.astype(np.uint16) * 256 + np.arange(17, dtype=np.uint16)[None, :, None] * 15
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)
    chunk = lambda kind, data: (len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big"))
    (HERE / "pictures" / "rgb16.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes([0, 0, 0, 17, 0, 0, 0, 13, 16, 2, 0, 0, 0]))
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    save(image, "444.jpg", quality=90, subsampling=0)
    save(image, "422.jpg", quality=90, subsampling=1)
    save(image, "420.jpg", quality=90, subsampling=2)
    save(image, "420-progressive.jpg", quality=75, subsampling=2, progressive=True)
    save(image.convert("L"), "grey.jpg", quality=90)
    save(image, "lossy.webp", quality=80)
    save(with_alpha, "alpha.webp", lossless=True, exact=True)
    save(image, "rgb.bmp")
    save(palette, "palette.bmp")
    save(image.convert("1"), "bilevel.bmp")
    save(image, "rgb.tiff")
    save(image, "lzw.tif", compression="tiff_lzw")
    save(with_alpha, "rgba.tiff", compression="tiff_deflate")
    save(palette, "palette.tiff")
    save(image.convert("1"), "bilevel.tiff")
    save(image, "rgb.ppm")
    save(image.convert("L"), "grey.pgm")
    save(image.convert("1"), "bilevel.pbm")
    for path in sorted((HERE / "pictures").iterdir()):
        by_pil(f"pictures/{path.name}")


def by_pillow_frames(name):
    with Image.open(HERE / name) as image:
        frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]
    record(name, np.stack(frames), "Pillow 13.0.0 convert('RGB')")


def animations():
    """A square that moves over nothing, and the scene: each as GIF, APNG and WebP."""
    (HERE / "animations").mkdir(exist_ok=True)
    frames = []
    for t in range(6):
        frame = np.zeros((24, 32, 4), np.uint8)
        frame[4 + t : 14 + t, 3 * t : 3 * t + 12] = [200, 40 + 20 * t, 90, 255]
        frames.append(Image.fromarray(frame))
    for name, options in (
        ("gif", dict(disposal=2)), ("apng", dict(disposal=1, format="png")), ("webp", dict(lossless=True, exact=True)),
    ):
        frames[0].save(
            HERE / "animations" / f"transparent.{name}", save_all=True, append_images=frames[1:], duration=40, loop=0, **options)
        by_pillow_frames(f"animations/transparent.{name}")
    opaque = [Image.fromarray(frame) for frame in scene(6, 24, 32)]
    opaque[0].save(
        HERE / "animations" / "opaque.webp", save_all=True, append_images=opaque[1:], duration=[40, 40, 40, 90, 40, 40], quality=80)
    by_pillow_frames("animations/opaque.webp")


def arrays():
    (HERE / "arrays").mkdir(exist_ok=True)
    folder = HERE / "arrays"
    byte = np.stack([scene(4, 4, 5), scene(4, 4, 5)[::-1]])
    unit = byte.astype(np.float32) / 255
    np.save(folder / "uint8.npy", byte)
    np.save(folder / "one.npy", byte[0])
    for kind in ("float16", "float32", "float64"):
        np.save(folder / f"{kind}.npy", unit.astype(kind))
    np.save(folder / "int64.npy", byte.astype(np.int64))
    np.save(folder / "big-endian.npy", unit.astype(">f4"))
    np.save(folder / "fortran.npy", np.asfortranarray(byte))
    np.save(folder / "channels-third.npy", byte.transpose(0, 1, 4, 2, 3).copy())
    np.save(folder / "channels-second.npy", byte.transpose(0, 4, 1, 2, 3).copy())
    with open(folder / "version2.npy", "wb") as file:
        np.lib.format.write_array(file, byte, version=(2, 0))
    bad = unit.copy()
    bad[1, 2, 1, 1, 1] = np.nan
    np.save(folder / "nan.npy", bad)
    np.savez(folder / "stored.npz", byte)
    np.savez_compressed(folder / "deflated.npz", videos=byte, labels=np.arange(2))
    np.savez(folder / "several.npz", real=byte, fake=byte)


def archives():
    (HERE / "archives").mkdir(exist_ok=True)
    folder = HERE / "archives"
    files = {
        "a/frame10.png": "pictures/rgba.png", "a/frame2.png": "pictures/rgb.png", "a/notes.txt": None,
        "b/untagged.mp4": "untagged.mp4", "../out.mp4": "untagged.mp4", "c/uint8.npy": "arrays/uint8.npy", "b/inner.zip": None,
        "__MACOSX/._a": None,
    }
    data = {name: (HERE / source).read_bytes() if source else b"text" for name, source in files.items()}
    for name, method in (("stored.zip", zipfile.ZIP_STORED), ("deflated.zip", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(folder / name, "w", method) as archive:
            for member, content in data.items():
                archive.writestr(zipfile.ZipInfo(member), content, method)
    for name, mode in (("plain.tar", "w"), ("packed.tar.gz", "w:gz")):
        with tarfile.open(folder / name, mode, format=tarfile.PAX_FORMAT) as archive:
            for member, content in data.items():
                info = tarfile.TarInfo(member)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))


def tensors():
    """What `torch.save` writes of one tensor, of a dictionary of several, and of a view that is not contiguous."""
    import torch  # made with 2.15.0

    folder = HERE / "arrays"
    video = torch.from_numpy(np.load(folder / "one.npy"))
    channels = video.permute(0, 3, 1, 2).contiguous()
    torch.save(video, folder / "one.pt")
    torch.save({"v1": channels, "v2": channels[:2].clone()}, folder / "several.pt")
    torch.save(video.permute(1, 0, 2, 3), folder / "view.pt")


videos()
pictures()
animations()
arrays()
tensors()
archives()
(HERE / "golden.json").write_text("{" + ",\n ".join(f"{json.dumps(k)}: {json.dumps(v, sort_keys=True)}" for k, v in sorted(golden.items())) + "}" + "\n")
