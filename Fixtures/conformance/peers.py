#!/usr/bin/env python3
"""Published programs as they are against vidmetrics, on the same video files: prints a table; fails if a row is missed.

    python3 -m venv venv && venv/bin/pip install torch==2.5.1 torchvision==0.20.1 av==12.3.0 numpy==1.26.4 scipy scikit-learn \\
      safetensors einops imageio omegaconf opencv-python-headless clean-fid==0.1.35 pytorch-fid==0.3.0 torch-fidelity==0.4.0 \\
      torchmetrics==1.9.0 prdc==0.2 requests click
    python3 cut.py FOOTAGE sets --count 32 33
    venv/bin/python peers.py vidmetrics sets/real sets/fake --clones CLONES [--only TATS] [--batch 32]

CLONES holds a folder OWNER+NAME for each repository: universome+stylegan-v, JunyaoHu+common_metrics_on_video_quality,
songweige+content-debiased-fvd, wilson1yan+VideoGPT, SongweiGe+TATS, YingqingHe+LVDM, at the commits that
`vidmetrics protocols show` names. Nothing of them is part of this project. No program downloads weights: each loads those that
`vidmetrics weights fetch` keeps, under its own names (published/weights.py); the lines below the table say it for each.

Clips have 16 frames, so that each program takes the same frames of each, and one size. Programs that read pictures get the PNG
files that the ffmpeg program makes of the clips; vidmetrics reads the clips in every row. Each program runs in a process of its
own. Where it computes its distance in float32, its own function is asked again for the same features in float64 (`float64`), and
the difference of the two is what its float32 row is allowed. The features of such a program are float32 as well, by other kernels
than here; how far they are apart is measured clip by clip. A Fréchet distance is the square of a metric that is at most the root of
the mean squared distance between clips that are paired in any way (Gelbrich 1990), so with those roots r and f of the two sets FVD
changes by at most 2 (r + f) sqrt(FVD) + (r + f)^2, which is what a float64 row of FVD is allowed.

VideoGPT, TATS and LVDM take whole batches of 32 clips. With --batch 4 a few clips are enough to try them; vidmetrics is then told
to take the fake clips of whole batches.
"""
import argparse
import functools
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile

import numpy
import safetensors.numpy

from published.programs import PROGRAMS

HERE = pathlib.Path(__file__).resolve().parent
FEATURES = "float32 features, so far apart"
ROOT = "float32 features, SciPy's sqrtm"
KERNEL = "float32 features; KVD is a difference of large sums"
SINGLE = "`dtype`: the program is float32"
# What a float32 program loses against its own function in float64, and what that row is allowed besides.
OWN = None
# What the distance between the features explains.
APART = "apart"
CLIPS = "--set max-videos-real={clips} --set max-videos-fake={clips}"
WHOLE = "{batches}"
SUBSET = "--set subset-size={kid_subset_size}"
# Program, its number, the command here, what is allowed and why. Braces: what the program took.
ROWS = [
    ("StyleGAN-V", "fvd", "fvd", 1e-6, ROOT),
    ("common_metrics", "fvd", f"fvd --protocol common-metrics {CLIPS}", 1e-6, ROOT),
    ("common_metrics", "psnr", f"psnr {CLIPS}", 1e-6, "float32 frames"),
    ("common_metrics", "ssim", f"ssim {CLIPS}", 1e-6, ""),
    ("cd-fvd", "fvd", "fvd --protocol cd-fvd", 1e-6, ROOT),
    ("VideoGPT", "fvd", f"fvd --protocol videogpt-128 {CLIPS}", OWN, SINGLE),
    ("VideoGPT", "fvd, float64", f"fvd --protocol videogpt-128 {CLIPS}", APART, FEATURES),
    ("TATS", "fvd", f"fvd --protocol tats-128{WHOLE}", OWN, SINGLE),
    ("TATS", "fvd, float64", f"fvd --protocol tats-128{WHOLE}", APART, FEATURES),
    ("TATS", "kvd", f"kvd --protocol tats-128{WHOLE}", OWN, SINGLE),
    ("TATS", "kvd, float64", f"kvd --protocol tats-128{WHOLE}", 1e-5, KERNEL),
    ("LVDM", "fvd", f"fvd --protocol lvdm-256{WHOLE}", OWN, SINGLE),
    ("LVDM", "fvd, float64", f"fvd --protocol lvdm-256{WHOLE}", APART, FEATURES),
    ("LVDM", "kvd", f"kvd --protocol lvdm-256{WHOLE}", OWN, SINGLE),
    ("LVDM", "kvd, float64", f"kvd --protocol lvdm-256{WHOLE}", 1e-5, KERNEL),
    ("LVDM-torchvision-0.20", "fvd, float64", f"fvd --protocol lvdm-256 --set loader-resize=antialias-bilinear{WHOLE}", APART,
     FEATURES),
    ("clean-fid", "fid", "fid --protocol clean", 1e-6, ROOT),
    ("clean-fid", "kid", "kid --protocol clean", 1e-5, "the program's products are float32"),
    ("pytorch-fid", "fid", "fid --protocol pytorch-fid", 1e-6, ROOT),
    ("torch-fidelity", "fid", "fid --protocol ttur", 1e-6, "roots of the eigenvalues of the product"),
    ("torch-fidelity", "kid", f"kid --protocol torch-fidelity {SUBSET}", 1e-5, SINGLE),
    ("torchmetrics", "fid", "fid --protocol torchmetrics", 1e-6, "roots of the eigenvalues of the product"),
    ("torchmetrics", "kid", f"kid --protocol torchmetrics {SUBSET}", 1e-4, SINGLE),
    ("prdc", "precision", "prdc", 1e-6, ""),
    ("prdc", "recall", "prdc", 1e-6, ""),
    ("prdc", "density", "prdc", 1e-6, ""),
    ("prdc", "coverage", "prdc", 1e-6, ""),
]


class Sets:
    """Two folders of clips, what programs that read pictures get of them, and both sides' answers."""

    def __init__(self, arguments, scratch):
        self.arguments, self.scratch = arguments, scratch

    @functools.cached_property
    def frames(self):
        """A folder of PNG files for each clip, a folder for each set."""
        folders = []
        for name in ("real", "fake"):
            folders.append(self.scratch / f"{name}-frames")
            for clip in sorted(getattr(self.arguments, name).iterdir()):
                (folders[-1] / clip.stem).mkdir(parents=True)
                subprocess.run(
                    ["ffmpeg", "-v", "error", "-threads", "1", "-i", str(clip), "-fps_mode", "passthrough", "-pix_fmt", "rgb24",
                     str(folders[-1] / clip.stem / "%05d.png")], check=True)
        return folders

    @functools.cached_property
    def features(self):
        """What `vidmetrics features extract` writes for the two sets."""
        files = [self.scratch / f"{name}.safetensors" for name in ("real", "fake")]
        for name, file in zip(("real", "fake"), files):
            subprocess.run(
                [self.arguments.vidmetrics, "features", "extract", str(getattr(self.arguments, name)), "--protocol", "i3d",
                 "--as", name, "--out", str(file), "--quiet"], check=True, stdout=subprocess.DEVNULL)
        return files

    @functools.cache
    def theirs(self, program):
        """A program's numbers and what it was given; None if it did not run, which is said."""
        if problem := PROGRAMS[program].missing(self.arguments.clones):
            print(f"{program}: {problem}", file=sys.stderr)
            return None
        folder = self.scratch / program
        folder.mkdir()
        command = [sys.executable, "-m", "published", program, "--clones", self.arguments.clones,
                   "--weights", self.arguments.weights, "--real", self.arguments.real, "--fake", self.arguments.fake,
                   "--real-frames", self.frames[0], "--fake-frames", self.frames[1], "--scratch", folder,
                   "--threads", self.arguments.threads, "--batch", self.arguments.batch]
        if program == "prdc":
            command += ["--features", *self.features]
        print(f"{program} ...", file=sys.stderr)
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, cwd=HERE)
        if done.returncode != 0:
            print(f"{program}: exit status {done.returncode}", file=sys.stderr)
            return None
        return json.loads(done.stdout)

    @functools.cache
    def scores(self, command):
        """What vidmetrics says, by the metric's name."""
        words = shlex.split(command)
        line = [self.arguments.vidmetrics, words[0], str(self.arguments.real), str(self.arguments.fake), *words[1:], "--json",
                "--quiet"]
        print("+", shlex.join(map(str, line)), file=sys.stderr)
        document = json.loads(subprocess.run(line, stdout=subprocess.PIPE, check=True).stdout)
        return {score["metric"]: score["value"] for score in document["scores"]}


    def apart(self, program, command, value):
        """What the features' distance allows an FVD of `value` to change, relatively."""
        theirs = [numpy.load(self.scratch / program / f"{index}.npy") for index in (0, 1)]
        words = [word for word in shlex.split(command)[1:]]
        roots = []
        for name in ("real", "fake"):
            file = self.scratch / f"{program}-{name}.safetensors"
            subprocess.run(
                [self.arguments.vidmetrics, "features", "extract", str(getattr(self.arguments, name)), "--metric", "fvd", *words,
                 "--as", name, "--out", str(file), "--force", "--quiet"], check=True, stdout=subprocess.DEVNULL)
            ours = safetensors.numpy.load_file(file)["features"].astype(float)
            # Their order is their own, and so is which set comes first.
            squared = [((side[:, None] - ours[None]) ** 2).sum(2).min(1).mean() for side in theirs]
            roots.append(min(squared) ** 0.5)
        return (2 * sum(roots) * value ** 0.5 + sum(roots) ** 2) / value


def whole_batches(batch, numbers):
    """What tells vidmetrics to take the fake clips of whole batches: of 32, its protocols know it."""
    return "" if batch == 32 else f" --set partial-batch=keep --set max-videos-fake={numbers.get('batches')}"


def relative(value, other):
    return abs(value - other) / max(abs(other), 1e-300)


def table(sets, names):
    """Prints the rows; true if one was missed."""
    counts = " and ".join(str(len(list(side.iterdir()))) for side in (sets.arguments.real, sets.arguments.fake))
    print(f"| {counts} clips | its number | its value | vidmetrics | here | relative difference | allowed | reason |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    missed, given = False, {}
    for program, number, command, allowed, reason in ROWS:
        if program not in names:
            continue
        answer = sets.theirs(program)
        if answer is None:
            missed = True
            print(f"| {program} | {number} | did not run | | | | | |", flush=True)
            continue
        given[program] = answer["given"]
        command = command.format(**answer["numbers"] | {"batches": whole_batches(sets.arguments.batch, answer["numbers"])})
        theirs, ours = answer["numbers"][number], sets.scores(command)[number.split(",")[0]]
        if allowed is OWN:
            double = f"{number}, float64"
            allowed = next(row[3] for row in ROWS if row[:2] == (program, double))
        own = relative(theirs, answer["numbers"].get(f"{number}, float64", theirs))
        allowed = own + (sets.apart(program, command, ours) if allowed is APART else allowed)
        missed |= not relative(ours, theirs) <= allowed
        print(f"| {program} | {number} | {theirs:.9g} | `{command}` | {ours:.9g} | {relative(ours, theirs):.1e} | {allowed:.1e} "
              f"| {reason} |", flush=True)
    print()
    for program, what in given.items():
        print(f"- {program}: {what}.")
    return missed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vidmetrics")
    parser.add_argument("real", type=pathlib.Path)
    parser.add_argument("fake", type=pathlib.Path)
    parser.add_argument("--clones", type=pathlib.Path, required=True, help="a folder of clones, OWNER+NAME each")
    parser.add_argument("--weights", type=pathlib.Path, default=pathlib.Path.home() / ".cache/vidmetrics/weights")
    parser.add_argument("--only", action="append", choices=PROGRAMS, help="this program; may be repeated")
    parser.add_argument("--batch", type=int, default=32, help="of VideoGPT, TATS and LVDM, whose default is 32")
    parser.add_argument("--threads", type=int, default=2, help="of each program, 2 or more")
    arguments = parser.parse_args()
    if arguments.threads < 2:
        parser.error("--threads: PyTorch resizes otherwise on one thread, and 0.2 % of a loader's bytes are one less or more")
    for name in ("real", "fake", "clones", "weights"):
        setattr(arguments, name, getattr(arguments, name).resolve())
    with tempfile.TemporaryDirectory(prefix="vidmetrics-peers-") as folder:
        sets = Sets(arguments, pathlib.Path(folder))
        sys.exit(1 if table(sets, arguments.only or list(PROGRAMS)) else 0)


if __name__ == "__main__":
    main()
