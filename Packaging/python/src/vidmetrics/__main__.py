"""`python -m vidmetrics`: the program itself, with all its commands."""

import os
import sys

from ._errors import ProgramMissing
from ._program import program

try:
    path = program()
except ProgramMissing as error:
    sys.exit(f"vidmetrics: {error}")
os.execv(path, [path, *sys.argv[1:]])
