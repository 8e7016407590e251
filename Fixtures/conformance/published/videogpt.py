"""VideoGPT: `eval_fvd` of scripts/compute_fvd.py with its own loader of video files."""
import sys
import types
from unittest import mock

import torch

from .surroundings import FRAMES, Recorder, arrays, below, empty, package, quick_clips
from .weights import inception_i3d_state

GIVEN = "its InceptionI3d has the tensors of i3d-kinetics400; the generator's samples are the frames of the fake files"


def run(given):
    clone = given.clones / "wilson1yan+VideoGPT"
    sys.path.insert(0, str(clone))
    empty("pytorch_lightning", "gdown", "h5py")
    videogpt = package("videogpt", clone / "videogpt")
    import videogpt.data
    from videogpt.data import VideoData
    from videogpt.fvd.pytorch_i3d import InceptionI3d

    videogpt.VideoData, videogpt.VideoGPT, videogpt.load_videogpt = VideoData, None, None
    sys.modules["videogpt.download"] = types.SimpleNamespace(load_i3d_pretrained=None)
    quick_clips(sys.modules["videogpt.data"])
    count = min(256, *(len(list(folder.iterdir())) // given.batch * given.batch for folder in (given.real, given.fake)))
    below(given.scratch, "videogpt/test", given.real, count)
    # The program takes 256 clips a side in batches of 32, and no other numbers.
    source = (clone / "scripts/compute_fvd.py").read_text().replace("256", str(count))
    source = source.replace("MAX_BATCH = 32", f"MAX_BATCH = {given.batch}")
    program = types.ModuleType("compute_fvd")
    exec(compile(source, "compute_fvd.py", "exec"), program.__dict__)
    program.dist = mock.MagicMock()
    program.dist.get_rank.return_value, program.dist.get_world_size.return_value = 0, 1
    program.all_gather = lambda tensor: tensor
    asked, distance, logits = [], program.frechet_distance, program.get_fvd_logits
    program.get_fvd_logits = lambda videos, i3d, device: (
        logits(videos, i3d, device) if videos.any() else torch.zeros(len(videos), 400))
    program.frechet_distance = lambda a, b: asked.append((a.clone(), b.clone())) or torch.tensor(0.0)
    # Floats in 0...1 whose bytes are those of the files.
    samples = (torch.from_numpy(arrays(given.fake_frames)[:count]).permute(0, 4, 1, 2, 3).float() + 0.5) / 255

    class Generator:
        taken = 0

        def sample(self, n, batch):
            self.taken += n
            return samples[self.taken - n : self.taken]

        def get_reconstruction(self, videos):
            """Of FVD*, which is not asked for: black clips, which the network does not see."""
            return videos * 0 - 0.5

    arguments = types.SimpleNamespace(
        data_path=str(given.scratch / "videogpt"), sequence_length=FRAMES, resolution=128, batch_size=count, num_workers=0)
    i3d = InceptionI3d(400, in_channels=3)
    i3d.load_state_dict(inception_i3d_state(given.weights))
    program.eval_fvd(i3d.eval(), Generator(), VideoData(arguments).test_dataloader(), torch.device("cpu"))
    record = Recorder(given.scratch)
    record.wrap("fvd", distance)(*asked[0])
    return {"clips": count, **record.numbers}
