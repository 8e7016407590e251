#!/usr/bin/env python3
"""Seconds and peak memory of vidmetrics on large sets of features: merging, FVD, FID, moments, KVD, PRDC.

    python3 large_n.py VIDMETRICS [--against OLD] --sizes 200000x400,1000000x400 --folder /tmp/large [--only merge,fvd]

VIDMETRICS writes the files (`bench features`), so that OLD, another build, reads the same; D = 400 passes for FVD's features and
D = 2048 for FID's. Each row of the table is one run: processor seconds (user and system, of all threads), seconds on the clock, and
the largest resident memory that the kernel tells of the process. A file that lies in memory counts as far as it was mapped at one
time. The files of a size are removed before those of the next are written.

KVD and PRDC take N² time. `--quadratic N` sets the largest N that they are run at (25000); larger ones are computed from it, times
(N / that N)², and marked with *.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time


WORKS = {"merge", "frechet", "moments", "merge-moments", "from-moments", "kernel", "blocks", "prdc"}


def run(command, folder):
    """Processor seconds, seconds on the clock, bytes of memory, and what was printed; None where it failed."""
    begin = time.monotonic()
    with open(folder / "out", "wb") as out, open(folder / "err", "wb") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    text = (folder / "out").read_text()
    if status != 0:
        reason = (folder / "err").read_text().strip().splitlines()
        print(f"    failed: {reason[0] if reason else status}", file=sys.stderr)
        return None
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024, text


class Table:
    def __init__(self, programs):
        self.programs = programs
        self.head = ["work", "N a side x D"] + [f"{name} {what}" for name, _ in programs for what in ("CPU s", "s", "peak")]
        print("| " + " | ".join(self.head) + " |")
        print("|" + "---|" * len(self.head), flush=True)

    def row(self, work, size, results):
        cells = [work, size]
        for cpu, wall, memory, mark in results:
            if cpu is None:
                cells += ["-", "-", mark]
            else:
                peak = f"{memory / 1e9:.2f} GB" if memory >= 1e9 else f"{memory / 1e6:.0f} MB"
                cells += [f"{cpu:.1f}{mark}" if cpu < 1e4 else f"{cpu / 3600:.1f} h{mark}"]
                cells += [f"{wall:.1f}{mark}" if wall < 1e4 else f"{wall / 3600:.1f} h{mark}", peak]
        print("| " + " | ".join(cells) + " |", flush=True)


def value(text):
    try:
        return json.loads(text)["scores"][0]["value"]
    except (ValueError, KeyError, IndexError):
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--against")
    parser.add_argument("--sizes", default="200000x400,1000000x400,5000000x400,100000x2048,1000000x2048")
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    parser.add_argument("--parts", type=int, default=8)
    parser.add_argument("--only", help="of merge, frechet, moments, merge-moments, from-moments, kernel, blocks, prdc")
    parser.add_argument("--quadratic", type=int, default=25000)
    parser.add_argument("--old-most", type=int, default=1 << 62, help="bytes of a set that OLD is given at the most")
    arguments = parser.parse_args()
    programs = [("new", arguments.program)]
    if arguments.against:
        programs.insert(0, ("old", arguments.against))
    arguments.folder.mkdir(parents=True, exist_ok=True)
    os.environ["VIDMETRICS_DB"] = str(arguments.folder / "history.sqlite")
    table = Table(programs)
    only = set(arguments.only.split(",")) if arguments.only else None
    if only and (unknown := only - WORKS): parser.error(f"--only {','.join(sorted(unknown))}: one of {', '.join(sorted(WORKS))}")
    for size in arguments.sizes.split(","):
        samples, columns = (int(part) for part in size.split("x"))
        measure(arguments, programs, table, samples, columns, only)


def measure(arguments, programs, table, samples, columns, only):
    folder = arguments.folder
    new = programs[-1][1]
    metric = "fid" if columns == 2048 else "fvd"
    size = f"{samples:,} x {columns}".replace(",", " ")

    def wanted(work):
        return only is None or work in only

    def make(count, parts, side, seed, name, metric=metric):
        command = [new, "bench", "features", "--samples", str(count), "--features", str(columns), "--parts", str(parts)]
        command += ["--metric", metric, "--as", side, "--seed", str(seed), "--shift", str(0.01 * seed)]
        subprocess.run(command + ["--out", str(folder / name)], check=True, stdout=subprocess.DEVNULL)

    def each(work, words, command, only_new=False, remove=None):
        results, values = [], []
        for name, program in programs:
            if remove:
                (folder / remove).unlink(missing_ok=True)
            if name == "old" and (only_new or samples * columns * 4 > arguments.old_most):
                results.append((None, None, None, "no such" if only_new else "not run"))
                continue
            found = run([program] + command, folder)
            if found is None:
                results.append((None, None, None, "refused"))
                continue
            results.append((*found[:3], ""))
            values.append(value(found[3]))
        table.row(words, size, results)
        known = [number for number in values if number is not None]
        if len(known) == 2 and known[0] != known[1]:
            print(f"    {words}: {known[0]} and {known[1]} differ", file=sys.stderr)
        return known[-1] if known else None

    score = ["--no-record", "--json", "--max-videos", "all"]
    files = {}
    if wanted("merge"):
        make(samples, arguments.parts, "real", 1, "part")
        parts = [str(folder / f"part-{part + 1}.safetensors") for part in range(arguments.parts)]
        each("merge", f"merge {arguments.parts} parts", ["features", "merge", *parts, "--out", str(folder / "merged.safetensors")],
             remove="merged.safetensors")
        for part in parts:
            pathlib.Path(part).unlink()
        (folder / "merged.safetensors").unlink(missing_ok=True)
    if any(wanted(work) for work in ("frechet", "moments", "from-moments")):
        for side, seed in (("real", 1), ("fake", 2)):
            make(samples, 1, side, seed, side)
            files[side] = str(folder / f"{side}-1.safetensors")
    if wanted("frechet"):
        direct = each("frechet", metric, [metric, files["real"], files["fake"], *score])
    moments = {side: str(folder / f"{side}-moments.safetensors") for side in files}
    if wanted("moments"):
        for side in ("real",):
            each("moments", "features moments", ["features", "moments", files[side], "--out", moments[side]], True)
    if wanted("from-moments"):
        for side in files:
            if not pathlib.Path(moments[side]).exists():
                subprocess.run([new, "features", "moments", files[side], "--out", moments[side]], check=True, stdout=subprocess.DEVNULL)
        found = each("from-moments", f"{metric} from moments", [metric, moments["real"], moments["fake"], *score], True)
        if wanted("frechet") and found is not None and direct is not None:
            print(f"    {metric}: {direct} from features, {found} from moments", file=sys.stderr)
    for path in [*files.values(), *moments.values()]:
        pathlib.Path(path).unlink(missing_ok=True)
    kernel = "kid" if columns == 2048 else "kvd"

    def pair(count, metric):
        for side, seed in (("real", 1), ("fake", 2)):
            make(count, 1, side, seed, side, metric)
            files[side] = str(folder / f"{side}-1.safetensors")
        return [files["real"], files["fake"]]

    if wanted("blocks"):
        blocks = (["--set", "subsets=0"] if kernel == "kid" else []) + ["--set", "block-size=1000"]
        each("blocks", f"{kernel}, blocks of 1000", [kernel, *pair(samples, kernel), *blocks, *score], True)
        for path in files.values():
            pathlib.Path(path).unlink(missing_ok=True)
    # Work that grows with N².
    few = min(samples, arguments.quadratic)
    for work in [work for work in ("kernel", "prdc") if wanted(work)]:
        if work == "prdc" and columns == 2048:
            continue
        kind = kernel if work == "kernel" else "prdc"
        sets = pair(few, kind)
        whole = ["--set", "subsets=0"] if kind == "kid" else []
        results = []
        for name, program in programs:
            found = run([program, kind, *sets, *whole, *score], folder)
            if found is None:
                results.append((None, None, None, "refused"))
                continue
            factor = (samples / few) ** 2
            results.append((found[0] * factor, found[1] * factor, found[2], "*" if factor > 1 else ""))
        table.row(kind, size, results)
        for path in files.values():
            pathlib.Path(path).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
