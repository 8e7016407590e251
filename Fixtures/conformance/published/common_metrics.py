"""common_metrics_on_video_quality: `calculate_fvd`, `calculate_psnr`, `calculate_ssim`, of as many clips as the smaller set."""
import sys
from unittest import mock

import torch

from .surroundings import arrays
from .weights import TorchScriptI3D

GIVEN = "i3d_torchscript.pt is the network of Fixtures/golden/networks/i3d.py with i3d-kinetics400; arrays of the clips' frames"


def run(given):
    sys.path.insert(0, str(given.clones / "JunyaoHu+common_metrics_on_video_quality"))
    from calculate_fvd import calculate_fvd
    from calculate_psnr import calculate_psnr
    from calculate_ssim import calculate_ssim

    a, b = arrays(given.real_frames), arrays(given.fake_frames)
    count = min(len(a), len(b))
    a, b = [torch.from_numpy(x[:count]).permute(0, 1, 4, 2, 3).float() / 255 for x in (a, b)]
    with mock.patch("torch.jit.load", lambda _: TorchScriptI3D(given.weights)), mock.patch("os.system"):
        fvd = calculate_fvd(a, b, torch.device("cpu"), method="styleganv", only_final=True)["value"][0]
    return {"clips": count, "fvd": float(fvd), "psnr": float(calculate_psnr(a, b, only_final=True)["value"][0]),
            "ssim": float(calculate_ssim(a, b, only_final=True)["value"][0])}
