"""Checks of part 1: the basic operations (1.1) and the autograd engine (1.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograder.common.check import Check, Expected, Problem, attribute, unchanged
from autograder.common.numerics import numerical_gradients
from autograder.common.snippets import array, leaf, tensor

__all__ = ["PROBLEMS"]

A = np.array([[1.5, -2.0, 3.0], [0.5, 4.0, -1.0]])
B = np.array([[2.0, 0.5, -4.0], [-1.0, 2.5, 8.0]])
G = np.array([[3.0, 2.0, -3.0], [0.5, -5.0, 4.0]])  # the gradient that arrives from further on
ONES = np.ones_like(A)

NODES = "[type(node).__name__ for node in {}.grad_fn.next_functions]"


# ------------------------------------------------------------------------ 1.1


@dataclass(frozen=True)
class Operation:
    """One of a - b, a * b, a / b. gradients: (g, a, b) -> (dL/da, dL/db) for dL/d(output) = g.
    mistakes: {diagnosis: what it makes of the two gradients} (None where it makes no difference)."""

    number: str
    title: str
    name: str
    symbol: str
    value: Callable
    gradients: Callable
    mistakes: dict[str, Callable]


OPERATIONS = (
    Operation(
        "1.1.1", "Element-wise subtraction", "Sub", "-",
        value=lambda a, b: a - b,
        gradients=lambda g, a, b: (g, -g),
        mistakes={},  # a gradient with the wrong sign is recognised in general
    ),
    Operation(
        "1.1.2", "Element-wise multiplication", "Mul", "*",
        value=lambda a, b: a * b,
        gradients=lambda g, a, b: (g * b, g * a),
        mistakes={"the other factor is missing": lambda g, a, b: (g, g)},
    ),
    Operation(
        "1.1.3", "Element-wise division", "Div", "/",
        value=lambda a, b: a / b,
        gradients=lambda g, a, b: (g / b, -g * a / b**2),
        mistakes={
            "divided by b instead of b squared": lambda g, a, b: (None, -g * a / b),
            "the factor a is missing": lambda g, a, b: (None, -g / b**2),
            "this is the gradient of a multiplication": lambda g, a, b: (g * b, g * a),
        },
    ),
)  # fmt: skip


def basic_problem(op: Operation) -> Problem:
    ga, gb = op.gradients(G, A, B)
    wrong: tuple[dict, dict] = ({}, {})
    candidates = {
        "upstream gradient ignored": lambda g, a, b: op.gradients(ONES, a, b),
        "the gradients of a and b are exchanged": lambda g, a, b: op.gradients(g, a, b)[::-1],
        **op.mistakes,
    }
    for diagnosis, gradients in candidates.items():
        for mistakes, right, value in zip(wrong, (ga, gb), gradients(G, A, B)):
            if value is not None and not np.allclose(value, -right):  # that is better called a wrong sign
                mistakes[diagnosis] = value
    ones_a, ones_b = op.gradients(ONES, A, B)
    inputs = f"{leaf('a', A)}\n{leaf('b', B)}"
    f32 = A.astype(np.float32)
    return Problem(
        op.number,
        op.title,
        5,
        (
            Check(
                f"F.{op.name}.forward",
                1,
                f"{inputs}\nc = F.{op.name}.forward(ContextManager(), a, b)",
                {"c.data": Expected(op.value(A, B), {"the operands are exchanged": op.value(B, A)})},
            ),
            Check(
                f"a {op.symbol} b",
                0.5,
                f"{inputs}\nc = a {op.symbol} b",
                {"type(c).__name__": "Tensor", "c.data": op.value(A, B)},
            ),
            Check(
                f"F.{op.name}.backward, given the gradient of the output",
                1.5,
                f"{inputs}\nctx = ContextManager()\nF.{op.name}.forward(ctx, a, b)\n"
                f"grad_c = Tensor({array(G)})\ngrad_a, grad_b = F.{op.name}.backward(ctx, grad_c)",
                {"grad_a.data": Expected(ga, wrong[0]), "grad_b.data": Expected(gb, wrong[1])},
            ),
            Check(
                f"backward through a {op.symbol} b",
                0.5,
                f"{inputs}\nc = a {op.symbol} b\nc.backward()",
                {"a.grad.data": ones_a, "b.grad.data": ones_b},
            ),
            Check(
                "b is a constant",
                0.5,
                f"{leaf('a', A)}\n{tensor('b', B)}\nc = a {op.symbol} b\nc.backward()",
                {
                    "a.grad.data": ones_a,
                    "b.grad": Expected(None, otherwise="a gradient was stored for a constant"),
                    "c.grad_fn.next_functions[1]": attribute(None),
                },
            ),
            Check(
                "the graph node of the result",
                0.5,
                f"{inputs}\nc = a {op.symbol} b",
                {
                    "c.requires_grad": attribute(True),
                    "c.is_leaf": attribute(False),
                    "type(c.grad_fn).__name__": attribute("BackwardFunction"),
                    NODES.format("c"): attribute(["AccumulateGrad", "AccumulateGrad"]),
                    "c.grad_fn.next_functions[0].variable is a": attribute(True),
                    "c.grad_fn.next_functions[1].variable is b": attribute(True),
                },
            ),
            Check(
                "inputs stay as they are, float32 stays float32",
                0.5,
                f"a = Tensor({array(f32)}, requires_grad=True)\nb = Tensor({array(B.astype(np.float32))})\n"
                f"c = a {op.symbol} b\nc.backward()",
                {
                    "a.data": unchanged(f32),
                    "b.data": unchanged(B.astype(np.float32)),
                    "c.data.dtype.name": Expected("float32", otherwise="dtype changed"),
                },
            ),
        ),
    )


# ------------------------------------------------------------------------ 1.2

WRITEUP = """
a = Tensor(1.0, requires_grad=True)
b = Tensor(2.0)
c = Tensor(3.0, requires_grad=True)
d = a * b + a
e = (d + c) + Tensor(3.0)
"""

LOST = "overwritten instead of accumulated"
PATHS = "each path through the graph is walked separately: 2^40 paths; let every node run once"
DEEP = "the graph is walked by recursion, one Python call or more per operation"


def writeup_checks() -> tuple[Check, ...]:
    """The example of handout 002, section 0.1: a.grad is 3 and c.grad is 1."""
    return (
        Check(
            "the example of section 0.1: values and gradients",
            4,
            f"{WRITEUP}\ne.backward()",
            {
                "d.data": 3.0,
                "e.data": 9.0,
                "a.grad.data": Expected(3.0, {LOST: (1.0, 2.0)}),
                "b.grad": Expected(None, otherwise="a gradient was stored for a constant"),
                "c.grad.data": 1.0,
            },
        ),
        Check(
            "the example of section 0.1: the graph",
            3,
            WRITEUP,
            {
                "e.requires_grad": attribute(True),
                "e.is_leaf": attribute(False),
                "type(e.grad_fn).__name__": attribute("BackwardFunction"),
                "[type(n).__name__ for n in e.grad_fn.next_functions]": attribute(["BackwardFunction", "NoneType"]),
                NODES.format("d"): attribute(["BackwardFunction", "AccumulateGrad"]),
                "e.grad_fn.next_functions[0].next_functions[0] is d.grad_fn": attribute(True),
                "e.grad_fn.next_functions[0].next_functions[1].variable is c": attribute(True),
                "d.grad_fn.next_functions[1].variable is a": attribute(True),
                "d.grad_fn.next_functions[0].next_functions[1]": attribute(None),
                "type(a.grad_fn).__name__": attribute("NoneType", "AccumulateGrad"),
                "a.is_leaf": attribute(True),
            },
        ),
    )


def accumulation_checks() -> tuple[Check, ...]:
    x, y = A[0], B[0]
    s = x * y
    shared_x, shared_y = numerical_gradients(lambda x, y: (x * y) * (x * y) + x * y, x, y)
    return (
        Check(
            "a tensor that is used twice",
            3,
            f"{leaf('x', x)}\n{leaf('y', y)}\n{leaf('z', y)}\n"
            "(x + x).backward()\n(y * y).backward()\n(z * z - z).backward()",
            {
                "x.grad.data": Expected(np.full(3, 2.0), {LOST: np.ones(3)}),
                "y.grad.data": Expected(2 * y, {LOST: y}),
                "z.grad.data": Expected(2 * y - 1, {LOST: (y, -np.ones(3))}),
            },
        ),
        Check(
            "a second backward adds to .grad",
            2,
            f"{leaf('x', x)}\n{leaf('y', y)}\n(x * y).backward()\n(x * x).backward()",
            {
                "x.grad.data": Expected(y + 2 * x, {LOST: (2 * x, x), "the second gradient was not added": y}),
                "y.grad.data": Expected(x, {"another tensor's gradient was added": (3 * x, 2 * x + y, 2 * x, x + y)}),
            },
        ),
        Check(
            "gradients do not share memory",
            1,
            f"{leaf('x', x)}\n{leaf('y', y)}\n{tensor('w', y)}\n(x + y).backward()\n(x * w).backward()",
            {
                "x.grad.data": Expected(1 + y, {LOST: y}),
                "y.grad.data": Expected(
                    np.ones(3), {"x.grad and y.grad are one array: adding to one changes the other": 1 + y}
                ),
            },
        ),
        Check(
            "an intermediate result that is used three times",
            3,
            f"{leaf('x', x)}\n{leaf('y', y)}\ns = x * y\nt = s * s + s\nt.backward()",
            {
                "x.grad.data": Expected(shared_x, {LOST: (y, s * y)}),
                "y.grad.data": Expected(shared_y, {LOST: (x, s * x)}),
            },
        ),
    )


def graph_checks() -> tuple[Check, ...]:
    x, y = A[0], B[0]
    return (
        Check(
            "operations on constants are not recorded",
            2,
            f"{tensor('x', x)}\n{tensor('y', y)}\nz = x * y + x\n{leaf('a', x)}\nc = z * a\nc.backward()",
            {
                "z.requires_grad": attribute(False),
                "z.is_leaf": attribute(True),
                "z.grad_fn": attribute(None),
                "c.grad_fn.next_functions[0]": attribute(None),
                "a.grad.data": x * y + x,
                "[x.grad, y.grad, z.grad]": Expected(
                    [None, None, None], otherwise="a gradient was stored for a constant"
                ),
            },
        ),
        Check(
            "only leaves keep their gradient",
            1,
            f"{leaf('x', x)}\ny = x * x\nz = y * x\nz.backward()",
            {
                "x.grad.data": Expected(3 * x**2, {LOST: (2 * x**2, x**2)}),
                "[y.grad, z.grad]": Expected([None, None], otherwise="a gradient was stored for an intermediate"),
                "[y.is_leaf, y.requires_grad, z.is_leaf]": attribute([False, True, False]),
                "x.data": unchanged(x),
            },
        ),
    )


def chain_checks() -> tuple[Check, ...]:
    a, b, c, d = A, B, G, A[::-1] * 0.5 + 3
    inputs = "\n".join(leaf(name, value) for name, value in zip("abcd", (a, b, c, d)))
    gradients = numerical_gradients(lambda a, b, c, d: ((a * b + c) / d - a) * c, a, b, c, d)
    x, factor = np.array([1.0, -3.0]), np.array([1.0001, 0.9999])
    chain = f"{leaf('x', x)}\n{tensor('c', factor)}\ny = x\nfor _ in range({{}}):\n    y = y * c\ny.backward()"
    return (
        Check(
            "the chain rule through + - * /",
            3,
            f"{inputs}\ny = ((a * b + c) / d - a) * c\ny.backward()",
            {
                "y.data": ((a * b + c) / d - a) * c,
                **{f"{name}.grad.data": gradient for name, gradient in zip("abcd", gradients)},
            },
        ),
        Check(
            "a chain of 200 operations",
            1,
            chain.format(200),
            {"x.grad.data": Expected(factor**200, {"upstream gradient ignored": factor})},
            failures={"RecursionError": DEEP},
        ),
        Check(
            "a chain of 5000 operations",
            1,
            chain.format(5000),
            {"x.grad.data": factor**5000},
            failures={"RecursionError": DEEP, "signal 11": DEEP},
        ),
        Check(
            "40 times y = y + y, in time",
            1,
            f"{leaf('x', x)}\ny = x\nfor _ in range(40):\n    y = y + y\ny.backward()",
            {"x.grad.data": Expected(np.full(2, 2.0**40), {LOST: np.ones(2)})},
            failures={"timeout": PATHS},
            limit=3.0,
        ),
    )


PROBLEMS = (
    *(basic_problem(operation) for operation in OPERATIONS),
    Problem("1.2", "Autograd", 25, (*writeup_checks(), *accumulation_checks(), *graph_checks(), *chain_checks())),
)
