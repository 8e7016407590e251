"""Each metric by its name: `vidmetrics.fvd(real, fake)` is `vidmetrics.score(real, fake, metrics="fvd")`.

The arguments are those of `score`; `protocol="tats"` chooses whose number it is. `vidmetrics guide fvd` is about the metric.
"""

from __future__ import annotations

from typing import Optional

from ._calls import submit
from ._options import Value
from ._scores import Scores
from ._sets import SetLike


def _one(metric: str, real: Optional[SetLike], fake: SetLike, layout: Optional[str], options: "dict[str, Value]") -> Scores:
    return submit(real, fake, metric, layout=layout, **options)._result(None, stacklevel=3)


def fvd(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """Fréchet video distance."""
    return _one("fvd", real, fake, layout, options)


def kvd(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """Kernel video distance: squared maximum mean discrepancy over I3D features."""
    return _one("kvd", real, fake, layout, options)


def fid(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """Fréchet inception distance of the frames."""
    return _one("fid", real, fake, layout, options)


def fd_dinov2(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """The Fréchet distance of the frames' DINOv2 features."""
    return _one("fd-dinov2", real, fake, layout, options)


def kid(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """Kernel inception distance of the frames."""
    return _one("kid", real, fake, layout, options)


def dt_fvd(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """Dynamic-texture FVD: over an I3D trained on DTDB."""
    return _one("dt-fvd", real, fake, layout, options)


def prdc(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """Precision, recall, density and coverage over I3D features: four scores."""
    return _one("prdc", real, fake, layout, options)


def fvd_infinity(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """FVD extrapolated to infinitely many clips."""
    return _one("fvd-infinity", real, fake, layout, options)


def fid_infinity(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """FID extrapolated to infinitely many frames."""
    return _one("fid-infinity", real, fake, layout, options)


def psnr(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """Peak signal-to-noise ratio of videos of the same name (of arrays: of the same row)."""
    return _one("psnr", real, fake, layout, options)


def ssim(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """Structural similarity of videos of the same name (of arrays: of the same row)."""
    return _one("ssim", real, fake, layout, options)


def lpips(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """Learned perceptual distance of videos of the same name (of arrays: of the same row)."""
    return _one("lpips", real, fake, layout, options)


def temporal_flickering(fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How still consecutive frames are, from 0 to 1."""
    return _one("temporal-flickering", None, fake, layout, options)


def warping_error(fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How much frames differ once motion is undone by optical flow."""
    return _one("warping-error", None, fake, layout, options)


def flow_error(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """The end-point error of the optical flow against videos of the same name (of arrays: of the same row)."""
    return _one("flow-error", real, fake, layout, options)


def motion_magnitude(fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How long the optical flow is, in pixels from frame to frame."""
    return _one("motion-magnitude", None, fake, layout, options)


def dynamic_degree(fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """The share of videos that move, by optical flow, as VBench has it. Arrays have no frame rate: `frame-rate` in `set`."""
    return _one("dynamic-degree", None, fake, layout, options)


def motion_smoothness(fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How well frames follow from those beside them, by AMT-S, as VBench has it."""
    return _one("motion-smoothness", None, fake, layout, options)


def pic(inputs: Optional[SetLike], fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """Perceptual input conformity: how alike the frames and the picture are that a video was made from.

    Args:
        inputs: the pictures; None with `input="first-frame"` or a column of the manifest.
    """
    return _one("pic", inputs, fake, layout, options)


def clip_sim(fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How alike prompts and frames are, by CLIP. Where the prompts are: `prompts`."""
    return _one("clip-sim", None, fake, layout, options)


def frame_consistency(fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How alike consecutive frames are, by CLIP."""
    return _one("frame-consistency", None, fake, layout, options)


def camera_error(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """RotErr, TransErr, CamMC, ATE and RPE, from files of the cameras' poses: six scores."""
    return _one("camera-error", real, fake, layout, options)


def physics_iq(real: SetLike, fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """Where and when videos move, measured by two real takes of each scene: five scores."""
    return _one("physics-iq", real, fake, layout, options)


def subject_consistency(fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How alike the frames of a video are, by DINO, as VBench has it."""
    return _one("subject-consistency", None, fake, layout, options)


def background_consistency(fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How alike the frames of a video are, by CLIP, as VBench has it."""
    return _one("background-consistency", None, fake, layout, options)


def aesthetic_quality(fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How much LAION's predictor likes the frames, as VBench has it."""
    return _one("aesthetic-quality", None, fake, layout, options)


def imaging_quality(fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How sharp and clean the frames are to MUSIQ, as VBench has it."""
    return _one("imaging-quality", None, fake, layout, options)


def i2v_subject(inputs: Optional[SetLike], fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How alike a video is to its input picture and to itself, by DINO (VBench-I2V). `inputs` as of `pic`."""
    return _one("i2v-subject", inputs, fake, layout, options)


def i2v_background(inputs: Optional[SetLike], fake: SetLike, *, layout: Optional[str] = None, **options: Value) -> Scores:
    """How alike a video is to its input picture and to itself, by DreamSim (VBench-I2V). `inputs` as of `pic`."""
    return _one("i2v-background", inputs, fake, layout, options)
