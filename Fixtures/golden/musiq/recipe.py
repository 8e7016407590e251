#!/usr/bin/env python3
"""The reference for imaging quality: VBench's own `technical_quality` with pyiqa's MUSIQ, on made-up weights in the published layout.

    python3 -m pip install torch torchvision pyiqa==0.1.16 decord
    git clone https://github.com/Vchitect/VBench VBENCH    # commit 45e79ec
    python3 recipe.py small --vbench VBENCH                # writes musiq_small.pth and musiq.json beside this file
    python3 recipe.py full FILE --vbench VBENCH            # weights of the real size to FILE, and the values of the clips to FILE.json
    python3 recipe.py check FILE PROGRAM                   # the program against FILE.json, with every instruction set

Nothing of the two is copied here. The weights are random. `small`: two blocks of width 64 and one head; the residual network has its
published sizes but for the dense layer behind it. The numbers are scaled so that tokens, attention and ratings have sensible sizes:
ratings between 20 and 80. Clips are those of ../vbench/recipe.py, integers only, so that another program can repeat them.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
# Frames, height, width: tiny, odd, upright, at the limit, larger than it.
CLIPS = [(2, 7, 9), (2, 37, 53), (2, 120, 67), (1, 288, 512), (2, 338, 600), (1, 561, 540)]
MODES = ["longer", "shorter", "shorter_centercrop", "None"]


def clips_of_vbench():
    spec = importlib.util.spec_from_file_location("transformers_recipe", HERE.parent / "transformers" / "recipe.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.mix


def clip(number, frames, height, width):
    """As `clip` of ../vbench/recipe.py."""
    mix = clips_of_vbench()
    t, y, x, c = np.meshgrid(np.arange(frames), np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    coarse = mix(((number * 4096 + y // 8) * 4096 + (x + 2 * t) // 8) * 4 + c & 0xFFFFFFFF) & np.uint64(255)
    fine = mix((((number * 64 + t + 1000) * 4096 + y) * 4096 + x) * 4 + c & 0xFFFFFFFF) & np.uint64(255)
    return ((coarse * np.uint64(7) + fine) // np.uint64(8)).astype(np.uint8)


def short(tensor):
    """Values with zeros at the end, which files and fingerprints keep."""
    return tensor.half().float()


def network(full):
    from pyiqa.archs.musiq_arch import MUSIQ

    sizes = {} if full else {"hidden_size": 64, "mlp_dim": 128, "num_heads": 1, "num_layers": 2}
    made = MUSIQ(pretrained=False, **sizes).eval()
    generator = torch.Generator().manual_seed(221)
    state = {}
    for name, tensor in made.state_dict().items():
        drawn = torch.randn(tensor.shape, generator=generator)
        if name.endswith("bias"):
            drawn = 0.1 * drawn
        elif tensor.dim() == 1:
            drawn = 1 + 0.1 * drawn
        elif "emb" in name and tensor.dim() != 2 or name.endswith(("cls", "scale_emb")):
            drawn = 0.5 * drawn
        else:
            fan = tensor[0].numel()
            drawn = drawn * (2.0 if ".query." in name or ".key." in name else 1.0) / fan**0.5
        state[name] = short(drawn)
    if not full:
        # Three values only: the file packs well.
        wide = state["embedding.weight"]
        state["embedding.weight"] = torch.sign(wide) * (wide.abs() > 0.7 * 16384**-0.5) / 128
    state["head.weight"] = short(state["head.weight"] * 12)
    state["head.bias"] = torch.tensor([50.0])
    made.load_state_dict(state)
    return made, state


def values(made, load, numbers, modes):
    from vbench import imaging_quality

    imaging_quality.load_video = load
    found = {}
    for mode in modes:
        with torch.no_grad():
            score, each = imaging_quality.technical_quality(
                made, numbers, "cpu", imaging_quality_preprocessing_mode=mode)
        found[mode] = {"all": score, "videos": [video["video_results"] for video in each]}
    return found


def run(args, full, weights, document):
    sys.path.insert(0, args.vbench)
    made, state = network(full)
    # Half precision holds every value.
    torch.save({name: tensor.half() for name, tensor in state.items()} if not full else state, weights)
    made.training = False

    def load(name):
        number = int(name)
        return torch.Tensor(clip(number, *CLIPS[number])).permute(0, 3, 1, 2)

    numbers = [str(number) for number in range(len(CLIPS))]
    result = {"clips": CLIPS, "scores": values(made, load, numbers, MODES)}
    pathlib.Path(document).write_text(json.dumps(result) + "\n")
    for mode, score in result["scores"].items():
        print(mode, score)


def small(args):
    run(args, False, HERE / "musiq_small.pth", HERE / "musiq.json")


def full(args):
    run(args, True, args.file, args.file + ".json")


def check(args):
    wanted = json.loads(pathlib.Path(args.file + ".json").read_text())
    crops = {"longer": [], "shorter": ["--set", "crop=short-side-at-most"],
             "shorter_centercrop": ["--set", "crop=short-side-at-most-center"], "None": ["--set", "crop=whole"]}
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, VIDMETRICS_CACHE=folder + "/cache")
        call = lambda *words, **more: subprocess.run(
            [args.program, *words], check=True, env=dict(environment, **more), stdout=subprocess.PIPE).stdout
        call("weights", "import", args.file, "--as", "musiq-spaq")
        os.mkdir(folder + "/videos")
        for number, sizes in enumerate(wanted["clips"]):
            np.save(f"{folder}/videos/{number}.npy", clip(number, *sizes)[None])
        for isa in args.isa.split(","):
            for mode, expected in wanted["scores"].items():
                document = json.loads(call(
                    "imaging-quality", folder + "/videos", "--json", "--no-record", "--quiet", "--allow-other-weights",
                    *crops[mode], VIDMETRICS_ISA=isa))
                score = document["scores"][0]
                found = [100 * video["value"] for video in score["videos"]]
                difference = max(abs(a - b) for a, b in zip(found, expected["videos"]))
                worst = max(worst, difference)
                print(f"{isa:8} {mode:20} {score['value']:.7f}  VBench {expected['all']:.7f}  largest difference of "
                      f"a video's rating {difference:.1e}", flush=True)
    print(f"largest difference {worst:.1e}")
    sys.exit(worst > 1e-2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, body in [("small", small), ("full", full), ("check", check)]:
        command = commands.add_parser(name)
        command.set_defaults(body=body)
        if name != "small":
            command.add_argument("file")
        if name == "check":
            command.add_argument("program")
            command.add_argument("--isa", default="baseline,avx2,avx512")
        else:
            command.add_argument("--vbench", required=True)
    arguments = parser.parse_args()
    arguments.body(arguments)
