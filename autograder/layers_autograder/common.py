"""Lines that the checks of several problems share."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograder.checks.check import Check, Expected
from autograder.checks.draw import Draw
from autograder.checks.snippets import COUNT_STEPS, Formula, array

__all__ = ["lines", "no_loop", "uniform", "with_weights"]

_COUNT = COUNT_STEPS.replace("mytorch", "neural_networks")
assert _COUNT != COUNT_STEPS


def uniform(draw: Draw, *shape: int) -> Formula:
    """Numbers from -1 to 1, too many to write out, by the expression that draws them: another seed for each grading."""
    seed = draw.integer(0, 10**6)
    return Formula(
        f"np.random.default_rng({seed}).uniform(-1, 1, {shape})", np.random.default_rng(seed).uniform(-1, 1, shape)
    )


def lines(module: str, values: Mapping[str, np.ndarray | Formula], *rest: str) -> str:
    """A snippet: import one file of neural_networks, make the arrays, and then `rest`."""
    made = [f"{name} = {array(value)}" for name, value in values.items()]
    return "\n".join([f"import neural_networks.{module} as {module}", *made, *rest])


def with_weights(made: str, W: np.ndarray | Formula, b: np.ndarray | Formula) -> tuple[str, str, str, str]:
    """The lines that make a layer, which learns the shape of its input X, and give it these weights."""
    values = [f'layer.parameters["{name}"] = {array(value)}' for name, value in (("W", W), ("b", b))]
    return (f"layer = layers.{made}", "layer._init_parameters(X.shape)", *values)


def no_loop(points: float, module: str, *run: str) -> Check:
    """A check that 60 samples take no more lines of the student's files than 4. run: the body of a function of n."""
    body = "".join(f"    {line}\n" for line in run)
    return Check(
        "batched operations: no loop over the samples",
        points,
        f"import sys\nimport neural_networks.{module} as {module}\ndef run(n):\n{body}{_COUNT}",
        {"many < few + 50": Expected(True, otherwise="there is a loop over the samples: use batched operations")},
    )
