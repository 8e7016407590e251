#!/usr/bin/env python3
"""The scores of a document that `--json` printed, from stdin: time, host and decoder of a run differ."""
import json
import sys

print(json.dumps(json.load(sys.stdin)["scores"], indent=1))
