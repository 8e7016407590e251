#!/usr/bin/env python3
"""The reference for VBench's dimensions: its own functions on made-up weights in the published layouts.

    python3 -m pip install torch torchvision dreamsim==0.2.1 open_clip_torch==3.3.0 openai-clip==1.0.1 peft decord opencv-python \\
        pyiqa==0.1.16                                             # the last of `long` alone
    git clone https://github.com/Vchitect/VBench VBENCH           # commit 45e79ec
    git clone https://github.com/facebookresearch/dino HUB/dino
    git clone https://github.com/facebookresearch/dinov2 HUB/dinov2
    python3 recipe.py small --vbench VBENCH --hub HUB             # writes the small checkpoints and vbench.json beside this file
    curl -L --output-dir DIR -O https://raw.githubusercontent.com/LAION-AI/aesthetic-predictor/main/sa_0_4_vit_l_14_linear.pth
    python3 recipe.py full DIR VIDEO... --vbench VBENCH --hub HUB # real sizes, the given .mp4 and .gif files: DIR/vbench.json
    python3 recipe.py check DIR PROGRAM                           # the program against DIR/vbench.json, with every instruction set
    python3 recipe.py long --vbench VBENCH --hub HUB              # VBench-Long, small weights: long.json beside this file

What is run is `subject_consistency`, `background_consistency`, `laion_aesthetic`, `i2v_subject` and `i2v_background` of VBench,
with the networks of facebookresearch/dino, clip.load and dreamsim; nothing of it is copied here. The weights are random, from
../transformers/recipe.py. `small`: DINO and DreamSim are the files of ../transformers, whose patches of 8x8 and positions of a
4x4 grid are interpolated to what VBench gives them; CLIP has a layer or two of width 64 at the published patches and 224x224.
`decoding` is left out there: load_video is replaced by `clip(number, frames, height, width)` below, integers only, so that
another program can repeat it. `full`: load_video reads the files, and DIR holds LAION's sa_0_4_vit_l_14_linear.pth (4071 bytes) as it is published. With `full`, torchvision's bicubic resize is taken with and
without antialiasing, by a wrapper around torchvision's Resize, for what its versions do.

`long`: what is run is split_video_into_clips and the compute_long_... of vbench2_beta_long, from the cutting of the videos to the
fused scores. Its files hold frames as they are in the place of H.264: write_video and load_video are replaced. long.json: for each
dimension `all` and the values of clips, which the published results call videos (of imaging quality they hold ratings up to 100, which
are divided as `all` is); of the consistencies those inside clips and between them, too. MUSIQ's weights are those of ../musiq.

vbench.json: `scores` by metric and by `metric-aliased`, each with `all` and `videos`; `distributed` is what VBench prints with
several processes (the mean over videos). `features` by metric: of the first frames of the first clips, the row that the network
gives, not normalised.
"""
import argparse
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import types
import zipfile

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
# Frames, height, width: both orientations, a square of the network's size, tiny ones.
CLIPS = [(5, 48, 83), (3, 130, 57), (4, 224, 224), (2, 9, 7), (6, 31, 31), (3, 256, 300)]
FEATURES = 2


def load_module(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    result = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(result)
    return result


TRANSFORMERS = load_module(HERE.parent / "transformers" / "recipe.py", "transformers_recipe")
MUSIQ = load_module(HERE.parent / "musiq" / "recipe.py", "musiq_recipe")


def clip(number, frames, height, width):
    """[T][H][W][3] uint8: squares of 8x8 pixels in random colours that move to the right, and noise that is new in each frame."""
    t, y, x, c = np.meshgrid(np.arange(frames), np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    coarse = TRANSFORMERS.mix(((number * 4096 + y // 8) * 4096 + (x + 2 * t) // 8) * 4 + c & 0xFFFFFFFF) & np.uint64(255)
    fine = TRANSFORMERS.mix((((number * 64 + t + 1000) * 4096 + y) * 4096 + x) * 4 + c & 0xFFFFFFFF) & np.uint64(255)
    return ((coarse * np.uint64(7) + fine) // np.uint64(8)).astype(np.uint8)


class Reference:
    def __init__(self, args, folder, full):
        self.folder, self.full = folder, full
        sys.path[:0] = [args.vbench, str(pathlib.Path(args.hub) / "dino")]
        import packaging.version

        # clip asks setuptools for it, which has lost it.
        sys.modules.setdefault("pkg_resources", types.SimpleNamespace(packaging=packaging))
        self.transformers = TRANSFORMERS.Recipe(
            pathlib.Path(args.hub), folder if full else HERE.parent / "transformers", TRANSFORMERS.Sizes(full))

    # Networks

    def dino(self):
        network = self.transformers.dino_network()
        path = self.transformers.folder / "dino_vitbase16_pretrain.pth"
        if self.full and not path.exists():
            TRANSFORMERS.draw(network.state_dict().items(), 1)
            torch.save({key: tensor.clone() for key, tensor in network.state_dict().items()}, path)
        network.load_state_dict(torch.load(path, weights_only=True))
        return network.eval()

    def clip(self, file, patch, width, depth, embedding, seed):
        import clip
        import clip.model

        full, path = self.full, self.folder / file
        if not (full and path.exists()):
            sizes = TRANSFORMERS.Sizes(full)
            sizes.side = 224
            text = {512: 512, 768: 768, 64: 64}[embedding]
            network = clip.model.CLIP(
                embedding, 224, depth, width, patch, 77, sizes.vocabulary, text, text // 64, 12 if full else 1).eval()
            TRANSFORMERS.draw(network.state_dict().items(), seed)
            clip.model.convert_weights(network)
            texts = torch.tensor([([sizes.vocabulary - 2, 1, sizes.vocabulary - 1] + [0] * 77)[:77]])
            TRANSFORMERS.archive(network, texts, sizes, path)
        return clip.load(str(path), device="cpu", jit=False)[0].eval()

    def clip_b32(self):
        return self.clip("ViT-B-32.pt", 32, *((768, 12, 512) if self.full else (64, 2, 64)), seed=103)

    def clip_l14(self):
        return self.clip("ViT-L-14.pt", 14, *((1024, 24, 768) if self.full else (64, 2, 64)), seed=104)

    def head(self):
        path = self.folder / "sa_0_4_vit_l_14_linear.pth"
        head = torch.nn.Linear(768 if self.full else 64, 1)
        if self.full:
            head.load_state_dict(torch.load(path, weights_only=True))
            return head.eval()
        generator = torch.Generator().manual_seed(105)
        for name, scale, offset in [("weight", 4.0, 0.0), ("bias", 0.5, 5.0)]:
            parameter = getattr(head, name)
            parameter.data.copy_(TRANSFORMERS.short(offset + scale * torch.randn(parameter.shape, generator=generator)))
        torch.save(head.state_dict(), path)
        return head.eval()

    def dreamsim(self):
        package = self.transformers.patch_dreamsim()
        kind, branches = ("ensemble", TRANSFORMERS.DREAMSIM["ensemble"]) if self.full else ("dino_vitb16", ["dino_vitb16"])
        path = self.transformers.folder / f"dreamsim_{kind}_checkpoint.zip"
        if self.full and not path.exists():
            # Also writes the adapter's archive; its own measurements are left out.
            self.transformers.measure = lambda *_: None
            wanted, TRANSFORMERS.DREAMSIM = TRANSFORMERS.DREAMSIM, {kind: branches}
            self.transformers.dreamsims()
            TRANSFORMERS.DREAMSIM = wanted
        folder = tempfile.mkdtemp()
        zipfile.ZipFile(path).extractall(folder)
        inner = pathlib.Path(folder) / "dreamsim"
        return package.dreamsim(
            device="cpu", cache_dir=str(inner if inner.exists() else folder), dreamsim_type=kind)[0]

    # Scores

    def run(self, videos, pictures):
        from vbench import aesthetic_quality, background_consistency, subject_consistency
        from vbench2_beta_i2v import i2v_background, i2v_subject
        import torchvision

        pairs = list(zip(pictures, videos))
        dino, b32, l14, head, dreamsim = self.dino(), self.clip_b32(), self.clip_l14(), self.head(), self.dreamsim()
        result = {"scores": {}, "features": {}}

        def keep(name, found):
            score, each = found
            result["scores"][name] = {
                "all": float(score), "videos": [float(video["video_results"]) for video in each]}

        with torch.no_grad():
            keep("subject-consistency", subject_consistency.subject_consistency(dino, videos, "cpu", False))
            keep("background-consistency",
                 background_consistency.background_consistency(b32, None, videos, "cpu", False))
            keep("aesthetic-quality", aesthetic_quality.laion_aesthetic(head, l14, videos, "cpu"))
            keep("i2v-subject", i2v_subject.i2v_subject(dino, pairs, "cpu"))
            keep("i2v-background", i2v_background.i2v_background(dreamsim, pairs, "cpu"))
            own = result["scores"]["subject-consistency"]["videos"]
            result["distributed"] = sum(own) / len(own)
            self.features(result["features"], videos, dino, b32, l14, dreamsim)
            with without_antialias():
                keep("i2v-subject-aliased", i2v_subject.i2v_subject(dino, pairs, "cpu"))
                keep("i2v-background-aliased", i2v_background.i2v_background(dreamsim, pairs, "cpu"))
        result["torchvision"] = torchvision.__version__
        return result

    def features(self, features, videos, dino, b32, l14, dreamsim):
        """By the transforms of VBench's utils."""
        from vbench import utils
        from vbench2_beta_i2v import utils as i2v

        rows = {
            "subject-consistency": (utils.dino_transform(224), dino),
            "background-consistency": (utils.clip_transform(224), b32.encode_image),
            "aesthetic-quality": (utils.clip_transform(224), l14.encode_image),
            "i2v-subject": (i2v.dino_transform_internet(), dino),
            "i2v-background": (i2v.dreamsim_transform(224), dreamsim.embed),
        }
        for name, (transform, network) in rows.items():
            features[name] = [
                [float(f"{value:.9g}") for value in network(transform(self.load(video)[:1]))[0].tolist()]
                for video in (videos if self.full else videos[:FEATURES])]

    def load(self, video):
        from vbench import utils

        return utils.load_video(video)


class without_antialias:
    """torchvision's Resize of tensors as before 0.17, whose default for `antialias` of tensors was none."""

    def __enter__(self):
        import torchvision.transforms.functional as functional

        self.original = functional.resize

        def resize(img, size, interpolation=None, max_size=None, antialias=True):
            return self.original(img, size, interpolation, max_size, antialias and not isinstance(img, torch.Tensor))

        functional.resize = resize

    def __exit__(self, *_):
        import torchvision.transforms.functional as functional

        functional.resize = self.original


def small(args):
    """Clips that are made here, and pictures: the first frame of another clip of the same size."""
    from PIL import Image

    reference = Reference(args, HERE, False)
    from vbench import aesthetic_quality, background_consistency, subject_consistency
    from vbench2_beta_i2v import i2v_background, i2v_subject

    def load(name):
        number = int(name)
        return torch.Tensor(clip(number, *CLIPS[number])).permute(0, 3, 1, 2)

    for program in (aesthetic_quality, background_consistency, subject_consistency, i2v_background, i2v_subject):
        program.load_video = load
    reference.load = load
    with tempfile.TemporaryDirectory() as folder:
        pictures = []
        for number, (_, height, width) in enumerate(CLIPS):
            pictures.append(f"{folder}/{number}.png")
            Image.fromarray(clip(number + 100, 1, height, width)[0]).save(pictures[-1])
        result = reference.run([str(number) for number in range(len(CLIPS))], pictures)
    result["clips"] = CLIPS
    (HERE / "vbench.json").write_text(json.dumps(result) + "\n")


# Of `long`: whole clips, a last clip that begins in the one before, a video of one clip, one that is shorter.
LONG = [(20, 48, 83), (12, 64, 64), (6, 31, 31), (4, 130, 57)]
RATE = 3.7


def long(args):
    """Clips of int(3.7) * 2 frames."""
    sys.modules.update({name: types.ModuleType(name) for name in [
        "scenedetect", "scenedetect.detectors", "scenedetect.video_splitter", "moviepy", "moviepy.editor"]})
    for name, words in [
        ("scenedetect", ["open_video", "SceneManager", "split_video_ffmpeg"]), ("scenedetect.detectors", ["ContentDetector"]),
        ("scenedetect.video_splitter", ["split_video_ffmpeg"]), ("moviepy.editor", ["VideoFileClip"]),
    ]:
        for word in words:
            setattr(sys.modules[name], word, None)
    reference = Reference(args, HERE, False)
    dreamsim = reference.dreamsim()
    from vbench import (
        aesthetic_quality, background_consistency, imaging_quality, subject_consistency, temporal_flickering)
    from vbench2_beta_long import aesthetic_quality as long_aesthetic
    from vbench2_beta_long import imaging_quality as long_imaging
    from vbench2_beta_long import background_consistency as long_background
    from vbench2_beta_long import subject_consistency as long_subject
    from vbench2_beta_long import temporal_flickering as long_flickering
    from vbench2_beta_long import utils

    def read(path):
        with open(path, "rb") as file:
            return np.load(file)

    def write(path, frames, fps):
        with open(path, "wb") as file:
            np.save(file, np.asarray(frames).astype(np.uint8))

    def load(path, return_tensor=True):
        return torch.Tensor(read(path)).permute(0, 3, 1, 2)

    utils.write_video = write
    utils.get_video_properties = lambda path: {"fps": int(RATE)}
    for program in (
        utils, aesthetic_quality, background_consistency, imaging_quality, subject_consistency, long_background,
        long_subject,
    ):
        program.load_video = load
    temporal_flickering.get_frames = lambda path: list(read(path))
    dino, dinov2 = reference.dino(), reference.transformers.dinov2_network()
    dinov2.load_state_dict(torch.load(HERE.parent / "transformers" / "dinov2_vitb14_pretrain.pth", weights_only=True))
    dinov2.eval()
    head = reference.head()
    torch.hub.load = lambda **words: dinov2 if words["model"] == "dinov2_vitb14" else dino
    aesthetic_quality.get_aesthetic_model = lambda path: head
    musiq = MUSIQ.network(False)[0]
    state = torch.load(HERE.parent / "musiq" / "musiq_small.pth", weights_only=True)
    musiq.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    imaging_quality.MUSIQ = lambda pretrained_model_path: musiq
    long_background.dreamsim = lambda **words: (dreamsim, None)
    vit = str(HERE / "ViT-B-32.pt")
    configs = pathlib.Path(args.vbench) / "vbench2_beta_long" / "configs"
    words = {
        "sb_clip2clip_feat_extractor": "dinov2", "bg_clip2clip_feat_extractor": "dreamsim", "dev_flag": True,
        "slow_fast_eval_config": configs / "slow_fast_params.yaml",
        "sb_mapping_file_path": configs / "subject_mapping_table.yaml",
        "bg_mapping_file_path": configs / "background_mapping_table.yaml", "static_filter_flag": False,
    }
    result = {"clips": LONG, "rate": RATE, "scores": {}}
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        clips = pathlib.Path(folder) / "split_clip"
        videos = []
        for number, size in enumerate(LONG):
            path = f"{folder}/{number}.mp4"
            write(path, clip(number, *size), RATE)
            inner = utils.split_video_into_clips(path, str(clips), 2)
            videos.append([os.path.join(inner, name) for name in sorted(os.listdir(inner))])
        description = f"{folder}/info.json"
        dimensions = [
            "subject_consistency", "background_consistency", "aesthetic_quality", "imaging_quality", "temporal_flickering"]
        pathlib.Path(description).write_text(json.dumps([
            {"prompt_en": str(number), "dimension": dimensions, "video_list": each}
            for number, each in enumerate(videos)]))
        for name, found in [
            ("subject-consistency", long_subject.compute_long_subject_consistency(
                description, "cpu", {"repo_or_dir": "dino", "model": "dino", "read_frame": False}, **words)),
            ("background-consistency",
             long_background.compute_long_background_consistency(description, "cpu", [vit, False], **words)),
            ("aesthetic-quality", long_aesthetic.compute_long_aesthetic_quality(
                description, "cpu", [str(HERE / "ViT-L-14.pt"), ""], **words)),
            ("imaging-quality",
             long_imaging.compute_long_imaging_quality(description, "cpu", {"model_path": ""}, **words)),
            ("temporal-flickering",
             long_flickering.compute_long_temporal_flickering(description, "cpu", None, **words)),
        ]:
            videos = found[-1]
            kept = [video for video in videos if "video_path" in video]
            scale = 100 if name == "imaging-quality" else 1
            result["scores"][name] = {
                "all": float(found[0]), "videos": [float(video["video_results"]) / scale for video in kept]}
            for key in ("inclip_score", "clip2clip_score"):
                if key in kept[0]:
                    result["scores"][name][key] = [float(video[key]) for video in kept]
    (HERE / "long.json").write_text(json.dumps(result) + "\n")


def full(args):
    """The given files, and the first frame of each as the picture of the next."""
    from PIL import Image

    folder = pathlib.Path(args.folder)
    (folder / "videos").mkdir(parents=True, exist_ok=True)
    (folder / "pictures").mkdir(exist_ok=True)
    reference = Reference(args, folder, True)
    videos, pictures = [], []
    for number, video in enumerate(args.videos):
        # In natural order.
        link = folder / "videos" / f"v{number:03}{pathlib.Path(video).suffix}"
        if not link.exists():
            link.symlink_to(pathlib.Path(video).resolve())
        videos.append(str(link))
    for number, video in enumerate(videos):
        frame = reference.load(videos[number - 1])[0].permute(1, 2, 0).numpy().astype(np.uint8)
        pictures.append(str(folder / "pictures" / f"v{number:03}.png"))
        Image.fromarray(frame).save(pictures[-1])
    (folder / "vbench.json").write_text(json.dumps(reference.run(videos, pictures)) + "\n")


def check(args):
    """Imports the weights into DIR/cache, scores DIR/videos, and prints the largest differences."""
    folder = pathlib.Path(args.folder)
    wanted = json.loads((folder / "vbench.json").read_text())
    environment = dict(os.environ, VIDMETRICS_CACHE=str(folder / "cache"))
    run = lambda *words, **more: subprocess.run(
        [args.program, *words], check=True, env=dict(environment, **more), stdout=subprocess.PIPE).stdout
    for files, name in [
        (["dino_vitbase16_pretrain.pth"], "dino-vitb16"), (["ViT-B-32.pt"], "clip-vit-b-32"),
        (["ViT-L-14.pt"], "clip-vit-l-14"), (["sa_0_4_vit_l_14_linear.pth"], "aesthetic-vit-l-14"),
        (["dreamsim_ensemble_checkpoint.zip", "dino_vitbase16_pretrain.pth"], "dreamsim-ensemble"),
    ]:
        if not (folder / "cache" / "weights" / f"{name}.safetensors").exists():
            run("weights", "import", *(str(folder / file) for file in files), "--as", name)
    names = [name for name in wanted["scores"]]
    worst = 0
    for isa in args.isa.split(","):
        for name in names:
            metric = name.removesuffix("-aliased")
            protocol = ":vbench-aliased" if name.endswith("-aliased") else ""
            pictures = [str(folder / "pictures")] if name.startswith("i2v") else []
            document = json.loads(run(
                "score", *pictures, str(folder / "videos"), "--metrics", metric + protocol, "--json", "--no-record",
                "--quiet", "--allow-other-weights", VIDMETRICS_ISA=isa))
            score = document["scores"][0]
            found = [video["value"] for video in score["videos"]]
            expected = wanted["scores"][name]
            difference = max(abs(a - b) for a, b in zip(found + [score["value"]], expected["videos"] + [expected["all"]]))
            worst = max(worst, difference)
            print(f"{isa:8} {name:24} {score['value']:.7f}  VBench {expected['all']:.7f}  largest difference {difference:.1e}",
                  flush=True)
    print(f"largest difference {worst:.1e}")
    sys.exit(worst > 1e-5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, body in [("small", small), ("full", full), ("check", check), ("long", long)]:
        command = commands.add_parser(name)
        command.set_defaults(body=body)
        if name in ("full", "check"):
            command.add_argument("folder")
        if name == "full":
            command.add_argument("videos", nargs="+")
        if name == "check":
            command.add_argument("program")
            command.add_argument("--isa", default="baseline,avx2,avx512")
        else:
            command.add_argument("--vbench", required=True)
            command.add_argument("--hub", required=True)
    arguments = parser.parse_args()
    arguments.body(arguments)
