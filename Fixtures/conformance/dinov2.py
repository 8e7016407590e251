#!/usr/bin/env python3
"""DINOv2 ViT-L/14 at its real size, with made-up weights, in transformers and in vidmetrics.

    python3 -m pip install torch transformers==5.24.0 numpy scipy pillow safetensors
    python3 dinov2.py VIDMETRICS A B [--folder DIR]

A and B are folders of pictures of one size. The weights are transformers' Dinov2Model (hidden size 1024, 24 layers, 16 heads,
patches of 14x14, positions of a grid of 37x37, which the published checkpoint has) drawn with seed 7. They are written in the
layout of dinov2_vitl14_pretrain.pth and imported into a weights folder of their own in DIR, which needs 4 GB; a temporary
folder without it. transformers interpolates positions to 16x16 by another rule than torch.hub's dinov2_vitl14, whose scale
is (16 + 0.1) / 37; here they are interpolated by PyTorch with that scale before transformers sees them.

Pictures are resized by Pillow as dgm-eval does. Two things are printed: the largest difference of a class token, relative to
the largest value, and both values of FD-DINOv2, whose trace here is by singular values in float64.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import load_file
from transformers import Dinov2Config, Dinov2Model

GRID, SIDE, PATCH = 37, 224, 14
ALLOWED = 1e-4


def made_up():
    torch.manual_seed(7)
    config = Dinov2Config(
        hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, mlp_ratio=4, image_size=GRID * PATCH,
        patch_size=PATCH, qkv_bias=True, layerscale_value=1.0, hidden_act="gelu", layer_norm_eps=1e-6)
    model = Dinov2Model(config).eval()
    for name, tensor in model.state_dict().items():
        # transformers draws biases and positions as zeros, which would hide what is done with them.
        if name.endswith(("bias", "position_embeddings", "cls_token")):
            tensor.normal_(0, 0.02)
        elif "norm" in name or "lambda1" in name:
            tensor.uniform_(0.5, 1.5)
    return config, model


def published(state, layers):
    """The layout of facebookresearch/dinov2."""
    names = {
        "cls_token": "embeddings.cls_token", "pos_embed": "embeddings.position_embeddings",
        "mask_token": "embeddings.mask_token", "patch_embed.proj.weight": "embeddings.patch_embeddings.projection.weight",
        "patch_embed.proj.bias": "embeddings.patch_embeddings.projection.bias", "norm.weight": "layernorm.weight",
        "norm.bias": "layernorm.bias",
    }
    result = {name: state[own] for name, own in names.items()}
    for layer in range(layers):
        ours, theirs = f"blocks.{layer}.", f"encoder.layer.{layer}."
        parts = {"norm1": "norm1", "attn.proj": "attention.o_proj", "norm2": "norm2", "mlp.fc1": "mlp.fc1",
                 "mlp.fc2": "mlp.fc2"}
        for part, own in parts.items():
            for kind in ("weight", "bias"):
                result[f"{ours}{part}.{kind}"] = state[f"{theirs}{own}.{kind}"]
        for kind in ("weight", "bias"):
            result[f"{ours}attn.qkv.{kind}"] = torch.cat(
                [state[f"{theirs}attention.{which}_proj.{kind}"] for which in "qkv"])
        for scale in (1, 2):
            result[f"{ours}ls{scale}.gamma"] = state[f"{theirs}layer_scale{scale}.lambda1"]
    return {name: tensor.clone() for name, tensor in result.items()}


def at_224(config, model):
    """The same network with positions for 16x16 patches."""
    positions = model.embeddings.position_embeddings.detach()
    grid = positions[:, 1:].reshape(1, GRID, GRID, -1).permute(0, 3, 1, 2)
    count = SIDE // PATCH
    scale = (count + 0.1) / GRID
    grid = torch.nn.functional.interpolate(grid, scale_factor=(scale, scale), mode="bicubic")
    small = Dinov2Model(type(config)(**{**config.to_dict(), "image_size": SIDE})).eval()
    state = model.state_dict()
    state["embeddings.position_embeddings"] = torch.cat(
        [positions[:, :1], grid.permute(0, 2, 3, 1).reshape(1, count * count, -1)], 1)
    small.load_state_dict(state)
    return small


def class_tokens(model, folder):
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    rows = []
    for path in sorted(folder.glob("*.png")):
        picture = Image.open(path).convert("RGB").resize((SIDE, SIDE), Image.BICUBIC)
        values = torch.from_numpy(np.asarray(picture).copy()).float() / 255
        values = ((values - mean) / deviation).permute(2, 0, 1)[None]
        with torch.no_grad():
            rows.append(model(values).pooler_output[0].double().numpy())
    return np.array(rows)


def distance(a, b):
    difference = a.mean(0) - b.mean(0)
    left, right = ((x - x.mean(0)) / np.sqrt(len(x) - 1) for x in (a, b))
    root = np.linalg.svd(left @ right.T, compute_uv=False).sum()
    return difference @ difference + (left**2).sum() + (right**2).sum() - 2 * root


def conformance(arguments, folder):
    config, model = made_up()
    checkpoint = folder / "dinov2_vitl14_pretrain.pth"
    torch.save(published(model.state_dict(), config.num_hidden_layers), checkpoint)
    environment = {**os.environ, "VIDMETRICS_CACHE": str(folder)}

    def vidmetrics(*words):
        command = [arguments.vidmetrics, *map(str, words)]
        return subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout

    print(vidmetrics("weights", "import", checkpoint, "--as", "dinov2-vitl14").strip())
    small = at_224(config, model)
    wanted, worst = [], 0
    for number, pictures in enumerate(arguments.folders):
        wanted.append(class_tokens(small, pictures))
        file = folder / f"{number}.safetensors"
        vidmetrics("features", "extract", pictures, "--metric", "fd-dinov2", "--images", "--out", file)
        found = load_file(file)["features"].astype(np.float64)
        largest = np.abs(wanted[-1]).max()
        difference = np.abs(found - wanted[-1]).max() / largest
        print(f"{len(found)} class tokens of {found.shape[1]}: largest value {largest:.3f}, difference {difference:.1e}")
        worst = max(worst, difference)
    value = json.loads(vidmetrics("fd-dinov2", *arguments.folders, "--images", "--json", "--no-record"))["scores"][0]["value"]
    expected = distance(*wanted)
    relative = abs(value / expected - 1)
    print(f"FD-DINOv2: transformers {expected:.9g}, vidmetrics {value:.9g}, relative difference {relative:.1e}")
    if not max(worst, relative) <= ALLOWED:
        raise SystemExit(f"error: a difference is more than {ALLOWED:g}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vidmetrics")
    parser.add_argument("folders", type=pathlib.Path, nargs=2)
    parser.add_argument("--folder", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.folder:
        arguments.folder.mkdir(exist_ok=True)
        conformance(arguments, arguments.folder)
    else:
        with tempfile.TemporaryDirectory() as folder:
            conformance(arguments, pathlib.Path(folder))


if __name__ == "__main__":
    main()
