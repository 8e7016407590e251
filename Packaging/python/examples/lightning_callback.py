"""A toy model trained with Lightning, scored beside its training: one import and three lines of glue.

    python lightning_callback.py
"""

import lightning
import torch
from lightning.pytorch.loggers import CSVLogger

import vidmetrics
from vidmetrics.lightning import ScoreVideos  # the import

torch.manual_seed(0)
real = torch.zeros(24, 16, 3, 64, 64)
for index, video in enumerate(real):
    for frame in range(16):
        video[frame, :, index : index + 20, 2 * frame : 2 * frame + 20] = torch.rand(3, 1, 1)


class Toy(lightning.LightningModule):
    """As simple as a generator can be: its videos themselves."""

    def __init__(self):
        super().__init__()
        self.videos = torch.nn.Parameter(torch.rand_like(real))

    def training_step(self, batch, _):
        return ((self.videos - real) ** 2).mean()

    def validation_step(self, batch, _):
        pass

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)

    def sample(self):
        return self.videos.clamp(0, 1)


loader = torch.utils.data.DataLoader(torch.zeros(100), batch_size=1)
scores = ScoreVideos(  # the three lines
    real, lambda module: module.sample(), metrics=["fvd", "kvd"], value_range="0..1", name="toy"
)
trainer = lightning.Trainer(max_epochs=3, callbacks=[scores], logger=CSVLogger("logs"), accelerator="cpu")
trainer.fit(Toy(), loader, loader)

for row in vidmetrics.History().scores():
    print(row["step"], row["metric"], row["value"])
print(vidmetrics.History().report("report.html"))
