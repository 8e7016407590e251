"""A toy model in a plain PyTorch loop, scored beside its training.

    python plain_loop.py
"""

import numpy as np
import torch

import vidmetrics


def squares(count: int) -> np.ndarray:
    """Videos [N,T,C,H,W] in 0..1 of bright squares that move."""
    draw = np.random.default_rng(0)
    videos = np.zeros((count, 16, 3, 64, 64), np.float32)
    for video in videos:
        x, y, size = draw.integers(0, 30), draw.integers(0, 30), draw.integers(10, 24)
        for frame in range(16):
            video[frame, :, y : y + size, x + frame : x + frame + size] = draw.random(3)[:, None, None]
    return videos


real = torch.from_numpy(squares(24))
model = torch.nn.Parameter(torch.rand_like(real))  # as simple as a generator can be: its videos themselves
optimizer = torch.optim.Adam([model], lr=0.01)

with vidmetrics.Scorer(real, ["fvd", "kvd"], value_range="0..1", name="plain toy") as scorer:
    for step in range(1, 301):
        loss = ((model - real) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            scorer.submit(model.detach().clamp(0, 1), step=step)
        for scores in scorer.finished():
            print(f"at step {step}: step {scores.step} has", scores.numbers("val/"))
    for scores in scorer.wait():
        print(f"at the end: step {scores.step} has", scores.numbers("val/"))

print(vidmetrics.History().best("fvd", name="plain toy"))
