"""Homework bioeng: the notebook, predictions.npy and my_model.pt, and what is said of their mistakes."""

import zipfile

import numpy as np
import pytest
from bioeng_results import LABELS, network, outcomes, write_results

import mytorch
from autograder.bioeng_autograder.runner import HANDIN, problems
from autograder.checks.draw import Draw
from autograder.grading.grade import grade
from autograder.harness.pool import Pool
from mytorch import nn


@pytest.fixture(scope="module")
def pool():
    with Pool() as pool:
        yield pool


def test_all_is_right(handed_in, pool):
    assert {tuple(findings) for *_, findings in outcomes(handed_in, pool, "2.1", "2.2", "2.3", "2.4")} == {()}


def test_pytorchs_own_file_is_right(handed_in, pool):
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Linear(784, 8), torch.nn.BatchNorm1d(8), torch.nn.Linear(8, 6))
    torch.save(model.state_dict(), handed_in / "my_model.pt")
    assert outcomes(handed_in, pool, "2.4") == [("2.4", False, [])]


@pytest.mark.parametrize(("right", "passes"), [(0.9, True), (0.8975, False), (0.0, False)])
def test_90_percent_of_the_hidden_set(handed_in, pool, right, passes):
    write_results(handed_in, right)
    (form, (_, hidden, findings)) = outcomes(handed_in, pool, "2.3")
    assert form == ("2.3", False, [])
    assert hidden
    assert findings == ([] if passes else [f"expected at least 90% right, got {right:.2%}"])


def predictions(make):
    def change(folder):
        np.save(folder / "predictions.npy", make(), allow_pickle=True)

    return change


def model_file(make):
    def change(folder):
        mytorch.save(make(), folder / "my_model.pt")

    return change


def array_archive(name):
    def change(folder):
        with (folder / name).open("wb") as file:
            np.savez(file, LABELS)

    return change


def whole_model(folder):
    torch = pytest.importorskip("torch")
    torch.save(torch.nn.Linear(784, 6), folder / "my_model.pt")


def notebook(old, new):
    def change(folder):
        text = (folder / "q2.ipynb").read_text(encoding="utf-8")
        assert text.count(old) == 1
        (folder / "q2.ipynb").write_text(text.replace(old, new), encoding="utf-8")

    return change


BACKWARD = '"            loss.backward()\\n",\n    '
BATCHES = 'range(0, len(images), batch_size):\\n",\n    "            batch = order[start : start + batch_size]'
STEP, ZERO = '"            optimizer.step()\\n",\n', '"            optimizer.zero_grad()\\n",\n'
MISTAKES = {
    "no predictions": ("2.3", lambda f: (f / "predictions.npy").unlink(), "no predictions.npy"),
    "scores": ("2.3", predictions(lambda: np.eye(6)[LABELS]), "argmax(axis=1) is missing"),
    "wrong axis": ("2.3", predictions(lambda: np.arange(6)), "argmax over the wrong axis"),
    "floats": ("2.3", predictions(lambda: LABELS.astype(np.float32)), "whole numbers"),
    "text": ("2.3", predictions(lambda: LABELS.astype(str)), "text"),
    "a column": ("2.3", predictions(lambda: LABELS[:, None]), "one axis too many"),
    "from 1 on": ("2.3", predictions(lambda: LABELS + 1), "begin with 0"),
    "of the training set": ("2.3", predictions(lambda: np.arange(2000) % 6), "training pictures"),
    "one class": ("2.3", predictions(lambda: np.zeros(400, int)), "same class"),
    "objects": ("2.3", predictions(lambda: LABELS.astype(object)), "no array of numbers"),
    "too few": ("2.3", predictions(lambda: LABELS[:-1]), "each of the 400"),
    "savez": ("2.3", array_archive("predictions.npy"), "use np.save"),
    "no model": ("2.4", lambda f: (f / "my_model.pt").unlink(), "no my_model.pt"),
    "the whole model": ("2.4", whole_model, "model.state_dict()"),
    "an array file": ("2.4", array_archive("my_model.pt"), "torch.save"),
    "a pickle": ("2.4", lambda f: (f / "my_model.pt").write_bytes(b"\x80\x04N."), "torch.save"),
    "ten classes": ("2.4", model_file(lambda: nn.Linear(784, 10).state_dict()), "10 outputs"),
    "a list of weights": ("2.4", model_file(lambda: list(network().state_dict().values())), "state_dict"),
    "integers": ("2.4", model_file(lambda: {"w": mytorch.tensor([6, 6])}), "weights"),
    "nothing in it": ("2.4", model_file(dict), "no entries"),
    "zero_grad": ("2.1", notebook(ZERO, ""), "zero_grad() is not called"),
    "zero_grad late": ("2.1", notebook(STEP, ZERO + STEP), "between backward() and step()"),
    "no step": ("2.1", notebook(STEP, ""), "step() is not called"),
    "step early": ("2.1", notebook(BACKWARD + STEP, STEP + BACKWARD), "step() stands before backward()"),
    "zero_grad twice": ("2.1", notebook(STEP, ZERO + STEP), "between backward() and step()"),
    "one epoch": ("2.1", notebook("range(epochs)", "range(1)"), "epochs is not used"),
    "one batch size": ("2.1", notebook(BATCHES, BATCHES.replace("batch_size", "50")), "batch_size is not used"),
    "no losses": ("2.1", notebook("    return losses\\n", "    losses\\n"), "train returns nothing"),
    "no notebook": ("2.1", lambda f: (f / "q2.ipynb").write_text("print(1)"), "no notebook"),
    "a script": ("2.1", lambda f: (f / "q2.ipynb").write_text("{}"), "no notebook of format 4"),
    "a broken cell": ("2.2", notebook("def network():", "def network(:"), "does not compile"),
    "network without return": (
        "2.2",
        notebook("return nn.Sequential(\\n", "nn.Sequential(\\n"),
        "network returns nothing",
    ),
    "no network": ("2.2", notebook("def network():", "def other():"), "TODO 2.2"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_file_is_told(handed_in, pool, name):
    number, change, words = MISTAKES[name]
    if name == "zero_grad late":
        notebook(ZERO, "")(handed_in)
    change(handed_in)
    findings = next(findings for _, hidden, findings in outcomes(handed_in, pool, number) if not hidden)
    assert findings, "it costs no points"
    assert words in findings[0], findings


def test_a_cut_off_model_is_told(handed_in, pool):
    """A file whose numbers are fewer than the names say; the zip archive itself is whole."""
    with zipfile.ZipFile(handed_in / "my_model.pt") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(handed_in / "my_model.pt", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data[:10] if "/data/0" in name else data)
    ((_, _, findings),) = outcomes(handed_in, pool, "2.4")
    assert "numbers are missing" in findings[0]


def test_a_model_file_runs_nothing(handed_in, pool):
    """A pickle that calls a function: it is not called, not even in the sandbox."""
    with zipfile.ZipFile(handed_in / "my_model.pt", "w") as archive:
        archive.writestr("x/data.pkl", b"cbuiltins\nprint\n(S'I WAS RUN'\ntR.")
    ((result,),) = [r.outcomes for r in grade(problems(Draw(0))[-1:], handed_in, pool, handin=HANDIN).results]
    assert "torch.save(model.state_dict()" in result.findings[0].message
    assert "I WAS RUN" not in result.output


# ------------------------------------------------------------------ right in another way

SCHEDULED = '"            scheduler.step()\\n",\n    '
NO_GRADS = '"            for p in model.parameters():\\n",\n    "                p.grad = None\\n",\n'
CLOSURE = (
    '"            def closure():\\n",\n"                optimizer.zero_grad()\\n",\n'
    '"                loss = loss_fn(model(as_input(images[batch])), torch.tensor(labels[batch]))\\n",\n'
    '"                loss.backward()\\n",\n"                return loss\\n",\n'
    '"            loss = optimizer.step(closure)\\n",\n'
)
RIGHT = {
    "zero_grad last": [(ZERO, ""), (STEP, STEP + ZERO)],
    "a scheduler": [(ZERO, SCHEDULED + ZERO)],
    "gradients of None": [(ZERO, NO_GRADS)],
    "a closure": [(BACKWARD, ""), (ZERO, ""), (STEP, CLOSURE)],
    "zero_grad above the loop": [("    losses = []\\n", '    optimizer.zero_grad()\\n",\n"    losses = []\\n')],
}


@pytest.mark.parametrize("name", RIGHT)
def test_another_loop_is_right(handed_in, pool, name):
    for old, new in RIGHT[name]:
        notebook(old, new)(handed_in)
    assert outcomes(handed_in, pool, "2.1") == [("2.1", False, [])]


@pytest.mark.parametrize(
    "layers",
    [
        {"out": nn.Linear(12 * 7 * 7, 6), "conv": nn.Conv2d(1, 12, 3)},
        {"conv": nn.Conv2d(1, 12, 3), "out": nn.Conv2d(12, 6, 1)},
        {"out": nn.Linear(8, 6), "norm": nn.BatchNorm1d(8)},
    ],
    ids=["out first", "convolutions only", "a norm last"],
)
def test_the_layers_may_have_any_order(handed_in, pool, layers):
    state = {f"{name}.{key}": value for name, layer in layers.items() for key, value in layer.state_dict().items()}
    mytorch.save(state, handed_in / "my_model.pt")
    assert outcomes(handed_in, pool, "2.4") == [("2.4", False, [])]
