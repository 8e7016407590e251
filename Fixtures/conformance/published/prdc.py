"""prdc: `compute_prdc`, whose features are the user's: those of vidmetrics."""
import importlib

import numpy as np
import safetensors.numpy

GIVEN = "the features that vidmetrics extracts"


def run(given):
    package = importlib.import_module("prdc")
    a, b = [safetensors.numpy.load_file(path)["features"].astype(np.float64) for path in given.features]
    return {name: float(value) for name, value in package.compute_prdc(a, b, nearest_k=5).items()}
