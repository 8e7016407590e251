"""What published programs find around them: packages that they import and do not call, clips, and who asks for a distance."""
import importlib.util
import sys
import types
from unittest import mock

import numpy as np
import torch

FRAMES = 16


def load(name, path):
    """A file as a module."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def empty(*names):
    """Packages that need only be there, where they are not installed."""
    for name in names:
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            package_name = ".".join(parts[:end])
            try:
                known = package_name in sys.modules or importlib.util.find_spec(package_name)
            except ImportError:
                known = None
            if not known:
                module = sys.modules[package_name] = mock.MagicMock(name=package_name)
                module.__path__, module.__spec__ = [], None
    lightning = sys.modules.get("pytorch_lightning")
    if isinstance(lightning, mock.MagicMock):
        lightning.LightningModule, lightning.LightningDataModule = torch.nn.Module, object


def package(name, folder):
    """A package without what its __init__ imports."""
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__ = [str(folder)]
    return module


def arrays(folder):
    """[N,T,H,W,3] bytes: the PNG files of each clip."""
    from PIL import Image

    clips = sorted(path for path in folder.iterdir() if path.is_dir())
    return np.stack([np.stack([np.asarray(Image.open(p)) for p in sorted(clip.glob("*.png"))]) for clip in clips])


def below(scratch, name, folder, most=None):
    """A folder of links to a folder's entries."""
    target = scratch / name
    target.mkdir(parents=True)
    for entry in sorted(folder.iterdir())[:most]:
        (target / entry.name).symlink_to(entry)
    return target


def quick_clips(module):
    """Metadata of videos are read in this process, and not in 32 others."""
    plain = module.VideoClips
    module.VideoClips = lambda files, length, **options: plain(files, length, **options | {"num_workers": 0})


class Recorder:
    """What a program asked its distance for: its value, and that of the same function for the same features in float64. The
    features of both sets are kept as 0.npy and 1.npy."""

    def __init__(self, scratch):
        self.numbers, self.scratch = {}, scratch

    def wrap(self, name, distance):
        def recorded(a, b, *rest):
            double = [x.double() if isinstance(x, torch.Tensor) else x.astype(np.float64) for x in (a, b)]
            for index, features in enumerate(double):
                np.save(self.scratch / f"{index}.npy", features)
            value = distance(a.clone() if isinstance(a, torch.Tensor) else a.copy(), b, *rest)
            self.numbers[name] = float(value)
            self.numbers[name + ", float64"] = float(distance(*double, *rest))
            return value

        return recorded
