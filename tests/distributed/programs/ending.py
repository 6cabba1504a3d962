"""Ranks that do not end as they should: `ending.py HOW`. Rank 1 does it; the others wait for it."""

import os
import signal
import sys
import time

import numpy as np

import mytorch
import mytorch.distributed as dist
from mytorch import nn
from mytorch.nn.parallel import DistributedDataParallel

how = sys.argv[1]
dist.init_process_group("mpi", timeout=2.0 if how == "late" else None)
me, size = dist.get_rank(), dist.get_world_size()
model = DistributedDataParallel(nn.Linear(2, 1))


def step() -> None:
    model.zero_grad()
    model(mytorch.ones(3, 2)).sum().backward()


step()
if me == 1:
    if how == "raises":
        raise ValueError("this rank has no data")
    if how == "raises in backward":
        model.module.weight.register_hook(lambda gradient: gradient.nonsense)
    if how == "sys.exit":
        sys.exit(3)
    if how == "is killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "os._exit":
        os._exit(7)
    if how == "ends early":  # one batch fewer than the others
        sys.exit()
    if how == "another call":
        dist.all_reduce(np.ones(3))
    if how == "late":
        time.sleep(20)
    if how == "in a thread":
        time.sleep(0.2)
        raise KeyboardInterrupt
if how == "writes":  # rank 0 has something to do when the others are through
    if me == 0:
        time.sleep(1)
        print("rank 0 has written", flush=True)
    sys.exit()
for _ in range(50):
    step()
    time.sleep(0.02)
dist.barrier()
print("this rank has ended", flush=True)
