import numpy as np
import pytest

import mytorch
from examples import iris
from mytorch.datasets import Iris
from mytorch.datasets.iris import BUNDLED


def parts(seed=0):
    mytorch.manual_seed(seed)
    return iris.load(None)


def test_the_split_shares_out_all_flowers():
    indices = [part.indices for part in parts()]
    assert [len(part) for part in indices] == [90, 30, 30]
    assert sorted(np.concatenate(indices)) == list(range(150))
    assert not np.array_equal(indices[0], parts(seed=1)[0].indices)


def test_features_are_standardised_by_the_training_part_alone():
    training, validation, _ = parts()
    x, y = training.batch(np.arange(90))
    np.testing.assert_allclose(x.data.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(x.data.std(axis=0), 1)
    assert np.abs(validation.batch(np.arange(30))[0].data.mean(axis=0)).max() > 0.01
    flowers = Iris()
    np.testing.assert_array_equal(y.data, flowers.targets[training.indices])
    back = x.data * flowers.data[training.indices].std(axis=0) + flowers.data[training.indices].mean(axis=0)
    np.testing.assert_allclose(back, flowers.data[training.indices])


def test_evaluate_by_hand():
    training, _, _ = parts()
    model = iris.network(4)
    loss, error = iris.evaluate(model, training)
    losses, wrong = [], 0
    for i in range(len(training)):
        x, y = training[i]
        scores = model(x).data
        losses.append(np.log(np.exp(scores).sum()) - scores[int(y.item())])
        wrong += scores.argmax() != y.item()
    assert loss == pytest.approx(np.mean(losses))
    assert error == pytest.approx(wrong / 90)


def test_a_run_records_the_loss_of_every_epoch_and_learns():
    training, validation, _ = parts()
    run = iris.train(0.1, 8, training, validation, epochs=5)
    assert run.iterations == [0, 9, 18, 27, 36, 45]
    assert len(run.train_losses) == len(run.val_losses) == 6
    assert run.train_losses[-1] < run.train_losses[0] / 2
    assert run.val_losses[-1] == iris.evaluate(run.model, validation)[0]


def test_the_full_run_reaches_the_handouts_number(tmp_path, capsys):
    iris.main(["--output", str(tmp_path)])  # raises SystemExit otherwise
    lines = capsys.readouterr().out.splitlines()
    assert len(iris.RATES) * len(iris.WIDTHS) >= 3
    losses = [float(line.split()[3]) for line in lines[3 : 3 + len(iris.RATES) * len(iris.WIDTHS)]]
    best = lines[3 + int(np.argmin(losses))].split()
    assert f"best by validation loss: rate {best[0]}, {best[1]} hidden units" in lines
    assert any(line.startswith("test error of the best") and line.endswith("  reached") for line in lines)


def test_a_network_that_does_not_learn_fails_the_quick_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(iris, "RATES", (1e-9,))
    with pytest.raises(SystemExit) as end:
        iris.main(["--quick", "--output", str(tmp_path)])
    assert end.value.code == 1
    assert "the loss must fall by a factor of 2" in capsys.readouterr().err


def test_own_data(tmp_path, capsys):
    text = BUNDLED.read_text(encoding="utf-8")
    (tmp_path / "iris.csv").write_text(text.replace("5.1,3.5,1.4,0.2,0", "5.1,3.5,oops,0.2,0", 1), encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        iris.main(["--data", str(tmp_path), "--output", str(tmp_path)])
    assert end.value.code == 2
    assert f"iris.py: error: {tmp_path / 'iris.csv'}, line 2" in capsys.readouterr().err
    (tmp_path / "iris.csv").unlink()
    with pytest.raises(SystemExit) as end:
        iris.main(["--data", str(tmp_path), "--output", str(tmp_path)])
    assert end.value.code == 2
    assert "iris.csv: cannot be read: No such file or directory" in capsys.readouterr().err
