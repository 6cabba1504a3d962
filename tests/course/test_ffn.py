"""Homework ffn: by hand and by autograd, its own Adam beside Adam, the data, and the servers."""

import json
import shutil
import tarfile
import zipfile

import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pytest

from course.commands import main
from course.ffn import ffn, simple_cifar
from course.homeworks import ROOT
from mytorch import Tensor, nn, optim

BETA = 0.8


def pair(seed, layers=3):
    """The same network by hand and with autograd, and a batch."""
    rng = np.random.default_rng(seed)
    np.random.seed(seed)
    by_hand = ffn.FeedForwardNeuralNetwork(5, 3, 7, layers)
    by_autograd = nn.Sequential(
        *[
            nn.Linear(*layer.weights.shape) if isinstance(layer, ffn.LinearLayer) else nn.ReLU()
            for layer in by_hand.layers
        ]
    )
    for ours, theirs in zip(by_hand.layers, by_autograd):
        if isinstance(ours, ffn.LinearLayer):
            ours.bias = rng.normal(size=ours.bias.shape)
            theirs.weight.data[...], theirs.bias.data[...] = ours.weights.T, ours.bias[0]
    return by_hand, by_autograd, rng.normal(size=(6, 5)), rng.integers(0, 3, 6)


def linears(by_hand, by_autograd):
    return [(a, b) for a, b in zip(by_hand.layers, by_autograd) if isinstance(a, ffn.LinearLayer)]


@pytest.mark.parametrize(("seed", "layers"), [(0, 1), (1, 2), (2, 3), (3, 5)])
def test_by_hand_is_what_autograd_computes(seed, layers):
    by_hand, by_autograd, X, labels = pair(seed, layers)
    loss_fn = ffn.CrossEntropySoftmax()
    loss = loss_fn.forward(by_hand.forward(X), labels)
    x = Tensor(X, requires_grad=True)
    expected = nn.CrossEntropyLoss(reduction="sum")(by_autograd(x), Tensor(labels))
    expected.backward()
    assert abs(loss - expected.item()) < 1e-10
    grad = loss_fn.backward()
    for layer in reversed(by_hand.layers):
        grad = layer.backward(grad)
    assert np.abs(grad - x.grad.data).max() < 1e-10
    for ours, theirs in linears(by_hand, by_autograd):
        assert np.abs(ours.grad_weights - theirs.weight.grad.data.T).max() < 1e-10
        assert np.abs(ours.grad_bias[0] - theirs.bias.grad.data).max() < 1e-10


def test_adam_in_the_handouts_form_leaves_adam_after_one_step():
    """The first step is Adam's with both betas alike; the second divides by 1 - beta, Adam by 1 - beta^2."""
    by_hand, by_autograd, X, labels = pair(0)
    groups = [
        {"params": [p for name, p in by_autograd.named_parameters() if name.endswith("weight")], "weight_decay": 0.1},
        {"params": [p for name, p in by_autograd.named_parameters() if name.endswith("bias")], "weight_decay": 0.0},
    ]
    adam = optim.Adam(groups, lr=0.01, betas=(BETA, BETA), eps=1e-8)
    for layer in by_hand.layers:
        layer.beta, layer.weight_decay = BETA, 0.1
    differences = []
    for _ in range(2):
        loss_fn = ffn.CrossEntropySoftmax()
        loss_fn.forward(by_hand.forward(X), labels)
        by_hand.backward(loss_fn.backward())
        by_hand.step(0.01)
        adam.zero_grad()
        nn.CrossEntropyLoss(reduction="sum")(by_autograd(Tensor(X)), Tensor(labels)).backward()
        adam.step()
        pairs = linears(by_hand, by_autograd)
        differences.append(max(np.abs(a.weights - b.weight.data.T).max() for a, b in pairs))
    assert differences[0] < 1e-10
    assert differences[1] > 1e-3


def test_evaluate_and_train_learn_by_heart():
    """The handout's tip: a small network reaches nearly 100 % on the training set."""
    np.random.seed(0)
    X, Y = simple_cifar.drawings(60, 0)
    X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-3)
    model = ffn.FeedForwardNeuralNetwork(3072, 3, 20, 2)
    losses, accuracies, val_losses, val_accuracies = ffn.train(model, (X, Y), (X, Y), 20, 16, 0.001)
    assert [len(values) for values in (losses, accuracies, val_losses, val_accuracies)] == [20] * 4
    assert val_accuracies[-1] == 1
    assert ffn.evaluate(model, X, Y, 7) == pytest.approx((val_losses[-1], 1.0))


# ------------------------------------------------------------------ the data


def test_the_drawings(monkeypatch):
    monkeypatch.delenv("MYTORCH_DATA", raising=False)
    (X, Y), (X_val, _), (X_test, _) = simple_cifar.load_data()
    assert [part.shape for part in (X, X_val, X_test)] == [(1300, 3072), (200, 3072), (300, 3072)]
    assert (X.min(), X.max()) == (0, 255)
    assert set(Y) == {0, 1, 2}
    assert min(np.bincount(Y)) > 350  # approximately uniform


def test_cifars_files(tmp_path, monkeypatch):
    """Records of a label and 3,072 bytes; classes 7, 8 and 9 are horse, ship and truck."""
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    rng = np.random.default_rng(0)
    names = [*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]
    records = {name: rng.integers(0, 256, (50, 3073), dtype=np.uint8) for name in names}
    for name, array in records.items():
        array[:, 0] %= 10
        array.tofile(folder / name)
    monkeypatch.setattr(simple_cifar, "SIZES", (40, 20, 15))
    monkeypatch.setenv("MYTORCH_DATA", str(tmp_path))
    (X, Y), (X_val, Y_val), (X_test, Y_test) = simple_cifar.load_data()
    everything = np.concatenate([records[name] for name in names[:5]])
    kept = everything[everything[:, 0] >= 7]
    assert (kept[:40, 1:] == X).all()
    assert (np.concatenate([Y, Y_val]) == kept[:60, 0] - 7).all()
    assert len(X_val) == 20
    assert (Y_test == records["test_batch.bin"][records["test_batch.bin"][:, 0] >= 7, 0] - 7).all()
    assert X_test.shape == (len(Y_test), 3072)
    monkeypatch.setenv("MYTORCH_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="expected CIFAR-10's binary files"):
        simple_cifar.load_data()


def test_display_example(monkeypatch, tmp_path):
    """First all red, then all green, then all blue; rows from top to bottom."""
    monkeypatch.syspath_prepend(ROOT / "course/ffn")
    import main as script

    x = np.zeros((3, 32, 32))
    x[0, :16], x[1, 16:], x[2, :, 16:] = 255, 255, 255
    figure = plt.figure(figsize=(1, 1), dpi=32)
    figure.add_axes((0, 0, 1, 1))
    script.displayExample(x.reshape(3072))
    figure.savefig(tmp_path / "example.png")
    plt.close(figure)
    pixels = matplotlib.image.imread(tmp_path / "example.png")[..., :3]
    corners = [pixels[y, x].tolist() for y, x in ((4, 4), (4, 28), (28, 4), (28, 28))]
    assert corners == [[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]]


# ------------------------------------------------------------------ a student's folder, and the servers


@pytest.mark.slow
def test_the_script(solved, run, tmp_path):
    folder = tmp_path / "ffn"
    shutil.copytree(solved["ffn"], folder)
    done = run(folder, "python", "main.py", MPLBACKEND="Agg")
    assert (done.returncode, done.stderr) == (0, "")
    assert "validation accuracy" in done.stdout
    assert (folder / "training_plot.png").stat().st_size > 5000
    done = run(folder, "./create_tarball.sh")
    assert (done.returncode, done.stderr) == (0, "")
    with tarfile.open(folder / "handin.tar") as archive:
        assert archive.getnames() == ["ffn.py", "main.py", "simple_cifar.py"]


@pytest.mark.slow
def test_gradescope_and_autolab(solved, run, tmp_path):
    base, place = tmp_path / "gradescope", tmp_path / "autolab"
    (base / "submission").mkdir(parents=True)
    place.mkdir()
    assert main(["pack", "gradescope", "ffn", "--output", str(base / "package.zip")]) == 0
    assert main(["pack", "autolab", "ffn", "--output", str(place / "autograde.tar")]) == 0
    with zipfile.ZipFile(base / "package.zip") as archive:
        archive.extractall(base / "source")
    shutil.copy(place / "autograde-Makefile", place / "Makefile")
    with tarfile.open(place / "handin.tar", "w") as tar:
        for name in ("ffn.py", "main.py", "simple_cifar.py"):
            shutil.copy(solved["ffn"] / name, base / "submission")
            tar.add(solved["ffn"] / name, f"homework/{name}")  # many pack a folder around it
    done = run(base, "bash", base / "source/run_autograder", AUTOGRADER_BASE=str(base))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads((base / "results/results.json").read_text())["score"] == 100
    done = run(place, "make")
    assert sum(json.loads(done.stdout.splitlines()[-1])["scores"].values()) == 100


@pytest.mark.slow
def test_classroom(tmp_path, solved, starters, run):
    assert main(["pack", "classroom", "ffn", "--output", str(tmp_path / "classroom.yml")]) == 0
    last = [line for line in (tmp_path / "classroom.yml").read_text().splitlines() if "run: ./grade" in line][-1]
    command = last.partition("run: ")[2]
    for folder, status in ((solved["ffn"], 0), (starters["ffn", False], 1)):
        assert run(folder, "bash", "-c", command).returncode == status
