"""StyleGAN-V: metric fvd2048_16f of src/metrics/metric_main.py with its own data set of frames, the fakes as a data set, too."""
import sys

import torch

from .surroundings import below, empty
from .weights import TorchScriptI3D

GIVEN = "i3d_torchscript.pt is the network of Fixtures/golden/networks/i3d.py with i3d-kinetics400; PNG files of the clips"


def run(given):
    clone = given.clones / "universome+stylegan-v"
    sys.path[:0] = [str(clone), str(clone / "src")]
    empty("hydra.utils", "ninja", "psutil", "pyspng")
    from omegaconf import OmegaConf
    from src import dnnlib
    from metrics import metric_main, metric_utils

    network = TorchScriptI3D(given.weights)
    metric_utils.get_feature_detector = lambda **_: network
    dataset = lambda folder: dnnlib.EasyDict(
        class_name="training.dataset.VideoFramesFolderDataset", path=str(folder),
        cfg=OmegaConf.create({"max_num_frames": 10000}), xflip=False, resolution=128, use_labels=False)
    real, fake = [
        below(given.scratch, f"stylegan-v/{name}", folder)
        for name, folder in (("real", given.real_frames), ("fake", given.fake_frames))
    ]
    result = metric_main.calc_metric(
        metric="fvd2048_16f", dataset_kwargs=dataset(real), gen_dataset_kwargs=dataset(fake), generator_as_dataset=True,
        device=torch.device("cpu"), cache=False, num_runs=1)
    return {"fvd": float(result["results"]["fvd2048_16f"])}
