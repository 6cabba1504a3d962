"""What the plots show."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.image import imread
from training.problems import loaders, trainer

from mytorch.training.plots import compare_figure, history_figure, save_figure, steps_figure


@pytest.fixture(scope="module")
def history():
    return trainer().fit(*loaders(), epochs=4)


def lines(axes) -> dict[str, tuple[list, list]]:
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines}


def test_the_loss_of_epochs_and_steps(history):
    (axes,) = history_figure(history).axes
    shown = lines(axes)
    assert shown["training"] == ([1, 2, 3, 4], history["loss"])
    assert shown["validation"] == ([1, 2, 3, 4], history["val_loss"])
    x, y = shown["training, each step"]
    assert y == history.step_losses
    assert (x[5], x[-1]) == (1.0, 4.0)  # six steps make an epoch
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epochs", "loss")


def test_the_loss_of_steps(history):
    (axes,) = steps_figure(history, log_scale=True).axes
    shown = lines(axes)
    assert shown["training, each step"] == (list(range(1, 25)), history.step_losses)  # six steps make an epoch
    assert shown["validation"] == ([6, 12, 18, 24], history["val_loss"])
    assert (axes.get_xlabel(), axes.get_yscale()) == ("steps", "log")
    assert list(shown) == ["training, each step", "training, mean of 1 steps", "validation"]


def test_the_mean_of_steps_is_drawn_where_its_last_step_is():
    history = trainer().fit(*loaders(), epochs=25)
    (axes,) = steps_figure(history).axes
    x, y = lines(axes)["training, mean of 3 steps"]
    assert (x[0], x[-1], len(x)) == (3, 150, 148)
    assert y[0] == pytest.approx(np.mean(history.step_losses[:3]))
    assert y[-1] == pytest.approx(np.mean(history.step_losses[-3:]))


def test_several_runs_side_by_side(history):
    figure = compare_figure({"one": history, "two": history}, ("loss", "accuracy"), "title", log_scale=True)
    loss, accuracy = figure.axes
    assert list(lines(loss)) == ["one, training", "one, validation", "two, training", "two, validation"]
    assert (loss.get_yscale(), accuracy.get_yscale()) == ("log", "linear")
    assert lines(accuracy)["two, validation"][1] == history["val_accuracy"]
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("loss", "accuracy (fraction)")


def test_saved_in_one_piece(history, tmp_path):
    path = save_figure(history_figure(history, "accuracy"), tmp_path / "new" / "a.png")
    image = imread(path)
    assert image.shape[:2] == (500, 800)
    assert len(np.unique(image.reshape(-1, image.shape[2]), axis=0)) > 10
    assert [p.name for p in path.parent.iterdir()] == ["a.png"]


def test_a_name_that_is_not_there(history):
    with pytest.raises(KeyError, match="the history has no 'los'; it has epoch, lr, loss"):
        history["los"]
