"""Golden resizes of PIL images: python3 torchvision_resize.py > torchvision.json   (torchvision, pillow<13, numpy)

Frames are those of resize.py. Each case keeps every `step`-th byte of the result, row-major:
  squash       Resize((size, size), BICUBIC), as in DreamSim's preprocess
  short side   Resize(size, BICUBIC), CenterCrop(size), as in CLIP's and OpenCLIP's
"""
import json

import numpy as np
import PIL
import torchvision
from frames import frame
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize

BICUBIC = InterpolationMode.BICUBIC


METHODS = {
    "squash": lambda size: Resize((size, size), interpolation=BICUBIC),
    "short side": lambda size: Compose([Resize(size, interpolation=BICUBIC), CenterCrop(size)]),
}

if __name__ == "__main__":
    cases = []
    for method, transform in METHODS.items():
        # The last four: lengths of the long side that round down, and odd differences, which halve to an even offset.
        sizes = [(48, 64, 224), (240, 320, 224), (28, 28, 28), (96, 96, 224), (37, 23, 28), (31, 56, 30), (45, 31, 30), (30, 61, 30), (32, 34, 32)]
        for height, width, size in sizes:
            image = Image.fromarray(frame(height, width, height + width))
            values = np.asarray(transform(size)(image)).reshape(-1)
            step = max(values.size // 41, 1)
            cases.append(
                {
                    "method": method, "height": height, "width": width, "size": size, "step": step,
                    "mean": float(values.astype(np.float64).mean()), "values": values[::step].tolist(),
                })
    print(json.dumps({"torchvision": torchvision.__version__, "pillow": PIL.__version__, "cases": cases}))
