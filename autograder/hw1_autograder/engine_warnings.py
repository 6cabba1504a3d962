"""What an engine does well beyond handout 002. Nobody loses points here: the handout asks for a recursive walk and does
not say what becomes of operations on constants."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, attribute
from autograder.checks.snippets import leaf

__all__ = ["constants", "leaf_nodes", "sizes"]

PATHS = "each path through the graph is walked separately, 2^40 paths; let every node run once"
DEEP = "the graph is walked by recursion, one Python call or more per operation"


def leaf_nodes(example: str) -> Check:
    """example: that of section 0.1."""
    names = "[type(node).__name__ for node in d.grad_fn.next_functions]"
    return Check(
        "the nodes of leaves",
        0,
        example,
        {
            names: attribute(
                ["BackwardFunction", "AccumulateGrad"],
                means="next_functions holds a leaf's AccumulateGrad, not the leaf",
            ),
            "d.grad_fn.next_functions[1].variable is a": attribute(
                True, means="AccumulateGrad.variable is the leaf that it belongs to"
            ),
            "type(a.grad_fn).__name__": attribute("NoneType", "AccumulateGrad"),
        },
        beyond=True,
    )


def constants(snippet: str) -> Check:
    """snippet: z comes from constants alone, and c from z and a leaf."""
    means = "operations on constants are recorded: they cost memory, and no gradient is wanted there"
    return Check(
        "operations on constants are not recorded",
        0,
        snippet,
        {
            "z.grad_fn": attribute(None, means=means),
            "c.grad_fn.next_functions[0]": attribute(None, means=means),
        },
        beyond=True,
    )


def sizes(chain: str, factor: np.ndarray, x: np.ndarray) -> tuple[Check, ...]:
    """chain: a snippet with a place for the number of its operations, each a multiplication of x by factor."""
    return (
        Check(
            "a chain of 5000 operations",
            0,
            chain.format(5000),
            {"x.grad.data": factor**5000},
            failures={"RecursionError": DEEP, "signal 11": DEEP},
            beyond=True,
        ),
        Check(
            "40 times y = y + y, in time",
            0,
            f"{leaf('x', x)}\ny = x\nfor _ in range(40):\n    y = y + y\ny.backward()",
            {"x.grad.data": Expected(np.full(2, 2.0**40))},
            failures={"timeout": PATHS},
            limit=2.0,
            beyond=True,
        ),
    )
