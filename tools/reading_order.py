"""The engine's files in the order in which to read them, with their lengths.

    python tools/reading_order.py

Following `d = a * b + a; d.backward()` from the `*` to `a.grad` needs the first seven.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "mytorch"
ORDER = [
    ("methods/operators.py", "`a * b` is `Mul.apply(a, b)`"),
    ("ops/elementwise/arithmetic.py", "what `Mul` computes, and its derivative"),
    ("engine/function.py", "`apply`: runs `forward`, puts a node on the result"),
    ("engine/node.py", "the nodes: `BackwardFunction` (also the `ctx`) and `AccumulateGrad`"),
    ("engine/tensor_base.py", "what the engine knows of a Tensor: array, node, memory"),
    ("tensor.py", "class Tensor, with `backward` and `grad`"),
    ("engine/walk.py", "`backward`: counts edges, runs each node once, adds up"),
    ("engine/several_outputs.py", "operations with several outputs"),
    ("engine/memory.py", "who looks at the same memory, and when it changed"),
    ("engine/in_place.py", "how a change in place enters the history of views"),
    ("engine/hooks.py", "functions that users attach"),
    ("engine/observers.py", "the one place to look in: profiler, anomaly detection"),
    ("gradients.py", "`autograd.grad` and `autograd.backward`"),
]


def rows(folder: str = "mytorch/") -> list[str]:
    """The table, a Markdown row per file. folder: what the links begin with."""
    lines = ["| | file | lines | what it holds |", "|---|---|---|---|"]
    for number, (name, what) in enumerate(ORDER, 1):
        length = len((ROOT / name).read_text(encoding="utf-8").splitlines())
        lines.append(f"| {number} | [{name}]({folder}{name}) | {length} | {what} |")
    return lines


if __name__ == "__main__":
    print("\n".join(rows()))
