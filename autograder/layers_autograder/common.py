"""Lines that the checks of several problems share."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograder.checks.check import Check, Expected
from autograder.checks.draw import Draw
from autograder.checks.snippets import Formula, array
from autograder.subjects import loops

__all__ = ["lines", "no_loop", "second_batch", "uniform", "with_weights"]


def uniform(draw: Draw, *shape: int) -> Formula:
    """Numbers from -1 to 1, too many to write out, by the expression that draws them: another seed for each grading."""
    seed = draw.integer(0, 10**6)
    return Formula(
        f"np.random.default_rng({seed}).uniform(-1, 1, {shape})", np.random.default_rng(seed).uniform(-1, 1, shape)
    )


def second_batch(right: np.ndarray, before: np.ndarray, *stale: np.ndarray) -> Expected:
    """A gradient of a second batch. before: that of the first one. stale: what comes out where the cache is old."""
    return Expected(
        right,
        {
            "added to the gradient of the batch before: backward must replace it": before + right,
            "still that of the batch before: backward must replace it": before,
            "the cache still has what the batch before has left: every forward must replace it": stale,
        },
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
    title, instead = "batched operations: no loop over the samples", "batched operations"
    imports = f"import neural_networks.{module} as {module}"
    return loops.no_loop(points, "neural_networks", imports, *run, title=title, instead=instead)
