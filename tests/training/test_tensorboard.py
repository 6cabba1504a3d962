"""SummaryWriter and the callback TensorBoard: what they write is what TensorBoard reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import nn, optim
from mytorch.compat.left_out import LeftOut
from mytorch.training import Trainer, accuracy

ROOT = Path(__file__).parents[2]


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """tag -> (step, value), as they stand in the files of events, each with its length and two checksums."""
    pytest.importorskip("tensorboardX", reason="pip install 'mytorch[tensorboard]'")
    from tensorboardX.proto.event_pb2 import Event

    found: dict[str, list[tuple[int, float]]] = {}
    for path in sorted(folder.glob("events.out.tfevents.*")):
        data, position = path.read_bytes(), 0
        while position < len(data):
            length = int.from_bytes(data[position : position + 8], "little")
            event = Event.FromString(data[position + 12 : position + 12 + length])
            position += 12 + length + 4
            for value in event.summary.value:
                kind = value.WhichOneof("value")
                number = value.simple_value if kind == "simple_value" else 0.0
                found.setdefault(value.tag, []).append((event.step, number))
    return found


def run(folder: Path, **options: Any) -> Trainer:
    from mytorch.training.tensorboard import TensorBoard

    mytorch.manual_seed(0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 2))
    y = (x[:, 0] > 0).astype(int)
    model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    trainer = Trainer(
        model, optimizer, nn.CrossEntropyLoss(), {"accuracy": accuracy}, verbose=False,
        callbacks=[TensorBoard(folder, every=2, **options)],
    )  # fmt: skip
    trainer.fit((x[:60], y[:60]), (x[60:], y[60:]), epochs=3, batch_size=20)
    return trainer


def test_a_run_is_written(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX", reason="pip install 'mytorch[tensorboard]'")
    trainer = run(tmp_path)
    found = scalars(tmp_path)
    assert [step for step, _ in found["step/loss"]] == [2, 4, 6, 8]
    assert [value for _, value in found["step/loss"]] == pytest.approx(trainer.history.step_losses[1::2])
    assert [value for _, value in found["step/lr"]] == pytest.approx([0.1] * 4)
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert [value for _, value in found[f"epoch/{name}"]] == pytest.approx(trainer.history[name])
        assert [step for step, _ in found[f"epoch/{name}"]] == [1, 2, 3]
    assert [step for step, _ in found["validation/val_loss"]] == [3, 6, 9]
    assert len(found["parameters/0.weight"]) == 3
    assert trainer.callbacks[0].writer is None  # type: ignore[attr-defined]


def test_without_histograms(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX", reason="pip install 'mytorch[tensorboard]'")
    run(tmp_path, histograms=False)
    assert not [tag for tag in scalars(tmp_path) if tag.startswith("parameters/")]


def test_the_writer_takes_tensors_everywhere(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX", reason="pip install 'mytorch[tensorboard]'")
    from mytorch.utils.tensorboard import SummaryWriter

    with SummaryWriter(tmp_path) as writer:
        assert writer.log_dir == str(tmp_path)
        writer.add_scalar("a", mytorch.tensor(3.5, requires_grad=True), 7)
        writer.add_image("image", mytorch.rand(3, 4, 4), 0)
        writer.add_histogram("h", mytorch.randn(10), 0)
        writer.add_text("text", "hello")
        with pytest.raises(ValueError, match="must be finite"):
            writer.add_histogram("h", mytorch.tensor([float("nan")]), 0)
        with pytest.raises(LeftOut, match=r"mytorch\.onnx\.export"):
            writer.add_graph(nn.Linear(1, 1))
    found = scalars(tmp_path)
    assert found["a"] == [(7, 3.5)]
    assert {"image", "h"} <= set(found)


def test_without_the_package_an_error_names_the_command() -> None:
    program = (
        "import sys; sys.modules['tensorboardX'] = None\n"
        "from mytorch.utils.tensorboard import SummaryWriter\n"
        "try: SummaryWriter('never')\n"
        "except ImportError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert run.stdout == "SummaryWriter needs tensorboardX: pip install 'mytorch[tensorboard]'\n", run.stderr
