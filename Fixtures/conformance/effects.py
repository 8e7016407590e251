#!/usr/bin/env python3
"""The size of what published programs do in another way and of what papers leave open, by vidmetrics itself, on given clips.

    python3 effects.py VIDMETRICS REAL FAKE [--of departures|arithmetic|dynamicrafter|generative-image-dynamics]

Prints a table: the score as the protocol or the paper's table is here, the score of the other way, and how far it is from the
first; of a series, the mean of its windows. Needs the ffmpeg program for `decoding`, and NumPy and safetensors for `dtype` and `root`
(arithmetic.py).

    departures                  H.264 clips of at least 16 frames, tagged BT.709
    arithmetic                  clips of at least 16 frames: the same features by other programs' arithmetic
    dynamicrafter               clips of at least 46 frames (16, every third)
    generative-image-dynamics   clips of at least 17 frames: 16 behind the given one

`decoding`: the same files without their tags, which every reader takes as BT.601, as one that does not look at tags takes all.
"""
import argparse
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile

KEEP = "--set partial-batch=keep"
GID = "--set aspect-crop=2:1"
SLIDING = f"fid --protocol clean {GID} --set series=windows --set window=30 --set window-step=1 --set window-reference=all"
GID_FVD = f"{GID} --set max-videos-real=all --set max-videos-fake=all --set offset-real=start"
# What, here, the other way: a command, or a function of arithmetic.py on the features of the first command.
# Words in braces: on files made of the given ones (MADE).
ROWS = {
    "departures": [
        ("`videogpt`, `loader-resize`: VideoGPT's loader at 128", "fvd --protocol videogpt", "fvd --protocol videogpt-128"),
        ("`videogpt`, `loader-resize`: VideoGPT's loader at 64", "fvd --protocol videogpt", "fvd --protocol videogpt-64"),
        ("`tats`, `loader-resize`: TATS' loader", "fvd --protocol tats", f"fvd --protocol tats-128 {KEEP}"),
        ("`tats`, `loader-resize`: LVDM's loader", "fvd --protocol tats", f"fvd --protocol lvdm-256 {KEEP}"),
        ("`kvd/tats`, `loader-resize`: TATS' loader", "kvd --protocol tats", f"kvd --protocol tats-128 {KEEP}"),
        ("`kvd/tats`, `loader-resize`: LVDM's loader", "kvd --protocol tats", f"kvd --protocol lvdm-256 {KEEP}"),
        ("`lvdm-256`, `loader-resize`: torchvision from 0.17 on", f"fvd --protocol lvdm-256 {KEEP}",
         f"fvd --protocol lvdm-256 {KEEP} --set loader-resize=antialias-bilinear"),
        ("`kvd/lvdm-256`, `loader-resize`: torchvision from 0.17 on", f"kvd --protocol lvdm-256 {KEEP}",
         f"kvd --protocol lvdm-256 {KEEP} --set loader-resize=antialias-bilinear"),
        *[(f"`{name}`, `decoding`: without the tag", f"fvd --protocol {name} {keep}".strip(),
           f"fvd --protocol {name} {keep} {{untagged}}")
          for name, keep in (("videogpt", ""), ("videogpt-64", ""), ("videogpt-128", ""), ("tats", ""), ("tats-128", KEEP),
                             ("cd-fvd", ""))],
        *[(f"`kvd/{name}`, `decoding`: without the tag", f"kvd --protocol {name} {keep}".strip(),
           f"kvd --protocol {name} {keep} {{untagged}}")
          for name, keep in (("tats", ""), ("tats-128", KEEP))],
        *[(f"`{name}`, `dtype`", f"fvd --protocol {name} {keep}".strip(), "fvd_single")
          for name, keep in (("videogpt-64", ""), ("videogpt-128", ""), ("tats-128", KEEP), ("lvdm-256", KEEP))],
        *[(f"`kvd/{name}`, `dtype`", f"kvd --protocol {name} {KEEP}", "mmd_single") for name in ("tats-128", "lvdm-256")],
        ("`fid/torchmetrics`, `root`", "fid --protocol torchmetrics", "fid_eigenvalues"),
        ("`kid/torchmetrics`, `dtype`: one subset of all frames", "kid --protocol torchmetrics --set subsets=0", "mmd_single"),
        ("interlaced files: the chroma of each field by itself", "fvd {interlaced}", "fvd {by-field}"),
    ],
    "arithmetic": [
        ("`stylegan-v`, `root`", "fvd", "fvd_sqrtm"),
        ("`tats`, `dtype`", "fvd --protocol tats", "fvd_single"),
        ("`kvd/tats`, `dtype`", "kvd --protocol tats", "mmd_single"),
    ],
    "dynamicrafter": [
        ("frame stride of real videos: 3 on both sides", "fvd --protocol tats", "fvd --protocol tats --stride 3"),
        ("whose FVD: LVDM's program with its loader", "fvd --protocol tats", f"fvd --protocol lvdm-256 {KEEP}"),
        ("whose FVD: VideoGPT's", "fvd --protocol tats", "fvd --protocol videogpt"),
        ("whose FVD: StyleGAN-V's", "fvd --protocol tats", "fvd --protocol stylegan-v"),
        ("whose FVD: cd-fvd", "fvd --protocol tats", "fvd --protocol cd-fvd --set offset-fake=start"),
        ("where the real clip lies: at the first frame", "fvd --protocol tats", "fvd --protocol tats --set offset-real=start"),
        ("which frames are drawn: seed 1", "fvd --protocol tats", "fvd --protocol tats --set seed=1"),
        ("frame stride of real videos: 3 on both sides", "kvd --protocol tats", "kvd --protocol tats --stride 3"),
        ("whose KVD: LVDM's program with its loader", "kvd --protocol tats", f"kvd --protocol lvdm-256 {KEEP}"),
        ("which frames PIC takes: not the first", "pic --protocol inception-cosine",
         "pic --protocol inception-cosine --set skip-first=1"),
    ],
    "generative-image-dynamics": [
        ("the crop itself: none", f"fid --protocol clean {GID}", "fid --protocol clean"),
        ("which FID: pytorch-fid", f"fid --protocol clean {GID}", f"fid --protocol pytorch-fid {GID}"),
        ("which FID: torch-fidelity", f"fid --protocol clean {GID}", f"fid --protocol ttur {GID}"),
        ("the given first frame: left out", f"fid --protocol clean {GID}", f"fid --protocol clean {GID} --set skip-first=1"),
        ("which KID: torch-fidelity", f"kid --protocol clean {GID}", f"kid --protocol torch-fidelity {GID}"),
        ("the step of the sliding windows: 10 frames", SLIDING, SLIDING.replace("window-step=1", "window-step=10")),
        ("the step of the sliding windows: 30, side by side", SLIDING, SLIDING.replace("window-step=1", "window-step=30")),
        ("the reference of the sliding windows: equal windows", SLIDING,
         SLIDING.replace("window-reference=all", "window-reference=same")),
        ("the crop itself: none", f"fvd --clips all {GID_FVD}", f"fvd --clips all {GID_FVD.replace(GID, '').strip()}"),
        ("which FVD: divisor N - 1", f"fvd --clips all {GID_FVD}", f"fvd --clips all {GID_FVD} --set ddof=1"),
        ("which FVD: batch-norm epsilon of TATS", f"fvd --clips all {GID_FVD}",
         f"fvd --clips all {GID_FVD} --set batch-norm-eps=1e-5"),
        ("which FVD: one clip of each video", f"fvd --clips all {GID_FVD}", f"fvd {GID_FVD}"),
        ("the given first frame: left out", f"fvd --clips all {GID_FVD}", f"fvd --clips all {GID_FVD} --set skip-first=1"),
    ],
}


def ffmpeg(source, *options):
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(source), *map(str, options)], check=True)


def untagged(file, target):
    """A copy of an H.264 file without its colour tags; the coded pictures stay as they are."""
    plain = "h264_metadata=colour_primaries=2:transfer_characteristics=2:matrix_coefficients=2"
    ffmpeg(file, "-c", "copy", "-bsf:v", plain, "-color_primaries", "unknown", "-color_trc", "unknown", "-colorspace", "unknown",
           target)


def interlaced(file, target):
    """The same frames as interlaced H.264, whose chroma is that of each field."""
    ffmpeg(file, "-vf", "format=yuv444p,scale=interl=1,format=yuv420p,setfield=tff", "-c:v", "libx264", "-crf", "18", "-flags",
           "+ildct+ilme", "-x264-params", "tff=1", "-threads", "1", target)


def by_field(file, target):
    """The frames of that interlaced file as PNG files, the chroma of each field enlarged by itself."""
    with tempfile.TemporaryDirectory() as scratch:
        between = pathlib.Path(scratch) / "interlaced.mp4"
        interlaced(file, between)
        target.with_suffix("").mkdir()
        ffmpeg(between, "-vf", "scale=interl=1", "-pix_fmt", "rgb24", target.with_suffix("") / "%05d.png")


MADE = {"{untagged}": untagged, "{interlaced}": interlaced, "{by-field}": by_field}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vidmetrics")
    parser.add_argument("real", type=pathlib.Path)
    parser.add_argument("fake", type=pathlib.Path)
    parser.add_argument("--of", choices=ROWS, default="departures")
    arguments = parser.parse_args()
    known = {}
    with tempfile.TemporaryDirectory(prefix="vidmetrics-effects-") as scratch:

        def made(kind):
            """Both sets as `kind` makes them of every file."""
            folder = pathlib.Path(scratch) / kind.strip("{}")
            sides = [folder / "real", folder / "fake"]
            if not folder.exists():
                for source, side in zip((arguments.real, arguments.fake), sides):
                    for file in sorted(path for path in source.rglob("*") if path.is_file()):
                        copy = side / file.relative_to(source)
                        copy.parent.mkdir(parents=True, exist_ok=True)
                        MADE[kind](file, copy)
            return sides

        def score(command):
            if command not in known:
                words = shlex.split(command)
                kinds = [word for word in words if word in MADE]
                words = [word for word in words if word not in MADE]
                sides = made(kinds[0]) if kinds else [arguments.real, arguments.fake]
                line = [arguments.vidmetrics, words[0], *map(str, sides), *words[1:], "--json", "--quiet"]
                print("+", shlex.join(line), file=sys.stderr)
                document = json.loads(subprocess.run(line, stdout=subprocess.PIPE, check=True).stdout)
                # Of a series, the mean of its windows.
                values = [x["value"] for x in document["scores"] if x["metric"].split("[")[0] == words[0]]
                known[command] = sum(values) / len(values)
            return known[command]

        def computed(function, command):
            """What arithmetic.py makes of the features of the command's protocol."""
            import arithmetic
            from safetensors.numpy import load_file

            options = command.replace("--set subsets=0", "").split()[1:]
            features = []
            for side in ("real", "fake"):
                file = pathlib.Path(scratch) / f"{side}.safetensors"
                line = [arguments.vidmetrics, "features", "extract", str(getattr(arguments, side)), "--metric",
                        command.split()[0], *options, "--as", side, "--out", str(file), "--force", "--quiet"]
                print("+", shlex.join(line), file=sys.stderr)
                subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
                features.append(load_file(file)["features"])
            return getattr(arithmetic, function)(*features), getattr(arithmetic, function).__doc__

        print("| what | here | score | the other way | score | difference |\n|---|---|---|---|---|---|")
        for what, here, other in ROWS[arguments.of]:
            a = score(here)
            shown = [f"`{' '.join(word for word in command.split() if word not in MADE)}`" for command in (here, other)]
            if " " in other:
                b = score(other)
                size = f"{abs(b - a) / abs(a):.2%}"
            else:
                b, shown[1] = computed(other, here)
                size = f"{abs(b - a) / abs(a):.1e}"
            print(f"| {what} | {shown[0]} | {a:.6g} | {shown[1]} | {b:.6g} | {size} |", flush=True)


if __name__ == "__main__":
    main()
