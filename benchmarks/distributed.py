"""`python -m benchmarks distributed`: the time of a step and what it sends, for 1, 2 and 4 ranks; on paper for more."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.distributed_child import MODELS
from benchmarks.files import write_json, write_text
from benchmarks.machine import commit, machine, now
from benchmarks.processes import ROOT, child_environment
from benchmarks.table import aligned

__all__ = ["on_paper", "ring_share", "run", "table_of"]

RANKS = (1, 2, 4)
BATCH = 256  # of all ranks together
GIGABITS = (1, 10)  # of networks, per second
# Open MPI through the network of the machine itself, so that what is sent can be counted.
OPEN_MPI = ("--map-by", ":oversubscribe", "--mca", "pml", "ob1", "--mca", "btl", "tcp,self", "--allow-run-as-root")


def run(folder: Path, quick: bool, progress: Callable[[str], None]) -> int:
    """Measure, print the table, write distributed.json and distributed.md. Exit code 1 if ranks cannot be started."""
    mpiexec = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")
    if mpiexec is None:
        print("there is no mpiexec: pip install 'mytorch[mpi]' brings one", file=sys.stderr)
        return 1
    version = subprocess.run([mpiexec, "--version"], capture_output=True, text=True, check=True).stdout
    kind = "Open MPI over TCP" if "Open MPI" in version or "prterun" in version else "MPICH in shared memory"
    figures: dict[str, dict[int, Any]] = {}
    origin = {"date": now(), "commit": commit(), "machine": machine(), "mpi": kind}
    for name in MODELS:
        for ranks in RANKS:
            progress(f"{name}, {ranks} ranks")
            job = {"model": name, "batch": BATCH, "steps": 3 if quick else 15}
            more = OPEN_MPI if kind.startswith("Open MPI") else ()
            command = [mpiexec, *more, "-n", str(ranks), sys.executable, "-m", "benchmarks.distributed_child",
                       json.dumps(job)]  # fmt: skip
            environment = {**child_environment(1), "PYTHONPATH": str(ROOT)}
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{' '.join(command)}\n{done.stderr}", file=sys.stderr)
                return 1
            figures.setdefault(name, {})[ranks] = json.loads(done.stdout.splitlines()[-1])
    text = table_of(figures) + (
        f"\n\n{origin['machine']['processor']}, {origin['machine']['cores']} cores (load before: "
        f"{origin['machine']['load_before']:.1f}), one BLAS thread per rank, {kind}, float32, {BATCH} samples a step, "
        f"{origin['date']}, commit {origin['commit']}.\n"
    )
    text += f"\n{on_paper(figures)}"
    print(f"\n{text}")
    write_json(folder / "distributed.json", {**origin, "figures": figures})
    write_text(folder / "distributed.md", text)
    return 0


def ring_share(ranks: int) -> float:
    """How many times its gradients a rank sends in a ring all-reduce: each of K parts goes K - 1 times to add them up,
    and K - 1 times to share the sums, so 2 (K - 1) / K of the whole. No way of adding them up sends less."""
    return 2 * (ranks - 1) / ranks


def table_of(figures: dict[str, dict[int, Any]]) -> str:
    """Markdown: a row for each model and number of ranks."""
    header = ["model", "ranks", "samples per rank", "step, ms", "without averaging, ms", "speed", "gradients, MB",
              "buckets", "sent per rank, MB: ring", "measured"]  # fmt: skip
    rows = []
    for name, by_ranks in figures.items():
        for ranks, found in by_ranks.items():
            rows.append([
                MODELS[name][0], str(ranks), str(BATCH // ranks), f"{1e3 * found['averaged']:.1f}",
                f"{1e3 * found['apart']:.1f}", f"{by_ranks[1]['averaged'] / found['averaged']:.2f}",
                _megabytes(found["given"]), str(found["buckets"]), _megabytes(found["given"] * ring_share(ranks)),
                _megabytes(found["wire"]) if found["wire"] > found["given"] / 2 > 0 else "",
            ])  # fmt: skip
    return aligned(header, rows, 1)


def on_paper(figures: dict[str, dict[int, Any]]) -> str:
    """Markdown: what more ranks would send, and how long a network takes for it, from the sizes alone."""
    header = ["model", "ranks", "sent per rank, MB", *[f"at {rate} Gbit/s, ms" for rate in GIGABITS]]
    rows = []
    for name, by_ranks in figures.items():
        for ranks in (2, 4, 8, 16, 64):
            sent = by_ranks[1]["gradients"] * ring_share(ranks)
            times = [f"{1e3 * sent * 8 / (rate * 1e9):.1f}" for rate in GIGABITS]
            rows.append([MODELS[name][0], str(ranks), _megabytes(sent), *times])
    return aligned(header, rows, 1)


def _megabytes(count: float) -> str:
    return f"{count / 1e6:.2f}" if count else "0"
