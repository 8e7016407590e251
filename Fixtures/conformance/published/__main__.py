import argparse
import functools
import json
import os
import pathlib
import sys
import warnings

os.environ["TQDM_DISABLE"] = "1"  # before a program reads it

import torch

from . import programs


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", choices=programs.PROGRAMS)
    for name in ("clones", "weights", "real", "fake", "real-frames", "fake-frames", "scratch"):
        parser.add_argument(f"--{name}", type=pathlib.Path)
    parser.add_argument("--features", nargs=2, type=pathlib.Path)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--batch", type=int)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(given.threads)
    # Programs print progress on stdout, where only the numbers belong.
    stdout, sys.stdout = sys.stdout, sys.stderr
    with torch.no_grad():
        numbers = programs.PROGRAMS[given.program].run(given)
    print(json.dumps(numbers), file=stdout)


main()
