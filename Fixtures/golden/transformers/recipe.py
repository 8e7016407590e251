#!/usr/bin/env python3
"""The reference for the vision transformers: checkpoints in the published layouts with made-up weights, and what the
published packages compute from them.

    python3 -m pip install torch dreamsim==0.2.1 open_clip_torch==3.3.0 openai-clip==1.0.1 peft safetensors numpy
    git clone https://github.com/facebookresearch/dino HUB/dino
    git clone https://github.com/facebookresearch/dinov2 HUB/dinov2
    python3 recipe.py --hub HUB             # writes the small checkpoints and transformers.json beside this file
    python3 recipe.py --hub HUB --full DIR  # the same at the real sizes: 3 GB of files, 40 minutes on two cores

What is built are the packages' own classes: dreamsim's PerceptualModel with peft's LoRA (whose `dreamsim()` then loads the
files written here), the vision_transformer.py of facebookresearch/dino and facebookresearch/dinov2, open_clip's CLIP, and
clip.model.CLIP in a traced TorchScript archive whose `clip.load` gives the embeddings. Nothing is downloaded: torch.hub
is pointed at HUB. The weights are random (torch's generator, seeds below) and have 8 bits behind the leading one, so that
they are exact in float16 and compress well. Small: width 64 (one head; 128 and two heads in OpenAI's image tower and in
DINOv2's ViT-L, which has two blocks), patches 8x8, images 32x32, LoRA of rank 2, a vocabulary of 64 ids; DINOv2's positions
are a 6x6 grid that the package interpolates to 4x4. Everything is computed in float64,
OpenAI's CLIP in float32, which its LayerNorm demands.

Images: `image(n, side)` below, integers only, so that another program can repeat them; values are RGB in 0...1.

transformers.json: `models` by name, each with `file` (or `files`), `activation`, `side`, and a row an image: `embedding`
(behind the final norm and the head, not normalised; DreamSim: what `embed()` returns), `classToken` (before the final norm;
DINO only), `text` (a row for each of `tokens`), `distances` (DreamSim: the package's distance of each pair i < j, row by
row). `canonical` by file: for each canonical tensor its shape, its first and last value and the sum of
value * (1 + flat index mod 251).
"""
import argparse
import importlib
import importlib.util
import json
import os
import pathlib
import shutil
import sys
import tempfile
import types
import zipfile
from functools import partial

import numpy as np
import torch
from safetensors.torch import save_file

IMAGES = 4
RANK, ALPHA = 2, 3
DREAMSIM = {
    "ensemble": ["dino_vitb16", "clip_vitb16", "open_clip_vitb16"],
    "dino_vitb16": ["dino_vitb16"],
    "clip_vitb32": ["clip_vitb32"],
    "open_clip_vitb32": ["open_clip_vitb32"],
    "dinov2_vitb14": ["dinov2_vitb14"],
}


def mix(value):
    """The finaliser of MurmurHash3, 32 bits."""
    value = np.asarray(value, np.uint64)
    for multiplier, shift in ((0x85EBCA6B, 16), (0xC2B2AE35, 13)):
        value ^= value >> np.uint64(shift)
        value = value * np.uint64(multiplier) & np.uint64(0xFFFFFFFF)
    return value ^ value >> np.uint64(16)


def image(number, side):
    """[side][side][3]: 3/4 a colour for each square of 8x8 pixels, 1/4 one for each pixel, of 256 grey levels."""
    y, x, c = np.meshgrid(np.arange(side), np.arange(side), np.arange(3), indexing="ij")
    coarse = mix(((number * 4096 + y // 8) * 4096 + x // 8) * 4 + c) & np.uint64(255)
    fine = mix((((number + 1000) * 4096 + y) * 4096 + x) * 4 + c & 0xFFFFFFFF) & np.uint64(255)
    return ((coarse * np.uint64(3) + fine) // np.uint64(4)).astype(np.float32) / np.float32(255)


class Sizes:
    def __init__(self, full):
        self.full = full
        self.side = 224 if full else 32
        self.width = 768 if full else 64
        self.large_width = 1024 if full else 128
        self.large_depth = 24 if full else 2
        self.embedding = 512 if full else 64
        self.text_width = 512 if full else 64
        self.vocabulary = 49408 if full else 64
        self.depth = 12 if full else 1
        self.dino_depth = 12 if full else 2
        self.rank = 16 if full else RANK
        self.alpha = 8 if full else ALPHA

    def patch(self, published):
        return published if self.full else 8


def short(tensor):
    """The tensor with 8 bits behind the leading one."""
    bits = tensor.float().contiguous().view(torch.int32)
    return ((bits + 0x8000) & -0x10000).view(torch.float32)


def draw(names_and_tensors, seed):
    """Random weights that keep images apart, in place."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in names_and_tensors:
        noise = torch.randn(tensor.shape, generator=generator)
        last = name.split(".")[-1]
        if "norm" in name or ".ln_" in name or name.startswith("ln_") or "pos_drop" in name:
            value = 1 + noise * 0.2 if last == "weight" else noise * 0.1
        elif last == "gamma":
            value = 0.6 + noise * 0.2
        elif "embedding" in name or last in ("cls_token", "pos_embed", "mask_token"):
            value = noise * 0.5
        elif last in ("proj", "text_projection"):
            value = noise / tensor.shape[0] ** 0.5
        elif tensor.dim() > 1:
            fan_in = tensor[0].numel()
            value = noise * (1.6 if "qkv" in name or "in_proj" in name else 1.0) / fan_in**0.5
        elif tensor.dim() == 1:
            value = noise * 0.1
        else:
            continue
        tensor.data.copy_(short(value))


def module(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    result = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(result)
    return result


class Recipe:
    def __init__(self, hub, folder, sizes):
        self.folder, self.sizes = folder, sizes
        sys.path[:0] = [str(hub / "dino"), str(hub / "dinov2")]
        os.environ["XFORMERS_DISABLED"] = "1"
        self.dino = module(hub / "dino" / "vision_transformer.py", "dino_vision_transformer")
        self.dinov2 = importlib.import_module("dinov2.models.vision_transformer")
        self.models, self.canonical = {}, {}

    # Networks

    def vit(self, classes, depth, patch):
        return classes.VisionTransformer(
            img_size=[self.sizes.side], patch_size=patch, embed_dim=self.sizes.width, depth=depth,
            num_heads=self.sizes.width // 64, mlp_ratio=4, qkv_bias=True,
            norm_layer=partial(torch.nn.LayerNorm, eps=1e-6))

    def dino_network(self):
        return self.vit(self.dino, self.sizes.dino_depth, self.sizes.patch(16)).eval()

    def dinov2_network(self, width=None, depth=None):
        """ViT-B/14, or as wide and deep as told."""
        width, depth = width or self.sizes.width, depth or self.sizes.depth
        return self.dinov2.DinoVisionTransformer(
            img_size=518 if self.sizes.full else 48, patch_size=self.sizes.patch(14), embed_dim=width,
            depth=depth, num_heads=width // 64, mlp_ratio=4, init_values=1.0, ffn_layer="mlp",
            block_chunks=0, interpolate_antialias=False, interpolate_offset=0.1).eval()

    def batch(self, mean, deviation, dtype=torch.float64):
        pictures = torch.stack([torch.from_numpy(image(n, self.sizes.side)) for n in range(IMAGES)])
        pictures = pictures.permute(0, 3, 1, 2).to(dtype)
        if mean is None:
            return pictures
        return (pictures - torch.tensor(mean, dtype=dtype)[:, None, None]) / torch.tensor(
            deviation, dtype=dtype)[:, None, None]

    # Checkpoints of one network

    def backbones(self):
        from dreamsim.constants import IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD

        for name, file, network, seed in [
            ("dino-vitb16", "dino_vitbase16_pretrain.pth", self.dino_network(), 1),
            ("dinov2-vitb14", "dinov2_vitb14_pretrain.pth", self.dinov2_network(), 2),
            ("dinov2-vitl14", "dinov2_vitl14_pretrain.pth",
             self.dinov2_network(self.sizes.large_width, self.sizes.large_depth), 7),
        ]:
            draw(network.state_dict().items(), seed)
            state = {key: tensor.clone() for key, tensor in network.state_dict().items()}
            torch.save(state, self.folder / file)
            pictures = self.batch(IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD)
            blocks = []
            network = network.double()
            handle = network.blocks[-1].register_forward_hook(lambda m, i, o: blocks.append(o))
            self.models[name] = {
                "file": file, "activation": "gelu", "side": self.sizes.side, "embedding": rows(network(pictures)),
                "classToken": rows(blocks[0][:, 0]),
            }
            handle.remove()
            self.canonical[file] = spots(tower_dino(state))

    def tokens(self):
        start, end = self.sizes.vocabulary - 2, self.sizes.vocabulary - 1
        texts = []
        for number, length in enumerate([3, 12, 75]):
            words = [int(word) for word in mix(np.arange(length) + 100 * number) % np.uint64(start)]
            texts.append(([start] + words + [end] + [0] * 77)[:77])
        return texts

    def clips(self):
        import packaging.version

        # clip asks setuptools for it, which has lost it.
        sys.modules.setdefault("pkg_resources", types.SimpleNamespace(packaging=packaging))
        import clip
        import clip.model
        import open_clip
        from dreamsim.constants import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD

        sizes, tokens = self.sizes, torch.tensor(self.tokens())
        published = [("clip-vit-b-32", 32, "ViT-B-32.pt", 3)] + [("clip-vit-b-16", 16, "ViT-B-16.pt", 4)] * sizes.full
        for name, patch, file, seed in published:
            width = 768 if sizes.full else 128
            network = clip.model.CLIP(
                sizes.embedding, sizes.side, sizes.depth, width, sizes.patch(patch), 77, sizes.vocabulary,
                sizes.text_width, sizes.text_width // 64, sizes.depth).eval()
            draw(network.state_dict().items(), seed)
            clip.model.convert_weights(network)
            state = {key: tensor.clone() for key, tensor in network.state_dict().items()}
            archive(network, tokens, sizes, self.folder / file)
            loaded, _ = clip.load(str(self.folder / file), device="cpu", jit=False)
            pictures = self.batch(OPENAI_CLIP_MEAN, OPENAI_CLIP_STD, torch.float32)
            self.models[name] = {
                "file": file, "activation": "quick-gelu", "side": sizes.side,
                "embedding": rows(loaded.encode_image(pictures)), "tokens": tokens.tolist(),
                "text": rows(loaded.encode_text(tokens)),
            }
            self.canonical[file] = spots(tower_clip(state))

        # The published names end in the first digits of the files' SHA-256; these are others.
        published = [("open-clip-vit-b-16", 16, "open_clip_vit_b_16.pt", False, 5)]
        published += [("open-clip-vit-b-32", 32, "open_clip_vit_b_32.pt", True, 6)] * sizes.full
        for name, patch, file, quick, seed in published:
            network = open_clip.CLIP(
                sizes.embedding,
                open_clip.CLIPVisionCfg(
                    layers=sizes.depth, width=sizes.width, patch_size=sizes.patch(patch), image_size=sizes.side),
                open_clip.CLIPTextCfg(
                    vocab_size=sizes.vocabulary, width=sizes.text_width, heads=sizes.text_width // 64,
                    layers=sizes.depth),
                quick_gelu=quick).eval()
            draw(network.state_dict().items(), seed)
            state = {key: tensor.clone() for key, tensor in network.state_dict().items()}
            torch.save({"epoch": 31, "name": "ViT", "state_dict": {"module." + k: v for k, v in state.items()}},
                       self.folder / file)
            network = network.double()
            pictures = self.batch(OPENAI_CLIP_MEAN, OPENAI_CLIP_STD)
            self.models[name] = {
                "file": file, "activation": "quick-gelu" if quick else "gelu", "side": sizes.side,
                "embedding": rows(network.encode_image(pictures)), "tokens": tokens.tolist(),
                "text": rows(network.encode_text(tokens)),
            }
            self.canonical[file] = spots(tower_clip(state))

    # DreamSim

    def branch_file(self, model, folder, seed):
        """The checkpoint of a branch, in the layout that dreamsim's loaders read."""
        from dreamsim.feature_extraction import vision_transformer

        if model == "dino_vitb16":
            # Only the head of DINO's training is in this file; the network comes from torch.hub.
            tiny = lambda *shape: torch.full(shape, 0.5)
            head = {f"module.head.mlp.{i}.{part}": tiny(2) for i in (0, 2, 4) for part in ("weight", "bias")}
            torch.save({"student": {**head, "module.head.last_layer.weight": tiny(2)}},
                       folder / "dino_vitb16_pretrain.pth")
            return
        if model == "dinov2_vitb14":
            shutil.copy(self.folder / "dinov2_vitb14_pretrain.pth", folder)
            return
        network = self.vit(vision_transformer, self.sizes.depth, self.sizes.patch(int(model[-2:])))
        network.pos_drop = torch.nn.LayerNorm(self.sizes.width)
        proj = torch.zeros(self.sizes.width, self.sizes.embedding)
        state = network.state_dict()
        draw(list(state.items()) + [("proj", proj)], seed)
        state["patch_embed.proj.bias"].zero_()
        torch.save({"state_dict": {**state, "proj": proj}}, folder / f"{model}_pretrain.pth.tar")

    def patch_dreamsim(self):
        """Points dreamsim at the local networks, and at the last block, which it counts as number 11."""
        import dreamsim.model as package
        from dreamsim.feature_extraction import load_clip_as_dino, load_open_clip_as_dino, vision_transformer

        def hub(repository, name, **_):
            network, file = {
                "dino_vitb16": (self.dino_network, "dino_vitbase16_pretrain.pth"),
                "dinov2_vitb14": (self.dinov2_network, "dinov2_vitb14_pretrain.pth"),
            }[name]
            network = network()
            network.load_state_dict(torch.load(self.folder / file, weights_only=True))
            return network

        torch.hub.load = hub
        torch.hub.set_dir = lambda folder: None
        for loader in (load_clip_as_dino, load_open_clip_as_dino):
            loader.vit_base = lambda patch_size: self.vit(
                vision_transformer, self.sizes.depth, self.sizes.patch(patch_size))

        def last_block(model, pictures, extractor_index=0):
            extractor = model.extractor_list[extractor_index]
            return extractor.extract_descriptors(pictures, len(extractor.model.blocks) - 1)

        package.PerceptualModel._extract_cls_and_patch = last_block
        # Two of its loaders give the projection as a plain tensor, which `.double()` does not reach.
        original = package.ViTExtractor.forward

        def forward(extractor, x, is_proj=False):
            if isinstance(extractor.proj, torch.Tensor):
                extractor.proj = extractor.proj.to(x.dtype)
            return original(extractor, x, is_proj)

        package.ViTExtractor.forward = forward
        for kind, config in package.dreamsim_args["model_config"].items():
            config["stride"] = ",".join(
                str(self.sizes.patch(int(stride))) for stride in config["stride"].split(","))
        return package

    def dreamsims(self):
        import peft

        package = self.patch_dreamsim()
        seed = 20
        for kind, branches in DREAMSIM.items():
            with tempfile.TemporaryDirectory() as name:
                folder = pathlib.Path(name)
                for model in branches:
                    seed += 1
                    self.branch_file(model, folder, seed)
                network = package.PerceptualModel(
                    **package.dreamsim_args["model_config"][kind], device="cpu", load_dir=name, normalize_embeds=True)
                network = peft.get_peft_model(network, peft.LoraConfig(
                    r=self.sizes.rank, lora_alpha=self.sizes.alpha, lora_dropout=0.3, bias="none",
                    target_modules=["qkv"]))
                seed += 1
                draw([(n, p) for n, p in network.named_parameters() if "lora_" in n], seed)
                adapter = folder / ("ensemble_lora" if kind == "ensemble" else f"{branches[0]}_single_lora")
                network.save_pretrained(adapter, safe_serialization=kind != "ensemble")
                (adapter / "README.md").unlink(missing_ok=True)
                file = f"dreamsim_{kind}_checkpoint.zip"
                # The ensemble's files lie in a folder of the archive, the others at its top.
                write_zip(self.folder / file, folder, "dreamsim/" if kind == "ensemble" else "")
                loaded, _ = package.dreamsim(device="cpu", cache_dir=name, dreamsim_type=kind)
                self.measure(loaded.double(), kind, file, branches, adapter.name)

    def measure(self, network, kind, file, branches, adapter):
        pictures = self.batch(None, None)
        pairs = [(i, j) for i in range(IMAGES) for j in range(i + 1, IMAGES)]
        distances = [float(network(pictures[i : i + 1], pictures[j : j + 1])) for i, j in pairs]
        embedding = network.embed(pictures)
        files = [file]
        files += ["dino_vitbase16_pretrain.pth"] if "dino_vitb16" in branches else []
        files += ["dinov2_vitb14_pretrain.pth"] if "dinov2_vitb14" in branches else []
        self.models["dreamsim-" + kind.replace("_", "-")] = {
            "files": files, "adapter": adapter, "side": self.sizes.side, "embedding": rows(embedding),
            "distances": distances,
        }
        network.merge_adapter()
        tensors = {}
        extractors = network.base_model.model.extractor_list
        for model, extractor in zip(branches, extractors):
            state = {key.replace(".base_layer.", "."): value for key, value in extractor.model.state_dict().items()
                     if "lora_" not in key}
            proj = extractor.proj if "clip" in model else None
            prefix = model.rsplit("_", 1)[0] + "/"
            tensors |= {prefix + key: value for key, value in tower_dino(state, proj).items()}
        self.canonical[file] = spots(tensors)


def archive(network, tokens, sizes, path):
    """A traced archive like OpenAI's: float16 where convert_weights makes it so, three numbers as buffers."""
    for name in ("context_length", "vocab_size"):
        delattr(network, name)
    for name, value in [("input_resolution", sizes.side), ("context_length", 77), ("vocab_size", sizes.vocabulary)]:
        network.register_buffer(name, torch.tensor(value))
    pictures = torch.zeros(1, 3, sizes.side, sizes.side)
    traced = torch.jit.trace_module(network, {
        "forward": (pictures, tokens), "encode_image": (pictures,), "encode_text": (tokens,)}, check_trace=False)
    torch.jit.save(traced, str(path))


def write_zip(path, folder, prefix):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(prefix + str(file.relative_to(folder)), (2024, 1, 1, 0, 0, 0))
            out.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)


# The canonical tensors, computed here from a package's state dictionary.

def tower_dino(state, proj=None):
    get = lambda name: state[name].detach().float().numpy()
    result = {
        "patches/kernel": get("patch_embed.proj.weight").transpose(2, 3, 1, 0), "class_token": get("cls_token")[0, 0],
        "positions": get("pos_embed")[0], "norm_post/scale": get("norm.weight"), "norm_post/offset": get("norm.bias"),
    }
    if get("patch_embed.proj.bias").any():
        result["patches/bias"] = get("patch_embed.proj.bias")
    if "pos_drop.weight" in state:
        result |= {"norm_pre/scale": get("pos_drop.weight"), "norm_pre/offset": get("pos_drop.bias")}
    if proj is not None:
        result["head/kernel"] = proj.detach().float().numpy()
    for i in range(sum(key.endswith(".norm1.weight") for key in state)):
        for ours, theirs in [("norm_1", "norm1"), ("norm_2", "norm2")]:
            result[f"blocks/{i}/{ours}/scale"] = get(f"blocks.{i}.{theirs}.weight")
            result[f"blocks/{i}/{ours}/offset"] = get(f"blocks.{i}.{theirs}.bias")
        for ours, theirs in [("qkv", "attn.qkv"), ("projection", "attn.proj"), ("mlp_1", "mlp.fc1"), ("mlp_2", "mlp.fc2")]:
            result[f"blocks/{i}/{ours}/kernel"] = get(f"blocks.{i}.{theirs}.weight").T
            result[f"blocks/{i}/{ours}/bias"] = get(f"blocks.{i}.{theirs}.bias")
        if f"blocks.{i}.ls1.gamma" in state:
            result[f"blocks/{i}/scale_1"] = get(f"blocks.{i}.ls1.gamma")
            result[f"blocks/{i}/scale_2"] = get(f"blocks.{i}.ls2.gamma")
    return result


def tower_clip(state):
    get = lambda name: state[name].detach().float().numpy()
    result = {
        "image/patches/kernel": get("visual.conv1.weight").transpose(2, 3, 1, 0),
        "image/class_token": get("visual.class_embedding"), "image/positions": get("visual.positional_embedding"),
        "image/head/kernel": get("visual.proj"), "text/tokens": get("token_embedding.weight"),
        "text/positions": get("positional_embedding"), "text/head/kernel": get("text_projection"),
    }
    norms = [("image/norm_pre", "visual.ln_pre"), ("image/norm_post", "visual.ln_post"), ("text/norm_post", "ln_final")]
    layers = []
    for ours, theirs in [("image/", "visual."), ("text/", "")]:
        theirs += "transformer.resblocks."
        for i in range(sum(key.startswith(theirs) and key.endswith(".ln_1.weight") for key in state)):
            ours_i, theirs_i = f"{ours}blocks/{i}/", f"{theirs}{i}."
            norms += [(ours_i + "norm_1", theirs_i + "ln_1"), (ours_i + "norm_2", theirs_i + "ln_2")]
            layers += [(ours_i + "qkv", theirs_i + "attn.in_proj_", True)]
            layers += [(ours_i + a, theirs_i + b, False) for a, b in [
                ("projection", "attn.out_proj."), ("mlp_1", "mlp.c_fc."), ("mlp_2", "mlp.c_proj.")]]
    for ours, theirs in norms:
        result |= {ours + "/scale": get(theirs + ".weight"), ours + "/offset": get(theirs + ".bias")}
    for ours, theirs, _ in layers:
        result |= {ours + "/kernel": get(theirs + "weight").T, ours + "/bias": get(theirs + "bias")}
    return result


def spots(tensors):
    result = {}
    for name, tensor in sorted(tensors.items()):
        flat = np.ascontiguousarray(tensor).reshape(-1).astype(np.float64)
        total = float(np.sum(flat * (1 + np.arange(flat.size) % 251)))
        result[name] = [list(tensor.shape), float(flat[0]), float(flat[-1]), total]
    return result


def rows(tensor):
    return [[float(f"{value:.9g}") for value in row] for row in tensor.detach().double().tolist()]


def apart(models):
    """Refuses weights that make every image or text look alike."""
    for name, model in models.items():
        for key in ("embedding", "text"):
            if key in model:
                points = np.array(model[key])
                points /= np.linalg.norm(points, axis=1, keepdims=True)
                cosines = (points @ points.T)[np.triu_indices(len(points), 1)]
                print(f"{name} {key}: cosines {cosines.min():.3f} to {cosines.max():.3f}", file=sys.stderr)
                assert cosines.max() < 0.99, name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hub", type=pathlib.Path, required=True, help="folder with clones of dino and dinov2")
    parser.add_argument("--full", type=pathlib.Path, metavar="DIR", help="the real sizes, written there")
    arguments = parser.parse_args()
    folder = arguments.full or pathlib.Path(__file__).resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        recipe = Recipe(arguments.hub.resolve(), folder, Sizes(arguments.full is not None))
        recipe.backbones()
        recipe.clips()
        recipe.dreamsims()
    apart(recipe.models)
    golden = {"images": IMAGES, "models": recipe.models, "canonical": recipe.canonical}
    (folder / "transformers.json").write_text(json.dumps(golden, separators=(",", ":")).replace('},"', '},\n"') + "\n")


if __name__ == "__main__":
    main()
