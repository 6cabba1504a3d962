"""Problem 2.1: Sequential, Linear, and the gradients of broadcast operands."""

from __future__ import annotations

import numpy as np

from autograder.common.check import Check, Expected, Problem, attribute, unchanged
from autograder.common.numerics import numerical_gradients
from autograder.common.snippets import leaf, set_linear, tensor

__all__ = ["PROBLEM"]

X = np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0], [-0.5, 2.0, 4.0], [2.0, 0.0, 1.0]])  # (N, in) = (4, 3)
W = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])  # (out, in) = (2, 3)
BIAS = np.array([0.1, -0.3])
G = np.array([[1.0, -2.0], [0.5, 3.0], [-1.5, 1.0], [2.0, 0.25]])  # dL/d(output), (N, out)
ROW = np.array([2.0, -1.0, 4.0])
COLUMN = np.array([[3.0], [-0.5]])
MATRIX = np.array([[1.0, 2.0, -3.0], [0.5, -1.5, 2.5]])
UPSTREAM = np.array([[2.0, -1.0, 0.5], [1.5, 3.0, -2.0]])


def sequential_checks() -> tuple[Check, ...]:
    x = X[:3, :2]
    first, first_bias = np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([0.5, -0.5])
    second, second_bias = np.array([[0.0, -1.0], [3.0, 1.0]]), np.array([1.0, 2.0])
    one = x @ first.T + first_bias
    two = x @ second.T + second_bias
    both = one @ second.T + second_bias
    return (
        Check(
            "Sequential passes its input through the layers in order",
            2,
            f"{set_linear('first', first, first_bias)}\n{set_linear('second', second, second_bias)}\n"
            f"model = Sequential(first, second)\n{tensor('x', x)}\ny = model(x)",
            {
                "y.data": Expected(
                    both,
                    {
                        "the layers run in the wrong order": two @ first.T + first_bias,
                        "only the first layer runs": one,
                        "every layer gets the model's input; only the last one counts": two,
                        "no layer runs": x,
                    },
                ),
            },
        ),
    )


def linear_checks() -> tuple[Check, ...]:
    layer = set_linear("layer", W, BIAS)
    one, g_one = X[:1], G[:1]
    backward = "y = layer(x)\n{}\nz = y * g\nz.backward()"
    return (
        Check(
            "Linear: x W^T + b",
            2,
            f"{layer}\n{tensor('x', X)}\ny = layer(x)",
            {
                "y.data": Expected(
                    X @ W.T + BIAS,
                    {
                        "the bias is missing": X @ W.T,
                        "the bias is subtracted": X @ W.T - BIAS,
                        "W x + b, transposed: (out, N) instead of (N, out)": (X @ W.T + BIAS).T,
                    },
                ),
                "x.data": unchanged(X),
            },
        ),
        Check(
            "Linear: gradients of weight, bias and input",
            2.5,
            f"{layer}\n{leaf('x', X)}\n" + backward.format(tensor("g", G)),
            {
                "layer.weight.grad.data": Expected(
                    G.T @ X, {"upstream gradient ignored": np.ones_like(G).T @ X, "transposed": X.T @ G}
                ),
                "layer.bias.grad.data": Expected(
                    G.sum(0),
                    {
                        "upstream gradient ignored": np.full(2, 4.0),
                        "averaged over the batch instead of summed": G.mean(0),
                        "only one row of the batch counts": tuple(G),
                    },
                ),
                "x.grad.data": Expected(G @ W, {"upstream gradient ignored": np.ones_like(G) @ W}),
            },
        ),
        Check(
            "Linear: a batch of one",
            1,
            f"{layer}\n{leaf('x', one)}\n" + backward.format(tensor("g", g_one)),
            {
                "y.data": one @ W.T + BIAS,
                "layer.weight.grad.data": g_one.T @ one,
                "layer.bias.grad.data": g_one[0],
                "x.grad.data": g_one @ W,
            },
        ),
        Check(
            "Linear: its result is in the graph, its weights are parameters",
            0.5,
            f"{layer}\n{tensor('x', X)}\ny = layer(x)\ny.backward()",
            {
                "[y.requires_grad, y.is_leaf]": attribute([True, False]),
                "type(y.grad_fn).__name__": attribute("BackwardFunction"),
                "x.grad": Expected(None, otherwise="a gradient was stored for a constant"),
                "[layer.weight.is_parameter, layer.bias.is_parameter]": attribute([True, True]),
                "layer.weight.grad.data": np.ones_like(G).T @ X,
            },
        ),
    )


def broadcast_check(title: str, points: float, steps: tuple[tuple[str, np.ndarray, np.ndarray], ...]) -> Check:
    """Gradients of both operands of each `left symbol right`, times a constant w of the full shape."""
    lines = [tensor("w", UPSTREAM)]
    expected = {}
    for number, (symbol, left, right) in enumerate(steps, 1):
        a, b = f"a{number}", f"b{number}"
        lines += [leaf(a, left), leaf(b, right), f"(({a} {symbol} {b}) * w).backward()"]
        operation = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[symbol]
        gradients = numerical_gradients(lambda x, y, f=operation: f(x, y) * UPSTREAM, left, right)
        for name, gradient in zip((a, b), gradients):
            expected[f"{name}.grad.data"] = gradient
    return Check(title, points, "\n".join(lines), expected)


def broadcast_checks() -> tuple[Check, ...]:
    block = np.stack([MATRIX, -2 * MATRIX])[:, None, 0]  # (2, 1, 3)
    return (
        broadcast_check("broadcasting: (2, 3) + (3,), (3,) + (2, 3)", 1, (("+", MATRIX, ROW), ("+", ROW, MATRIX))),
        broadcast_check(
            "broadcasting: a row with - * /", 0.5, (("-", MATRIX, ROW), ("*", ROW, MATRIX), ("/", MATRIX, ROW))
        ),
        Check(
            "broadcasting: axes of size 1 and new axes with + - * /",
            0.5,
            "\n".join(
                [
                    leaf("a", MATRIX), leaf("column", COLUMN), leaf("row", ROW[None]), leaf("block", block),
                    leaf("number", 2.0),
                    "y = (a + column) * row / number - column",
                    "z = block - y",
                    "z.backward()",
                ]
            ),
            _broadcast_values(block),
        ),
    )  # fmt: skip


def _broadcast_values(block: np.ndarray) -> dict[str, np.ndarray]:
    def z(a, column, row, block, number):
        return block - ((a + column) * row / number - column)

    values = {"a": MATRIX, "column": COLUMN, "row": ROW[None], "block": block, "number": np.array(2.0)}
    gradients = numerical_gradients(z, *values.values())
    return {f"{name}.grad.data": gradient for name, gradient in zip(values, gradients)}


PROBLEM = Problem("2.1", "Linear layer", 10, (*sequential_checks(), *linear_checks(), *broadcast_checks()))
