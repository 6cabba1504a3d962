"""Problems 1.1 to 1.3: the network's predictions, the logistic loss and its stable version."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, scalar, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import array
from autograder.logistic_autograder.network import Network, sigmoid

__all__ = ["loss_problem", "predict_problem", "stable_problem"]


KEPT_AWAY = (
    "y_hat is kept away from 0 (np.clip, or something small in the logarithm): take the formula as it stands; what it "
    "gives for y_hat = 0 is the question"
)
NO_DIGITS = (
    "the digits are lost: 1 + e^z is rounded to 1, or two large numbers cancel, as in z + log(1 + e^-z): "
    "use np.logaddexp or np.log1p, with the sign that belongs to y"
)


def predict_problem(draw: Draw) -> Problem:
    net = Network.drawn(draw, samples=3)
    z_1, z_2 = net.z_1, net.z_2
    column = "z_2 and y_hat must be vectors (B,): take the only column, [:, 0]"
    no_sigmoid = (z_1 @ net.w_2)[:, 0]
    to_z_1 = {
        "the sigmoid is already applied: z_1 is what goes into it": sigmoid(z_1),
        "z_1, z_2 and y_hat must come back in this order": (z_2, z_2[:, None], sigmoid(z_2), sigmoid(z_2)[:, None]),
    }
    to_z_2 = {
        column: z_2[:, None],
        "the sigmoid of the hidden layer is missing": (no_sigmoid, no_sigmoid[:, None]),
        "the prediction instead of its logit": (sigmoid(z_2), sigmoid(z_2)[:, None]),
        "tanh or ReLU instead of the sigmoid": (
            (np.tanh(z_1) @ net.w_2)[:, 0],
            (np.maximum(z_1, 0) @ net.w_2)[:, 0],
        ),
    }
    to_y_hat = {
        column: sigmoid(z_2)[:, None],
        "the last sigmoid is missing": (z_2, z_2[:, None]),
        "the sigmoid is applied twice": sigmoid(sigmoid(z_2)),
        "0 or 1: the probability is asked for, before it is rounded": ((z_2 > 0).astype(float), z_2 > 0),
        "1 / (1 + e^z): it must be e^-z": sigmoid(-z_2),
    }
    snippet = f"{net.lines()}\nz_1, z_2, y_hat = logistic.predict(X, W)"
    return Problem(
        "1.1",
        "predict",
        20,
        (
            Check(
                "z_1: the hidden layer before its sigmoid",
                6,
                snippet,
                {"z_1": Expected(z_1, to_z_1)},
            ),
            Check("z_2: the output before its sigmoid", 6, snippet, {"z_2": Expected(z_2, to_z_2)}),
            Check(
                "y_hat: the prediction",
                6,
                snippet,
                {"y_hat": Expected(sigmoid(z_2), to_y_hat), "X": unchanged(net.X)},
            ),
            net.no_loop(2, "logistic.predict(X, W)"),
        ),
        "section 1, 1",
    )  # fmt: skip


def loss_problem(draw: Draw) -> Problem:
    y = draw.labels(5, 2).astype(float)
    y_hat = np.round(draw.positive(5, step=0.05, low=0.1) % 0.9 + 0.05, 3)
    terms, squares = -y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat), (y - y_hat) ** 2
    mistakes = {
        "the sum over the batch instead of the mean": terms.sum(),
        "the loss of each sample instead of the mean": terms,
        "the sign is wrong": -terms.mean(),
        "the term of the label 0 is missing": np.mean(-y * np.log(y_hat)),
        "the term of the label 1 is missing": np.mean(-(1 - y) * np.log(1 - y_hat)),
        "the labels are exchanged: y belongs to log(y_hat)": np.mean(-(1 - y) * np.log(y_hat) - y * np.log(1 - y_hat)),
        "the squared error: the logistic loss has logarithms": (squares.mean(), squares.mean() / 2, squares.sum()),
        "the sign of one of the two terms is wrong: both have a minus": (
            np.mean(-y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat)),
            np.mean(y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)),
        ),
        "1 - log(y_hat) where log(1 - y_hat) must stand": np.mean(-y * np.log(y_hat) - (1 - y) * (1 - np.log(y_hat))),
        "another logarithm than the natural one": (terms.mean() / np.log(2), terms.mean() / np.log(10)),
    }
    return Problem(
        "1.2",
        "logistic_loss",
        15,
        (
            Check(
                "the mean loss",
                12,
                f"import logistic\ny = {array(y)}\ny_hat = {array(y_hat)}\nloss = logistic.logistic_loss(y, y_hat)",
                {"loss": scalar(terms.mean(), mistakes=mistakes), "y": unchanged(y), "y_hat": unchanged(y_hat)},
            ),
            Check(
                "y_hat = 10^-200: the formula as it stands",
                3,
                "import logistic\ny, y_hat = np.ones(2), np.full(2, 1e-200)\nloss = logistic.logistic_loss(y, y_hat)",
                {"loss": scalar(-np.log(1e-200), otherwise=KEPT_AWAY)},
            ),
        ),
        "section 1, 2",
    )


def stable_problem(draw: Draw) -> Problem:
    y, z = draw.labels(5, 2).astype(float), draw.array(5)
    terms = np.logaddexp(0, (1 - 2 * y) * z)
    mistakes = {
        "the sum over the batch instead of the mean": terms.sum(),
        "the loss of each sample instead of the mean": terms,
        "the sign of the logit is wrong, or the labels are exchanged": np.mean(np.logaddexp(0, (2 * y - 1) * z)),
        "every label counts as 0": np.mean(np.logaddexp(0, z)),
        "every label counts as 1": np.mean(np.logaddexp(0, -z)),
        "the sign is wrong": -terms.mean(),
        "e^0 = 1 is missing: np.logaddexp(0, x) is log(e^0 + e^x)": np.mean((1 - 2 * y) * z),
    }
    checks = [
        Check("the same loss as 1.2", 6, _stable(y, z), {"loss": scalar(terms.mean(), mistakes=mistakes)}),
        _extreme("z_2 = -10^10, y = 0: the loss is 0", 0.0, -1e10, 0.0),
        _extreme("z_2 = 10^10, y = 1: the loss is 0", 1.0, 1e10, 0.0),
        _extreme("z_2 = 10^10, y = 0: the loss is 10^10", 0.0, 1e10, 1e10),
        Check(
            "z_2 = -100, y = 0: no digits are lost",
            5,
            _stable(np.zeros(2), np.full(2, -100.0)) + "\nratio = loss / np.exp(-100)",
            {"ratio": Expected(1.0, {NO_DIGITS: 0.0}, any_shape=True)},
        ),
    ]
    return Problem("1.3", "stable_logistic_loss", 20, tuple(checks), "section 1, 3")


def _stable(y: np.ndarray, z: np.ndarray) -> str:
    return f"import logistic\ny = {array(y)}\nz_2 = {array(z)}\nloss = logistic.stable_logistic_loss(y, z_2)"


def _extreme(title: str, label: float, z: float, right: float) -> Check:
    cut = "the probability is cut off: that is finite, but not the loss; use np.logaddexp on z_2"
    unstable = "not stable: it must not go through e^z or y_hat; use np.logaddexp on z_2"
    wrong = Expected(right, {unstable: (np.nan, np.inf, -np.inf)}, otherwise=cut, any_shape=True)
    return Check(title, 3, _stable(np.full(2, label), np.full(2, z)), {"loss": wrong})
