"""vidmetrics from Python: FVD, KVD, FID and the other scores of the program `vidmetrics`, out of a training loop.

    import vidmetrics

    scores = vidmetrics.score("real/", samples, metrics=["fvd", "kvd"], value_range="-1..1", step=1000)
    print(scores["fvd"].value)

Everything is computed by the program: a number from here is the number that the command line prints. Nothing but Python's
standard library is imported; NumPy or PyTorch are used where their arrays are passed.
"""

from __future__ import annotations

from ._accumulator import Accumulator
from ._calls import features, inspect, score, submit
from ._errors import (
    InputError,
    Interrupted,
    NoSpace,
    NotComparable,
    ProgramFailed,
    ProgramMissing,
    ScoreWarning,
    VidmetricsError,
)
from ._history import History
from ._jobs import Job, finished
from ._metrics import (
    aesthetic_quality,
    background_consistency,
    camera_error,
    clip_sim,
    dt_fvd,
    dynamic_degree,
    fd_dinov2,
    fid,
    fid_infinity,
    flow_error,
    frame_consistency,
    fvd,
    fvd_infinity,
    i2v_background,
    i2v_subject,
    imaging_quality,
    kid,
    kvd,
    lpips,
    motion_magnitude,
    motion_smoothness,
    physics_iq,
    pic,
    prdc,
    psnr,
    ssim,
    subject_consistency,
    temporal_flickering,
    warping_error,
)
from ._program import program
from ._scorer import Scorer
from ._scores import Interval, Score, Scores
from ._selftest import read_features, selftest
from ._sets import VideoSet

__all__ = [
    "Accumulator", "History", "InputError", "Interrupted", "Interval", "Job", "NoSpace", "NotComparable",
    "ProgramFailed", "ProgramMissing", "Score", "ScoreWarning", "Scorer", "Scores", "VideoSet", "VidmetricsError",
    "aesthetic_quality", "background_consistency", "camera_error", "clip_sim", "dt_fvd", "dynamic_degree", "fd_dinov2",
    "features", "fid", "fid_infinity", "finished", "flow_error", "frame_consistency", "fvd", "fvd_infinity", "i2v_background", "i2v_subject",
    "imaging_quality", "inspect", "kid", "kvd", "lpips", "motion_magnitude", "motion_smoothness", "physics_iq", "pic", "prdc", "program", "psnr", "read_features",
    "score", "selftest", "ssim", "subject_consistency", "submit", "temporal_flickering", "warping_error",
]


def __getattr__(name: str) -> str:
    if name == "__version__":
        from ._program import output

        return output(["--version"]).split()[0]
    raise AttributeError(f"module 'vidmetrics' has no attribute {name!r}")
