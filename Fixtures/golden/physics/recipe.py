"""Golden Physics-IQ values: python3 recipe.py BENCHMARK [--program VIDMETRICS] [--clips FOLDER]   (opencv-python, numpy, pandas)

BENCHMARK is a clone of https://github.com/google-deepmind/physics-IQ-benchmark at e457754, whose functions are run as they are:
`generate_mask` (its writer catches the masks before they are encoded), `process_videos`, `calculate_iq_score`. Nothing of it is
committed. The clips are those of the project, laid out as the benchmark's: `real` is take 1, `fake-mild` take 2, `fake-strong`
the generated videos. Frames are given to OpenCV as lossless PNG sequences would be (FFV1), so that decoding is no question.

Writes `physics.json`: the SHA-256 of each clip's masks at full size, the published values of each scene from masks that are
not encoded, and the score. `--program` compares a program with them and with the values that the benchmark's own encoded mask
files give.
"""
import argparse
import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

import cv2
import numpy as np
import pandas

here = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser()
parser.add_argument("benchmark")
parser.add_argument("--program")
parser.add_argument("--clips", default=os.path.join(here, "../../clips"))
options = parser.parse_args()
sys.path.insert(0, options.benchmark + "/code")
sys.modules.setdefault("matplotlib", type(sys)("matplotlib"))
sys.modules.setdefault("matplotlib.pyplot", type(sys)("matplotlib.pyplot"))
ticker = type(sys)("matplotlib.ticker")
ticker.FuncFormatter = None
sys.modules.setdefault("matplotlib.ticker", ticker)
settings = type(sys)("plot_settings")
settings.model_to_plotting_name = settings.model_to_color = None
sys.modules.setdefault("plot_settings", settings)
import binary_mask_generator
import calculate_and_write_metrics_to_csv as metrics
import calculate_iq_score

VIEWS = ["perspective-left", "perspective-center", "perspective-right"]
RATE = 8  # frames a second: 5 seconds are more than the 24 frames of the clips


def frames(path):
    capture = cv2.VideoCapture(path)
    found = []
    while True:
        is_there, frame = capture.read()
        if not is_there:
            return found
        found.append(frame)


def write(path, pictures):
    """Lossless, at `RATE`: a name that ends in .mp4, as the benchmark wants it, and Matroska with FFV1 inside."""
    height, width = pictures[0].shape[:2]
    lossless = path + ".mkv"
    out = cv2.VideoWriter(lossless, cv2.VideoWriter_fourcc(*"FFV1"), RATE, (width, height))
    for picture in pictures:
        out.write(picture)
    out.release()
    os.rename(lossless, path)


class Masks:
    """In the place of OpenCV's writer: masks are kept losslessly."""

    def __init__(self, path, *rest, **more):
        self.path, self.masks = path, []

    def write(self, mask):
        self.masks.append(mask.copy())

    def release(self):
        if self.masks:
            kept[os.path.basename(self.path)] = self.masks
            write(self.path, [cv2.cvtColor(mask, cv2.COLOR_GRAY2BGR) for mask in self.masks])


kept = {}
work = tempfile.mkdtemp()
clips = sorted(
    os.path.relpath(os.path.join(folder, name), options.clips + "/real")
    for folder, _, names in os.walk(options.clips + "/real") for name in names if name.endswith(".mp4"))
scenes = clips[: len(clips) // 3 * 3]
for folder in ("real", "fake", "masks/real", "masks/fake", "encoded/real", "encoded/fake"):
    os.makedirs(f"{work}/{folder}")
sources = {}
for index, clip in enumerate(scenes):
    scene, view = f"scene-{index // 3}.mp4", VIEWS[index % 3]
    for take, source, number in ((1, "real", index + 1), (2, "fake-mild", index + 1 + len(scenes))):
        name = f"{number:04d}_testing-videos_{RATE}FPS_{view}_take-{take}_{scene}"
        write(f"{work}/real/{name}", frames(f"{options.clips}/{source}/{clip}"))
        sources[name] = f"{source}/{clip}"
    write(f"{work}/fake/{index + 1:04d}_{view}_{scene}", frames(f"{options.clips}/fake-strong/{clip}"))
    sources[f"{index + 1:04d}_{view}_{scene}"] = f"fake-strong/{clip}"


def published(masks):
    csv = f"{work}/{masks}.csv"
    metrics.process_videos(f"{work}/real", f"{work}/fake", f"{work}/{masks}/real", f"{work}/{masks}/fake", csv, RATE)
    table = pandas.read_csv(csv)
    score, _ = calculate_iq_score.calculate_iq_score(csv)
    values = {}
    for _, row in table.iterrows():
        for view in VIEWS:
            values[f"{view}_{row['scenario'][:-4]}"] = {
                "spatial-iou": float(row[f"spatial_iou_v1_{view}"]),
                "weighted-spatial-iou": float(row[f"weighted_spatial_iou_v1_{view}"]),
                "spatiotemporal-iou": float(np.mean(ast.literal_eval(row[f"spatiotemporal_iou_v1_{view}"]))),
                "physics-mse": float(np.mean(ast.literal_eval(row[f"v1_mse_{view}"]))),
            }
    return {"score": float(score), "videos": values}


def quietly(body, *rest, **more):
    with open(os.devnull, "w") as nothing:
        out, sys.stdout = sys.stdout, nothing
        try:
            return body(*rest, **more)
        finally:
            sys.stdout = out


for side, is_real in (("real", True), ("fake", False)):
    quietly(binary_mask_generator.generate_binary_masks, f"{work}/{side}", f"{work}/encoded/{side}", is_real)
writer = cv2.VideoWriter
real_write = write


def lossless_write(path, pictures):
    cv2.VideoWriter = writer
    real_write(path, pictures)
    cv2.VideoWriter = Masks


write = lossless_write
digests = {}
for side, is_real in (("real", True), ("fake", False)):
    cv2.VideoWriter = Masks
    for name in sorted(os.listdir(f"{work}/{side}")):
        kept.clear()
        quietly(
            binary_mask_generator.generate_mask, f"{work}/{side}/{name}", f"{work}/masks/{side}/{name}", is_real)
        (masks,) = kept.values()
        digests[sources[name]] = hashlib.sha256(b"".join(mask.tobytes() for mask in masks)).hexdigest()
    cv2.VideoWriter = writer
golden = {"opencv": cv2.__version__, "numpy": np.__version__, "benchmark": "e457754", "rate": RATE, "masks": digests}
golden.update(quietly(published, "masks"))
with open(f"{here}/physics.json", "w") as out:
    json.dump(golden, out, indent=1)
    out.write("\n")
if options.program:
    encoded = quietly(published, "encoded")

    def run(*more):
        answer = subprocess.run(
            [options.program, "physics-iq", f"{work}/real", f"{work}/fake", "--json", "--no-record", *more],
            capture_output=True, text=True)
        if answer.returncode:
            sys.exit(answer.stderr)
        return {score["metric"]: score for score in json.loads(answer.stdout)["scores"]}

    own = run()
    print("| value | the benchmark, masks not encoded | here | largest difference of a video | the benchmark, masks encoded |")
    print("|---|---|---|---|---|")
    print(f"| `physics-iq` | {golden['score']} | {own['physics-iq']['value']} | | {encoded['score']} |")
    for name in ("spatial-iou", "spatiotemporal-iou", "weighted-spatial-iou", "physics-mse"):
        videos = {video["name"]: video["value"] for video in own[name]["videos"]}
        mean = lambda found: np.mean([values[name] for values in found["videos"].values()])
        largest = max(abs(videos[scene] - values[name]) for scene, values in golden["videos"].items())
        print(f"| `{name}` | {mean(golden):.7f} | {own[name]['value']:.7f} | {largest:.1e} | {mean(encoded):.7f} |")
shutil.rmtree(work)
