"""Draws the clips of Fixtures/clips: python3 Fixtures/generate/clips.py [FOLDER]   (numpy, and ffmpeg with libx264)

4 motions x 4 subjects, 96x96, 24 frames, 12 frames a second: a textured shape moves over a textured, slowly drifting
background. Three sets of the same layout, SET/<motion>/<subject>.mp4:
  real          as drawn
  fake-mild     drawn with other places, phases and speeds; a little blur, noise and jitter
  fake-strong   the same with much more of each, frames repeated and out of order, colours washed out
Every clip has its own seed, taken from the names alone: the pixels do not depend on what else is drawn.
"""
import hashlib
import pathlib
import subprocess
import sys

import numpy as np

SIDE, FRAMES, RATE, SUPERSAMPLING = 96, 24, 12, 2
MOTIONS = ["bounce", "pulse", "spin", "swing"]
SUBJECTS = ["cross", "disc", "ring", "star"]
# blur: sigma in pixels; noise: sigma in grey levels; jitter: pixels; stutter: chance that a frame is a neighbour's;
# wash: share of grey mixed in.
SETS = {
    "real": dict(blur=0.0, noise=0.0, jitter=0, stutter=0.0, wash=0.0),
    "fake-mild": dict(blur=0.6, noise=3.0, jitter=1, stutter=0.05, wash=0.05),
    "fake-strong": dict(blur=2.0, noise=14.0, jitter=4, stutter=0.5, wash=0.35),
}


def generator(*words):
    digest = hashlib.sha256("/".join(words).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big")))


def palette(subject):
    """Two colours of the subject and two of its background, the same in every set."""
    colours = generator("palette", subject).uniform(0.1, 0.9, size=(4, 3))
    colours[:2] = np.clip(colours[:2] + 0.25, 0, 1)
    colours[2:] = np.clip(colours[2:] - 0.15, 0, 1)
    return colours


def texture(x, y, frequency, angle, phase):
    """A wavy pattern in 0..1."""
    u = x * np.cos(angle) + y * np.sin(angle)
    v = y * np.cos(angle) - x * np.sin(angle)
    return 0.5 + 0.25 * np.sin(frequency * u + phase) + 0.25 * np.sin(0.7 * frequency * v + 2 * np.sin(u * frequency / 3))


def inside(subject, x, y):
    """Whether points, in units of the subject's size, are inside it."""
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    if subject == "cross":
        return (np.maximum(abs(x), abs(y)) < 1) & (np.minimum(abs(x), abs(y)) < 0.34)
    if subject == "disc":
        return radius < 0.9
    if subject == "ring":
        return (radius < 1) & (radius > 0.5)
    return radius < 0.7 + 0.3 * np.cos(5 * angle)


def pose(motion, time, phase, speed):
    """Centre x, y (-1..1), size and angle at a time in 0..1."""
    turn = 2 * np.pi * (speed * time + phase)
    if motion == "bounce":
        return 0.6 * np.sin(turn), 0.55 - 1.0 * abs(np.sin(1.5 * turn)), 0.34, 0.0
    if motion == "pulse":
        return 0.15 * np.sin(phase * 9), 0.15 * np.cos(phase * 9), 0.45 + 0.22 * np.sin(2 * turn), 0.3
    if motion == "spin":
        return 0.2 * np.sin(phase * 9), 0.1, 0.52, turn
    angle = 0.9 * np.sin(turn)
    return 0.9 * np.sin(angle), 0.95 * np.cos(angle) - 0.6, 0.36, -angle


def draw(set_name, motion, subject):
    """float T x H x W x 3 in 0..1."""
    rng = generator("clip", "real" if set_name == "real" else "fake", motion, subject)
    phase, speed = rng.uniform(0, 1), rng.uniform(0.8, 1.2)
    drift, tilt = rng.uniform(0, 6), rng.uniform(0, np.pi)
    colours = palette(subject)
    side = SIDE * SUPERSAMPLING
    axis = (np.arange(side) + 0.5) / side * 2 - 1
    x, y = np.meshgrid(axis, axis)
    frames = []
    for index in range(FRAMES):
        time = index / FRAMES
        pattern = texture(x + 0.25 * time, y, 9.0, tilt, drift)[..., None]
        image = colours[2] * pattern + colours[3] * (1 - pattern)
        cx, cy, size, angle = pose(motion, time, phase, speed)
        u = ((x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)) / size
        v = ((y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)) / size
        pattern = texture(u, v, 6.0, 0.4, drift)[..., None]
        image = np.where(inside(subject, u, v)[..., None], colours[0] * pattern + colours[1] * (1 - pattern), image)
        frames.append(image.reshape(SIDE, SUPERSAMPLING, SIDE, SUPERSAMPLING, 3).mean(axis=(1, 3)))
    return np.stack(frames)


def blurred(frames, sigma):
    if sigma == 0:
        return frames
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    for axis in (1, 2):
        widths = [(reach, reach) if a == axis else (0, 0) for a in range(4)]
        padded = np.pad(frames, widths, mode="edge")
        frames = sum(w * np.take(padded, np.arange(SIDE) + k, axis=axis) for k, w in enumerate(kernel))
    return frames


def degraded(frames, rng, blur, noise, jitter, stutter, wash):
    order = np.arange(FRAMES)
    moved = rng.uniform(size=FRAMES) < stutter
    order = np.where(moved, order + rng.integers(-3, 4, size=FRAMES), order).clip(0, FRAMES - 1)
    frames = blurred(frames[order], blur)
    shifts = rng.integers(-jitter, jitter + 1, size=(FRAMES, 2))
    frames = np.stack([np.roll(frame, tuple(shift), axis=(0, 1)) for frame, shift in zip(frames, shifts)])
    frames = (1 - wash) * frames + wash * 0.5
    return frames + rng.normal(size=frames.shape) * noise / 255


def encode(frames, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.rint(frames.clip(0, 1) * 255).astype(np.uint8)
    colour = "-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709"
    command = (
        f"ffmpeg -v error -y -f rawvideo -pix_fmt rgb24 -s {SIDE}x{SIDE} -r {RATE} -i - -vf "
        f"scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int+bitexact -c:v libx264 -preset slow "
        f"-crf 20 -pix_fmt yuv420p -threads 1 {colour} -fflags +bitexact -flags:v +bitexact -movflags +faststart"
    ).split()
    subprocess.run([*command, str(path)], input=pixels.tobytes(), check=True)


if __name__ == "__main__":
    default = pathlib.Path(__file__).resolve().parent.parent / "clips"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    for set_name, damage in SETS.items():
        for motion in MOTIONS:
            for subject in SUBJECTS:
                rng = generator("damage", set_name, motion, subject)
                frames = degraded(draw(set_name, motion, subject), rng, **damage)
                encode(frames, folder / set_name / motion / f"{subject}.mp4")
