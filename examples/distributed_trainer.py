#!/usr/bin/env python3
"""Digits on several processes, by a Trainer: mpiexec -n 4 python examples/distributed_trainer.py [RUN TO GO ON WITH]

Rank 0 prints and writes the folder of the run. Stop it, and the same command with that folder goes on, to the last bit.
Needs the extra mpi: pip install -e '.[mpi]'.
"""

from __future__ import annotations

import sys
from pathlib import Path

# First, so that this clone's MyTorch is found, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mytorch
import mytorch.distributed as dist
from mytorch import nn, optim
from mytorch.datasets import load_mnist
from mytorch.datasets.mnist import BUNDLED
from mytorch.nn.parallel import DistributedDataParallel
from mytorch.training import Trainer, accuracy

dist.init_process_group("mpi")
mytorch.manual_seed(0)
data = load_mnist(BUNDLED, "float32", download=False)
model = DistributedDataParallel(nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)).float())
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
trainer = Trainer(
    model, optimizer, nn.CrossEntropyLoss(), {"accuracy": accuracy},
    name="distributed", root=Path(__file__).parent / "output",
)  # fmt: skip
trainer.fit(
    (data.train_x, data.train_y),
    (data.val_x, data.val_y),
    epochs=5,
    batch_size=64 // dist.get_world_size(),
    resume=sys.argv[1] if len(sys.argv) > 1 else None,
)
