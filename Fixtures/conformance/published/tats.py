"""TATS: the part of scripts/sample_vqgan_transformer_short_videos.py behind the generator, with its own loader."""
import sys
import types
from unittest import mock

import numpy as np
import torch

from .surroundings import FRAMES, Recorder, arrays, below, empty, package, quick_clips
from .weights import i3d_file, inception_i3d_state

GIVEN = "its InceptionI3d has the tensors of i3d-kinetics400; the generator's samples are the frames of the fake files"


def run(given):
    clone = given.clones / "SongweiGe+TATS"
    sys.path.insert(0, str(clone))
    empty("pytorch_lightning", "skvideo.io", "h5py")
    package("tats", clone / "tats")
    for name in ("coinrun", "coinrun.coinrun_data", "coinrun.tokenizer"):
        sys.modules[f"tats.{name}"] = mock.MagicMock()
    import tats.data
    import tats.fvd.fvd
    from tats.utils import shift_dim

    quick_clips(tats.data)
    below(given.scratch, "tats/train", given.real)
    record = Recorder(given.scratch)
    tats.fvd.fvd.frechet_distance = record.wrap("fvd", tats.fvd.fvd.frechet_distance)
    tats.fvd.fvd.polynomial_mmd = record.wrap("kvd", tats.fvd.fvd.polynomial_mmd)
    arguments = types.SimpleNamespace(
        data_path=str(given.scratch / "tats"), sequence_length=FRAMES, resolution=128, batch_size=given.batch,
        num_workers=0, compute_fvd=True)
    script = (clone / "scripts/sample_vqgan_transformer_short_videos.py").read_text()
    part = script[script.index("if args.compute_fvd:\n    from") :].replace("torch.device('cuda')", "torch.device('cpu')")
    fakes = arrays(given.fake_frames)
    names = {"args": arguments, "all_data_np": fakes, "VideoData": tats.data.VideoData,
             "shift_dim": shift_dim, "torch": torch, "np": np}
    with i3d_file(inception_i3d_state(given.weights)):
        exec(compile(part, "sample_vqgan_transformer_short_videos.py", "exec"), names)
    return {"batches": len(fakes) // given.batch * given.batch, **record.numbers}
