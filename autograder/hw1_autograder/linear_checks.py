"""Problem 2.1: Sequential, Linear, and the gradients of broadcast operands."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import array, leaf, set_linear, tensor
from autograder.hw1_autograder import hidden_checks
from autograder.subjects.numerics import numerical_gradients

__all__ = ["problem"]


def sequential_checks(draw: Draw) -> tuple[Check, ...]:
    """With layers of the check's own: a Linear that is wrong costs its points below."""
    x, factor, shift = draw.array(3, 2), draw.choice(2.0, 3.0), draw.choice(5.0, 7.0)
    model = f"""
class Times(Module):
    def forward(self, x):
        return Tensor(x.data * {factor})
class Plus(Module):
    def forward(self, x):
        return Tensor(x.data + {shift})
class Half(Module):
    def forward(self, x):
        return Tensor(x.data / 2)
times, plus, half = Times(), Plus(), Half()
{tensor("x", x)}
model = Sequential(times, plus, half)
y = model(x)
"""
    return (
        Check(
            "Sequential passes its input through the layers in order",
            1.5,
            model,
            {
                "y.data": Expected(
                    (x * factor + shift) / 2,
                    {
                        "the layers run in the wrong order": (x / 2 + shift) * factor,
                        "only the first layer runs": x * factor,
                        "only the last layer runs, or every layer gets the model's input: each must get the result of "
                        "the one before": x / 2,
                        "no layer runs": x,
                        "the first layer does not run": (x + shift) / 2,
                        "the last layer does not run": x * factor + shift,
                        "the last layer runs twice": (x * factor + shift) / 4,
                        "the layers' results are added": x * factor + x + shift + x / 2,
                    },
                ),
            },
            hint="section 2.1, first paragraph",
        ),
        Check(
            "Sequential.layers holds the layers",
            0.5,
            f"{model}\nlayers = list(model.layers)",
            {
                "[layers[0] is times, layers[-1] is half]": Expected(
                    [True, True], otherwise="Sequential.layers must hold the layers, in their order"
                ),
            },
        ),
    )


def linear_checks(draw: Draw) -> tuple[Check, ...]:
    x = draw.array(4, 3)  # (N, in)
    w, bias = draw.array(2, 3), draw.array(2)  # (out, in), (out,)
    g = draw.array(4, 2)  # (N, out), the gradient of the output
    layer = set_linear("layer", w, bias)
    one, g_one = x[:1], g[:1]
    backward = "y = layer(x)\n{}\nz = y * g\nz.backward()"
    return (
        Check(
            "Linear: weight and bias are parameters",
            0.5,
            "layer = Linear(3, 2)",
            {
                "[[p.is_parameter, p.requires_grad, p.is_leaf] for p in (layer.weight, layer.bias)]": attribute(
                    [[True] * 3] * 2,
                    means="weight and bias are parameters: is_parameter, requires_grad and is_leaf are True",
                ),
            },
            hint="appendix A.2",
        ),
        Check(
            "Linear: x W^T + b",
            2,
            f"{layer}\n{tensor('x', x)}\ny = layer(x)",
            {
                "y.data": Expected(
                    x @ w.T + bias,
                    {
                        "the bias is missing": x @ w.T,
                        "weight is reshaped instead of transposed: .T exchanges rows and columns, reshape does not": (
                            x @ w.reshape(w.T.shape) + bias
                        ),
                        "the bias is subtracted": x @ w.T - bias,
                        "the bias is added twice": x @ w.T + 2 * bias,
                        "multiplied by the bias instead of added": x @ w.T * bias,
                        "W x + b, transposed: (out, N) instead of (N, out)": (x @ w.T + bias).T,
                    },
                ),
                "x.data": unchanged(x),
            },
        ),
        Check(
            "Linear: gradients of weight, bias and input",
            3,
            f"{layer}\n{leaf('x', x)}\n" + backward.format(tensor("g", g)),
            {
                "layer.weight.grad.data": Expected(
                    g.T @ x, {"upstream gradient ignored": np.ones_like(g).T @ x, "transposed": x.T @ g}
                ),
                "layer.bias.grad.data": Expected(
                    g.sum(0),
                    {
                        "upstream gradient ignored": np.full(2, 4.0),
                        "averaged over the batch instead of summed": g.mean(0),
                        "only one row of the batch counts": tuple(g),
                    },
                ),
                "x.grad.data": Expected(g @ w, {"upstream gradient ignored": np.ones_like(g) @ w}),
            },
        ),
        Check(
            "Linear: a batch of one",
            1,
            f"{layer}\n{leaf('x', one)}\n" + backward.format(tensor("g", g_one)),
            {
                "layer.weight.grad.data": g_one.T @ one,
                "layer.bias.grad.data": g_one[0],
                "x.grad.data": g_one @ w,
            },
        ),
    )


def broadcast_check(
    title: str, points: float, w: np.ndarray, steps: tuple[tuple[str, np.ndarray, np.ndarray], ...]
) -> Check:
    """Gradients of both operands of each `left symbol right`, times a constant w of the full shape.
    points: 0 for what is beyond the handout."""
    lines = [tensor("w", w)]
    expected = {}
    for number, (symbol, left, right) in enumerate(steps, 1):
        a, b = f"a{number}", f"b{number}"
        lines += [leaf(a, left), leaf(b, right), f"(({a} {symbol} {b}) * w).backward()"]
        operation = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[symbol]
        gradients = numerical_gradients(lambda x, y, f=operation: f(x, y) * w, left, right)
        for name, gradient in zip((a, b), gradients):
            expected[f"{name}.grad.data"] = gradient
    hint = "section 2.1: unbroadcast(grad, shape); sandbox.py can try it"
    return Check(title, points, "\n".join(lines), expected, beyond=not points, hint=hint)


def broadcast_checks(draw: Draw) -> tuple[Check, ...]:
    matrix, w, row = draw.array(2, 3), draw.array(2, 3), draw.array(3)
    return (
        broadcast_check("broadcasting: (2, 3) + (3,), (3,) + (2, 3)", 1.5, w, (("+", matrix, row), ("+", row, matrix))),
        # "If you'd prefer to implement just a limited 2D unbroadcast for Add, that will work for now."
        broadcast_check(
            "broadcasting: a row with - * /", 0, w, (("-", matrix, row), ("*", row, matrix), ("/", matrix, row))
        ),
        stretching_check(draw),
        unbroadcast_check(draw),
    )


def unbroadcast_check(draw: Draw) -> Check:
    """Called directly, with a Tensor or with an array, as students write it."""
    g = draw.array(3, 4)
    return Check(
        "unbroadcast(grad, shape), called directly",
        0,
        f"""
g = {array(g)}
unbroadcast = F.unbroadcast
for grad in (Tensor(g), g):
    try:
        row = unbroadcast(grad, (4,))
        row = np.array(row.data if isinstance(row, Tensor) else row, float)
        break
    except (AttributeError, TypeError, ValueError) as error:
        row = repr(error)
""",
        {"row": Expected(g.sum(0), {"averaged instead of summed": g.mean(0), "only one row counts": tuple(g)})},
        failures={"AttributeError": "functional.py has no unbroadcast(grad, shape), which section 2.1 recommends"},
        beyond=True,
    )


def stretching_check(draw: Draw) -> Check:
    values = {
        "a": draw.array(2, 3),
        "column": draw.array(2, 1),
        "row": draw.array(1, 3),
        "number": np.array(draw.choice(1.5, 2.0, 2.5)),
        "block": draw.array(2, 1, 3),
    }

    def z(a, column, row, number, block):
        return block - ((a + column) * row / number - column)

    lines = [leaf(name, value) for name, value in values.items()]
    lines += ["y = (a + column) * row / number - column", "z = block - y", "z.backward()"]
    gradients = numerical_gradients(z, *values.values())
    return Check(
        "broadcasting: axes of size 1 and new axes with + - * /",
        0,
        "\n".join(lines),
        {f"{name}.grad.data": gradient for name, gradient in zip(values, gradients)},
        beyond=True,
    )


def problem(draw: Draw) -> Problem:
    checks = (*sequential_checks(draw), *linear_checks(draw), *broadcast_checks(draw), *hidden_checks.linear(draw))
    return Problem("2.1", "Linear layer", 10, checks, hint="handout 002, section 2.1: x W^T + b, and unbroadcast")
