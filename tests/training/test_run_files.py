"""What a run writes, how often, and what wrong files in its folder do: an error that names the file."""

from __future__ import annotations

import numpy as np
import pytest
from training.problems import loaders, trainer

import mytorch
from mytorch.serialization import LoadError
from mytorch.training import checkpoint

# ----------------------------------------------------------------------- history and time


def test_a_thousand_short_epochs_were_all_saves(tmp_path, monkeypatch):
    """Each epoch wrote the whole history: nine tenths of the time. The clock here is ours: a save takes 1 second."""
    now, saves, best = [0.0], [], []
    monkeypatch.setattr(checkpoint.time, "monotonic", lambda: now[0])

    class Folder:
        def write(self, file, contents):
            pass

        def save(self, file, state):
            if file == "best.npz":
                assert state["model"] == "weights"
                best.append(t.epoch)
            else:
                now[0] += 1.0
                saves.append(state["epoch"])

    t = trainer()
    saver = checkpoint.Saver(t, [])
    t.folder = Folder()
    for t.epoch in range(1, 101):
        now[0] += 0.5
        if t.epoch == 5:
            t.best, t.best_weights = {"epoch": 5}, "weights"
        saver.epoch_ended()
    saver.finish()
    saver.finish()
    assert saves == [1, 19, 37, 55, 73, 91, 100]
    assert best == [19]


# --------------------------------------------------------------------------- wrong last.npz


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    root = tmp_path_factory.mktemp("finished")
    t = trainer(name="run", root=root)
    t.fit(*loaders(), epochs=1)
    return t.folder.path


WRONG = {
    "a list": lambda state: [1, 2],
    "no epoch": lambda state: {k: v for k, v in state.items() if k != "epoch"},
    "epoch as text": lambda state: {**state, "epoch": "many"},
    "epoch below zero": lambda state: {**state, "epoch": -5},
    "empty optimizer": lambda state: {**state, "optimizer": {}},
    "optimizer of another": lambda state: {**state, "optimizer": {"state": {}, "param_groups": []}},
    "empty model": lambda state: {**state, "model": {}},
    "model of text": lambda state: {**state, "model": dict.fromkeys(state["model"], "x")},
    "history as text": lambda state: {**state, "history": "x"},
    "rows as text": lambda state: {**state, "history": {**state["history"], "rows": ["x"]}},
    "losses as a list": lambda state: {**state, "history": {**state["history"], "step_losses": []}},
    "no random states": lambda state: {**state, "random": []},
    "empty random states": lambda state: {**state, "random": [{} for _ in state["random"]]},
    "other generators": lambda state: {**state, "random": [{"bit_generator": "MT19937"} for _ in state["random"]]},
    "best without a value": lambda state: {**state, "best": {}},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_last_npz_raised_what_did_not_name_it(wrong, finished, tmp_path):
    (tmp_path / "hyperparameters.json").write_bytes((finished / "hyperparameters.json").read_bytes())
    mytorch.save(WRONG[wrong](mytorch.load(finished / "last.npz")), tmp_path / "last.npz")
    t = trainer(name="run", root=tmp_path)
    before = {name: tensor.data.copy() for name, tensor in t.model.state_dict().items()}
    with pytest.raises(LoadError, match=f"^resume: {tmp_path}/last.npz "):
        t.fit(*loaders(), epochs=2, resume=tmp_path)
    for name, tensor in t.model.state_dict().items():
        np.testing.assert_array_equal(tensor.data, before[name])
    assert (t.epoch, t.folder, len(t.history)) == (0, None, 0)


def test_a_missing_last_npz_is_named(finished, tmp_path):
    (tmp_path / "hyperparameters.json").write_bytes((finished / "hyperparameters.json").read_bytes())
    with pytest.raises(LoadError, match=f"^resume: {tmp_path}/last.npz is missing"):
        trainer().fit(*loaders(), epochs=2, resume=tmp_path)


@pytest.mark.parametrize("contents", [b"", b"\xff", b"[1]", b"[" * 100_000, b"{" + b" " * (17 << 20) + b"}"])
def test_a_damaged_hyperparameters_json_was_not_named(contents, finished, tmp_path):
    (tmp_path / "hyperparameters.json").write_bytes(contents)
    with pytest.raises(LoadError, match=f"^{tmp_path}/hyperparameters.json: "):
        trainer().fit(*loaders(), epochs=2, resume=tmp_path)
