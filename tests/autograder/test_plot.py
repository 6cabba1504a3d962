import itertools
import os
import subprocess
import sys
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from autograder.hw1_autograder.plot import DEFAULT_PATH, plot_validation_accuracy, validation_accuracy_figure

REPO = Path(__file__).resolve().parents[2]
CURVE = [0.30, 0.91, 0.93, 0.94, 0.945, 0.95, 0.951, 0.952, 0.9525, 0.9541, 0.96, 0.9585]  # two epochs of 550 batches


def drawn_curve(figure):
    (line,) = [line for line in figure.axes[0].lines if len(line.get_xdata()) != 2 or line.get_color() == "#1f5fa8"]
    return list(line.get_xdata()), list(line.get_ydata())


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_the_curve_over_the_batches_seen():
    figure = validation_accuracy_figure(CURVE, batches_per_epoch=550)
    x, y = drawn_curve(figure)
    assert x == [1, 101, 201, 301, 401, 501, 551, 651, 751, 851, 951, 1051]
    np.testing.assert_allclose(y, 100 * np.array(CURVE))
    axes = figure.axes[0]
    assert axes.get_xlabel() == "batches seen"
    assert axes.get_ylabel() == "validation accuracy (%)"
    assert axes.get_xlim() == (0, 1100)
    assert axes.get_ylim() == (20, 100)


def test_fewer_batches_in_an_epoch_than_between_validations():
    figure = validation_accuracy_figure([0.1, 0.5, 0.6], batches_per_epoch=45)
    assert drawn_curve(figure)[0] == [1, 46, 91]
    assert figure.axes[0].get_xlim() == (0, 135)


def test_validate_every():
    figure = validation_accuracy_figure([0.1] * 6, batches_per_epoch=50, validate_every=20)
    assert drawn_curve(figure)[0] == [1, 21, 41, 51, 71, 91]


def test_without_batches_the_validations_are_counted():
    figure = validation_accuracy_figure([0.1, 0.5, 0.6])
    assert drawn_curve(figure)[0] == [1, 2, 3]
    assert figure.axes[0].get_xlabel() == "validations"
    assert not any("epoch" in text for text in texts(figure))


def test_the_words_say_what_is_plotted():
    words = texts(validation_accuracy_figure(CURVE, batches_per_epoch=550, source="MNIST from /data"))
    for expected in ("Validation accuracy 95.85 %, best 96.00 %", "epoch 1", "epoch 2", "Data: MNIST from /data"):
        assert expected in words
    assert "epoch 3" not in words


def test_epochs_are_marked_where_they_end():
    axes = validation_accuracy_figure([0.5] * 18, batches_per_epoch=550).axes[0]
    assert [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == ":"] == [550, 1100]


def test_of_many_epochs_only_some_are_named():
    words = texts(validation_accuracy_figure([0.5] * 360, batches_per_epoch=100))
    assert [word for word in words if word.startswith("epoch")] == [f"epoch {36 * i}" for i in range(1, 11)]


@pytest.mark.parametrize(
    ("accuracies", "bottom"), [([0.0], 0), ([0.05, 1.0], 0), ([0.30, 0.9], 20), ([0.35, 0.9], 30), ([0.97, 1.0], 90)]
)
def test_the_axis_starts_at_a_ten_below_the_curve(accuracies, bottom):
    assert validation_accuracy_figure(accuracies).axes[0].get_ylim() == (bottom, 100)


CASES = {
    "three epochs": (CURVE + [0.96] * 6, 550),
    "one point": ([0.3], 550),
    "all right": ([1.0] * 12, 550),
    "all wrong": ([0.0] * 12, 550),
    "few batches": ([0.1, 0.6, 0.7], 45),
    "a hundred epochs": ([0.3] + [0.9] * 599, 550),
    "steep but wide": ([0.3, 0.9, 0.91, 0.92], 150),
    "slow": (list(np.linspace(0.1, 0.95, 18)), 550),
    "no batches": (CURVE, None),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("source", ["", "MNIST from /data", "train_data.npy from " + "/a/very/long/path" * 20])
def test_no_text_lies_on_another_or_outside(case, source, monkeypatch):
    accuracies, batches = CASES[case]
    figure = validation_accuracy_figure(accuracies, batches_per_epoch=batches, source=source)
    drawn, draw = [], Text.draw

    def note_and_draw(text, renderer):
        drawn.append(text)
        draw(text, renderer)

    monkeypatch.setattr(Text, "draw", note_and_draw)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [(text.get_text(), text.get_window_extent()) for text in drawn if text.get_visible() and text.get_text()]
    assert len(boxes) > 10
    width, height = canvas.get_width_height()
    for text, box in boxes:
        assert 0 <= box.x0 < box.x1 <= width, text
        assert 0 <= box.y0 < box.y1 <= height, text
    for (text, box), (other, other_box) in itertools.combinations(boxes, 2):
        assert not box.overlaps(other_box), (text, other)


def test_the_magnified_curve_appears_only_where_it_covers_nothing():
    def has_card(*arguments):
        return bool(validation_accuracy_figure(*arguments[:1], batches_per_epoch=arguments[1]).axes[0].child_axes)

    assert has_card(*CASES["three epochs"])
    assert has_card(*CASES["a hundred epochs"])
    for case in ("one point", "all wrong", "few batches", "steep but wide", "slow"):
        assert not has_card(*CASES[case])
    inset = validation_accuracy_figure(CURVE, batches_per_epoch=550).axes[0].child_axes[0]
    assert inset.get_ylim()[0] > 85
    assert inset.lines[0].get_xdata()[0] == 101


# ------------------------------------------------------------------------- the PNG file


def test_the_file(tmp_path):
    path = tmp_path / "curve.png"
    assert plot_validation_accuracy(CURVE, path, batches_per_epoch=550) == path
    image = matplotlib.image.imread(path)
    assert image.shape[:2] == (750, 1200)
    assert (image[..., :3] < 0.5).any()  # something is drawn
    assert os.listdir(tmp_path) == ["curve.png"]


def test_the_default_path_is_in_the_hw1_folder():
    assert DEFAULT_PATH == REPO / "hw1/validation_accuracy.png"


def test_a_failed_plot_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "curve.png"
    path.write_bytes(b"old")

    def fail(self, file):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(FigureCanvasAgg, "print_png", fail)
    with pytest.raises(OSError, match="disk full"):
        plot_validation_accuracy(CURVE, path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["curve.png"]


def test_no_display_and_no_global_state(tmp_path):
    """A backend that needs a screen is not even looked at."""
    script = (
        "import sys; from autograder.hw1_autograder.plot import plot_validation_accuracy; "
        "plot_validation_accuracy([0.5, 0.6], 'p.png'); "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": str(REPO), "MPLBACKEND": "TkAgg"}
    environment.pop("DISPLAY", None)
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "p.png").exists()


@pytest.mark.parametrize(
    ("accuracies", "message"),
    [
        ([], "accuracies is empty"),
        ([0.5, 95.8], "fractions from 0 to 1, got 95.8 at index 1"),
        ([-0.1], "fractions from 0 to 1, got -0.1 at index 0"),
        ([0.5, float("nan")], "fractions from 0 to 1, got nan at index 1"),
    ],
)
def test_wrong_accuracies(accuracies, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        plot_validation_accuracy(accuracies, tmp_path / "p.png")
    assert not list(tmp_path.iterdir())
