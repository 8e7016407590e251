"""FID and KID of all frames by clean-fid, pytorch-fid, torch-fidelity (Fixtures/golden/fid/fid.py) and TorchMetrics."""
import tempfile

import numpy as np
import torch

from .weights import InceptionArchive, golden, inception_state

GIVEN = "its Inception has the tensors of inception-2015-12-05; PNG files of the clips"
BATCH = 16


def run(given, program):
    state = inception_state(given.weights)
    archive = InceptionArchive(state)
    fid = golden("golden_fid", "fid/fid.py")
    measure = (fid.PACKAGES | {"torchmetrics": torchmetrics})[program]
    numbers = measure([given.real_frames, given.fake_frames], BATCH, archive, {k: v.clone() for k, v in state.items()})
    return {name: numbers[name] for name in ("fid", "kid", "kid_subset_size") if name in numbers}


def torchmetrics(folders, batch, archive, state):
    from PIL import Image
    from torchmetrics.image.fid import FrechetInceptionDistance, NoTrainInceptionV3
    from torchmetrics.image.kid import KernelInceptionDistance

    with tempfile.NamedTemporaryFile(suffix=".pth") as file:
        torch.save(state, file.name)
        network = NoTrainInceptionV3("inception-v3-compat", ["2048"], feature_extractor_weights_path=file.name)
    network.num_features = 2048
    files = [sorted(folder.rglob("*.png")) for folder in folders]
    size = min(1000, min(map(len, files)) // 2)
    fid = FrechetInceptionDistance(feature=network)
    kid = KernelInceptionDistance(feature=network, subsets=100, subset_size=size)
    features = {}
    for own, is_real in zip(files, (True, False)):
        for start in range(0, len(own), batch):
            pictures = np.stack([np.asarray(Image.open(path)) for path in own[start : start + batch]])
            for metric in (fid, kid):
                metric.update(torch.from_numpy(pictures).permute(0, 3, 1, 2), real=is_real)
    torch.manual_seed(0)
    return {"fid": float(fid.compute()), "kid": float(kid.compute()[0]), "kid_subset_size": size}
