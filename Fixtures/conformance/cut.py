#!/usr/bin/env python3
"""Cuts two sets of clips out of a folder of footage, for peers.py and effects.py. Needs the ffmpeg program.

    python3 cut.py FOOTAGE OUT --count 32 33 [--size 212x160] [--frames 16] [--tag] [--seed 1]

OUT/real and OUT/fake hold so many H.264 files of so many frames each. Each clip is a random window of a random film, and a
random region of it: at least half as high as the film, with the aspect ratio of --size. Films of at least so many frames are
taken; in the order of their names, every second one is for the real set and the others for the fake one.

--tag: the files have the BT.709 matrix and say so; without it they have BT.601 and say nothing.
"""
import argparse
import json
import pathlib
import random
import subprocess

FILMS = {".mp4", ".avi", ".gif", ".mkv", ".mov", ".webm"}
MATRICES = {
    True: ("bt709", "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"),
    False: ("bt601", "setparams=colorspace=unknown:color_primaries=unknown:color_trc=unknown"),
}


def measured(film):
    """Width, height and number of frames."""
    text = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-count_packets", "-show_entries",
         "stream=width,height,nb_read_packets", "-of", "json", str(film)], check=True, stdout=subprocess.PIPE).stdout
    stream = json.loads(text)["streams"][0]
    return stream["width"], stream["height"], int(stream["nb_read_packets"])


def cut(film, shape, target, size, frames, tagged, draw):
    width, height, count = shape
    high = min(int(height * draw.uniform(0.5, 1)), int(width * size[1] / size[0]))
    wide = int(high * size[0] / size[1])
    left, top = draw.randint(0, width - wide), draw.randint(0, height - high)
    start = draw.randint(0, count - frames)
    matrix, tags = MATRICES[tagged]
    filters = [f"trim=start_frame={start}:end_frame={start + frames}", "setpts=N/25/TB", "format=rgb24",
               f"crop={wide}:{high}:{left}:{top}", f"scale={size[0]}:{size[1]}:flags=area:out_color_matrix={matrix}",
               "format=yuv420p", tags]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(film), "-vf", ",".join(filters), "-an", "-r", "25", "-c:v", "libx264", "-crf", "18",
         "-preset", "veryfast", "-threads", "1", str(target)], check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("footage", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--count", nargs=2, type=int, default=(32, 33), metavar=("REAL", "FAKE"))
    parser.add_argument("--size", default="212x160")
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--tag", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    size = tuple(map(int, arguments.size.split("x")))
    films = sorted(path for path in arguments.footage.rglob("*") if path.suffix.lower() in FILMS)
    shapes = {film: measured(film) for film in films}
    films = [film for film in films if shapes[film][2] >= arguments.frames]
    draw = random.Random(arguments.seed)
    for side, own, count in zip(("real", "fake"), (films[::2], films[1::2]), arguments.count):
        (arguments.out / side).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            film = draw.choice(own)
            target = arguments.out / side / f"{number:04d}.mp4"
            cut(film, shapes[film], target, size, arguments.frames, arguments.tag, draw)


if __name__ == "__main__":
    main()
