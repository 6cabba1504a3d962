"""Problems 4.1 to 4.3: LinearLayer, ReLU and CrossEntropySoftmax."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, scalar, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import array
from autograder.subjects import loops
from autograder.subjects.derivatives import NOTHING, relu_gradients, relu_values, softmax, softmax_values

__all__ = ["linear_problem", "loss_problem", "relu_problem", "set_layer"]

B, INPUTS, OUTPUTS = 4, 3, 2
SHAPES = (
    "Do the shapes fit? labels are class numbers, (B,), not one-hot rows; a sum over the classes that divides or is "
    "subtracted needs keepdims=True"
)


def no_loop(points: float, *run: str) -> Check:
    """A check that 60 rows take no more lines of ffn.py than 4. run: the body of a function of n, the rows."""
    title, instead = "no loop over the rows", "matrix operations"
    return loops.no_loop(points, "ffn", "import numpy as np\nimport ffn", *run, title=title, instead=instead)


def set_layer(W: np.ndarray, b: np.ndarray) -> str:
    """The lines that make `layer` with these weights."""
    make = f"import ffn\nlayer = ffn.LinearLayer({W.shape[0]}, {W.shape[1]})"
    return f"{make}\nlayer.weights = {array(W)}\nlayer.bias = {array(b)}"


def linear_problem(draw: Draw) -> Problem:
    X, W, b, g = draw.array(B, INPUTS), draw.array(INPUTS, OUTPUTS), draw.array(1, OUTPUTS), draw.array(B, OUTPUTS)
    later, g_later = draw.array(2, INPUTS), draw.array(2, OUTPUTS)
    wrong = {
        **NOTHING,
        "the bias is missing": X @ W,
        "the bias is subtracted": X @ W - b,
        "ReLU is applied, which is a layer of its own": np.maximum(X @ W + b, 0),
        "the result is transposed": (X @ W + b).T,
        "the bias is added to W: it must be added to X W": X @ (W + b),
        "the mean over the batch: each row has a result of its own": (X @ W + b).mean(axis=0),
        "summed over the batch: each row has a result of its own": (X @ W + b).sum(axis=0),
    }
    shapes = {"the shape is transposed: (input_dim, output_dim)": [3, 5], "a row too many, for the bias?": [6, 3]}
    init = {
        "list(np.shape(layer.weights))": Expected([5, 3], shapes),
        "int(np.size(layer.bias))": Expected(3, {"one for each input: there must be one for each output": 5}),
        "len(np.unique(layer.weights)) > 1": attribute(
            True, means="all weights are alike: all units then learn the same. Draw them by chance"
        ),
        "bool(np.any(layer.weights != ffn.LinearLayer(5, 3).weights))": attribute(
            True, means="every layer has the same weights: a seed belongs into the script, not into __init__"
        ),
        "bool(np.abs(np.asarray(layer.weights) @ np.ones(3)).max() < 30)": attribute(
            True, means="the weights are very large: divide them by the root of input_dim"
        ),
    }
    forward = f"{set_layer(W, b)}\nX, g = {array(X)}, {array(g)}\nY = layer.forward(X)"
    backward = f"{forward}\ndX = layer.backward(g)"
    again = f"{backward}\nlayer.forward({array(later)})\nlayer.backward({array(g_later)})"
    checks = (
        Check("the weights of a new layer", 4, "import ffn\nlayer = ffn.LinearLayer(5, 3)", init),
        Check("forward", 4, forward, {"X": unchanged(X), "Y": Expected(X @ W + b, wrong)}),
        Check("backward", 7, backward, gradients(X, W, b, g)),
        Check(
            "a second batch",
            4,
            again,
            {
                "layer.grad_weights": Expected(
                    later.T @ g_later,
                    {
                        "added to the gradient of the batch before: backward must replace it": X.T @ g
                        + later.T @ g_later,
                        "still that of the batch before": X.T @ g,
                    },
                ),
                "np.reshape(layer.grad_bias, -1)": Expected(
                    g_later.sum(axis=0),
                    {
                        "added to the gradient of the batch before: backward must replace it": g.sum(axis=0)
                        + g_later.sum(axis=0),
                        "still that of the batch before": g.sum(axis=0),
                    },
                ),
            },
            failures={"ValueError": "the second batch has fewer rows: forward must replace the input that it keeps"},
        ),
        no_loop(
            1, "layer = ffn.LinearLayer(3, 2)", "layer.forward(np.ones((n, 3)))", "layer.backward(np.ones((n, 2)))"
        ),
        Check(
            "a batch of one row",
            3,
            f"{set_layer(W, b)}\ndX = layer.forward({array(X[:1])})\ndX = layer.backward({array(g[:1])})",
            {"dX": g[:1] @ W.T, "layer.grad_weights": X[:1].T @ g[:1]},
            hidden=True,
        ),
    )
    return Problem("4.1", "LinearLayer", 20, checks, hint="Q4 of the handout, and its tips")


def gradients(X: np.ndarray, W: np.ndarray, b: np.ndarray, g: np.ndarray) -> dict[str, Expected]:
    """What backward must return and store."""
    dW, db, dX, ones = X.T @ g, g.sum(axis=0), g @ W.T, np.ones_like(g)
    wrong_W = {
        "it is not stored: layer.grad_weights is None": None,
        "all zeros: nothing is stored there": 0 * dW,
        "the mean over the batch: add up, equation (12)": dW / len(X),
        "transposed: the gradient has the shape of W": dW.T,
        "grad is ignored: X^T grad": X.T @ ones,
        "the gradient with respect to the input is stored here": dX,
        "the wrong sign: step subtracts it already": -dW,
        "the output stands where grad must stand": X.T @ (X @ W + b),
        "the weight decay belongs into step": tuple(dW + decay * W for decay in (1e-4, 2e-4)),
        "of the first row only: add up over the batch": np.outer(X[0], g[0]),
        "of the last row only: add up over the batch": np.outer(X[-1], g[-1]),
    }
    wrong_b = {
        "all zeros: nothing is stored there": 0 * db,
        "the mean over the batch: add up, equation (12)": db / len(X),
        "not summed over the batch": g.reshape(-1),
        "summed over the outputs: sum over the batch, axis 0": g.sum(axis=1),
        "all entries are added up: there is one sum for each output": g.sum().reshape(-1),
        "grad is ignored: the number of rows instead of the sum of grad": ones.sum(axis=0),
        "1, without grad: sum grad over the batch": np.ones(len(db)),
        "of the first row only: add up over the batch": g[0],
        "of the last row only: add up over the batch": g[-1],
    }
    wrong_X = {
        **NOTHING,
        "grad comes back as it is: multiply it by W^T": g,
        "grad is ignored: grad W^T": ones @ W.T,
        "transposed": dX.T,
        "this is dL/dW: it is stored, and dL/dinput comes back": dW,
        "divided by the batch size, which only the loss may do": dX / len(X),
        "multiplied by the input: dL/dinput does not depend on it": dX * X,
        "the weights alone, for each row": np.broadcast_to(W.sum(axis=1), dX.shape),
        "the input comes back": X,
    }
    return {
        "dX": Expected(dX, wrong_X),
        "layer.grad_weights": Expected(dW, wrong_W),
        "np.reshape(layer.grad_bias, -1)": Expected(db, wrong_b),
    }


def relu_problem(draw: Draw) -> Problem:
    z, g = draw.array(2, 4, step=0.7, low=1.4), draw.array(2, 4, step=0.7, low=1.6)
    make = f"import ffn\nlayer = ffn.ReLU()\nz, g = {array(z)}, {array(g)}\ny = layer.forward(z)"
    zero = "import ffn\nlayer = ffn.ReLU()\nlayer.forward(np.array([[0.0]]))\ndz = layer.backward(np.array([[5.0]]))"
    at_zero = {
        "the derivative at 0 is 1: take 0": np.array([[5.0]]),
        "the derivative at 0 is 1/2: take 0": np.array([[2.5]]),
    }
    z_2, g_2 = draw.array(2, 4, step=0.7, low=1.4), draw.array(2, 4, step=0.7, low=1.6)
    while ((z > 0) == (z_2 > 0)).all():
        z_2 = draw.array(2, 4, step=0.7, low=1.4)
    again = f"{make}\nlayer.backward(g)\nlayer.forward({array(z_2)})\ndz = layer.backward({array(g_2)})"
    old = {"still where the batch before was positive: forward must replace what it stores": g_2 * (z > 0)}
    checks = (
        Check("forward", 3, make, {"z": unchanged(z), "y": Expected(np.maximum(z, 0), relu_values(z))}),
        Check(
            "backward",
            4,
            f"{make}\ndz = layer.backward(g)",
            {"dz": Expected(g * (z > 0), relu_gradients(z, g))},
        ),
        Check("a second batch", 1, again, {"dz": Expected(g_2 * (z_2 > 0), old)}),
        no_loop(1, "layer = ffn.ReLU()", "layer.forward(np.ones((n, 3)))", "layer.backward(np.ones((n, 3)))"),
        Check("backward at 0, and step", 1, f"{zero}\nlayer.step(0.1)", {"dz": Expected(np.array([[0.0]]), at_zero)}),
    )
    return Problem("4.2", "ReLU", 10, checks, hint="Q4 of the handout: as its Sigmoid")


def loss_problem(draw: Draw) -> Problem:
    s = draw.array(4, 3, step=0.2, low=0.2)
    labels = np.array(draw.order([0, 1, 2, 1]))
    p, rows = softmax(s), np.arange(4)
    log_p, one_hot = np.log(p), np.eye(3)[labels]
    right = -log_p[rows, labels]
    shifted = s - s.max(axis=1, keepdims=True)
    unnormalized = s - np.log(np.exp(s).sum())
    wrong = {
        **NOTHING,
        "one for each row: add them up, equation (4)": right,
        "the sign is wrong: -log p": (-right.sum(), -right.mean()),
        "the softmax is missing: these are the scores of the labels": (-s[rows, labels].sum(), -s[rows, labels].mean()),
        "the logarithm is missing: -log p": (
            (1 - p)[rows, labels].sum(),
            p[rows, labels].sum(),
            -p[rows, labels].sum(),
            p[rows, labels].mean(),
            -p[rows, labels].mean(),
        ),
        "divided by the number of all entries, rows and classes": right.sum() / s.size,
        "the softmax runs over the batch: it must run over the classes, axis 1": tuple(
            f(-values[rows, labels])
            for values in (np.log(softmax(s.T).T), shifted - np.log(np.exp(shifted).sum(axis=0)))
            for f in (np.sum, np.mean)
        ),
        "the softmax runs over all entries: each row must add up to 1": tuple(
            f(-unnormalized[rows, labels]) for f in (np.sum, np.mean)
        ),
        "every class counts: only the right one of each row may": tuple(f(-log_p) for f in (np.sum, np.mean)),
        "the logarithm to base 2 or 10": tuple(right.sum() / np.log(base) for base in (2, 10)),
        "the first class is always taken: take that of the label": tuple(f(-log_p[:, 0]) for f in (np.sum, np.mean)),
        "the most probable class is taken: take that of the label": tuple(
            f(-log_p.max(axis=1)) for f in (np.sum, np.mean)
        ),
        "p[:, labels] is a matrix: p[np.arange(B), labels] takes one of each row": (
            -log_p[:, labels].sum(),
            -log_p[:, labels].mean(),
        ),
    }
    return Problem(
        "4.3",
        "CrossEntropySoftmax",
        20,
        (
            *loss_checks(s, labels, scalar(right.sum(), also=(right.mean(),), mistakes=wrong), one_hot),
            second_loss(draw, s, labels),
            no_loop(
                1,
                "layer, s, labels = ffn.CrossEntropySoftmax(), np.ones((n, 3)), np.arange(n) % 3",
                "layer.forward(s, labels)",
                "layer.backward()",
            ),
        ),
    )


def second_loss(draw: Draw, s: np.ndarray, labels: np.ndarray) -> Check:
    """The gradient of a second batch, when the first one has been there."""
    s_2, labels_2 = draw.array(*s.shape, step=0.2, low=0.2), (labels + 1) % 3
    right, before = softmax(s_2) - np.eye(3)[labels_2], softmax(s) - np.eye(3)[labels]
    old = "still that of the batch before: forward must replace what it stores"
    mistakes = {
        old: (before, before / len(s)),
        "the labels are those of the batch before": (softmax(s_2) - np.eye(3)[labels]),
        "the scores are those of the batch before": (softmax(s) - np.eye(3)[labels_2]),
    }
    lines = (
        "import ffn\nlayer = ffn.CrossEntropySoftmax()",
        f"layer.forward({array(s)}, {array(labels)})",
        "layer.backward()",
        f"layer.forward({array(s_2)}, {array(labels_2)})",
        "ds = layer.backward()",
    )
    expected = Expected(right, mistakes, also=(right / len(s),))
    return Check("a second batch", 1, "\n".join(lines), {"ds": expected})


def loss_checks(s: np.ndarray, labels: np.ndarray, loss: Expected, one_hot: np.ndarray) -> tuple[Check, ...]:
    p = softmax(s)
    wrong = {
        **NOTHING,
        "the sign is wrong: p - y": one_hot - p,
        "y is missing: p - y": p,
        "p is missing: p - y": (-one_hot, one_hot),
        "this is -y / p, the derivative by p: by the scores it is p - y": -one_hot / p,
        "the derivative of softmax alone": p * (1 - p),
        "the scores stand where the probabilities must stand: p - y": s - one_hot,
        "divided by the number of classes": (p - one_hot) / s.shape[1],
        "1 is subtracted in the first column: subtract it in that of the label": p - np.eye(s.shape[1])[[0] * len(s)],
        "grad[:, labels] is the whole matrix: grad[np.arange(B), labels] is one of each row": (
            minus_columns(p, labels),
            p - 1,
        ),
        "grad[labels] are whole rows: grad[np.arange(B), labels] is one entry of each row": minus_rows(p, labels),
        "multiplied by p: p - y alone is the derivative by the scores": p * (p - one_hot),
        **with_wrong_softmax(s, one_hot),
    }
    new, both = (
        "import ffn\nlayer = ffn.CrossEntropySoftmax()",
        "loss = layer.forward(s, labels)\nds = layer.backward()",
    )
    make = f"{new}\ns, labels = {array(s)}, {array(labels)}\n{both}"
    slope = (
        "D = np.cos(np.arange(12.0)).reshape(4, 3)\n"
        "up, down = layer.forward(s + 1e-5 * D, labels), layer.forward(s - 1e-5 * D, labels)"
    )
    large = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -1000.0, -1001.0]])
    stable = f"{new}\ns, labels = {array(large)}, np.array([0, 1])\n{both}"
    p_large = softmax(large)
    value = -np.log(p_large[1, 1])
    overflow = (
        "inf or nan: e^1000 is too large a number, and e^-1000 is 0. Subtract each row's largest score first (Q1)"
    )
    return (
        Check(
            "forward",
            6,
            make,
            {"s": unchanged(s), "labels": unchanged(labels), "loss": loss},
            failures={"ValueError": SHAPES},
        ),
        Check("backward", 6, make, {"ds": Expected(p - one_hot, wrong, also=((p - one_hot) / len(s),))}),
        Check(
            "backward is the gradient of forward",
            2,
            f"{make}\n{slope}",
            {
                "bool(np.isclose((up - down) / 2e-5, np.sum(ds * D), rtol=1e-4))": attribute(
                    True, means="one of them adds up over the batch, the other takes the mean?"
                )
            },
        ),
        Check(
            "large scores",
            4,
            stable,
            {
                "loss": scalar(
                    value, also=(value / 2,), mistakes={overflow: (np.nan, np.inf, 0.0)}, otherwise=overflow
                ),
                "bool(np.isfinite(ds).all())": attribute(True, means=overflow),
            },
        ),
    )


def with_wrong_softmax(s: np.ndarray, one_hot: np.ndarray) -> dict[str, tuple]:
    """p - y, with each mistake of the softmax that has the right shape."""
    found = {}
    for text, values in softmax_values(s).items():
        alternatives = values if isinstance(values, tuple) else (values,)
        found[f"softmax: {text}"] = tuple(v - one_hot for v in alternatives if np.shape(v) == s.shape)
    return found


def minus_rows(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    wrong = p.copy()
    wrong[labels] -= 1
    return wrong


def minus_columns(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    wrong = p.copy()
    wrong[:, labels] -= 1
    return wrong
