#!/usr/bin/env python3
"""Digits on several processes, written out: mpiexec -n 4 python examples/distributed_mnist.py [FOLDER WITH MNIST]

Each rank takes its part of every batch of 64, and all end with the same weights: those of one process, to rounding. So
1, 2 and 4 ranks print the same. Without a folder it trains on the 4,125 digits that come with MyTorch. Needs the extra
mpi: pip install -e '.[mpi]'.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

# First, so that this clone's MyTorch is found, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mytorch
import mytorch.distributed as dist
from mytorch import nn, optim
from mytorch.data import DataLoader, DistributedSampler, TensorDataset
from mytorch.datasets import load_mnist
from mytorch.datasets.mnist import BUNDLED
from mytorch.nn.parallel import DistributedDataParallel

dist.init_process_group("mpi")
rank, size = dist.get_rank(), dist.get_world_size()

data = load_mnist(sys.argv[1] if len(sys.argv) > 1 else BUNDLED, "float32", download=False)
training = TensorDataset(data.train_x, data.train_y)
sampler = DistributedSampler(training, seed=0)
loader = DataLoader(training, batch_size=64 // size, sampler=sampler, drop_last=True)
mine = slice(rank, None, size)  # of the validation set: no sample twice, whatever their number

mytorch.manual_seed(0)
model = DistributedDataParallel(nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)).float())
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
criterion = nn.CrossEntropyLoss()

for epoch in range(5):
    began = time.perf_counter()
    sampler.set_epoch(epoch)  # another order, the same on all ranks
    for x, y in loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()  # leaves the average over the ranks in .grad
        optimizer.step()
    with mytorch.no_grad():
        predicted = model.module(mytorch.tensor(data.val_x[mine])).argmax(1)
    right = mytorch.tensor([float((predicted.data == data.val_y[mine]).sum()), len(predicted)])
    dist.all_reduce(right)  # sums of all ranks
    if rank == 0:
        seconds = time.perf_counter() - began
        print(f"epoch {epoch + 1}: {right[0] / right[1]:.2%} right, {seconds:.1f} s on {size} ranks", flush=True)

if rank == 0:  # one file, and not one per rank
    output = Path(__file__).parent / "output" / "distributed_mnist"
    output.mkdir(parents=True, exist_ok=True)
    mytorch.save(model.module.state_dict(), output / "model.pt")
