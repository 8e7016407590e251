"""KVD, PRDC, FVD's root, PSNR, SSIM and temporal flickering by other programs, held against vidmetrics.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 prdc==0.2 \\
      safetensors==0.8.0 opencv-python-headless==5.0.0.93
    venv/bin/python family.py VIDMETRICS REAL FAKE [--frames 16]

REAL and FAKE are folders of clips of one size with the same names in both (`Fixtures/clips/real`, `.../fake-mild`). The
first frames of each are decoded by the ffmpeg program into one array a set, [N,T,H,W,3] uint8, which all programs read.
What needs features takes those of `vidmetrics features extract`, so that the arithmetic after the network is compared; the
networks have their own parity tests (Tests/ParityTests).

    FVD     NumPy's cov and SciPy's sqrtm of the product, real part, as StyleGAN-V (divisor N)
    KVD     scikit-learn's polynomial_kernel, diagonals left out, as TATS (tats/fvd/fvd.py l.103-115)
    PRDC    the package prdc
    PSNR    NumPy, as common_metrics_on_video_quality (calculate_psnr.py)
    SSIM    OpenCV's getGaussianKernel and filter2D, as common_metrics_on_video_quality (calculate_ssim.py)
    temporal flickering     OpenCV's absdiff, as VBench (vbench/temporal_flickering.py)
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import cv2
import numpy as np
import prdc
import scipy.linalg
from safetensors.numpy import load_file
from sklearn.metrics.pairwise import polynomial_kernel

CLIPS = {".mp4", ".avi", ".gif", ".mkv", ".mov", ".webm"}


def decoded(folder, frames):
    clips = sorted(path for path in pathlib.Path(folder).rglob("*") if path.suffix.lower() in CLIPS)
    rows = []
    for clip in clips:
        size = subprocess.run(
            ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of",
             "csv=p=0", str(clip)], check=True, capture_output=True, text=True).stdout.strip()
        width, height = map(int, size.split(",")[:2])
        raw = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(clip), "-frames:v", str(frames), "-fps_mode", "passthrough", "-f",
             "rawvideo", "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout
        rows.append(np.frombuffer(raw, np.uint8).reshape(frames, height, width, 3))
    return np.stack(rows)


def fvd(a, b):
    gap = a.mean(0) - b.mean(0)
    s, t = np.cov(a, rowvar=False, ddof=0), np.cov(b, rowvar=False, ddof=0)
    root = scipy.linalg.sqrtm(s @ t)
    return float(np.real(gap @ gap + np.trace(s + t - 2 * root)))


def kvd(a, b):
    aa, bb, ab = polynomial_kernel(a), polynomial_kernel(b), polynomial_kernel(a, b)
    m, n = len(a), len(b)
    return (aa.sum() - np.trace(aa)) / (m * (m - 1)) + (bb.sum() - np.trace(bb)) / (n * (n - 1)) - 2 * ab.mean()


def psnr(a, b):
    a, b = a / 255.0, b / 255.0
    error = np.mean((a - b) ** 2)
    return 100 if error < 1e-10 else 20 * np.log10(1.0 / np.sqrt(error))


def ssim(a, b):
    def one(x, y):
        kernel = cv2.getGaussianKernel(11, 1.5)
        mean = lambda z: cv2.filter2D(z, -1, np.outer(kernel, kernel))[5:-5, 5:-5]
        mx, my = mean(x), mean(y)
        vx, vy, cov = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
        return (((2 * mx * my + 1e-4) * (2 * cov + 9e-4)) / ((mx * mx + my * my + 1e-4) * (vx + vy + 9e-4))).mean()

    return np.mean([one(a[..., c] / 255.0, b[..., c] / 255.0) for c in range(3)])


def flickering(clip):
    return (255.0 - np.mean([np.mean(cv2.absdiff(x, y)) for x, y in zip(clip, clip[1:])])) / 255.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("real")
    parser.add_argument("fake")
    parser.add_argument("--frames", type=int, default=16)
    arguments = parser.parse_args()

    def run(*options):
        return subprocess.run([arguments.program, *map(str, options)], check=True, capture_output=True, text=True).stdout

    with tempfile.TemporaryDirectory() as scratch:
        sets, paths = [], []
        for side in ("real", "fake"):
            sets.append(decoded(getattr(arguments, side), arguments.frames))
            paths.append(pathlib.Path(scratch) / f"{side}.npy")
            np.save(paths[-1], sets[-1])

        def ours(metric, *options):
            results = json.loads(run(metric, *paths, "--json", *options))["scores"]
            return {result["metric"]: result for result in results}

        def features(protocol):
            found = []
            for side, path in zip(("real", "fake"), paths):
                file = path.with_suffix(".safetensors")
                run("features", "extract", path, "--protocol", protocol, "--as", side, "--out", file, "--force")
                found.append(load_file(file)["features"].astype(np.float64))
            return found

        rows = []
        a, b = features("stylegan-v")
        rows.append(("FVD, stylegan-v", "scipy sqrtm", fvd(a, b), ours("fvd")["fvd"]["value"]))
        neighbours = prdc.compute_prdc(a, b, nearest_k=5)
        for name, result in ours("prdc").items():
            rows.append((f"{name}, i3d", "prdc", float(neighbours[name]), result["value"]))
        x, y = features("kvd/tats")
        rows.append(("KVD, tats", "scikit-learn", kvd(x, y), ours("kvd")["kvd"]["value"]))
        x, y = features("fvd-paper")
        cubic = lambda p, q: (p @ q.T + 1) ** 3
        m, n = len(x), len(y)
        paper = (cubic(x, x).sum() - np.trace(cubic(x, x))) / (m * (m - 1))
        paper += (cubic(y, y).sum() - np.trace(cubic(y, y))) / (n * (n - 1)) - 2 * cubic(x, y).mean()
        rows.append(("KVD, fvd-paper", "NumPy", paper, ours("kvd", "--protocol", "fvd-paper")["kvd"]["value"]))
        pairs = [(p, q) for real, fake in zip(*sets) for p, q in zip(real, fake)]
        rows.append(("PSNR", "NumPy", np.mean([psnr(*pair) for pair in pairs]), ours("psnr")["psnr"]["value"]))
        rows.append(("SSIM", "OpenCV", np.mean([ssim(*pair) for pair in pairs]), ours("ssim")["ssim"]["value"]))
        rows.append(("temporal flickering", "OpenCV", np.mean([flickering(clip) for clip in sets[1]]),
                     ours("temporal-flickering")["temporal-flickering"]["value"]))
        print(f"| {len(sets[0])} and {len(sets[1])} clips of {arguments.frames} frames | by | its value | vidmetrics | "
              "relative difference |")
        print("|---|---|---|---|---|")
        for name, by, theirs, value in rows:
            print(f"| {name} | {by} | {theirs:.9g} | {value:.9g} | {abs(value - theirs) / max(abs(theirs), 1e-300):.1e} |")


if __name__ == "__main__":
    main()
