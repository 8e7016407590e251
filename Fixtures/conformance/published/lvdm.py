"""LVDM: `run` of scripts/eval_cal_fvd_kvd.py with its own loader of frames."""
import contextlib
import functools
import sys
import types

import numpy as np
import torch

from .surroundings import FRAMES, Recorder, arrays, empty, load, package
from .weights import i3d_file, inception_i3d_state

GIVEN = "its InceptionI3d has the tensors of i3d-kinetics400; PNG files of the real clips, an array of the fake ones"


def run(given, antialias=False):
    """Resize of torchvision 0.10, which the program's requirements name, does not antialias tensors; from 0.17 on it does."""
    clone = given.clones / "YingqingHe+LVDM"
    sys.path.insert(0, str(clone))
    empty("pytorch_lightning", "omegaconf", "decord")
    package("scripts", clone / "scripts")
    package("scripts.fvd_utils", clone / "scripts/fvd_utils")
    package("lvdm", clone / "lvdm")
    package("lvdm.data", clone / "lvdm/data")
    program = load("eval_cal_fvd_kvd", clone / "scripts/eval_cal_fvd_kvd.py")
    from lvdm.data import frame_dataset
    from scripts.fvd_utils.fvd_utils import load_fvd_model

    frame_dataset.transforms.Resize = functools.partial(frame_dataset.transforms.Resize, antialias=antialias)
    (given.scratch / "lvdm/train").mkdir(parents=True)
    (given.scratch / "lvdm/train/all").symlink_to(given.real_frames)
    fakes = arrays(given.fake_frames)
    np.save(given.scratch / "lvdm/fake.npy", fakes)
    with contextlib.redirect_stdout(sys.stderr):
        dataset = frame_dataset.VideoFrameDataset(
            str(given.scratch / "lvdm"), 256, FRAMES, dataset_name="sky", subset_split="train",
            spatial_transform="center_crop_resize", temporal_transform="rand_clips")
    record = Recorder(given.scratch)
    program.frechet_distance = record.wrap("fvd", program.frechet_distance)
    program.polynomial_mmd = record.wrap("kvd", program.polynomial_mmd)
    arguments = types.SimpleNamespace(batch_size=given.batch, n_sample=2048, image_key="image")
    with i3d_file(inception_i3d_state(given.weights)):
        i3d = load_fvd_model(torch.device("cpu"))
    loader = torch.utils.data.DataLoader(dataset, batch_size=given.batch, shuffle=True)
    program.run(arguments, 0, str(given.scratch / "lvdm/fake.npy"), i3d, loader, torch.device("cpu"))
    return {"batches": len(fakes) // given.batch * given.batch, **record.numbers}
