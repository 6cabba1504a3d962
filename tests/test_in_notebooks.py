"""How a Tensor shows itself in Jupyter and in Matplotlib."""

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

import mytorch

matplotlib.use("Agg")

X = np.array([3.0, 1.0, 2.0])
TENSORS = {
    "constant": lambda: mytorch.tensor(X),
    "leaf": lambda: mytorch.tensor(X, requires_grad=True),
    "result": lambda: mytorch.tensor(X, requires_grad=True) * 1,
}


@pytest.mark.parametrize("kind", TENSORS)
def test_plot(kind):
    axes = Figure().subplots()
    x = TENSORS[kind]()
    (line,) = axes.plot(x)
    np.testing.assert_array_equal(line.get_ydata(), X)
    (line,) = axes.plot(x, x * 2, "o-", label="both")
    np.testing.assert_array_equal(line.get_xdata(), X)
    np.testing.assert_array_equal(line.get_ydata(), 2 * X)
    two = mytorch.stack([x, x], 1)  # (3, 2): two lines
    assert len(axes.plot(two)) == 2


@pytest.mark.parametrize("kind", ["leaf", "result"])
def test_what_cannot_be_plotted_says_what_to_write(kind):
    axes = Figure().subplots()
    x = TENSORS[kind]()
    for draw in (lambda: axes.imshow(x.reshape(1, 3)), lambda: axes.scatter(x, x), lambda: axes.bar(x, x)):
        try:
            draw()
        except RuntimeError as error:
            assert "x.detach().numpy() or x.data" in str(error)  # noqa: PT017


def test_to_numpy_is_a_copy():
    x = mytorch.tensor(X, requires_grad=True)
    x.to_numpy()[0] = 7
    assert x.data[0] == 3


def test_small_tensors_are_tables():
    x = mytorch.tensor([[1.0, 2.5], [3.0, np.nan]], requires_grad=True)
    html = x._repr_html_()
    assert html.count("<tr>") == 2
    assert html.count("<td") == 4
    assert ">2.5</td>" in html
    assert ">nan</td>" in html
    assert "shape (2, 2), float64, requires grad" in html
    assert "made by Mul" in (x * x)._repr_html_()
    assert mytorch.tensor([1, 2])._repr_html_().count("<td") == 2
    assert ">True</td>" in mytorch.tensor([True])._repr_html_()


@pytest.mark.parametrize("shape", [(), (0,), (2, 2, 2), (101,), (30, 30)])
def test_others_print(shape):
    assert mytorch.zeros(*shape)._repr_html_() is None
