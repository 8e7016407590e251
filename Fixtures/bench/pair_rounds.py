"""Rounds of `vidmetrics bench NETWORK` and other engines, one after the other, on a pair of frames: medians and minima of all rounds
but the first, which warms up. Used by raft_peers.py and amt_peers.py.
"""
import json
import statistics
import subprocess
import time


def run(vidmetrics, network, peers, frames, threads, rounds):
    times = {}
    for round in range(rounds + 1):
        command = [vidmetrics, "bench", network, "--threads", str(threads), "--at-once", "1", "--repeats", "1", "--json"]
        document = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        took = [(f"vidmetrics {document['version']} {document['isa']}", document["ms_per_pair"][0])]
        for peer in peers:
            start = time.perf_counter()
            peer(frames)
            took.append((peer.name, 1000 * (time.perf_counter() - start)))
        if round > 0:
            for name, milliseconds in took:
                times.setdefault(name, []).append(milliseconds)
    return times


def show(title, times):
    print(title)
    ours = next(iter(times.values()))
    for name, took in times.items():
        print(f"{name:32s} median {statistics.median(took):8.1f}   min {min(took):8.1f}   "
              f"first/this {statistics.median(ours) / statistics.median(took):.2f}")
