"""fashion_own_network: the files it hands in."""

import numpy as np
import pytest

import mytorch
from examples import fashion_own_network as own
from examples.data import Split
from mytorch.data import TensorDataset


@pytest.fixture(autouse=True)
def same_first_weights():
    mytorch.manual_seed(1)


def images(count=40):
    """Noise that is strong enough for a network that is not trained to tell one image from another."""
    return mytorch.tensor(10 * np.random.default_rng(8).standard_normal((count, 1, 28, 28)).astype("float32"))


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_the_files_agree(suffix, tmp_path, monkeypatch):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")
    monkeypatch.setattr(own, "SUFFIX", suffix)
    model, x = own.network(), images()
    predictions_file, model_file = own.hand_in(model, x, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"predictions.npy", f"my_model{suffix}"}
    predictions = np.load(predictions_file)
    assert (predictions.shape, predictions.dtype) == ((40,), np.int64)
    np.testing.assert_array_equal(predictions, model(x).data.argmax(axis=1))
    np.testing.assert_array_equal(own.predict(own.load(model_file), x), predictions)
    assert len(np.unique(predictions)) > 1  # or any model would agree


def test_predictions_keep_the_order_of_the_images():
    model, x = own.network(), images(501)  # a batch and one more
    one_by_one = [int(model(x[i : i + 1]).data.argmax()) for i in (0, 17, 499, 500)]
    assert own.predict(model, x)[[0, 17, 499, 500]].tolist() == one_by_one


def test_a_model_that_predicts_otherwise_is_found(tmp_path, monkeypatch, capsys):
    labels = np.arange(40) % 10
    few = Split(*[TensorDataset(images(), labels) for _ in range(3)], ("a",) * 10)
    monkeypatch.setattr(own, "fashion_mnist", lambda example, train: few)
    monkeypatch.setattr(own, "load", lambda model_file: own.network())
    with pytest.raises(SystemExit) as end:
        own.main(["--quick", "--output", str(tmp_path)])
    assert end.value.code == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("loaded model, differences")]
    assert line.endswith("  NOT reached")
