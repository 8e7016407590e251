#!/usr/bin/env python3
"""Writes the checkpoints beside it: one miniature I3D in every format and key layout, and pickles that must be refused.

    python3 recipe.py numpy        # NumPy 2.4
    python3 recipe.py torch        # PyTorch 2.15, safetensors
    python3 recipe.py tensorflow   # TensorFlow 2.21
    python3 recipe.py snappy       # cramjam: the TensorFlow index once more, with compressed blocks
    python3 recipe.py dtdb         # PyTorch 2.15: I3D_16.pth.tar and I3D_32.pth.tar
    python3 recipe.py golden       # golden.json: the fingerprints, by hashlib

The miniature has the units of the real network, and small kernels whose five extents all differ where it matters. All
files hold the same values, but for the two of DT-FVD's layout: batch norm with a scale, 18 classes, and the optimiser's
tensors beside the state dictionary.
"""
import hashlib, json, os, pickle, struct, sys, zlib
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
BRANCHES = ["Branch_0/Conv3d_0a_1x1", "Branch_1/Conv3d_0a_1x1", "Branch_1/Conv3d_0b_3x3", "Branch_2/Conv3d_0a_1x1",
            "Branch_2/Conv3d_0b_3x3", "Branch_3/Conv3d_0b_1x1"]
BLOCKS = ["3b", "3c", "4b", "4c", "4d", "4e", "4f", "5b", "5c"]
UNITS = ["Conv3d_1a_7x7", "Conv3d_2b_1x1", "Conv3d_2c_3x3"] + [f"Mixed_{k}/{b}" for k in BLOCKS for b in BRANCHES]
HEAD = "Logits/Conv3d_0c_1x1"


def path(name): return os.path.join(HERE, name)


def values(name, *shape):
    """Multiples of 1/64 below 2, exact in every float type that is tested."""
    random = np.random.RandomState(zlib.crc32(name.encode()))
    return (random.randint(1, 128, shape) / 64).astype(np.float32)


def canonical():
    tree = {}
    for unit in UNITS:
        extents = (2, 3, 4, 5, 17) if unit == "Conv3d_2c_3x3" else (1, 2, 1, 1, 2)
        tree[unit + "/kernel"] = values(unit + "/kernel", *extents)
        for part in ["beta", "moving_mean", "moving_variance"]:
            tree[f"{unit}/{part}"] = values(f"{unit}/{part}", extents[-1])
    tree[HEAD + "/kernel"] = values(HEAD + "/kernel", 1, 1, 1, 2, 3)
    tree[HEAD + "/bias"] = values(HEAD + "/bias", 3)
    return tree


def dtdb():
    """The miniature as DT-FVD's weights are: a trained scale and 18 classes."""
    tree = canonical()
    for unit in UNITS:
        tree[unit + "/gamma"] = values(unit + "/gamma", len(tree[unit + "/beta"]))
    tree[HEAD + "/kernel"] = values(HEAD + "/kernel18", 1, 1, 1, 2, 18)
    tree[HEAD + "/bias"] = values(HEAD + "/bias18", 18)
    return tree


def fingerprint(tree):
    digest = hashlib.sha256(b"vidmetrics.weights/1\n")
    for name in sorted(tree):
        array = np.ascontiguousarray(tree[name], dtype="<f4")
        shape = ",".join(map(str, array.shape))
        digest.update(f"{name} [{shape}] {hashlib.sha256(array.tobytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def jax_tree(tree):
    params, stats = {}, {}
    for unit in UNITS + [HEAD]:
        place, rest = (unit.split("/", 1) if unit.startswith("Mixed") else (unit, None))
        p, s = params.setdefault(place, {}), stats.setdefault(place, {})
        if rest: p, s = p.setdefault(rest, {}), s.setdefault(rest, {})
        p["Conv_0"] = {"kernel": tree[unit + "/kernel"]}
        if unit == HEAD:
            p["Conv_0"]["bias"] = tree[unit + "/bias"]
            del stats[place]
        else:
            p["BatchNorm_0"] = {"bias": tree[unit + "/beta"]}
            s["BatchNorm_0"] = {"mean": tree[unit + "/moving_mean"].reshape(1, 1, 1, 1, -1),
                                "var": tree[unit + "/moving_variance"].reshape(1, 1, 1, 1, -1)}
    return {"params": params, "batch_stats": stats}


def numpy_files(tree):
    with open(path("jax.ckpt"), "wb") as file: pickle.dump(jax_tree(tree), file, 4)
    arrays = {"row": np.arange(6, dtype="<f4").reshape(2, 3), "column": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
              "half": np.array([0.5, -2], "<f2"), "count": np.array(7), "best": np.float64(0.25), "epoch": 2 ** 70}
    for protocol in [2, 3, 5]:
        with open(path(f"arrays.protocol{protocol}.pkl"), "wb") as file: pickle.dump(arrays, file, protocol)
    refused_files()


class Call:
    """Pickles as a call of a function."""
    def __init__(self, function, *arguments): self.call = (function, arguments)
    def __reduce__(self): return self.call


def refused_files():
    import builtins
    marker = "/tmp/vidmetrics-pickle-was-executed"
    files = {
        "refused-os-system.pkl": pickle.dumps(Call(os.system, "touch " + marker), 4),
        "refused-posix-system.pt": b"\x80\x02cposix\nsystem\nX" + struct.pack("<I", len("touch " + marker))
        + ("touch " + marker).encode() + b"\x85R.",
        "refused-builtins-eval.pkl": pickle.dumps({"params": Call(builtins.eval, f"open({marker!r}, 'w')")}, 2),
        "refused-protocol0.pkl": f"cos\nsystem\n(S'touch {marker}'\ntR.".encode(),
        "refused-inst.pkl": f"(S'touch {marker}'\nios\nsystem\n.".encode(),
        "refused-torch-class.pkl": b"\x80\x02c__torch__.a\nB\n)\x81.",
    }
    for name, content in files.items():
        with open(path(name), "wb") as file: file.write(content)


def torch_names(unit, hassony):
    if unit == HEAD: return "conv3d_0c_1x1" if hassony else "logits"
    place, _, rest = unit.partition("/")
    if not rest: return place.lower() if hassony else place
    names = ["branch_0", "branch_1.0", "branch_1.1", "branch_2.0", "branch_2.1", "branch_3.1"] if hassony \
        else ["b0", "b1a", "b1b", "b2a", "b2b", "b3b"]
    return f"{place.lower() if hassony else place}.{names[BRANCHES.index(rest)]}"


def torch_state(tree, hassony):
    import torch
    state, norm = {}, "batch3d" if hassony else "bn"
    for unit in UNITS + [HEAD]:
        name = torch_names(unit, hassony)
        kernel = np.ascontiguousarray(tree[unit + "/kernel"].transpose(4, 3, 0, 1, 2))
        state[name + ".conv3d.weight"] = torch.from_numpy(kernel)
        if unit == HEAD:
            state[name + ".conv3d.bias"] = torch.from_numpy(tree[unit + "/bias"])
            continue
        scale = tree.get(unit + "/gamma", np.ones(kernel.shape[0], np.float32))
        state[f"{name}.{norm}.weight"] = torch.from_numpy(scale)
        state[f"{name}.{norm}.bias"] = torch.from_numpy(tree[unit + "/beta"])
        state[f"{name}.{norm}.running_mean"] = torch.from_numpy(tree[unit + "/moving_mean"])
        state[f"{name}.{norm}.running_var"] = torch.from_numpy(tree[unit + "/moving_variance"])
        if unit == UNITS[0]: state[f"{name}.{norm}.num_batches_tracked"] = torch.tensor(7)
    return state


def torch_files(tree):
    import torch, collections
    from safetensors.torch import save_file
    piergiaj = torch_state(tree, hassony=False)
    kinds = [torch.float16, torch.bfloat16, torch.float64, torch.float32]
    mixed = {n: t.to(kinds[i % 4]) if t.is_floating_point() else t for i, (n, t) in enumerate(piergiaj.items())}
    views = collections.OrderedDict()
    for name, tensor in flattened(mixed).items(): views["module." + name] = tensor
    weight = views["module.Conv3d_2c_3x3.conv3d.weight"]
    channels_last = weight.permute(0, 2, 3, 4, 1).contiguous().permute(0, 4, 1, 2, 3)
    views["module.Conv3d_2c_3x3.conv3d.weight"] = torch.nn.Parameter(channels_last)
    torch.save({"epoch": 3, "loss": 0.5, "best": np.float64(0.25), "state_dict": views,
                "optimizer": {"state": {}, "param_groups": [{"lr": 0.1, "params": [0, 1]}]}}, path("piergiaj.pt"))
    torch.save(torch_state(tree, hassony=True), path("hassony.legacy.pth"), _use_new_zipfile_serialization=False)
    save_file(mixed, path("piergiaj.safetensors"), metadata={"format": "pt"})
    torchscript_file(flattened(torch_state(tree, hassony=True)))


def dtdb_files():
    """`torch.save` of today for 16 frames, of before 1.6 for 32; one of them saved from a DataParallel network."""
    import torch
    state = flattened(torch_state(dtdb(), hassony=False))
    momentum = {i: {"momentum_buffer": torch.full((3,), float(i))} for i in range(2)}
    optimiser = {"state": momentum, "param_groups": [{"lr": 0.1, "nesterov": True, "params": [0, 1]}]}
    wrapped = {"module." + name: tensor for name, tensor in state.items()}
    torch.save({"epoch": 40, "arch": "I3D", "state_dict": state, "best_acc": torch.tensor(0.5), "optimizer": optimiser},
               path("I3D_16.pth.tar"))
    torch.save({"optim_state_dict": optimiser, "state_dict": wrapped}, path("I3D_32.pth.tar"),
               _use_new_zipfile_serialization=False)


def flattened(state):
    """All tensors of one type as views of one storage, so that offsets are used and the file is small."""
    import torch
    result = {}
    for kind in {t.dtype for t in state.values()}:
        names = [n for n in state if state[n].dtype == kind]
        flat, start = torch.cat([state[n].flatten() for n in names]), 0
        for name in names:
            result[name] = flat[start:start + state[name].numel()].view(state[name].shape)
            start += state[name].numel()
    return {name: result[name] for name in state}


def torchscript_file(state):
    import torch

    class Node(torch.nn.Module):
        def forward(self, x: torch.Tensor): return x

    root = Node()
    for name, tensor in state.items():
        *places, leaf = name.split(".")
        node = root
        for place in places:
            if not hasattr(node, place): node.add_module(place, Node())
            node = getattr(node, place)
        node.register_buffer(leaf, tensor)
    torch.jit.save(torch.jit.script(root), path("hassony.torchscript.pt"))


def tensorflow_files(tree):
    import tensorflow.compat.v1 as tf
    tf.disable_eager_execution()
    variables = [tf.get_variable("global_step", initializer=np.int64(7))]
    for name, array in tree.items():
        unit, part = name.rsplit("/", 1)
        if unit == "Mixed_5b/Branch_2/Conv3d_0b_3x3": unit = "Mixed_5b/Branch_2/Conv3d_0a_3x3"
        leaf = {"kernel": "conv_3d/w", "bias": "conv_3d/b"}.get(part, "batch_norm/" + part)
        shaped = array.reshape(1, 1, 1, 1, -1) if leaf.startswith("batch_norm") else array
        variables.append(tf.get_variable(f"RGB/inception_i3d/{unit}/{leaf}", initializer=shaped))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.train.Saver(variables).save(session, path("model.ckpt"), write_meta_graph=False, write_state=False)


def snappy_files():
    """model.ckpt.index with every block compressed: what TensorFlow 1.1 could write."""
    import cramjam

    def crc32c(data):
        crc = 0xffffffff
        for byte in data:
            crc ^= byte
            for _ in range(8): crc = (crc >> 1) ^ (0x82f63b78 if crc & 1 else 0)
        return crc ^ 0xffffffff

    def varint(data, at):
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            shift += 7; at += 1
            if data[at - 1] < 128: return value, at

    def encoded(number):
        out = b""
        while number > 127: out += bytes([number & 127 | 128]); number >>= 7
        return out + bytes([number])

    source = open(path("model.ckpt.index"), "rb").read()
    output = b""

    def add(block):
        nonlocal output
        packed = bytes(cramjam.snappy.compress_raw(block)) + b"\x01"
        crc = crc32c(packed)
        place = encoded(len(output)) + encoded(len(packed) - 1)
        output += packed + struct.pack("<I", ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff)
        return place

    footer, at, places = source[-48:], 0, []
    for _ in range(4):
        number, at = varint(footer, at)
        places.append(number)
    index = source[places[2]:places[2] + places[3]]
    at, entries, key = 0, [], b""
    while at < len(index) - 4 - 4 * struct.unpack("<I", index[-4:])[0]:
        shared, at = varint(index, at)
        added, at = varint(index, at)
        length, at = varint(index, at)
        key = key[:shared] + index[at:at + added]
        offset, p = varint(index, at + added)
        size, p = varint(index, p)
        entries.append((key, add(source[offset:offset + size])))
        at += added + length
    new_index, restarts = b"", []
    for key, place in entries:
        restarts.append(len(new_index))
        new_index += encoded(0) + encoded(len(key)) + encoded(len(place)) + key + place
    new_index += b"".join(struct.pack("<I", r) for r in restarts) + struct.pack("<I", len(restarts))
    places = add(struct.pack("<II", 0, 1)) + add(new_index)
    with open(path("snappy.ckpt.index"), "wb") as file:
        file.write(output + places.ljust(40, b"\0") + struct.pack("<Q", 0xdb4775248b80fb57))


def golden(tree):
    with open(path("golden.json"), "w") as file:
        json.dump({"fingerprint": fingerprint(tree), "tensors": len(tree), "dtdb": fingerprint(dtdb())}, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    tree = canonical()
    {"numpy": numpy_files, "torch": torch_files, "tensorflow": tensorflow_files, "golden": golden,
     "snappy": lambda _: snappy_files(), "dtdb": lambda _: dtdb_files()}[sys.argv[1]](tree)
