"""The published programs, and what each needs to be there: a clone in the folder of clones, or an installed package."""
import dataclasses
import importlib
import importlib.util


@dataclasses.dataclass(frozen=True)
class Program:
    module: str
    clone: str = ""
    package: str = ""
    options: dict = dataclasses.field(default_factory=dict)

    def missing(self, clones):
        """What is not there, and how to get it; None if all is."""
        if self.clone and not (clones / self.clone).is_dir():
            return f"no folder {clones / self.clone}: git clone https://github.com/{self.clone.replace('+', '/')} there"
        if self.package and not importlib.util.find_spec(self.package):
            return f"no Python package {self.package}: see the first lines of peers.py"
        return None

    def run(self, given):
        """Its numbers, and what it was given in place of its downloads."""
        module = importlib.import_module(f".{self.module}", __package__)
        return {"numbers": module.run(given, **self.options), "given": module.GIVEN}


PROGRAMS = {
    "StyleGAN-V": Program("stylegan_v", "universome+stylegan-v"),
    "common_metrics": Program("common_metrics", "JunyaoHu+common_metrics_on_video_quality"),
    "cd-fvd": Program("cd_fvd", "songweige+content-debiased-fvd"),
    "VideoGPT": Program("videogpt", "wilson1yan+VideoGPT"),
    "TATS": Program("tats", "SongweiGe+TATS"),
    "LVDM": Program("lvdm", "YingqingHe+LVDM"),
    "LVDM-torchvision-0.20": Program("lvdm", "YingqingHe+LVDM", options={"antialias": True}),
    "clean-fid": Program("frames", package="cleanfid", options={"program": "clean-fid"}),
    "pytorch-fid": Program("frames", package="pytorch_fid", options={"program": "pytorch-fid"}),
    "torch-fidelity": Program("frames", package="torch_fidelity", options={"program": "torch-fidelity"}),
    "torchmetrics": Program("frames", package="torchmetrics", options={"program": "torchmetrics"}),
    "prdc": Program("prdc", package="prdc"),
}
