"""One measurement of `python -m benchmarks distributed`, on each rank; rank 0 prints it as JSON.

mpiexec -n K python -m benchmarks.distributed_child '{"model": "mlp", "batch": 256, "steps": 10}'
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import mytorch
import mytorch.distributed as dist
from mytorch import nn, optim
from mytorch.nn.parallel import DistributedDataParallel

MODELS: dict[str, tuple[str, tuple[int, ...], Any]] = {
    "mlp": (
        "MLP 784-4096-2048-10", (784,),
        lambda: nn.Sequential(nn.Linear(784, 4096), nn.ReLU(), nn.Linear(4096, 2048), nn.ReLU(), nn.Linear(2048, 10)),
    ),
    "cnn": (
        "LeNet", (1, 28, 28),
        lambda: nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        ),
    ),
}  # fmt: skip


def main(job: dict[str, Any]) -> None:
    """Measure steps of training, with the gradients averaged and without."""
    dist.init_process_group("mpi")
    rank, size = dist.get_rank(), dist.get_world_size()
    _, shape, build = MODELS[job["model"]]
    mytorch.manual_seed(0)
    model = DistributedDataParallel(build().float())
    optimizer, criterion = optim.SGD(model.parameters(), lr=0.01), nn.CrossEntropyLoss()
    samples = job["batch"] // size
    random = np.random.default_rng(rank)
    x = mytorch.tensor(random.random((samples, *shape), dtype=np.float32))
    y = mytorch.tensor(random.integers(0, 10, samples))

    def step(block: Any) -> float:
        dist.barrier()
        began = time.perf_counter()
        with block:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
        return time.perf_counter() - began

    step(contextlib.nullcontext())  # the first one makes buffers
    averaged, apart = [], []
    for _ in range(job["steps"]):  # in turns, because others may use the machine too
        averaged.append(step(contextlib.nullcontext()))
        apart.append(step(model.no_sync()))
    dist.barrier()
    given, wire = _given(model), _wire()
    dist.barrier()
    for _ in range(job["steps"]):
        step(contextlib.nullcontext())
    dist.barrier()
    found = {
        "averaged": float(np.median(averaged)), "apart": float(np.median(apart)),
        "gradients": sum([p.data.nbytes for p in model.parameters()]),
        "buckets": 0 if size == 1 else len(model.reducer.buckets),
        "given": (_given(model) - given) / job["steps"], "wire": (_wire() - wire) / job["steps"] / size,
    }  # fmt: skip
    if rank == 0:
        print(json.dumps(found))


def _given(model: Any) -> int:
    """Bytes of gradients that this rank has given to MPI."""
    return 0 if model.reducer is None else model.reducer.sent_bytes


def _wire() -> int:
    """Bytes that went through this machine's loopback network so far; 0 where MPI uses shared memory, or no Linux."""
    path = Path("/proc/net/dev")
    if not path.exists():
        return 0
    return sum([int(line.split()[9]) for line in path.read_text().splitlines() if line.split()[0] == "lo:"])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
