"""Golden camera errors: python3 recipe.py CAMI2V   (numpy, scipy, torch, evo 1.38.1)

CAMI2V is a clone of https://github.com/ZGCTroy/CamI2V at c5d7b2f: its functions are taken out of the file, which imports what
needs a GPU. Writes `real/` and `fake/`, the same made-up camera paths in every format that is read, and `cameras.json`:
RotErr, TransErr and CamMC by CamI2V's `metric`, ATE and RPE by evo, of each pair of files.
"""
import ast
import json
import os
import struct
import sys

import numpy as np
import torch
from evo.core import metrics
from evo.core.trajectory import PosePath3D
from evo.core.units import Unit
from scipy.spatial.transform import Rotation

here = os.path.dirname(os.path.abspath(__file__))
cami2v = sys.argv[1]


def functions(path, names, scope):
    tree = ast.parse(open(path).read())
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in names]
    exec(compile(ast.Module(body=found, type_ignores=[]), path, "exec"), scope)


scope = {"torch": torch, "Tensor": torch.Tensor, "np": np}
from typing import Literal

scope["Literal"] = Literal
functions(f"{cami2v}/evaluation/utils/common.py", {"rt34_to_44", "relative_pose", "normalize_t"}, scope)
functions(f"{cami2v}/evaluation/glomap_evaluation.py", {"calc_roterr", "calc_transerr", "calc_cammc", "metric"}, scope)


def path(generator, frames):
    """A camera that drifts and turns: camera-to-world, [T, 4, 4]."""
    turns = np.cumsum(generator.normal(size=(frames, 3)) * 0.08 + generator.normal(size=3) * 0.05, axis=0)
    places = np.cumsum(generator.normal(size=(frames, 3)) * 0.1 + generator.normal(size=3) * 0.3, axis=0)
    poses = np.tile(np.eye(4), (frames, 1, 1))
    poses[:, :3, :3] = Rotation.from_rotvec(turns + generator.normal(size=3)).as_matrix()
    poses[:, :3, 3] = places
    return poses


def estimate(generator, poses):
    """What an estimator would say: another world, another scale, and noise."""
    world = np.eye(4)
    world[:3, :3] = Rotation.from_rotvec(generator.normal(size=3)).as_matrix()
    noisy = poses.copy()
    for pose in noisy:
        pose[:3, :3] = pose[:3, :3] @ Rotation.from_rotvec(generator.normal(size=3) * 0.04).as_matrix()
        pose[:3, 3] += generator.normal(size=3) * 0.06
    noisy = world @ noisy
    noisy[:, :3, 3] = noisy[:, :3, 3] * 0.37 + generator.normal(size=3)
    return noisy


# Writers: camera-to-world to a file.
def line(values):
    return " ".join(repr(float(value)) for value in values) + "\n"


def realestate(file, poses):
    with open(file + ".txt", "w") as out:
        out.write("https://example.org/watch?v=made-up\n")
        for index, pose in enumerate(poses):
            w2c = np.linalg.inv(pose)[:3]
            out.write(str(158692025 + 33367 * index) + " " + line([0.47, 0.84, 0.5, 0.5, 0, 0] + list(w2c.reshape(-1))))


def tum(file, poses):
    with open(file + ".tum", "w") as out:
        out.write("# timestamp tx ty tz qx qy qz qw\n")
        for index, pose in enumerate(poses):
            quaternion = Rotation.from_matrix(pose[:3, :3]).as_quat()
            out.write(line([index / 30] + list(pose[:3, 3]) + list(quaternion)))


def kitti(file, poses):
    with open(file + ".kitti", "w") as out:
        for pose in poses:
            out.write(line(pose[:3].reshape(-1)))


def images(poses):
    """In another order than that of time, as COLMAP registers them."""
    for index in sorted(range(len(poses)), key=lambda index: (index * 7) % len(poses)):
        w2c = np.linalg.inv(poses[index])
        x, y, z, w = Rotation.from_matrix(w2c[:3, :3]).as_quat()
        yield index + 1, [w, x, y, z] + list(w2c[:3, 3]), f"frame_{index}.png"


def colmap_text(file, poses):
    os.makedirs(file, exist_ok=True)
    with open(file + "/images.txt", "w") as out:
        out.write("# Image list with two lines of data per image:\n#   IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME\n")
        for number, values, name in images(poses):
            out.write(f"{number} " + line(values).rstrip() + f" 1 {name}\n")
            out.write("12.5 7.25 -1 30.0 40.0 6\n" if number % 2 else "\n")
    open(file + "/cameras.txt", "w").write("# Camera list\n1 PINHOLE 96 96 80 80 48 48\n")


def colmap_binary(file, poses):
    os.makedirs(file + "/sparse/0", exist_ok=True)
    with open(file + "/sparse/0/images.bin", "wb") as out:
        out.write(struct.pack("<Q", len(poses)))
        for number, values, name in images(poses):
            out.write(struct.pack("<I7dI", number, *values, 1) + name.encode() + b"\0")
            out.write(struct.pack("<Q", 1) + struct.pack("<ddq", 1.5, 2.5, -1))


def published(real, fake):
    real, fake = torch.from_numpy(real), torch.from_numpy(fake)
    relative = [scope["relative_pose"](poses, mode="left") for poses in (real, fake)]
    names = ["rot-err", "trans-err", "cam-mc", "trans-err real-furthest", "cam-mc real-furthest"]
    return dict(zip(names, scope["metric"](*relative)))


def evo(real, fake, alignment):
    reference, estimated = PosePath3D(poses_se3=list(real)), PosePath3D(poses_se3=list(fake))
    if alignment in ("rigid", "similarity"):
        estimated.align(reference, correct_scale=alignment == "similarity")
    if alignment == "first-frame":
        estimated.align_origin(reference)
    found = {}
    for name, metric in {
        "ate": metrics.APE(metrics.PoseRelation.translation_part),
        "rpe-trans": metrics.RPE(metrics.PoseRelation.translation_part, 1, Unit.frames),
        "rpe-rot": metrics.RPE(metrics.PoseRelation.rotation_angle_deg, 1, Unit.frames),
    }.items():
        metric.process_data((reference, estimated))
        found[name] = {kind: float(metric.get_statistic(getattr(metrics.StatisticsType, kind))) for kind in ("rmse", "mean")}
    return found


torch.set_default_dtype(torch.float64)
writers = [realestate, tum, kitti, colmap_text, colmap_binary]
names = ["walk", "turn", "orbit", "dolly", "crane"]
generator = np.random.default_rng(20)
golden = {"torch": torch.__version__, "numpy": np.__version__, "evo": "1.38.1", "cami2v": "c5d7b2f", "pairs": {}}
for index, name in enumerate(names):
    real = path(generator, 12 + index)
    fake = estimate(generator, real)
    for folder, poses, writer in (("real", real, writers[index]), ("fake", fake, writers[(index + 2) % 5])):
        os.makedirs(f"{here}/{folder}", exist_ok=True)
        writer(f"{here}/{folder}/{name}", poses)
    golden["pairs"][name] = {
        "cami2v": published(real, fake),
        "evo": {alignment: evo(real, fake, alignment) for alignment in ("none", "first-frame", "rigid", "similarity")},
    }
with open(f"{here}/cameras.json", "w") as out:
    json.dump(golden, out, indent=1)
    out.write("\n")
