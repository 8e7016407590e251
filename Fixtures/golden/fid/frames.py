"""Draws the frames of frames-a and frames-b beside this file: python3 frames.py   (numpy, pillow)

24 PNG pictures of 64x48 a side. b is a with other phases, a tilted ramp, less colour and a grain: near enough for a small
FID, far enough that no two frames are alike.
"""
import pathlib

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
COUNT, HEIGHT, WIDTH = 24, 48, 64


def frame(index, degraded):
    y, x = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), indexing="ij")
    t = index + (0.5 if degraded else 0.0)
    red = 127.5 + 115 * np.sin((x + 3 * t) / (5.0 + 0.4 * (index % 7)))
    green = 127.5 + 115 * np.sin((y * (1 + index % 3) - 2 * t) / 6.0 + x / 20.0)
    blue = np.where((x + (1 - 2 * (index % 2)) * y + 5 * index) // (6 + index % 5) % 2 == 0, 225.0, 25.0)
    disc = (x - 32 - 18 * np.cos(t / 3)) ** 2 + (y - 24 - 12 * np.sin(t / 3)) ** 2 < (6 + index % 6) ** 2
    picture = np.stack([red, green, blue], -1)
    picture[disc] = [235, 200 - 6 * index, 20 + 8 * index]
    if degraded:
        grey = picture.mean(-1, keepdims=True)
        grain = ((x * 7 + y * 13 + index * 5) % 8 - 3.5)[..., None] * 2
        picture = 0.65 * picture + 0.35 * grey + grain + (x / 4 - 8)[..., None]
    return np.clip(picture, 0, 255).round().astype(np.uint8)


if __name__ == "__main__":
    for name, degraded in [("frames-a", False), ("frames-b", True)]:
        (HERE / name).mkdir(exist_ok=True)
        for index in range(COUNT):
            Image.fromarray(frame(index, degraded)).save(HERE / name / f"{index:02}.png", optimize=True)
