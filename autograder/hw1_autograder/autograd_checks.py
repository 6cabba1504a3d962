"""Problem 1.2: the autograd engine."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import array, leaf, tensor
from autograder.hw1_autograder import engine_warnings, hidden_checks
from autograder.subjects.numerics import numerical_gradients

__all__ = ["problem"]

LOST = "overwritten instead of accumulated"
DEEP = "the graph is walked by recursion, several Python calls for each operation"
FORGOTTEN = "the gradient that backward is given is ignored"


def writeup_checks(draw: Draw) -> tuple[Check, ...]:
    """The example of handout 002, section 0.1, with other numbers: a.grad is b + 1 and c.grad is 1."""
    a, b, c, shift = draw.array(4).tolist()
    example = f"""
a = Tensor({a}, requires_grad=True)
b = Tensor({b})
c = Tensor({c}, requires_grad=True)
d = a * b + a
e = (d + c) + Tensor({shift})
"""
    # With Add alone, which is given: who has a wrong Mul can still build a graph.
    with_given_operations = example.replace("a * b + a", "a + b")
    return (
        Check(
            "the example of section 0.1: values and gradients",
            5,
            f"{example}\ne.backward()",
            {
                "d.data": a * b + a,
                "e.data": a * b + a + c + shift,
                "a.grad.data": Expected(b + 1, {LOST: (1.0, b)}),
                "c.grad.data": 1.0,
            },
            hint="section 0.1.5 walks through this example, step by step",
        ),
        Check(
            "the example of section 0.1: the graph",
            3,
            with_given_operations.rstrip()
            + "\nlinks = [list(t.grad_fn.next_functions) if t.grad_fn else [] for t in (d, e)]",
            {
                "e.data": a + b + c + shift,
                "[b.requires_grad, b.is_leaf]": attribute(
                    [False, True], means="Tensor(data) has requires_grad=False and is_leaf=True (appendix A.1)"
                ),
                "[d.requires_grad, e.requires_grad]": attribute(
                    [True, True], means="requires_grad of a result: True as soon as one input requires grad"
                ),
                "[d.is_leaf, e.is_leaf]": attribute(
                    [False, False], means="is_leaf of a result that requires grad: it is no leaf, so False"
                ),
                "type(e.grad_fn).__name__": attribute(
                    "BackwardFunction", means="Function.apply must store its node on the output: output.grad_fn = node"
                ),
                "[len(nodes) for nodes in links]": attribute(
                    [2, 2], means="Function.apply must add one entry to next_functions for each input"
                ),
                "[node is None for node in links[1]]": attribute(
                    [False, True], means="next_functions must hold None for a constant, and for nothing else"
                ),
                "[n is d.grad_fn for node in links[1][:1] for n in node.next_functions[:1]]": attribute(
                    [True], means="next_functions must hold the node of the intermediate result itself: its grad_fn"
                ),
            },
            hint="section 0.1.4 says what Function.apply does, appendix A.1 which nodes there are",
        ),
        engine_warnings.leaf_nodes(example),
    )


def accumulation_checks(draw: Draw) -> tuple[Check, ...]:
    x, y = draw.array(3), draw.array(3)
    s = x * y
    shared_x, shared_y = numerical_gradients(lambda x, y: (x * y) * (x * y) + x * y, x, y)
    g = draw.array(3)
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
            hint="section 0.1.5, step 8, and section 0.1.6: accumulating gradients",
        ),
        Check(
            "a second backward adds to .grad",
            2,
            f"{leaf('x', x)}\n{leaf('y', y)}\n(x * y).backward()\n(x * x).backward()",
            {
                "x.grad.data": Expected(y + 2 * x, {LOST: (2 * x, x), "the second gradient was not added": y}),
                "y.grad.data": Expected(x, {"another tensor's gradient was added": (3 * x, 2 * x + y, 2 * x, x + y)}),
            },
            hint="section 0.1.6: accumulating gradients",
        ),
        Check(
            "gradients do not share memory",
            1,
            f"{leaf('x', x)}\n{leaf('y', y)}\n{tensor('g', g)}\n((x + y) * g).backward()\n(x * g).backward()",
            {
                "y.grad.data": Expected(g, {"x.grad and y.grad are one array: adding to one changes the other": 2 * g}),
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
            hint="section 0.1.6: every path contributes",
        ),
    )


def graph_checks(draw: Draw) -> tuple[Check, ...]:
    x, y = draw.array(3), draw.array(3)
    constants = f"{tensor('x', x)}\n{tensor('y', y)}\nz = x * y + x\n{leaf('a', x)}\nc = z * a"
    return (
        Check(
            "constants stay constants",
            1,
            f"{constants}\nc.backward()",
            {
                "[z.requires_grad, z.is_leaf]": attribute(
                    [False, True],
                    means="a result of constants alone has requires_grad=False and is_leaf=True",
                ),
                "a.grad.data": x * y + x,
                "[x.grad, y.grad]": Expected([None, None], otherwise="a gradient was stored for a constant"),
            },
            hint="appendix A.1, its last paragraph",
        ),
        Check(
            "only leaves keep their gradient",
            1,
            f"{leaf('x', x)}\ny = x + x\nz = y + x\nz.backward()",
            {
                "[y.grad, z.grad]": Expected([None, None], otherwise="a gradient was stored for an intermediate"),
                "x.data": unchanged(x),
            },
            hint="section 0.1.5, steps 1 and 4: only leaves store",
        ),
        engine_warnings.constants(constants),
    )


def chain_checks(draw: Draw) -> tuple[Check, ...]:
    a, b, c, d = (draw.array(2, 3) for _ in range(4))
    inputs = "\n".join(leaf(name, value) for name, value in zip("abcd", (a, b, c, d)))
    gradients = numerical_gradients(lambda a, b, c, d: ((a * b + c) / d - a) * c, a, b, c, d)
    x, factor, g = draw.array(2), 1 + draw.array(2, step=0.0001, low=0.0001), draw.array(2)
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
            hint="section 0.1.5: at each call the gradient is applied, and the results are handed on",
        ),
        Check(
            "autograd_engine.backward(grad_fn, grad_of_outputs), called directly",
            2,
            f"{leaf('x', x)}\ny = x + x\ng = Tensor({array(g)})\nautograd_engine.backward(y.grad_fn, g)",
            {"x.grad.data": Expected(2 * g, {LOST: g, FORGOTTEN: np.full(2, 2.0)})},
            hint="section 0.1.5, step 2: the two objects that backward is given",
        ),
        Check(
            "a chain of 200 operations",
            1,
            chain.format(200),
            {"x.grad.data": Expected(factor**200, {"upstream gradient ignored": factor})},
            failures={"RecursionError": DEEP},
        ),
        *engine_warnings.sizes(chain, factor, x),
    )


def problem(draw: Draw) -> Problem:
    parts = (writeup_checks, accumulation_checks, graph_checks, chain_checks, hidden_checks.autograd)
    return Problem(
        "1.2",
        "Autograd",
        25,
        tuple(check for part in parts for check in part(draw)),
        hint="handout 002, sections 0.1.4 to 0.1.6 and appendix A; section 1.2 says what goes where",
    )
