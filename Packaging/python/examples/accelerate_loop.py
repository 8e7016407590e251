"""A loop with Accelerate: every process generates, the main process scores.

    accelerate launch accelerate_loop.py
"""

import torch
from accelerate import Accelerator

import vidmetrics

torch.manual_seed(0)
accelerator = Accelerator(log_with="tensorboard", project_dir="logs", cpu=True)
accelerator.init_trackers("toy")
real = torch.randint(0, 256, (8, 16, 3, 32, 32), dtype=torch.uint8)
scorer = vidmetrics.Scorer(real, ["fvd"], name="toy") if accelerator.is_main_process else None

for step in range(1, 5):
    # ... a step of training ...
    videos = (real.float() * step / 4).to(torch.uint8)[accelerator.process_index :: accelerator.num_processes]
    videos = accelerator.gather_for_metrics(videos.contiguous().to(accelerator.device))  # all take part in this
    if scorer is not None:
        scorer.submit(videos, step=step)
        for scores in scorer.finished():
            accelerator.log(scores.numbers("val/"), step=scores.step)
if scorer is not None:
    for scores in scorer.wait():
        accelerator.log(scores.numbers("val/"), step=scores.step)
        print(scores.step, scores.numbers("val/"))
    scorer.close()
accelerator.end_training()
