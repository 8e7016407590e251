"""Golden precision, recall, density and coverage: python3 prdc_recipe.py > prdc.json   (numpy, prdc, torch-fidelity)

`copies` generated rows are rows of the real set: distances of 0, and radii that are met exactly.
"""
import contextlib
import io
import json

import numpy as np
import torch
from prdc import compute_prdc
from torch_fidelity.metric_prc import calculate_precision_recall_full

from samples import features


def case(rows, columns, shift, copies, k):
    real, generated = features(rows[0], columns, 1), features(rows[1], columns, 2, shift)
    generated[:copies] = real[:copies]
    with contextlib.redirect_stdout(io.StringIO()):
        out = {name: float(value) for name, value in compute_prdc(real, generated, nearest_k=k).items()}
    precision, recall = calculate_precision_recall_full(torch.from_numpy(generated), torch.from_numpy(real), k)
    return {"rows": rows, "columns": columns, "shift": shift, "copies": copies, "k": k, "prdc": out,
            "inclusive": {"precision": precision, "recall": recall}}


print(json.dumps({"numpy": np.__version__, "cases": [
    case([200, 150], 6, 40, 0, 5),
    case([200, 150], 6, 40, 0, 3),
    case([120, 130], 16, 10, 30, 1),
    case([700, 540], 8, 60, 5, 5),
    case([12, 13], 3, 300, 0, 10),
]}, indent=1))
