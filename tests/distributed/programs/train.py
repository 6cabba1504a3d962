"""A Trainer on ranks: `train.py FOLDER EPOCHS [--resume RUN] [--option ...]`. Each rank writes what it has found."""

import argparse
import json
from pathlib import Path

import numpy as np

import mytorch as torch
import mytorch.distributed as dist
from mytorch import nn, optim
from mytorch.data import DataLoader, DistributedSampler, TensorDataset
from mytorch.nn.parallel import DistributedDataParallel as DDP
from mytorch.training import Callback, EarlyStopping, Trainer, accuracy
from mytorch.utils.data.distributed import DistributedSampler as ByPyTorchsPath

assert ByPyTorchsPath is DistributedSampler
parser = argparse.ArgumentParser()
parser.add_argument("folder", type=Path)
parser.add_argument("epochs", type=int)
parser.add_argument("--resume")
parser.add_argument("--batch", type=int, default=24, help="of all ranks together")
parser.add_argument("--accumulate", type=int, default=1)
parser.add_argument("--dropout", type=float, default=0.0)
parser.add_argument("--arrays", action="store_true")
parser.add_argument("--ignored", action="store_true", help="the samples of the last rank have no targets")
parser.add_argument("--nan-on-rank", type=int)
parser.add_argument("--stop-on-rank", type=int)
options = parser.parse_args()

dist.init_process_group("mpi")
me, size = dist.get_rank(), dist.get_world_size()
random = np.random.default_rng(0)
x = random.normal(size=(53, 5))  # 53 = 2 * 24 + 5: the last batches are of other sizes, and those of the ranks too
y = (x[:, 0] + 0.3 * random.normal(size=53) > 0).astype(np.int64)
if options.ignored:
    y[3:20:4] = -100
if options.nan_on_rank == me:
    x[:] = np.nan


class Summed:
    """A metric with update and compute, as torchmetrics has them."""

    total = 0.0

    def reset(self):
        self.total = 0.0

    def update(self, output, target):
        self.total += float((output.data[:, 0] ** 2).sum())

    def compute(self):
        return self.total


class Orders(Callback):
    """The inputs of the first step of each epoch."""

    def on_fit_begin(self, trainer):
        self.seen = {}

    def on_step_begin(self, trainer):
        self.seen.setdefault(trainer.epoch, trainer.batches[0][0].data.copy())


class StopOnOneRank(Callback):
    def on_epoch_end(self, trainer, row):
        trainer.stop = trainer.epoch == 2 and me == options.stop_on_rank


torch.manual_seed(0)
model = DDP(nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Dropout(options.dropout), nn.Linear(7, 2)))
if options.dropout:
    torch.manual_seed(me)
orders = Orders()
trainer = Trainer(
    model, optim.Adam(model.parameters(), lr=0.01), nn.CrossEntropyLoss(),
    {"accuracy": accuracy, "largest": lambda output, target: output.data.max(), "summed": Summed()},
    name="run", root=options.folder, accumulate=options.accumulate, clip_grad_norm=1.0,
    callbacks=[orders, StopOnOneRank() if options.stop_on_rank is not None else EarlyStopping(patience=50)],
)  # fmt: skip
data = TensorDataset(torch.tensor(x), torch.tensor(y))
loader = DataLoader(
    data, options.batch // size, sampler=DistributedSampler(data, shuffle=bool(options.dropout), pad=False)
)
validation = (torch.tensor(x[:11]), torch.tensor(y[:11]))
if options.arrays:
    loader = (torch.tensor(x), torch.tensor(y))
trainer.fit(
    loader, validation, options.epochs, resume=options.resume, batch_size=options.batch // size, validate_every=2
)
trainer.load_best()
first, *later = orders.seen.values()
if options.dropout:
    assert all(not np.array_equal(first, other) for other in later), "each epoch has the same order"
found = {
    "rows": [{name: value for name, value in row.items() if name != "seconds"} for row in trainer.history.rows],
    "losses": trainer.history.step_losses,
    "validations": trainer.validations,
    "folder": trainer.folder is not None,
    "predicted": trainer.predict(validation).tolist(),
    "weights": {name: parameter.tolist() for name, parameter in model.named_parameters()},
}
(options.folder / f"{size}_{me}.json").write_text(json.dumps(found))
