"""The weights that vidmetrics keeps (safetensors, TensorFlow's names and order of axes) as published programs load them."""
import contextlib
import importlib.util
import pathlib
import sys
from unittest import mock

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "golden"


def golden(name, path):
    """A program of Fixtures/golden as a module."""
    spec = importlib.util.spec_from_file_location(name, GOLDEN / path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# I3D

SHORT = {"Branch_0/Conv3d_0a_1x1": "b0", "Branch_1/Conv3d_0a_1x1": "b1a", "Branch_1/Conv3d_0b_3x3": "b1b",
         "Branch_2/Conv3d_0a_1x1": "b2a", "Branch_2/Conv3d_0b_3x3": "b2b", "Branch_3/Conv3d_0b_1x1": "b3b"}
NORM = {"beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}


def inception_i3d_state(folder):
    """The tensors under the names of piergiaj's `InceptionI3d`, which VideoGPT, TATS, LVDM and cd-fvd carry.

    Batch normalisation has no scale there: ones.
    """
    state = {}
    for name, tensor in load_file(folder / "i3d-kinetics400.safetensors").items():
        unit, part = name.rsplit("/", 1)
        if unit.startswith("Logits"):
            unit = "logits"
        elif unit.startswith("Mixed"):
            block, branch = unit.split("/", 1)
            unit = f"{block}.{SHORT[branch]}"
        if part == "kernel":
            state[f"{unit}.conv3d.weight"] = tensor.permute(4, 3, 0, 1, 2).contiguous()
        elif unit == "logits":
            state[f"{unit}.conv3d.bias"] = tensor
        else:
            state[f"{unit}.bn.{NORM[part]}"] = tensor
            state[f"{unit}.bn.weight"] = torch.ones_like(tensor)
            state[f"{unit}.bn.num_batches_tracked"] = torch.tensor(0)
    return state


@contextlib.contextmanager
def i3d_file(state):
    """`torch.load` of the file of I3D's weights gives `state`."""
    plain = torch.load

    def load(file, *arguments, **options):
        return state if "i3d_pretrained_400" in str(file) else plain(file, *arguments, **options)

    with mock.patch("torch.load", load):
        yield


class TorchScriptI3D(torch.nn.Module):
    """The interface of i3d_torchscript.pt over the network of Fixtures/golden/networks/i3d.py (batch-norm epsilon 1e-3)."""

    def __init__(self, folder):
        super().__init__()
        tree = {"params": {}, "batch_stats": {}}
        for name, tensor in load_file(folder / "i3d-kinetics400.safetensors").items():
            *units, part = name.split("/")
            if units[0] == "Logits":
                units = ["/".join(units)]
            elif units[0].startswith("Mixed"):
                units = [units[0], "/".join(units[1:])]
            root = tree["batch_stats" if part.startswith("moving") else "params"]
            for unit in units:
                root = root.setdefault(unit, {})
            layer, key = {
                "kernel": ("Conv_0", "kernel"), "bias": ("Conv_0", "bias"), "beta": ("BatchNorm_0", "bias"),
                "moving_mean": ("BatchNorm_0", "mean"), "moving_variance": ("BatchNorm_0", "var"),
            }[part]
            root.setdefault(layer, {})[key] = tensor.numpy()
        self.net = golden("golden_i3d", "networks/i3d.py").I3D(tree)

    def forward(self, x, rescale=False, resize=False, return_features=False):
        assert return_features
        if resize:
            batch, colours, frames, height, width = x.shape
            flat = x.float().permute(0, 2, 1, 3, 4).reshape(-1, colours, height, width)
            flat = F.interpolate(flat, size=(224, 224), mode="bilinear", align_corners=False)
            x = flat.reshape(batch, frames, colours, 224, 224).permute(0, 2, 1, 3, 4)
        if rescale:
            x = x.float() * 2 / 255 - 1
        return self.net(x.contiguous())


# Inception

PARTS = {"kernel": "weight", "beta": "beta", "moving_mean": "mean", "moving_variance": "var"}


def inception_state(folder):
    """The tensors under the names of torchvision's Inception-v3."""
    tensors = {}
    for name, tensor in load_file(folder / "inception-2015-12-05.safetensors").items():
        unit, part = name.rsplit("/", 1)
        if part == "kernel":
            tensor = tensor.permute(3, 2, 0, 1).contiguous()
        tensors[f"net.layers.{unit.replace('/', '.')}.{PARTS[part]}"] = tensor
    return golden("golden_fid", "fid/fid.py").torchvision_state(tensors)


class InceptionArchive(torch.nn.Module):
    """The interface of inception-2015-12-05.pt over pytorch-fid's network: pictures in -1...1, features of 2048."""

    def __init__(self, state):
        super().__init__()
        from pytorch_fid import inception

        with mock.patch("pytorch_fid.inception.load_state_dict_from_url", lambda *_, **__: state):
            block = inception.InceptionV3.BLOCK_INDEX_BY_DIM[2048]
            self.network = inception.InceptionV3([block], resize_input=False, normalize_input=False)
        self.network.eval()

    @property
    def net(self):
        return self

    @property
    def layers(self):
        return self

    def forward(self, x):
        return self.network(x)[0]
