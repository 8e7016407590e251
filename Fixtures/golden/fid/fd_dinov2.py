#!/usr/bin/env python3
"""FD-DINOv2 of two folders of pictures as dgm-eval computes it, beside what vidmetrics prints.

    python3 -m pip install torch numpy scipy pillow
    git clone https://github.com/facebookresearch/dinov2 HUB/dinov2
    python3 fd_dinov2.py HUB dinov2_vitl14_pretrain.pth A B [--against vidmetrics]

dgm-eval (dgm_eval/models/dinov2.py, representations.py, metrics/fd.py at d57a6d2) takes torch.hub's dinov2_vitl14, torchvision's
Resize((224, 224), BICUBIC) of PIL images, which is PIL's own resize, and np.cov and scipy's sqrtm in float64. Its root of a
singular product adds noise; `exact` is the trace by eigenvalues. vidmetrics must have the same checkpoint as `dinov2-vitl14`.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import scipy.linalg
import torch
from PIL import Image


def network(hub, checkpoint):
    sys.path.insert(0, str(hub / "dinov2"))
    os.environ["XFORMERS_DISABLED"] = "1"
    from dinov2.models.vision_transformer import vit_large

    model = vit_large(
        img_size=518, patch_size=14, init_values=1.0, ffn_layer="mlp", block_chunks=0, num_register_tokens=0,
        interpolate_antialias=False, interpolate_offset=0.1)
    model.load_state_dict(torch.load(checkpoint, weights_only=True))
    return model.eval()


def features(model, folder):
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    rows = []
    for path in sorted(folder.rglob("*.png")):
        picture = Image.open(path).convert("RGB").resize((224, 224), Image.BICUBIC)
        values = torch.from_numpy(np.asarray(picture).copy()).float() / 255
        values = ((values - mean) / deviation).permute(2, 0, 1)[None]
        with torch.no_grad():
            rows.append(model(values)[0].double().numpy())
    return np.array(rows)


def distances(a, b):
    difference = a.mean(0) - b.mean(0)
    first, second = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    rest = difference @ difference + np.trace(first) + np.trace(second)
    root = np.atleast_2d(scipy.linalg.sqrtm(first @ second))
    # The non-zero singular values of A·Bᵀ are the eigenvalues of the product's root.
    left, right = ((x - x.mean(0)) / np.sqrt(len(x) - 1) for x in (a, b))
    return rest - 2 * np.trace(root).real, rest - 2 * np.linalg.svd(left @ right.T, compute_uv=False).sum()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hub", type=pathlib.Path)
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("folders", type=pathlib.Path, nargs=2)
    parser.add_argument("--against", help="the program vidmetrics")
    arguments = parser.parse_args()
    model = network(arguments.hub, arguments.checkpoint)
    fd, exact = distances(*(features(model, folder) for folder in arguments.folders))
    print(f"fd {fd:.9g}, exact {exact:.9g}")
    if arguments.against:
        command = [arguments.against, "fd-dinov2", *map(str, arguments.folders), "--images", "--json", "--no-record"]
        value = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["scores"][0]["value"]
        print(f"vidmetrics {value:.9g}: relative difference {abs(value / exact - 1):.1e} to exact, {abs(value / fd - 1):.1e}")


if __name__ == "__main__":
    main()
