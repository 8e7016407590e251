"""cd-fvd: `load_videos`, `compute_real_stats`, `compute_fake_stats`, `compute_fvd_from_stats` of cdfvd/fvd.py."""
import os
import sys
import types
from unittest import mock

from .surroundings import below, package, quick_clips
from .weights import i3d_file, inception_i3d_state

GIVEN = "its InceptionI3d has the tensors of i3d-kinetics400"


def run(given):
    clone = given.clones / "songweige+content-debiased-fvd"
    sys.path.insert(0, str(clone))
    package("cdfvd", clone / "cdfvd")
    sys.modules["cdfvd.third_party.VideoMAEv2"] = types.SimpleNamespace(__path__=[])
    sys.modules["cdfvd.third_party.VideoMAEv2.utils"] = types.SimpleNamespace(
        load_videomae_model=None, preprocess_videomae=None)
    import cdfvd.fvd
    import cdfvd.utils.data_utils

    quick_clips(cdfvd.utils.data_utils)
    exists = os.path.exists
    there = lambda path: "i3d_pretrained_400" in str(path) or exists(path)
    with i3d_file(inception_i3d_state(given.weights)), mock.patch("os.path.exists", there):
        evaluator = cdfvd.fvd.cdfvd("i3d", n_real="full", n_fake="full", device="cpu")
    real, fake = [
        evaluator.load_videos(
            str(below(given.scratch, f"cd-fvd/{name}", folder)), data_type="video_folder", resolution=256, num_workers=0)
        for name, folder in (("real", given.real), ("fake", given.fake))
    ]
    evaluator.compute_real_stats(real)
    evaluator.compute_fake_stats(fake)
    return {"fvd": float(evaluator.compute_fvd_from_stats())}
